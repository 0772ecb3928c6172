"""Past games as the simulation knows them: what was expected, what was scored, and by which kind of touchdown."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sdp_engine import frames
from sdp_engine.simulate import league, ratings
from sdp_engine.simulate.makeup import MOST_POINTS, MOST_TDS, makeup

Floats = NDArray[np.float64]

TOUCHDOWNS: frames.Schema = {
    "game_id": pl.String,
    "team_id": pl.String,
    "passing_tds": pl.Int64,
    "rushing_tds": pl.Int64,
}
"""One row a team and past game."""
ENOUGH = 256
"""Fewer known games than these say too little of how scores come about: games made of the league's rates are added."""
_MADE = 3000
_YEAR_DAYS = 365.25


@dataclass(frozen=True, eq=False)
class Past:
    """Past games, each seen from both sides, in order of total and margin; arrays (n,) where not said.

    Attributes:
        spread, total: The expected margin of the side it is seen from, and the expected points of both.
        age: Years before the slate.
        own, other: Points, touchdown passes and touchdown runs of it and of its opponent, (3, n).
        defensive: Expected touchdowns of both defences and special teams, given points and touchdowns.
        made: How many are made up of the league's rates, for want of known games.
    """

    spread: Floats
    total: Floats
    age: Floats
    own: NDArray[np.int64]
    other: NDArray[np.int64]
    defensive: Floats
    made: int

    def digest(self) -> str:
        """Return a digest of it all."""
        told = hashlib.sha256()
        for column in (self.spread, self.total, self.age, self.own, self.other):
            told.update(np.ascontiguousarray(column).tobytes())
        return told.hexdigest()


def past(games: pl.DataFrame, touchdowns: pl.DataFrame, as_of: datetime) -> Past:
    """Return the past games whose scores and touchdowns were known by a moment.

    A game without a line is expected to go as team ratings of its own day said.

    Args:
        games: GAMES frame as of the moment.
        touchdowns: TOUCHDOWNS frame as of the moment.
        as_of: The moment; ages count from it.
    """
    frames.check(games, frames.GAMES, "games")
    frames.check(touchdowns, TOUCHDOWNS, "touchdowns")
    known = games.filter(pl.col("home_score").is_not_null() & pl.col("away_score").is_not_null())
    known = known.filter((pl.col("starts_at") < as_of) & (pl.col("known_at") <= as_of)).sort("starts_at", "game_id")
    known = known.with_columns(pl.Series("rated", ratings.walk(known), dtype=pl.List(pl.Float64)))
    lined = known.with_columns(
        pl.coalesce("spread", pl.col("rated").list.get(0)),
        pl.coalesce("total", pl.col("rated").list.get(1)),
        age=(pl.lit(as_of) - pl.col("starts_at")).dt.total_days() / _YEAR_DAYS,
    )
    for side in ("home", "away"):
        mine = touchdowns.rename({"team_id": f"{side}_team_id"}).rename(
            {"passing_tds": f"{side}_pass", "rushing_tds": f"{side}_rush"}
        )
        lined = lined.join(mine, on=["game_id", f"{side}_team_id"], how="inner")
    return _sides({name: lined[name].to_numpy() for name in _COLUMNS})


_COLUMNS = (
    "spread", "total", "age", "home_score", "home_pass", "home_rush", "away_score", "away_pass", "away_rush",
)  # fmt: skip


def nothing() -> Past:
    """Return what stands in where no past game is known."""
    return _sides({name: np.zeros(0) for name in _COLUMNS})


def _sides(game: Mapping[str, NDArray[Any]]) -> Past:
    """Return the games from both sides, those whose score the touchdowns can explain, in order."""
    made = 0
    if game["spread"].size < ENOUGH:
        extra = _made_up()
        made = extra["spread"].size
        game = {name: np.concatenate([game[name], extra[name]]) for name in _COLUMNS}
    spread = np.concatenate([game["spread"], -game["spread"]]).astype(np.float64)
    total, age = (np.tile(game[name].astype(np.float64), 2) for name in ("total", "age"))
    home, away = (
        np.stack([game[f"{side}_{name}"] for name in ("score", "pass", "rush")]).astype(np.int64)
        for side in ("home", "away")
    )
    own, other = np.concatenate([home, away], axis=1), np.concatenate([away, home], axis=1)
    keys = [_key(side) for side in (own, other)]
    ways = makeup()
    known = [(key >= 0) & (ways.ways_of[np.maximum(key, 0)] > 0) for key in keys]
    kept = np.flatnonzero(known[0] & known[1])
    kept = kept[np.lexsort(((own - other)[0, kept], (own + other)[0, kept]))]
    defensive = ways.defensive[keys[0][kept]] + ways.defensive[keys[1][kept]]
    return Past(spread[kept], total[kept], age[kept], own[:, kept], other[:, kept], defensive, made)


def _key(side: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the key into the ways of scoring of points, touchdown passes and runs, (3, n); -1 where there is none."""
    points, touchdowns = side[0], side[1] + side[2]
    fits = (points >= 0) & (points < MOST_POINTS) & (touchdowns >= 0) & (touchdowns < MOST_TDS)
    return np.where(fits, points * MOST_TDS + touchdowns, -1)


def _made_up() -> dict[str, NDArray[Any]]:
    """Return games made of the league's rates, at every spread and total, the same each time.

    Sides score independently, but close margins are thinned out or kept as often as the league has them: the ends of
    real games are played for the margin.
    """
    rng = np.random.default_rng(20)
    count = 8 * _MADE
    spread = rng.normal(0.0, 6.5, count)
    total = rng.normal(45.0, 4.5, count)
    sides = []
    for sign in (1, -1):
        factor = np.clip((total + sign * spread) / 2 / league.LEAGUE_POINTS, 0.2, 2.2)
        tds = rng.binomial(8, np.clip(league.OFFENSIVE_TDS * factor / 8, 0, 0.95))  # narrower than Poisson, as real
        passed = rng.binomial(tds, league.LEAGUE_PASS_TDS)
        extra = tds + rng.poisson(league.DEFENSIVE_TDS, count)
        tries = rng.multinomial(extra, np.array(league.TRIES) / np.sum(league.TRIES))
        goals = rng.poisson(league.FIELD_GOALS * factor**0.3)
        points = 6 * extra + tries[:, 0] + 2 * tries[:, 1] + 3 * goals + 2 * rng.poisson(league.SAFETIES, count)
        sides += [points, passed, tds - passed]
    margin = np.minimum(np.abs(sides[0] - sides[3]), len(league.MARGINS))
    often = np.bincount(margin, minlength=len(league.MARGINS) + 1) / count
    wanted = np.append(league.MARGINS, 1 - np.sum(league.MARGINS))
    ratio = wanted / np.maximum(often, 1e-9)
    kept = np.flatnonzero(rng.random(count) < (ratio / ratio.max())[margin])[:_MADE]
    columns = (spread, total, np.full(count, 10.0), *sides)
    return {name: column[kept] for name, column in zip(_COLUMNS, columns, strict=True)}
