"""Team ratings: expected points from past scores, for games without a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from sdp_engine import frames
from sdp_engine.simulate.line import Line

HALF_LIFE_DAYS = 120.0
"""How fast a past score loses weight."""
STEP = 0.05
"""Part of a surprise by which `walk` moves a side's attack and the other's defence."""
PRIOR_GAMES = 4.0
"""How many league-average games stand in for what is not yet known of a side."""


@dataclass(frozen=True)
class Ratings:
    """Points each team scores above the league and gives up above it, and what playing at home is worth."""

    attack: Mapping[str, float]
    defence: Mapping[str, float]
    mean: float
    home: float

    def line(self, home: str, away: str) -> Line:
        """Return the expected margin and total of a game; an unknown team is average."""
        points = [
            self.mean + sign * self.home / 2 + self.attack.get(own, 0.0) + self.defence.get(other, 0.0)
            for own, other, sign in ((home, away, 1), (away, home, -1))
        ]
        return Line(points[0] - points[1], points[0] + points[1], "ratings")


def fit(games: pl.DataFrame, as_of: datetime) -> Ratings:
    """Fit ratings to the scores known by a moment: weighted ridge regression of points on both teams and home.

    Args:
        games: GAMES frame; rows without scores, or known after `as_of`, are ignored.
        as_of: The moment.

    Returns:
        Ratings; the league's long-run means where no score is known.
    """
    frames.check(games, frames.GAMES, "games")
    known = games.filter(pl.col("home_score").is_not_null() & pl.col("away_score").is_not_null())
    known = known.filter((pl.col("starts_at") < as_of) & (pl.col("known_at") <= as_of))
    if known.is_empty():
        return Ratings({}, {}, 22.5, 1.5)
    teams = sorted({*known["home_team_id"], *known["away_team_id"]})
    index = {team: i for i, team in enumerate(teams)}
    home, away = ([index[t] for t in known[c]] for c in ("home_team_id", "away_team_id"))
    n, k = known.height, len(teams)
    design = np.zeros((2 * n, 2 * k + 2))
    rows = np.arange(n)
    design[rows, home], design[rows + n, away] = 1.0, 1.0
    design[rows, np.add(away, k)], design[rows + n, np.add(home, k)] = 1.0, 1.0
    design[:, -2] = np.r_[np.full(n, 0.5), np.full(n, -0.5)]
    design[:, -1] = 1.0
    points = np.r_[known["home_score"].to_numpy(), known["away_score"].to_numpy()].astype(np.float64)
    days = _age_days(known, as_of)
    weight = np.tile(0.5 ** (days / HALF_LIFE_DAYS), 2)
    ridge = np.diag(np.r_[np.full(2 * k, PRIOR_GAMES), 1e-6, 1e-6])
    target = points - 22.5
    solved = np.linalg.solve(design.T @ (design * weight[:, None]) + ridge, design.T @ (target * weight))
    attack = {team: float(solved[i]) for team, i in index.items()}
    defence = {team: float(solved[k + i]) for team, i in index.items()}
    return Ratings(attack, defence, 22.5 + float(solved[-1]), float(solved[-2]))


def _age_days(games: pl.DataFrame, as_of: datetime) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return how many days before a moment each game began."""
    return np.array([(as_of - starts_at).total_seconds() / 86400 for starts_at in games["starts_at"]])


def walk(games: pl.DataFrame) -> list[list[float]]:
    """Return what each of many games was expected to end like before it was played: margin and total.

    Attack and defence of every team move by a fixed step towards each result, game by game; as good as `fit` at each
    kick-off for the purpose, and a thousand times quicker.

    Args:
        games: GAMES rows with scores, in order of kick-off.
    """
    attack: dict[str, float] = {}
    defence: dict[str, float] = {}
    mean, home = 22.5, 1.5
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
