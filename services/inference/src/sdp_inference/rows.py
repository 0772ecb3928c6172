"""What a model says, as rows of `predictions`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import polars as pl
from sdp_common.db.models.predictions import ModelVersion
from sdp_common.errors import Misconfigured
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
    told = {
        "mean": predicted.mean().tolist(),
        "sd": predicted.sd().tolist(),
        "prob_zero": predicted.prob_zero().tolist(),
        "quantiles": predicted.quantile(QUANTILES).tolist(),
        "params": predicted.to_params(),
        "drivers": drivers,
    }
    shared = {"market": market, "model_version_id": version.id, "family": predicted.family}
    keys = chosen.select("player_id", "game_id", "as_of", "team_id", "position").to_dicts()
    return [{**key, **shared, **{name: column[i] for name, column in told.items()}} for i, key in enumerate(keys)]
