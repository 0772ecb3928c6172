"""Join the families: for every past player game, or for a population as of a moment, by the same code."""

from collections.abc import Callable
from datetime import datetime

import polars as pl
from sdp_sports.spec import Sport

from sdp_engine import frames
from sdp_engine.features import (
    competition,
    draft,
    efficiency,
    expected,
    experience,
    form,
    market,
    mates,
    opponent,
    passer,
    schedule,
    snaps,
    status,
    usage,
    volume,
    weather,
)
from sdp_engine.features.panel import Panel, Sources, of_history, of_population, of_relief
from sdp_engine.features.starters import PASSER, STARTS

NAME = "player_game"
"""The name under which the feature rows are stored."""
VERSION = 4
"""Raise it where a column keeps its name and changes its meaning."""

DIGITS = 6
"""Significant digits of a stored feature."""

Family = Callable[[Panel], pl.DataFrame]
OF_PLAYERS: tuple[Family, ...] = (
    form.build,
    usage.build,
    efficiency.build,
    experience.build,
    snaps.build,
    mates.build,
    competition.build,
    status.build,
    draft.build,
)
"""Families keyed by player and game."""
OF_TEAMS: tuple[Family, ...] = (volume.build, market.build, schedule.build, weather.build, passer.build)
"""Families keyed by team and game."""


def history(sport: Sport, sources: Sources, families: tuple[Family, ...] = ()) -> pl.DataFrame:
    """Return the features of everybody expected in each past game, from facts known before its own kick-off.

    Where no roster tells who was active, quarterbacks who came in for the starter have rows, too, their `is_starter`
    unknown: models learn from these what a reserve does.

    Args:
        sport: The sport's declaration.
        sources: What is known.
        families: Further player-game families to join (for trying one out).

    Returns:
        `frames.FEATURE_KEYS` plus Float64 features, sorted by kick-off, game and player.
    """
    built = _build(of_history(sport, sources), families)
    relief = of_relief(sport, sources)
    if relief is None:
        return built
    # What says who is to start is left unknown of them: that they came in was known afterwards.
    more = _build(relief, families).filter(pl.col("position") == PASSER)
    more = more.with_columns(pl.lit(None, pl.Float64).alias(STARTS))
    joined = pl.concat([built, more], how="diagonal").join(sources.games.select("game_id", "starts_at"), on="game_id")
    return joined.sort("starts_at", "game_id", "player_id").drop("starts_at")


def population(sport: Sport, sources: Sources, chosen: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return the features of a `frames.POPULATION`, from facts known by `as_of`; columns as of `history`."""
    frames.check(chosen, frames.POPULATION, "population")
    return _build(of_population(sport, sources, chosen, as_of), ())


def columns(features: pl.DataFrame) -> list[str]:
    """Return the names of a feature frame's features, in order."""
    return [name for name in features.columns if name not in frames.FEATURE_KEYS]


def _build(panel: Panel, families: tuple[Family, ...]) -> pl.DataFrame:
    joined = panel.rows.filter("is_target").select(*frames.FEATURE_KEYS, "starts_at")
    for family in (*OF_PLAYERS, *families):
        joined = joined.join(family(panel), on=["player_id", "game_id"], how="left")
    for family in OF_TEAMS:
        joined = joined.join(family(panel), on=["team_id", "game_id"], how="left")
    joined = joined.join(opponent.build(panel), on=["opponent_id", "position", "game_id"], how="left")
    joined = expected.build(joined).sort("starts_at", "game_id", "player_id").drop("starts_at")
    # Unknown is null, never NaN; and no digit is kept that storing and reading could change.
    finished = [pl.col(name).cast(pl.Float64).fill_nan(None).round_sig_figs(DIGITS) for name in columns(joined)]
    return joined.with_columns(finished)
