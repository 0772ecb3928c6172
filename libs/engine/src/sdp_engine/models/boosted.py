"""Boosted trees averaged with a ridge by position, and the distribution learnt around their mean."""

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.spec import Market

from sdp_engine import frames
from sdp_engine.distributions import Array, Distribution
from sdp_engine.models import ridge, rolling, spread
from sdp_engine.models.model import MOMENT, TARGET, Design, ordered, ranked

ROUNDS = 120
SEED = 20
PARAMS: dict[str, Any] = {
    "objective": "regression",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 80,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "max_bin": 63,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
"""One thread (markets run side by side instead), a seed and row-wise histograms: the same data, the same trees."""


@dataclass(frozen=True)
class Mean:
    """The two regressions whose average is the predicted mean."""

    trees: lightgbm.Booster
    lines: ridge.Ridge
    least: float

    def of(self, matrix: Array, codes: NDArray[np.int64]) -> Array:
        """Return the means, never below the least average that makes sense of the outcomes."""
        trees = np.asarray(self.trees.predict(matrix, num_threads=PARAMS["num_threads"]))
        return np.maximum((trees + self.lines.mean(matrix, codes)) / 2, self.least)

    def effects(self, matrix: Array, codes: NDArray[np.int64]) -> Array:
        """Return each feature's part in the mean: the average of the trees' SHAP values and the ridge's terms."""
        trees = np.asarray(self.trees.predict(matrix, pred_contrib=True, num_threads=PARAMS["num_threads"]))[:, :-1]
        return (trees + self.lines.effects(matrix, codes)) / 2


@dataclass(frozen=True)
class Boosted:
    """A fitted model of one market."""

    design: Design
    mean: Mean
    layer: spread.Spread

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the features it reads."""
        return self.design.columns

    def predict(self, frame: pl.DataFrame) -> Distribution:
        """Return one distribution a row.

        Raises:
            ValueError: Names the features that the frame lacks.
        """
        codes = self.design.codes(frame)
        return self.layer.around(self.mean.of(self.design.matrix(frame), codes), codes)

    def drivers(self, frame: pl.DataFrame, top: int) -> list[list[dict[str, Any]]]:
        """Return, a row, the features that moved its mean most."""
        effects = self.mean.effects(self.design.matrix(frame), self.design.codes(frame))
        return ranked(frame, self.columns, effects[:, : len(self.columns)], top)


def fit(frame: pl.DataFrame, name: str, market: Market) -> Boosted:  # noqa: ARG001 (every family is asked alike)
    """Fit a market.

    Args:
        frame: Features, `position`, `y` (the market's quantity) and `as_of`, one row a player game.
        name: The market's key.
        market: Its positions and distribution family.

    Raises:
        ValueError: No row can be predicted from earlier ones.
    """
    frame = ordered(frame, market)
    skip = {*frames.FEATURE_KEYS, TARGET, MOMENT}
    design = Design(tuple(name for name in frame.columns if name not in skip), market.positions)
    matrix, codes, observed = design.matrix(frame), design.codes(frame), frame[TARGET].to_numpy()

    def means(train: NDArray[np.bool_], ahead: NDArray[np.bool_]) -> Array:
        return _mean(matrix[train], observed[train], codes[train]).of(matrix[ahead], codes[ahead])

    seen, mean = rolling.out_of_sample(frame, means)
    layer = spread.learn(market.family, mean, observed[seen], codes[seen])
    return Boosted(design, _mean(matrix, observed, codes), layer)


def _mean(matrix: Array, observed: Array, codes: NDArray[np.int64]) -> Mean:
    data = lightgbm.Dataset(matrix, observed, free_raw_data=True)
    trees = lightgbm.train(PARAMS, data, num_boost_round=ROUNDS)
    least = 0.0 if observed.min(initial=0.0) >= 0 else float(np.quantile(observed, 0.02))
    return Mean(trees, ridge.fit(matrix, observed, codes), least)
