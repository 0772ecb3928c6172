"""Team ratings: expected points from past scores, past lines and who throws, for games without a line of their own.

A Kalman filter: what is believed of every side's attack and defence, of every quarterback, of the league's points and
of playing at home is corrected by each game's line, by its scores and by how its quarterbacks threw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from scipy.linalg import blas

from sdp_engine import frames
from sdp_engine.simulate.line import Line

Threw = tuple[int | None, int | None, float | None]
"""Of a side in a game: who was expected to throw, who did, and what his game was worth."""

PASSERS: frames.Schema = {
    "game_id": pl.String,
    "team_id": pl.String,
    "expected": pl.Int64,
    "starter": pl.Int64,
    "worth": pl.Float64,
}
"""One row a team and game: the quarterback who was expected to start, told before it; who did, and what his game was
worth in points (null: not known, or not yet)."""

MEAN, HOME = 22.5, 1.5
SPAN = timedelta(days=1_100)
"""Three seasons: with six the chances of winning are no better."""
SIDE_VAR, MEAN_VAR, HOME_VAR, PASSER_VAR = 15.0, 4.0, 1.0, 12.0
"""Variances, in points squared, of what is not known of a side's attack or defence, the league and a quarterback."""
GAME_DRIFT, PASSER_DRIFT = 0.4, 0.05
"""Variance that a game adds."""
KEPT, SUMMER, HOME_SUMMER, PASSER_SUMMER = 0.8, 4.0, 0.1, 1.0
"""The part of a side's rating that is left after a summer, and the variance that one adds."""
SCORE_VAR, LINE_VAR, WORTH_VAR = 84.0, 4.0, 300.0
"""Variances of a score, of a market's expectation and of a quarterback's game around what they tell of. All of these
were chosen by the Brier score of the games of 2013 to 2020."""
NEWCOMER = -3.0
"""Points that a quarterback of whom nothing was seen is worth, beside the average starter."""
STEP = 0.05
"""Part of a surprise by which `walk` moves a side's attack and the other's defence."""


@dataclass(frozen=True)
class Ratings:
    """Points each team scores above the league and gives up above it, and what playing at home is worth.

    Attributes:
        attack, defence: By team, with an average quarterback.
        mean, home: The league's points a side, and the points between home and away.
        passers: Points that quarterbacks add to their side's.
        usual: Who started each team's last game.
    """

    attack: Mapping[str, float]
    defence: Mapping[str, float]
    mean: float
    home: float
    passers: Mapping[int, float] = field(default_factory=dict)
    usual: Mapping[str, int] = field(default_factory=dict)

    def line(self, home: str, away: str, expected: tuple[int | None, int | None] = (None, None)) -> Line:
        """Return the expected margin and total of a game; an unknown team is average.

        Args:
            home: The home side.
            away: The other.
            expected: Who is expected to start at quarterback; None: who started last.
        """
        points = [
            self.mean + sign * self.home / 2 + self.attack.get(own, 0.0) + self.defence.get(other, 0.0)
            + self._passer(own, named)
            for own, other, sign, named in ((home, away, 1, expected[0]), (away, home, -1, expected[1]))
        ]  # fmt: skip
        return Line(points[0] - points[1], points[0] + points[1], "ratings")

    def _passer(self, team: str, named: int | None) -> float:
        passer = self.usual.get(team) if named is None else named
        return 0.0 if passer is None else self.passers.get(passer, NEWCOMER)


def fit(games: pl.DataFrame, as_of: datetime, passers: pl.DataFrame | None = None) -> Ratings:
    """Fit ratings to what was known by a moment: scores, the lines of games that are over, and who threw.

    Args:
        games: GAMES frame; rows without scores, or known after `as_of`, are ignored.
        as_of: The moment.
        passers: PASSERS frame; without it a side is taken as a whole.

    Returns:
        Ratings; the league's long-run means where no score is known.
    """
    frames.check(games, frames.GAMES, "games")
    known = games.filter(pl.col("home_score").is_not_null() & pl.col("away_score").is_not_null())
    known = known.filter(
        (pl.col("starts_at") < as_of) & (pl.col("known_at") <= as_of) & (pl.col("starts_at") >= as_of - SPAN)
    ).sort("starts_at", "game_id")
    threw = {} if passers is None else _threw(passers, known)
    teams = sorted({*known["home_team_id"], *known["away_team_id"]})
    filtered = _Filter(teams, sorted({who for row in threw.values() for who in row[:2] if who is not None}))
    seen = [worth for _, who, worth in threw.values() if who is not None and worth is not None]
    middle = float(np.mean(seen)) if seen else 0.0
    season = None
    for game, year, home, away, home_score, away_score, spread, total in known.select(
        "game_id", "season", "home_team_id", "away_team_id", "home_score", "away_score", "spread", "total"
    ).iter_rows():
        if season not in (None, year):
            filtered.summer()
        season = year
        told = [threw.get((game, team), (None, None, None)) for team in (home, away)]
        if spread is not None and total is not None:
            points = ((total + spread) / 2, (total - spread) / 2)
            filtered.sides((home, away), [row[0] for row in told], points, LINE_VAR)
        filtered.sides((home, away), [row[1] for row in told], (home_score, away_score), SCORE_VAR)
        for _, who, worth in told:
            if who is not None and worth is not None:
                filtered.learn([filtered.passer[who]], [1.0], worth - middle, WORTH_VAR)
        filtered.played((home, away), [row[1] for row in told])
    return filtered.ratings()


