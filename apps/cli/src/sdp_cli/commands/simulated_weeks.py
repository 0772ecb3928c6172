"""Past weeks as the simulation's back-test sees them: each as of its lock, from models of earlier seasons."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput, Conflict, Problem
from sdp_common.store import features, players, reference, roles, stats
from sdp_engine import frames
from sdp_engine.evaluate.roles import DEFENCE, Real
from sdp_engine.features import build
from sdp_engine.models import training
from sdp_engine.models.families import FAMILIES
from sdp_engine.models.model import KNOWN, MOMENT, Model
from sdp_engine.simulate import Slate
from sdp_engine.simulate.expectation import MARKETS
from sdp_engine.simulate.past import past as past_games
from sdp_sports.score import points as score_points
from sdp_sports.spec import QUANTILES, Contest, Sport, load
from sqlalchemy import Engine

CONTEST = "draftkings_classic"
END = datetime.fromisoformat("2100-01-01T00:00:00+00:00")
SEASON = 99
"""More weeks than a season has."""
REGULAR = 5.0
"""Points a game over the last four that make a regular."""
_TOUCHES = ("passing_attempts", "rushing_attempts", "targets", "sacks_taken")


@dataclass(frozen=True, eq=False)
class Week:
    """One week: what was known at its lock, and what happened."""

    season: int
    week: int
    slate: Slate
    predictions: pl.DataFrame
    real: Real


@dataclass(frozen=True, eq=False)
class Past:
    """Everything the store knows of a sport's past."""

    sport: Sport
    games: pl.DataFrame
    touchdowns: pl.DataFrame
    rows: pl.DataFrame
    outcomes: pl.DataFrame
    lines: pl.DataFrame
    regulars: frozenset[tuple[int, str]]
    names: pl.DataFrame

    @property
    def contest(self) -> Contest:
        """The contest whose points are compared."""
        return self.sport.contests[CONTEST]

    @property
    def market(self) -> str:
        """The market that predicts them."""
        return next(name for name, market in self.sport.markets.items() if market.contest == CONTEST)

    @classmethod
    def read(cls, engine: Engine, code: str) -> "Past":
        """Read it all, as known at the end of the last game.

        Raises:
            Conflict: Nothing was ingested, or no features were built.
        """
        sport = load(code)
        with session_scope(engine) as session:
            games = reference.games(session, code, as_of=END)
            touchdowns = stats.team_touchdowns(session, code, as_of=END)
            rows = features.history(session, code, build.NAME, until=END)
            lines = stats.player_games(session, code, as_of=END)
            snaps = stats.snaps(session, code, as_of=END)
            told = roles.roles(session, code, as_of=END)
            names = players.identities(session, code, as_of=END).select("player_id", "normalised_name")
        if rows.is_empty():
            raise Conflict(
                "no features of past games are stored: run `sdp ingest stats`, then the features job `build`"
            )
        outcomes = training.outcomes_of(sport, rows, lines, snaps, told)
        return cls(sport, games, touchdowns, rows, outcomes, lines, regulars(sport, lines, games), names)


def regulars(sport: Sport, lines: pl.DataFrame, games: pl.DataFrame) -> frozenset[tuple[int, str]]:
    """Return players and games of those who had REGULAR points on average in their last four games with a line.

    A line is one with an attempt, a carry, a target or a sack taken: the reference's sds are of these players.
    """
    contest = sport.contests[CONTEST]
    touched = sum((pl.col(stat) for stat in _TOUCHES), pl.lit(0))
    used = lines.filter(pl.col("position").is_in(["QB", "RB", "FB", "WR", "TE"]) & (touched > 0))
    dated = used.join(games.select("game_id", kickoff="starts_at"), on="game_id")
    values = {stat: dated[stat].fill_null(0).to_numpy() for stat in sport.stats if stat in dated.columns}
    scored = pl.Series("scored", np.asarray(score_points(contest, values, "RB"), np.float64))
    before = pl.col("scored").shift(1).rolling_mean(4, min_samples=4).over("player_id")
    ranked = dated.with_columns(scored).sort("player_id", "kickoff").with_columns(before=before)
    return frozenset(ranked.filter(pl.col("before") >= REGULAR).select("player_id", "game_id").iter_rows())


def weeks(
    past: Past,
    seasons: Sequence[int],
    every: int,
    family: str,
    *,
    refit: int = SEASON,
    wanted: Sequence[int] | None = None,
    tell: Callable[[str], object] = lambda _what: None,
) -> Iterator[Week]:
    """Yield the regular weeks of the seasons whose games have lines and scores, in order of time.

    Args:
        past: What the store knows.
        seasons: Which seasons.
        every: Every how many weeks; 1 is all.
        family: Models of this family are fitted at the first kick-off of a season, on what was known before it.
        refit: And again after so many weeks.
        wanted: Which weeks; all where None.
        tell: Told what is being done; may raise to stop.
    """
    finished = past.games.filter(
        (pl.col("season_type") == "REG") & pl.all_horizontal(pl.col("spread", "total", "home_score").is_not_null())
    )
    for season in seasons:
        mine = finished.filter(pl.col("season") == season)
        if mine.is_empty():
            continue
        models: dict[str, Model] = {}
        fitted_for: int | None = None
        numbers = [n for n in mine["week"].unique().sort().to_list()[::every] if wanted is None or n in wanted]
        for number in numbers:
            games = mine.filter(pl.col("week") == number)
            if fitted_for is None or number - fitted_for >= refit:
                models, fitted_for = _models(past, games["starts_at"].min(), family, tell), number
            yield _week(past, models, games, season, number)


