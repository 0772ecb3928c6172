"""How good a lineup with each item can be at best: items that cannot reach a target are left out, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, hstack

from sdp_engine.optimize.program import Ints, Row

Floats = NDArray[np.float64]
_MARGIN = 0.5
"""Units by which a bound is loosened against rounding; whole-number values below it cannot be told apart anyway."""

_NODES = 20
_BROKEN, _PRICED = 1e-6, 1e-9
"""From where on an amount is not rounding: of rules broken, each in units of its largest weight, and of prices."""


@dataclass(frozen=True)
class Relaxation:
    """What the linear relaxation proves.

    Attributes:
        bounds: An upper bound on the value of any answer in which a column is at least one, shape (columns,).
        prices: The multiplier of each row, above zero where its upper limit binds and below where its lower does.
        feasible: Whether the relaxation has an answer.
    """

    bounds: Floats
    prices: Floats
    feasible: bool


def relax(value: Ints, upper: Ints, rows: Sequence[Row]) -> Relaxation:
    """Return what weak duality says of a program.

    With multipliers y >= 0 of rows A x <= b, every answer is worth at most y b + sum(max(0, value - y A) * upper), and
    less by a negative reduced cost for a column forced in. The multipliers come from the linear relaxation, but the
    bound holds whatever they are.

    Args:
        value: Worth of each column, shape (n,).
        upper: Largest value of each column, shape (n,); the least is zero.
        rows: The rules.
    """
    if len(value) == 0:
        return Relaxation(np.empty(0), np.zeros(len(rows)), feasible=True)
    matrix, limits, origin, signs = one_sided(rows, len(value))
    answer: Any = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrix
        -value.astype(np.float64), A_ub=matrix, b_ub=limits, bounds=np.column_stack([0 * upper, upper]), method="highs"
    )
    prices = np.zeros(len(rows))
    if answer.status == 2:
        return Relaxation(np.full(len(value), -np.inf), prices, feasible=False)
    if answer.status != 0:  # no multipliers: nothing is left out
        return Relaxation(np.full(len(value), np.inf), prices, feasible=True)
    multipliers = np.maximum(0.0, -answer.ineqlin.marginals)
    reduced = value - matrix.T @ multipliers
    best = multipliers @ limits + np.maximum(0.0, reduced) @ upper
    np.add.at(prices, origin, (signs * multipliers)[: len(origin)])
    return Relaxation(best + np.minimum(0.0, reduced) + _MARGIN, prices, feasible=True)


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
    scale = 1.0 / np.maximum(np.maximum(abs(matrix).max(axis=1).toarray()[:, 0], np.abs(limits)), 1.0)
    even = csr_matrix(matrix.multiply(scale[:, None]))
    answer: Any = linprog(  # type: ignore[call-overload]  # as above
        np.concatenate([np.zeros(len(upper)), [1.0]]),
        A_ub=hstack([even, csr_matrix(-np.ones((len(limits), 1)))]).tocsr(),
        b_ub=limits * scale,
        bounds=np.column_stack([np.zeros(len(upper) + 1), np.append(upper, np.inf)]),
        method="highs",
    )
    if answer.status != 0 or answer.fun <= _BROKEN:
        return None
    return sorted(set(origin[-answer.ineqlin.marginals > _PRICED].tolist()))


def found_soon(upper: Ints, rows: Sequence[Row]) -> Ints | None:
    """Return whole numbers that keep all rules as far as floating point tells, None where few nodes show none."""
    if not len(upper):
        return np.zeros(0, np.int64)
    matrix, limits, _, _ = one_sided(rows, len(upper))
    answer: Any = milp(
        np.zeros(len(upper)),
        constraints=LinearConstraint(matrix, ub=limits),
        integrality=np.ones(len(upper), np.int64),
        bounds=Bounds(np.zeros(len(upper)), upper),
        options={"node_limit": _NODES},
    )
    return None if answer.x is None else np.rint(answer.x).astype(np.int64)


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
