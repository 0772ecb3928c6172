"""What a fitted model is: a mean learnt by a family, and the distribution learnt around it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.spec import Market

from sdp_engine.distributions import Array, Distribution
from sdp_engine.features.starters import STARTS
from sdp_engine.models import starting
from sdp_engine.models.spread import Spread

TARGET = "y"
"""The column of a training frame that holds the market's quantity."""
MOMENT = "as_of"
"""The column of a training frame that says when its features stood; folds are cut along it."""

KNOWN = "known_at"
"""The column of a training frame that says when its outcome was known; nothing is fitted on what was not yet."""
EXPECTED = "is_expected_starter"
"""In a training frame: what `STARTS` was before the game, where that says what happened."""

PASSER = "QB"
"""Whose position is a quarterback's."""
BEHIND = -2
"""The code of quarterbacks who are not to start: a group of their own."""

Codes = NDArray[np.int64]


class Mean(Protocol):
    """A learnt mean; matrices are those of a `Design`, codes say each row's group."""

    def of(self, matrix: Array, codes: Codes) -> Array:
        """Return the means, shape (rows,)."""
        ...

    def effects(self, matrix: Array, codes: Codes) -> Array:
        """Return what each column adds to the mean, in the market's unit, shape of the matrix."""
        ...


Learn = Callable[[Array, Array, Codes], Mean]
"""Learns a mean from a matrix, what was observed and the groups' codes."""
Again = Callable[[NDArray[np.bool_]], Mean]
"""Learns a mean from those rows of a matrix that a mask chooses; each time asked it is given more of them."""


@dataclass(frozen=True)
class Design:
    """How a feature frame becomes a matrix: the features in order, then one indicator a group.

    A group is a position; quarterbacks who are not to start are one of their own, after the positions.
    """

    columns: tuple[str, ...]
    positions: tuple[str, ...]

    def matrix(self, frame: pl.DataFrame) -> Array:
        """Return the matrix, shape (rows, columns + positions + 1); an unknown feature is NaN.

        Raises:
            ValueError: Names the columns that the frame lacks.
        """
        if missing := [name for name in (*self.columns, "position") if name not in frame.columns]:
            raise ValueError(f"features lack {', '.join(missing)}")
        features = frame.select(pl.col(self.columns).cast(pl.Float64)).to_numpy()
        return np.ascontiguousarray(np.hstack([features, self._groups(self.codes(frame))]))

    def codes(self, frame: pl.DataFrame) -> Codes:
        """Return each row's group: the index of its position (-1: none of the market's), or `BEHIND`."""
        order = {name: index for index, name in enumerate(self.positions)}
        codes = frame["position"].replace_strict(order, default=-1, return_dtype=pl.Int64)
        if STARTS in frame.columns:
            behind = (frame["position"] == PASSER) & (frame[STARTS] == 0).fill_null(value=False) & (codes >= 0)
            codes = pl.select(pl.when(behind).then(BEHIND).otherwise(codes)).to_series()
        return codes.to_numpy()

    def starters(self, frame: pl.DataFrame, told: str = STARTS) -> Array:
        """Return whether each quarterback starts (1) or not (0) as a column tells; NaN where it does not tell."""
        if PASSER not in self.positions or told not in frame.columns:
            return np.full(frame.height, np.nan)
        is_told = pl.when(pl.col("position") == PASSER).then(pl.col(told).cast(pl.Float64))
        return frame.select(is_told.fill_null(np.nan)).to_series().to_numpy()

    def as_if(self, matrix: Array, starts: Array) -> tuple[Array, Codes]:
        """Return the matrix and codes of quarterbacks' rows were each to start (1), or not (0)."""
        made, first = matrix.copy(), len(self.columns)
        codes = np.where(starts > 0, self.positions.index(PASSER), BEHIND)
        made[:, first:] = self._groups(codes)
        if STARTS in self.columns:
            made[:, self.columns.index(STARTS)] = starts
        return made, codes

    def _groups(self, codes: Codes) -> Array:
        return np.asarray(codes[:, None] == np.array([*range(len(self.positions)), BEHIND]), dtype=np.float64)

    def odds(self, matrix: Array, expected: Array, started: Array) -> starting.Odds | None:
        """Return how likely quarterbacks start, learnt from a matrix's rows; None where of nobody it is told."""
        rows = np.isfinite(expected) & np.isfinite(started)
        if not rows.any():
            return None
        told, _ = self.as_if(matrix[rows], expected[rows])
        return starting.learn(told, expected[rows], started[rows])


@dataclass(frozen=True)
class Model:
    """A fitted model of one market.

    `odds` are those of a quarterback's start where the market is given that he starts or does not: what is predicted of
    him is then mixed of the two.
    """

    design: Design
    mean: Mean
    layer: Spread
    odds: starting.Odds | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the features it reads."""
        return self.design.columns

    def predict(self, frame: pl.DataFrame) -> Distribution:
        """Return one distribution a row.

        Args:
            frame: `position` and every column of `columns`.

        Raises:
            ValueError: Names the features that the frame lacks.
        """
        return self.around(self.design.matrix(frame), self.design.codes(frame), self.design.starters(frame))

    def around(self, matrix: Array, codes: Codes, expected: Array) -> Distribution:
        """Return one distribution a row of a matrix; `expected` as `Design.starters` has it."""
        plain = self.layer.around(self.mean.of(matrix, codes), codes)
        rows = np.flatnonzero(np.isfinite(expected))
        if self.odds is None or not rows.size:
            return plain
        cases = []
        for starts in (1.0, 0.0):
            mine, group = self.design.as_if(matrix[rows], np.full(rows.size, starts))
            cases.append(self.layer.around(self.mean.of(mine, group), group))
        told, _ = self.design.as_if(matrix[rows], expected[rows])
        return starting.mixed(plain, rows, cases[0], cases[1], self.odds.of(told, expected[rows]))

    def drivers(self, frame: pl.DataFrame, top: int) -> list[list[dict[str, Any]]]:
        """Return, a row, the features that moved its mean most: name, value, effect in the market's unit."""
        effects = self.mean.effects(self.design.matrix(frame), self.design.codes(frame))[:, : len(self.columns)]
        order = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :top]
        return [
            [
                {"feature": self.columns[j], "value": row[j], "effect": round(float(effects[i, j]), 4)}
                for j in order[i]
                if effects[i, j] != 0
            ]
            for i, row in enumerate(frame.select(self.columns).iter_rows())
        ]


def ordered(frame: pl.DataFrame, market: Market) -> pl.DataFrame:
    """Return the rows of the market's positions in one reproducible order of time.

    Raises:
        ValueError: No row is left.
    """
    rows = frame.filter(pl.col("position").is_in(market.positions)).sort(MOMENT, "game_id", "player_id")
    if rows.is_empty():
        raise ValueError(f"no rows of {', '.join(market.positions)} to fit {market.title} on")
    return rows
