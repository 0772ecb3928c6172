"""One market's training data: what it is, how it is told apart, and what is told of a model fitted on it."""

import hashlib
import json
from datetime import datetime
from typing import Any

import polars as pl
from sdp_sports.spec import Market, Sport

from sdp_engine.features.panel import quantity
from sdp_engine.models.families import Family
from sdp_engine.models.fitting import Judged
from sdp_engine.models.model import MOMENT, TARGET


def frame_of(sport: Sport, market: Market, features: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return a market's training frame: the features, `as_of`, and what the quantity was (`y`), in order of time.

    Args:
        sport: The sport's declaration.
        market: One of its markets.
        features: As `features.build.history` gives them, with `as_of`, each row's kick-off.
        lines: `frames.PLAYER_GAMES` with every stat: the outcomes.
    """
    outcomes = lines.select("player_id", "game_id", quantity(sport, market).cast(pl.Float64).alias(TARGET))
    offered = features.filter(pl.col("position").is_in(market.positions))
    labelled = offered.join(outcomes, on=["player_id", "game_id"], how="inner").filter(pl.col(TARGET).is_not_null())
    return labelled.sort(MOMENT, "game_id", "player_id")


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
    moments: list[datetime] = frame[MOMENT].to_list()
    return {
        "rows": frame.height,
        "first_game_at": min(moments).isoformat(),
        "last_game_at": max(moments).isoformat(),
        "held_out_from": judged.held_out_from.isoformat(),
        "feature_columns": list(judged.model.columns),
        "training_config": {**family.config, "family_version": family.version},
        "metrics": judged.metrics,
    }
