"""Boosted trees averaged with a ridge by position (few rows: more ridge); of a yes or no, boosted log-odds alone.

Quarterbacks behind the starter go by their ridge alone: among the trees' rows they pull weak starters down.
"""

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from sdp_engine.distributions import Array
from sdp_engine.models import ridge
from sdp_engine.models.model import BEHIND, Codes

ROUNDS = 100
SEED = 20
FEW = 15_000
"""Of fewer rows (quarterbacks, defences, kickers) trees learn little that lines do not."""
TREES, TREES_OF_FEW = 0.5, 0.25
"""The part of the trees in the average."""
GROWTH = 1.25
"""Columns are binned anew where one is known of so many times the rows they were binned by."""
PARAMS: dict[str, Any] = {
    "objective": "regression",
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 80,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "max_bin": 63,
    "bin_construct_sample_cnt": 20_000,
    "seed": SEED,
    "deterministic": True,
    "force_col_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
"""One thread (markets run side by side instead), a seed and one way to count: the same data, the same trees. By columns
takes a tenth less time than by rows, and gives the same."""


@dataclass(frozen=True)
class Boosted:
    """The two regressions whose weighted average is the predicted mean; `part` is that of the trees."""

    trees: lightgbm.Booster
    lines: ridge.Ridge
    least: float
    part: float

    def of(self, matrix: Array, codes: Codes) -> Array:
        """Return the means, never below the least that makes sense of the outcomes."""
        trees, part = np.asarray(self.trees.predict(matrix, num_threads=1)), self._part(codes)
        return np.asarray(np.maximum(part * trees + (1 - part) * self.lines.mean(matrix, codes), self.least))

    def effects(self, matrix: Array, codes: Codes) -> Array:
        """Return each column's part in the mean: of the trees' SHAP values and the ridge's terms."""
        trees = np.asarray(self.trees.predict(matrix, pred_contrib=True, num_threads=1))[:, :-1]
        part = self._part(codes)[:, None]
        return np.asarray(part * trees + (1 - part) * self.lines.effects(matrix, codes))

    def _part(self, codes: Codes) -> Array:
        return np.asarray(np.where(codes == BEHIND, 0.0, self.part))


@dataclass(frozen=True)
class Chances:
    """Boosted log-odds of a yes."""

    trees: lightgbm.Booster

    def of(self, matrix: Array, codes: Codes) -> Array:  # noqa: ARG002 (every mean is asked alike)
        """Return the probabilities."""
        return np.asarray(self.trees.predict(matrix, num_threads=1))

    def effects(self, matrix: Array, codes: Codes) -> Array:
        """Return each column's part in the probability: its SHAP value in log-odds times the slope at the row."""
        chance = self.of(matrix, codes)[:, None]
        trees = np.asarray(self.trees.predict(matrix, pred_contrib=True, num_threads=1))[:, :-1]
        return np.asarray(trees * chance * (1 - chance))


def columns(features: tuple[str, ...], market: str) -> tuple[str, ...]:  # noqa: ARG001 (every family is asked alike)
    """Return what it reads: every feature of the market's set."""
    return features


def learn(matrix: Array, observed: Array, codes: Codes) -> Boosted | Chances:
    """Fit trees and lines; where every outcome is 0 or 1, trees of log-odds."""
    grown = _grown(observed, codes)
    return _fit(lightgbm.Dataset(matrix[grown], observed[grown], params=PARAMS), matrix, observed, codes)


class Again:
    """Fits parts of one matrix, each holding more rows than the one before, as `learn` would.

    To bin the columns costs as much as to grow the trees: that is done once, by the rows of the first part, and anew
    where a column is known of `GROWTH` times as many rows. No part is binned by rows that are not in it.
    """

    def __init__(self, matrix: Array, observed: Array, codes: Codes) -> None:
        self._matrix, self._observed, self._codes = matrix, observed, codes
        self._known = np.zeros(matrix.shape[1])
        self._whole: lightgbm.Dataset | None = None

    def __call__(self, rows: NDArray[np.bool_]) -> Boosted | Chances:
        """Fit the rows that the mask chooses."""
        matrix, observed, codes = self._matrix[rows], self._observed[rows], self._codes[rows]
        grown = _grown(observed, codes)
        known = np.isfinite(matrix[grown]).sum(axis=0)
        if self._whole is None or np.any(known > GROWTH * self._known):
            bins = lightgbm.Dataset(matrix[grown], params=PARAMS).construct()
            self._whole = lightgbm.Dataset(self._matrix, self._observed, reference=bins, params=PARAMS).construct()
            self._known = known
        part = self._whole.subset(np.flatnonzero(rows)[grown].tolist(), params=PARAMS)
        return _fit(part, matrix, observed, codes)


def _grown(observed: Array, codes: Codes) -> NDArray[np.bool_]:
    """Return which rows the trees are grown on."""
    return np.asarray(_is_chance(observed) | (codes != BEHIND))


def _is_chance(observed: Array) -> bool:
    return bool(np.isin(observed, (0.0, 1.0)).all())


def _fit(data: lightgbm.Dataset, matrix: Array, observed: Array, codes: Codes) -> Boosted | Chances:
    if _is_chance(observed):
        return Chances(lightgbm.train(PARAMS | {"objective": "binary"}, data, num_boost_round=ROUNDS))
    trees = lightgbm.train(PARAMS, data, num_boost_round=ROUNDS)
    least = 0.0 if observed.min(initial=0.0) >= 0 else float(np.quantile(observed, 0.02))
    part = TREES_OF_FEW if observed.size < FEW else TREES
    return Boosted(trees, ridge.fit(matrix, observed, codes), least, part)