def _models(past: Past, lock: Any, family: str, tell: Callable[[str], object]) -> dict[str, Model]:
    """Fit the markets that a simulation listens to, or is compared with, on what was known before a moment."""
    rows = past.rows.filter(pl.col(MOMENT) < lock)
    outcomes = past.outcomes.filter(pl.col(KNOWN) < lock)
    fitted: dict[str, Model] = {}
    refused: dict[str, str] = {}
    wanted = {*MARKETS, past.market, training.INVOLVED}
    for name, market in past.sport.markets.items():
        if name not in wanted:
            continue
        tell(f"fitting {name} as of {lock:%Y-%m-%d}")
        frame = training.frame_of(past.sport, name, rows, outcomes)
        try:
            fitted[name] = FAMILIES[family].fit(frame, name, market, lock)
        except ValueError as error:
            refused[name] = str(error)  # a market the past says too little of (kickers in sources without them)
    if not fitted:
        problems = [Problem(f"{name}: {why}") for name, why in refused.items()]
        raise BadInput(f"no market could be fitted on what was known before {lock:%Y-%m-%d}", problems)
    return fitted


def _week(past: Past, models: Mapping[str, Model], games: pl.DataFrame, season: int, number: int) -> Week:
    lock = games["starts_at"].min()
    rows = past.rows.filter(pl.col("game_id").is_in(games["game_id"].to_list()))
    unknown = games.with_columns(pl.lit(None, pl.Int64).alias("home_score"), pl.lit(None, pl.Int64).alias("away_score"))
    population = rows.select(
        *(name for name in frames.POPULATION if name != "injury_status"),
        pl.lit(None, pl.String).alias("injury_status"),
    ).unique(["player_id", "game_id"], keep="first", maintain_order=True)
    if not isinstance(lock, datetime):
        raise TypeError("a game without kick-off")
    slate = Slate(unknown, population, past=past_games(past.games, past.touchdowns, lock))
    scores = {g: (h, a) for g, h, a in games.select("game_id", "home_score", "away_score").iter_rows()}
    real = Real(scores, _happened(past, games, population), _defences(past, games), _lines(past, games))
    return Week(season, number, slate, _predict(past, models, rows), real)


def _predict(past: Past, models: Mapping[str, Model], rows: pl.DataFrame) -> pl.DataFrame:
    """Return the PREDICTIONS of feature rows, what their models take for granted put back as inference does."""
    parts = []
    chances: dict[tuple[int, str], float] = {}
    for name in sorted(models, key=lambda market: market != training.INVOLVED):
        market = past.sport.markets[name]
        mine = rows.filter(pl.col("position").is_in(market.positions))
        if mine.is_empty():
            continue
        told = models[name].predict(mine)
        keys = mine.select("player_id", "game_id", "team_id", "position")
        if name == training.INVOLVED:
            chances = dict(zip(keys.select("player_id", "game_id").iter_rows(), told.mean().tolist(), strict=True))
        elif market.given == training.INVOLVED:
            told = told.given([chances.get(key, 1.0) for key in keys.select("player_id", "game_id").iter_rows()])
        columns = {"mean": told.mean(), "sd": told.sd(), "prob_zero": told.prob_zero()}
        values = [pl.Series(column, np.asarray(value, np.float64)) for column, value in columns.items()]
        quantiles = pl.Series("quantiles", told.quantile(QUANTILES).tolist(), dtype=pl.List(pl.Float64))
        parts.append(keys.with_columns(pl.lit(name).alias("market"), *values, quantiles))
    return pl.concat(parts).select(list(frames.PREDICTIONS))


def _happened(past: Past, games: pl.DataFrame, population: pl.DataFrame) -> dict[tuple[int, str], float]:
    """Return the realised points of everybody who was expected to play; who has no line scored none."""
    lines = past.lines.filter(pl.col("game_id").is_in(games["game_id"].to_list()))
    wanted = population.select("player_id", "game_id")
    lines = lines.join(wanted, on=["player_id", "game_id"], how="semi")
    counted = past.contest.scoring
    keys = lines.select("player_id", "game_id", "position").rows()
    values = {name: lines[name].to_numpy() for name in past.sport.stats if name in counted or name in lines.columns}
    scored = {
        (player, game): float(score_points(past.contest, {n: v[i] for n, v in values.items()}, position))
        for i, (player, game, position) in enumerate(keys)
    }
    return dict.fromkeys(wanted.iter_rows(), 0.0) | scored


def _defences(past: Past, games: pl.DataFrame) -> dict[tuple[str, str], tuple[float, ...]]:
    """Return what the games' defences did, by team and game; of a stat nobody counted, none."""
    mine = past.lines.filter((pl.col("position") == "DST") & pl.col("game_id").is_in(games["game_id"].to_list()))
    counted = mine.select("team_id", "game_id", pl.col(DEFENCE).fill_null(0).cast(pl.Float64))
    return {(team, game): tuple(values) for team, game, *values in counted.iter_rows()}


def _lines(past: Past, games: pl.DataFrame) -> dict[tuple[int, str], dict[str, float | None]]:
    """Return every stat of who has a line, by player and game."""
    mine = past.lines.filter(pl.col("game_id").is_in(games["game_id"].to_list()) & (pl.col("position") != "DST"))
    stats = [name for name in past.sport.stats if name in mine.columns]
    rows = mine.select("player_id", "game_id", *stats).iter_rows(named=True)
    return {(row.pop("player_id"), row.pop("game_id")): row for row in rows}
