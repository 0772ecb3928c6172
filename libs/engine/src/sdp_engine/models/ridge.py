"""Ridge regression, one a position: standardised features, clipped, an unknown one at its average."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdp_engine.distributions import Array

ALPHA = 300.0
CLIP = 4.0
FEWEST = 200
"""A position with fewer rows is fitted with all positions together."""


@dataclass(frozen=True)
class Line:
    """One fitted regression."""

    centre: Array
    scale: Array
    slope: Array
    intercept: float

    def effects(self, matrix: Array) -> Array:
        """Return what each feature adds to the intercept, shape of the matrix."""
        return np.asarray(_standard(matrix, self.centre, self.scale) * self.slope)


@dataclass(frozen=True)
class Ridge:
    """The regressions by position code; -1 is for any other."""

    lines: dict[int, Line]

    def mean(self, matrix: Array, codes: NDArray[np.int64]) -> Array:
        """Return the predicted means, shape (rows,)."""
        intercepts = np.array([self._line(c).intercept for c in codes])
        return np.asarray(intercepts + self.effects(matrix, codes).sum(axis=1))

    def effects(self, matrix: Array, codes: NDArray[np.int64]) -> Array:
        """Return each feature's part in the mean, against an average row of the position."""
        made = np.zeros(matrix.shape)
        for code in np.unique(codes):
            rows = codes == code
            made[rows] = self._line(int(code)).effects(matrix[rows])
        return made

    def _line(self, code: int) -> Line:
        return self.lines.get(int(code), self.lines[-1])


def fit(matrix: Array, observed: Array, codes: NDArray[np.int64]) -> Ridge:
    """Fit one line a position; -1 is all together where a position has few rows, else the commonest position's."""
    sizes = {int(code): int(np.sum(codes == code)) for code in np.unique(codes)}
    large = {code: codes == code for code, size in sizes.items() if size >= FEWEST}
    lines = {code: _line(matrix[rows], observed[rows]) for code, rows in large.items()}
    lines[-1] = _line(matrix, observed) if len(large) < len(sizes) else lines[max(sizes, key=lambda c: sizes[c])]
    return Ridge(lines)


def _line(matrix: Array, observed: Array) -> Line:
    known = np.isfinite(matrix)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, matrix, 0.0).sum(axis=0) / count
    scale = np.sqrt((np.where(known, matrix - centre, 0.0) ** 2).sum(axis=0) / count)
    z = _standard(matrix, centre, scale)
    shift = z.mean(axis=0)
    middle = float(observed.mean())
    gram = (z - shift).T @ (z - shift) + ALPHA * np.eye(z.shape[1])
    slope = np.linalg.solve(gram, (z - shift).T @ (observed - middle))
    return Line(centre, scale, slope, middle - float(shift @ slope))


def _standard(matrix: Array, centre: Array, scale: Array) -> Array:
    z = np.where(scale > 1e-9, (matrix - centre) / np.where(scale > 1e-9, scale, 1.0), 0.0)
    return np.asarray(np.clip(np.nan_to_num(z, nan=0.0), -CLIP, CLIP))
