"""How good a lineup with each item can be at best: items that cannot reach a target are left out, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csc_matrix, csr_matrix, hstack

from sdp_engine.optimize.program import Ints, Row

Floats = NDArray[np.float64]
_MARGIN = 0.5
"""Units by which a bound is loosened against rounding; whole-number values below it cannot be told apart anyway."""

_BROKEN, _PRICED = 1e-6, 1e-9
"""From where on an amount is not rounding: of rules broken, each in units of its largest weight, and of prices."""


@dataclass(frozen=True)
class Relaxation:
    """What the linear relaxation proves.

    Attributes:
        bounds: An upper bound on the value of any answer in which a column is at least one, shape (columns,).
        prices: The multiplier of each row, above zero where its upper limit binds and below where its lower does.
        mix: The best answer in fractions, shape (columns,); all zero where none is known.
        feasible: Whether the relaxation has an answer.
    """

    bounds: Floats
    prices: Floats
    mix: Floats
    feasible: bool


class Relaxer:
    """The linear relaxation of some rules, for one choice of columns after another."""

    def __init__(self, value: Ints, rows: Sequence[Row]) -> None:
        """Read the rules once.

        Args:
            value: Worth of each column, shape (n,).
            rows: The rules.
        """
        self._value, self._count = value.astype(np.float64), len(rows)
        matrix, self._limits, self._origin, self._signs = one_sided(rows, len(value))
        self._matrix = csc_matrix(matrix)

    def relax(self, lower: Ints, upper: Ints) -> Relaxation:
        """Return what weak duality says of columns within limits.

        With multipliers y >= 0 of rows A x <= b, every answer is worth at most y b plus, for each column, the better
        of its reduced worth (value - y A) at either of its limits, and less by a negative reduced worth for a column
        forced in. The multipliers come from the linear relaxation, but the bound holds whatever they are; and that
        there is no answer is believed only of multipliers that prove it.

        Args:
            lower: Least value of each column, shape (n,).
            upper: Largest value of each column, shape (n,).
        """
        columns, prices, mix = len(self._value), np.zeros(self._count), np.zeros(len(self._value))
        live = np.flatnonzero(upper > 0)
        if not len(live):
            return Relaxation(np.zeros(columns), prices, mix, feasible=True)
        answer: Any = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrix
            -self._value[live],
            A_ub=self._matrix[:, live],
            b_ub=self._limits,
            bounds=np.column_stack([lower, upper])[live],
            method="highs",
        )
        if answer.status == 2 and _is_broken(csr_matrix(self._matrix), self._limits, lower, upper):
            return Relaxation(np.full(columns, -np.inf), prices, mix, feasible=False)
        if answer.status != 0:  # no multipliers: nothing is left out
            return Relaxation(np.full(columns, np.inf), prices, mix, feasible=True)
        multipliers = np.maximum(0.0, -answer.ineqlin.marginals)
        reduced = self._value - self._matrix.T @ multipliers
        best = multipliers @ self._limits + np.maximum(reduced * lower, reduced * upper).sum()
        np.add.at(prices, self._origin, (self._signs * multipliers)[: len(self._origin)])
        mix[live] = answer.x
        forced_in = np.where(lower > 0, 0.0, np.minimum(0.0, reduced))
        return Relaxation(best + forced_in + _MARGIN, prices, mix, feasible=True)


def relax(value: Ints, upper: Ints, rows: Sequence[Row]) -> Relaxation:
    """Return what weak duality says of a program of columns from zero on; see `Relaxer.relax`.

    Args:
        value: Worth of each column, shape (n,).
        upper: Largest value of each column, shape (n,).
        rows: The rules.
    """
    return Relaxer(value, rows).relax(0 * upper, upper)


def item_bounds(value: Ints, upper: Ints, rows: Sequence[Row]) -> Floats:
    """Return the bound of each column (see `relax`), all minus infinity where the relaxation has no answer."""
    return relax(value, upper, rows).bounds


def refute(upper: Ints, rows: Sequence[Row]) -> list[int] | None:
    """Return rules that have no answer together, by the linear relaxation; None where the relaxation has one.

    The least amount by which all rules must be broken together is above zero; by duality the rules with a price in
    that amount cannot all hold (Farkas), the others play no part.

    Args:
        upper: Largest value of each column, shape (n,); the least is zero.
        rows: The rules; the indices of some are returned, in order.
    """
    if not len(upper):  # nothing to choose from: the sums are zero
        return [i for i, r in enumerate(rows) if (r.low or 0) > 0 or (r.high is not None and r.high < 0)] or None
    matrix, limits, origin, _ = one_sided(rows, len(upper))
    if not len(origin):
        return None
    breach, multipliers, _ = _least_breach(matrix, limits, 0 * upper, upper)
    return None if breach <= _BROKEN else sorted(set(origin[multipliers > _PRICED].tolist()))


def _least_breach(matrix: csr_matrix, limits: Floats, lower: Ints, upper: Ints) -> tuple[float, Floats, Floats]:
    """Return the least amount by which rules must be broken together, the multipliers that say so, and the scale of
    each rule; zeros where that is not known.
    """
    scale = 1.0 / np.maximum(np.maximum(abs(matrix).max(axis=1).toarray()[:, 0], np.abs(limits)), 1.0)
    even = csr_matrix(matrix.multiply(scale[:, None]))
    answer: Any = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrix
        np.concatenate([np.zeros(len(upper)), [1.0]]),
        A_ub=hstack([even, csr_matrix(-np.ones((len(limits), 1)))]).tocsr(),
        b_ub=limits * scale,
        bounds=np.column_stack([np.append(lower, 0), np.append(upper, np.inf)]),
        method="highs",
    )
    if answer.status != 0:
        return 0.0, np.zeros(len(limits)), scale
    return float(answer.fun), np.maximum(0.0, -answer.ineqlin.marginals), scale


def _is_broken(matrix: csr_matrix, limits: Floats, lower: Ints, upper: Ints) -> bool:
    """Return whether multipliers prove that columns within limits break the rules: the weighted sum is too much."""
    _, multipliers, scale = _least_breach(matrix, limits, lower, upper)
    weights = matrix.T @ (multipliers * scale)
    least = np.minimum(weights * lower, weights * upper).sum()
    return bool(least - (multipliers * scale) @ limits > _BROKEN)


def one_sided(rows: Sequence[Row], width: int) -> tuple[csr_matrix, Floats, Ints, Floats]:
    """Return the rules as A x <= b over so many columns, and of each line the rule it comes from and its sign there."""
    parts = [(i, 1, r.high) for i, r in enumerate(rows) if r.high is not None]
    parts += [(i, -1, -r.low) for i, r in enumerate(rows) if r.low is not None]
    if not parts:
        return csr_matrix((1, width)), np.zeros(1), np.zeros(0, np.int64), np.ones(1)
    lengths = [len(rows[i].columns) for i, _, _ in parts]
    data = np.concatenate([sign * rows[i].weights for i, sign, _ in parts]).astype(np.float64)
    columns = np.concatenate([rows[i].columns for i, _, _ in parts])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    matrix = csr_matrix((data, columns, starts), shape=(len(parts), width))
    origin, signs = (np.array(x) for x in zip(*((i, float(sign)) for i, sign, _ in parts), strict=True))
    return matrix, np.array([b for _, _, b in parts], float), origin.astype(np.int64), signs
