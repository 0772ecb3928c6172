"""What a model says, as rows of `predictions`."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
from sdp_common.db.models.predictions import ModelVersion
from sdp_common.errors import Misconfigured
from sdp_common.store.predictions import INDEPENDENT, INFORMED
from sdp_engine.distributions import Distribution
from sdp_engine.models import informed
from sdp_engine.models.model import Model
from sdp_sports.spec import QUANTILES, Market

DRIVERS = 5
"""How many features are named as having moved a prediction."""


def prediction_rows(
    market: str,
    declared: Market,
    model: Model,
    version: ModelVersion,
    features: pl.DataFrame,
    chances: Mapping[int, float] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Return one row a player of the market's positions, as of the features' own moment.

    Args:
        market: The market's key.
        declared: Its declaration.
        model: Its model.
        version: The registered version of it.
        features: The slate's features.
        chances: How likely each player does what the model takes for granted; certain where a player is not in it.

    Raises:
        Misconfigured: The features are not those that the model was trained on.
    """
    chosen = features.filter(pl.col("position").is_in(declared.positions))
    if chosen.is_empty():
        return []
    try:
        given = [chances.get(player, 1.0) for player in chosen["player_id"]]
        predicted = model.predict(chosen).given(given)
        drivers = model.drivers(chosen, DRIVERS)
    except ValueError as error:
        raise Misconfigured(
            f"the model of {market} does not fit the slate's features, train it again: {error}"
        ) from error
    shared = {"market": market, "mode": INDEPENDENT, "model_version_id": version.id, "family": predicted.family}
    keys = chosen.select("player_id", "game_id", "as_of", "team_id", "position").to_dicts()
    told = _numbers(predicted)
    return [{**key, **shared, **numbers, "drivers": why} for key, numbers, why in zip(keys, told, drivers, strict=True)]


def informed_rows(rows: Sequence[Mapping[str, Any]], lines: pl.DataFrame) -> list[dict[str, Any]]:
    """Return a market's predictions moved to where the lines put them; of players without a line there is none.

    Args:
        rows: What `prediction_rows` gave of the market.
        lines: The market's `consensus`.
    """
    held = {(row["player_id"], row["game_id"]): row for row in lines.iter_rows(named=True)}
    chosen = [row for row in rows if (row["player_id"], row["game_id"]) in held]
    if not chosen:
        return []
    own = Distribution.from_params(chosen[0]["family"], [row["params"] for row in chosen])
    said = [held[row["player_id"], row["game_id"]] for row in chosen]
    line, market = (np.array([quote[name] for quote in said]) for name in ("line", "chance"))
    over = own.prob_over(line) / np.maximum(1 - own.prob_push(line), 1e-9)
    moved = _numbers(informed.anchor(own, line, informed.blend(market, over)))
    made = []
    for row, quote, numbers in zip(chosen, said, moved, strict=True):
        why = {"feature": "market_line", "value": quote["line"], "effect": round(numbers["mean"] - row["mean"], 4)}
        made.append({**row, **numbers, "mode": INFORMED, "drivers": [why, *row["drivers"]][:DRIVERS]})
    return made


def _numbers(predicted: Distribution) -> list[dict[str, Any]]:
    columns = {
        "mean": predicted.mean().tolist(),
        "sd": predicted.sd().tolist(),
        "prob_zero": predicted.prob_zero().tolist(),
        "quantiles": predicted.quantile(QUANTILES).tolist(),
        "params": predicted.to_params(),
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
