"""The baseline: the player's shrunk recent average, straightened, and the distribution learnt around it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.spec import Market

from sdp_engine.distributions import Array, Distribution
from sdp_engine.models import rolling, spread
from sdp_engine.models.model import TARGET, Design, ordered, ranked

FEWEST = 100
"""A position with fewer rows is fitted with all positions together."""


@dataclass(frozen=True)
class Baseline:
    """Mean = intercept + slope x slow average + slope x fast average, by position."""

    design: Design
    lines: dict[int, Array]
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
        return self.layer.around(_mean(self.lines, _features(self.design, frame), codes), codes)

    def drivers(self, frame: pl.DataFrame, top: int) -> list[list[dict[str, Any]]]:
        """Return, a row, what its two averages add to the intercept."""
        slopes = np.stack([_line(self.lines, code)[1:] for code in self.design.codes(frame)])
        return ranked(frame, self.columns, _features(self.design, frame) * slopes, top)


def fit(frame: pl.DataFrame, name: str, market: Market) -> Baseline:
    """Fit a market.

    Args:
        frame: `<name>_slow` and `<name>_fast`, `position`, `y` (the market's quantity) and `as_of`.
        name: The market's key.
        market: Its positions and distribution family.

    Raises:
        ValueError: No row can be predicted from earlier ones, or the averages are missing.
    """
    frame = ordered(frame, market)
    design = Design((f"{name}_slow", f"{name}_fast"), market.positions)
    features, codes, observed = _features(design, frame), design.codes(frame), frame[TARGET].to_numpy()

    def means(train: NDArray[np.bool_], ahead: NDArray[np.bool_]) -> Array:
        return _mean(_fit(features[train], observed[train], codes[train]), features[ahead], codes[ahead])

    seen, mean = rolling.out_of_sample(frame, means)
    layer = spread.learn(market.family, mean, observed[seen], codes[seen])
    return Baseline(design, _fit(features, observed, codes), layer)


def _features(design: Design, frame: pl.DataFrame) -> Array:
    """Return slow and fast average, shape (rows, 2); a newcomer's fast one is his slow one."""
    slow, fast = design.matrix(frame)[:, :2].T
    slow = np.nan_to_num(slow, nan=0.0)
    return np.column_stack([slow, np.where(np.isnan(fast), slow, fast)])


def _fit(features: Array, observed: Array, codes: NDArray[np.int64]) -> dict[int, Array]:
    """Return intercept and slopes by position code (-1: all together), by least squares."""
    groups = {-1: np.ones(observed.size, dtype=bool)}
    groups |= {int(c): codes == c for c in np.unique(codes) if np.sum(codes == c) >= FEWEST}
    padded = np.column_stack([np.ones(observed.size), features])
    return {c: np.asarray(np.linalg.lstsq(padded[g], observed[g])[0], dtype=np.float64) for c, g in groups.items()}


def _line(lines: dict[int, Array], code: int) -> Array:
    return lines.get(int(code), lines[-1])


def _mean(lines: dict[int, Array], features: Array, codes: NDArray[np.int64]) -> Array:
    chosen = np.stack([_line(lines, code) for code in codes])
    return np.asarray(chosen[:, 0] + np.sum(chosen[:, 1:] * features, axis=1))
