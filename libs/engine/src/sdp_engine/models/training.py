"""One market's training: score on a later part that the model has not seen, then fit on everything."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sdp_sports.spec import Market, Sport

from sdp_engine.evaluate.report import report
from sdp_engine.features.panel import quantity
from sdp_engine.models import rolling
from sdp_engine.models.families import Family
from sdp_engine.models.model import MOMENT, TARGET, Model, ordered

HELD_OUT = 0.2
"""The share of the rows, the latest, on which the metrics are measured."""
FEWEST_ROWS = 200
"""Fewer are not enough to fit a market and to see how well it does."""


@dataclass(frozen=True)
class Trained:
    """A model fitted on all rows, and how a model fitted the same way on the earlier ones did on the later ones."""

    model: Model
    metrics: dict[str, float]
    held_out_from: datetime


def frame_of(sport: Sport, market: Market, features: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return a market's training frame: the features, `as_of`, and what the quantity was (`y`), in order of time.

    Args:
        sport: The sport's declaration.
        market: One of its markets.
        features: As `features.build.history` gives them, with `as_of`, each row's kick-off.
        lines: `frames.PLAYER_GAMES` with every stat: the outcomes.
    """
    outcomes = lines.with_columns(quantity(sport, market).cast(pl.Float64).alias(TARGET))
    labelled = features.join(outcomes.select("player_id", "game_id", TARGET), on=["player_id", "game_id"], how="inner")
    rows = labelled.filter(pl.col("position").is_in(market.positions), pl.col(TARGET).is_not_null())
    return rows.sort(MOMENT, "game_id", "player_id")


def fingerprint(frame: pl.DataFrame, market: Market, family: Family) -> str:
    """Return a digest of everything the model depends on: rows, columns, declaration and configuration."""
    told = hashlib.sha256()
    shape = {
        "columns": frame.columns,
        "market": market.model_dump(mode="json"),
        "family": family.version,
        "config": dict(family.config),
        "held_out": HELD_OUT,
    }
    told.update(json.dumps(shape, sort_keys=True).encode())
    told.update(frame.select("player_id", pl.col(MOMENT).dt.timestamp("us")).to_numpy().tobytes())
    told.update("\n".join(frame["game_id"]).encode())
    numbers = frame.select(pl.selectors.float())
    for name in numbers.columns:
        told.update(numbers[name].fill_null(float("nan")).to_numpy().tobytes())
    return told.hexdigest()


def train(frame: pl.DataFrame, name: str, market: Market, family: Family) -> Trained:
    """Measure and fit a market.

    Args:
        frame: As `frame_of` gives it.
        name: The market's key.
        market: Its declaration.
        family: How to fit it.

    Raises:
        ValueError: There are too few rows.
    """
    rows = ordered(frame, market)
    if rows.height < FEWEST_ROWS:
        raise ValueError(
            f"{market.title}: {rows.height} player games are not enough, at least {FEWEST_ROWS} are needed"
        )
    since = rolling.cut(rows, 1 - HELD_OUT)
    earlier, later = rows.filter(pl.col(MOMENT) < since), rows.filter(pl.col(MOMENT) >= since)
    judged = family.fit(earlier, name, market)
    metrics = report(judged.predict(later), later[TARGET].to_numpy())
    return Trained(family.fit(rows, name, market), metrics, since)


def describe(frame: pl.DataFrame, trained: Trained, family: Family) -> dict[str, Any]:
    """Return the part of `metadata.json` that the engine knows, JSON-ready."""
    moments: list[datetime] = frame[MOMENT].to_list()
    first, last = min(moments), max(moments)
    return {
        "rows": frame.height,
        "first_game_at": first.isoformat(),
        "last_game_at": last.isoformat(),
        "held_out_from": trained.held_out_from.isoformat(),
        "feature_columns": list(trained.model.columns),
        "training_config": {**family.config, "family_version": family.version, "held_out": HELD_OUT},
        "metrics": trained.metrics,
    }
