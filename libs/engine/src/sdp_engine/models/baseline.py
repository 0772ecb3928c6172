"""The baseline: the player's shrunk recent averages of the market's own quantity, straightened by position."""

from dataclasses import dataclass

import numpy as np

from sdp_engine.distributions import Array
from sdp_engine.models.model import Codes

FEWEST = 100
"""A position with fewer rows is fitted with all positions together."""


@dataclass(frozen=True)
class Baseline:
    """Mean = intercept + slope x slow average + slope x fast average, by position code (-1: all together)."""

    lines: dict[int, Array]

    def of(self, matrix: Array, codes: Codes) -> Array:
        """Return the means."""
        chosen = self._chosen(codes)
        return np.asarray(chosen[:, 0] + np.sum(chosen[:, 1:] * _averages(matrix), axis=1))

    def effects(self, matrix: Array, codes: Codes) -> Array:
        """Return what each average adds to the intercept."""
        made = np.zeros(matrix.shape)
        made[:, :2] = self._chosen(codes)[:, 1:] * _averages(matrix)
        return made

    def _chosen(self, codes: Codes) -> Array:
        return np.stack([self.lines.get(int(code), self.lines[-1]) for code in codes])


def columns(features: tuple[str, ...], market: str) -> tuple[str, ...]:
    """Return what it reads: the slow and the fast average of the market's own quantity.

    Raises:
        ValueError: They are not among the features.
    """
    chosen = (f"{market}_slow", f"{market}_fast")
    if missing := [name for name in chosen if name not in features]:
        raise ValueError(f"features lack {', '.join(missing)}")
    return chosen


def learn(matrix: Array, observed: Array, codes: Codes) -> Baseline:
    """Fit intercept and slopes by least squares."""
    groups = {-1: np.ones(observed.size, dtype=bool)}
    groups |= {int(c): codes == c for c in np.unique(codes) if np.sum(codes == c) >= FEWEST}
    padded = np.column_stack([np.ones(observed.size), _averages(matrix)])
    fitted = {c: np.linalg.lstsq(padded[g], observed[g])[0] for c, g in groups.items()}
    return Baseline({c: np.asarray(line, dtype=np.float64) for c, line in fitted.items()})


def _averages(matrix: Array) -> Array:
    """Return slow and fast average, shape (rows, 2); a newcomer's fast one is his slow one."""
    slow, fast = np.nan_to_num(matrix[:, 0], nan=0.0), matrix[:, 1]
    return np.column_stack([slow, np.where(np.isnan(fast), slow, fast)])
