"""How good a lineup with each item can be at best: items that cannot reach a target are left out, exactly."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from sdp_engine.optimize.program import Ints, Row

Floats = NDArray[np.float64]
_MARGIN = 0.5
"""Units by which a bound is loosened against rounding; whole-number values below it cannot be told apart anyway."""


def item_bounds(value: Ints, upper: Ints, rows: Sequence[Row]) -> Floats:
    """Return an upper bound on the value of any answer in which a column is at least one.

    The bound is weak duality: with multipliers y >= 0 of rows A x <= b, every answer is worth at most
    y b + sum(max(0, value - y A) * upper), and less by a negative reduced cost for a column forced in. The
    multipliers come from the linear relaxation, but the bound holds whatever they are.

    Args:
        value: Worth of each column, shape (n,).
        upper: Largest value of each column, shape (n,); the least is zero.
        rows: The rules.

    Returns:
        Shape (n,): the bound of each column, all minus infinity where the relaxation has no answer.
    """
    if len(value) == 0:
        return np.empty(0)
    matrix, limits = _one_sided(rows, len(value))
    answer: Any = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrix
        -value.astype(np.float64), A_ub=matrix, b_ub=limits, bounds=np.column_stack([0 * upper, upper]), method="highs"
    )
    if answer.status == 2:
        return np.full(len(value), -np.inf)
    if answer.status != 0:  # no multipliers: nothing is left out
        return np.full(len(value), np.inf)
    multipliers = np.maximum(0.0, -answer.ineqlin.marginals)
    reduced = value - matrix.T @ multipliers
    best = multipliers @ limits + np.maximum(0.0, reduced) @ upper
    bounds: Floats = best + np.minimum(0.0, reduced) + _MARGIN
    return bounds


def _one_sided(rows: Sequence[Row], width: int) -> tuple[csr_matrix, Floats]:
    """Return the rules as A x <= b."""
    parts = [(r, 1, r.high) for r in rows if r.high is not None] + [(r, -1, -r.low) for r in rows if r.low is not None]
    if not parts:
        return csr_matrix((1, width)), np.zeros(1)
    lengths = [len(r.columns) for r, _, _ in parts]
    data = np.concatenate([sign * r.weights for r, sign, _ in parts]).astype(np.float64)
    columns = np.concatenate([r.columns for r, _, _ in parts])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return csr_matrix((data, columns, starts), shape=(len(parts), width)), np.array([b for _, _, b in parts], float)