def _threw(passers: pl.DataFrame, known: pl.DataFrame) -> dict[tuple[str, str], Threw]:
    frames.check(passers, PASSERS, "passers")
    over = passers.join(known.select("game_id"), on="game_id", how="semi").select(list(PASSERS))
    return {(game, team): (told, who, worth) for game, team, told, who, worth in over.iter_rows()}


class _Filter:
    """What is believed, as a normal distribution: attacks, defences, the league, home, and the quarterbacks."""

    def __init__(self, teams: Sequence[str], passers: Sequence[int]) -> None:
        k = len(teams)
        self.team = {team: i for i, team in enumerate(teams)}
        self.passer = {who: 2 * k + 2 + i for i, who in enumerate(passers)}
        self.league, self.home = 2 * k, 2 * k + 1
        self.usual: dict[str, int] = {}
        self.mean = np.r_[np.zeros(2 * k), MEAN, HOME, np.full(len(passers), NEWCOMER)]
        variances = np.r_[np.full(2 * k, SIDE_VAR), MEAN_VAR, HOME_VAR, np.full(len(passers), PASSER_VAR)]
        self.cov = np.asfortranarray(np.diag(variances))

    def learn(self, at: list[int], by: list[float], seen: float, noise: float) -> None:
        """Correct the beliefs by a number that is the sum of some of them, times `by`, and of noise."""
        by_ = np.array(by)
        gain = self.cov[:, at] @ by_
        spread = float(gain[at] @ by_) + noise
        self.mean += gain * ((seen - float(self.mean[at] @ by_)) / spread)
        blas.dger(-1.0 / spread, gain, gain, a=self.cov, overwrite_a=1)

    def sides(
        self, teams: tuple[str, str], passers: Sequence[int | None], points: tuple[float, float], noise: float
    ) -> None:
        """Correct the beliefs by the points of home and away, scored or expected; nobody named is the usual one."""
        k = self.league // 2
        for own, other, sign, named, seen in zip(teams, teams[::-1], (0.5, -0.5), passers, points, strict=True):
            at = [self.team[own], k + self.team[other], self.league, self.home]
            by = [1.0, 1.0, 1.0, sign]
            who = self.usual.get(own) if named is None else named
            if who is not None:
                at, by = [*at, self.passer[who]], [*by, 1.0]
            self.learn(at, by, float(seen), noise)

    def played(self, teams: tuple[str, str], passers: Sequence[int | None]) -> None:
        """Let a game go by: sides and quarterbacks change a little, and who started will be expected again."""
        k = self.league // 2
        for team, who in zip(teams, passers, strict=True):
            at = [self.team[team], k + self.team[team]]
            self.cov[at, at] += GAME_DRIFT
            if who is not None:
                self.usual[team] = who
                self.cov[self.passer[who], self.passer[who]] += PASSER_DRIFT

    def summer(self) -> None:
        """Let a summer go by: sides come nearer to the average, and less is known of everything."""
        k = self.league
        self.mean[:k] *= KEPT
        self.cov[:k] *= KEPT
        self.cov[:, :k] *= KEPT
        more = np.r_[np.full(k, SUMMER), 0.0, HOME_SUMMER, np.full(len(self.passer), PASSER_SUMMER)]
        self.cov[np.diag_indices(more.size)] += more

    def ratings(self) -> Ratings:
        """Return what is believed."""
        k, told = self.league // 2, self.mean.tolist()
        return Ratings(
            {team: told[i] for team, i in self.team.items()},
            {team: told[k + i] for team, i in self.team.items()},
            told[self.league],
            told[self.home],
            {who: told[i] for who, i in self.passer.items()},
            dict(self.usual),
        )


def walk(games: pl.DataFrame) -> list[list[float]]:
    """Return what each of many games was expected to end like before it was played: margin and total.

    Attack and defence of every team move by a fixed step towards each result, game by game; as good as `fit` at each
    kick-off for the purpose, and a thousand times quicker.

    Args:
        games: GAMES rows with scores, in order of kick-off.
    """
    attack: dict[str, float] = {}
    defence: dict[str, float] = {}
    mean, home = MEAN, HOME
    expected: list[list[float]] = []
    columns = games.select("home_team_id", "away_team_id", "home_score", "away_score")
    for own, other, scored, allowed in columns.iter_rows():
        first = mean + home / 2 + attack.get(own, 0.0) + defence.get(other, 0.0)
        second = mean - home / 2 + attack.get(other, 0.0) + defence.get(own, 0.0)
        expected.append([first - second, first + second])
        for team, faced, error in ((own, other, scored - first), (other, own, allowed - second)):
            attack[team] = 0.99 * attack.get(team, 0.0) + STEP * error
            defence[faced] = 0.99 * defence.get(faced, 0.0) + STEP * error
            mean += 0.002 * error
        home += 0.002 * ((scored - allowed) - (first - second))
    return expected
