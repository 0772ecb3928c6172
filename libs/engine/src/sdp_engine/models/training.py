"""One market's training data: what it is, how it is told apart, and what is told of a model fitted on it."""

import hashlib
import json
from typing import Any

import polars as pl
from sdp_sports.spec import Market, Sport

from sdp_engine import frames
from sdp_engine.features import sets, starters
from sdp_engine.features.panel import filled, on_field, quantity
from sdp_engine.features.squad import OFFENCE
from sdp_engine.models.families import Family
from sdp_engine.models.fitting import Judged
from sdp_engine.models.model import EXPECTED, KNOWN, MOMENT, TARGET

INVOLVED = "involved"
"""The market that says whether a player gets an attempt, a carry or a target."""


def outcomes_of(
    sport: Sport, features: pl.DataFrame, lines: pl.DataFrame, snaps: pl.DataFrame, roles: pl.DataFrame
) -> pl.DataFrame:
    """Return what became of each row of the games whose outcome is known; zeros for who was active and did not play.

    Args:
        sport: The sport's declaration.
        features: As `features.build.history` gives them.
        lines: `frames.PLAYER_GAMES` with every stat.
        snaps: `frames.SNAPS`.
        roles: `frames.ROLES`.

    Returns:
        `player_id`, `game_id`, `position`, `known_at` (when the game's last line was known), every stat, and whether he
        `started` (null: no list tells of his position; of quarterbacks as `starters.began` has it).
    """
    place = ["game_id", "team_id"]
    known = lines.group_by(place).agg(pl.col(KNOWN).max())
    seen = on_field(sport, lines, snaps)
    stats = seen.drop("team_id", "position", "offense_share")
    rows = features.select("player_id", "game_id", "team_id", "position").join(known, on=place)
    found = rows.join(stats, on=["player_id", "game_id"], how="left")
    absent = ~pl.col("position").is_in(OFFENCE) & pl.col(sport.stats[0]).is_null()
    done = filled(sport, found.filter(~absent)).with_columns(pl.col(sport.stats).fill_null(0.0))
    told = roles.select("player_id", "game_id", "started")
    began = starters.began(seen.join(told, on=["player_id", "game_id"], how="left")).filter("started")
    named = began.select(*place, starter="player_id").unique(place, keep="first", maintain_order=True)
    listed = done.join(told, on=["player_id", "game_id"], how="left").join(named, on=place, how="left")
    mine = (pl.col("position") == starters.PASSER) & pl.col("starter").is_not_null()
    started = pl.when(mine).then(pl.col("player_id") == pl.col("starter")).otherwise(pl.col("started"))
    return listed.with_columns(started=started).drop("team_id", "starter")


def frame_of(sport: Sport, name: str, features: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Return a market's training frame: the rows of `labelled` for which what the market takes for granted is true."""
    return labelled(sport, name, features, outcomes).filter("is_given").drop("is_given")


def labelled(sport: Sport, name: str, features: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Return every row of a market's positions with what became of it, in order of time.

    Args:
        sport: The sport's declaration.
        name: The key of one of its markets.
        features: As `features.build.history` gives them, with `as_of`, each row's kick-off.
        outcomes: As `outcomes_of` gives them.

    Returns:
        The keys, the features of the market's set, `as_of`, `known_at`, what the quantity was (`y`), and whether what
        the market takes for granted is true (`is_given`): every row, or that the player was involved. Taken for
        granted is also whether a quarterback starts: there `is_starter` is what happened, and `EXPECTED` what was
        known, as which a prediction is served; null of who relieved the starter of a team whose roster is not known
        (he has no row where nothing is taken for granted: that he played was known afterwards).
    """
    market = sport.markets[name]
    chosen = outcomes.filter(pl.col("position").is_in(market.positions))
    involved = sport.markets.get(INVOLVED)
    is_given = pl.lit(value=True)
    if market.given == INVOLVED and involved is not None:
        is_given = ~pl.col("position").is_in(involved.positions) | (quantity(sport, involved) > 0)
    amount = quantity(sport, market).cast(pl.Float64).alias(TARGET)
    labels = chosen.select("player_id", "game_id", KNOWN, "started", amount, is_given=is_given)
    read = sets.chosen([c for c in features.columns if c not in (*frames.FEATURE_KEYS, MOMENT)], sport, name)
    made = features.select(*frames.FEATURE_KEYS, MOMENT, *read).join(labels, on=["player_id", "game_id"])
    is_told = pl.col(starters.STARTS).is_not_null()
    relieved = (pl.col("position") == starters.PASSER) & ~is_told & ~pl.col("started").fill_null(value=True)
    if starters.STARTS in made.columns and market.given == INVOLVED:
        happened = pl.coalesce(pl.col("started").cast(pl.Float64), starters.STARTS)
        happened = pl.when(is_told).then(happened).when(relieved).then(0.0)
        made = made.with_columns(happened.alias(starters.STARTS), pl.col(starters.STARTS).alias(EXPECTED))
    elif starters.STARTS in made.columns:
        made = made.filter(~relieved)
    return made.drop("started").filter(pl.col(TARGET).is_not_null()).sort(MOMENT, "game_id", "player_id")


def digest(frame: pl.DataFrame) -> str:
    """Return a digest of the rows: keys, moments and every number."""
    told = hashlib.sha256("\n".join(frame.columns).encode())
    told.update("\n".join(frame["game_id"]).encode())
    told.update(frame.select("player_id", pl.col(MOMENT).dt.timestamp("us")).to_numpy().tobytes())
    numbers = frame.select(pl.selectors.float().fill_null(float("nan")))
    for name in numbers.columns:
        told.update(numbers[name].to_numpy().tobytes())
    return told.hexdigest()


def fingerprint(data: str, market: Market, family: Family) -> str:
    """Return a digest of everything a model depends on: the data's digest, the declaration and the configuration."""
    shape = {
        "data": data,
        "market": market.model_dump(mode="json"),
        "family": family.version,
        "config": dict(family.config),
    }
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()


def describe(frame: pl.DataFrame, judged: Judged, family: Family) -> dict[str, Any]:
    """Return the part of `metadata.json` that the engine knows, JSON-ready."""
    moments = frame.select(first=pl.col(MOMENT).min(), last=pl.col(MOMENT).max()).row(0, named=True)
    return {
        "rows": frame.height,
        "first_game_at": moments["first"].isoformat(),
        "last_game_at": moments["last"].isoformat(),
        "held_out_from": judged.held_out_from.isoformat(),
        "feature_columns": list(judged.model.columns),
        "training_config": {**family.config, "family_version": family.version},
        "metrics": judged.metrics,
        "calibration": judged.calibration,
    }
