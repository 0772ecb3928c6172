"""What every model family is: a fit that returns something that predicts distributions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.spec import Market

from sdp_engine.distributions import Array, Distribution

TARGET = "y"
"""The column of a training frame that holds the market's quantity."""
MOMENT = "as_of"
"""The column of a training frame that says when its features stood; folds are cut along it."""


class Model(Protocol):
    """A fitted model of one market."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the features it reads."""
        ...

    def predict(self, frame: pl.DataFrame) -> Distribution:
        """Return one distribution a row; the frame has `position` and every column of `columns`."""
        ...

    def drivers(self, frame: pl.DataFrame, top: int) -> list[list[dict[str, Any]]]:
        """Return, a row, the features that moved its mean most: name, value, effect in the market's unit."""
        ...


Fit = Callable[[pl.DataFrame, str, Market], Model]
"""A family's `fit`: training frame, the market's key, its declaration."""


def ordered(frame: pl.DataFrame, market: Market) -> pl.DataFrame:
    """Return the rows of the market's positions in one reproducible order of time.

    Raises:
        ValueError: No row is left.
    """
    rows = frame.filter(pl.col("position").is_in(market.positions)).sort(MOMENT, "game_id", "player_id")
    if rows.is_empty():
        raise ValueError(f"no rows of {', '.join(market.positions)} to fit {market.title} on")
    return rows


@dataclass(frozen=True)
class Design:
    """How a feature frame becomes a matrix: the features in order, then one indicator a position."""

    columns: tuple[str, ...]
    positions: tuple[str, ...]

    def matrix(self, frame: pl.DataFrame) -> Array:
        """Return the matrix, shape (rows, columns + positions); an unknown feature is NaN.

        Raises:
            ValueError: Names the columns that the frame lacks.
        """
        if missing := [name for name in (*self.columns, "position") if name not in frame.columns]:
            raise ValueError(f"features lack {', '.join(missing)}")
        features = frame.select(pl.col(self.columns).cast(pl.Float64)).to_numpy()
        position = self.codes(frame)[:, None] == np.arange(len(self.positions))
        return np.ascontiguousarray(np.hstack([features, position.astype(np.float64)]))

    def codes(self, frame: pl.DataFrame) -> NDArray[np.int64]:
        """Return the index of each row's position (-1: none of the market's)."""
        order = {name: index for index, name in enumerate(self.positions)}
        return np.array([order.get(name, -1) for name in frame["position"]], dtype=np.int64)


def ranked(frame: pl.DataFrame, columns: tuple[str, ...], effects: Array, top: int) -> list[list[dict[str, Any]]]:
    """Return each row's largest effects, named; `effects` is (rows, columns)."""
    order = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :top]
    values = frame.select(columns).rows()
    return [
        [
            {"feature": columns[j], "value": row[j], "effect": round(float(effects[i, j]), 4)}
            for j in order[i]
            if effects[i, j] != 0
        ]
        for i, row in enumerate(values)
    ]
