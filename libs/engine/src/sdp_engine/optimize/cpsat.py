"""One exact optimum of a program through OR-Tools' CP-SAT, with a tie-break that depends on nothing but the ids."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from sdp_engine.optimize.bound import item_bounds
from sdp_engine.optimize.program import Ints, Row, Task

Floats = NDArray[np.float64]
_FIRST_GAP = 0.015
"""How far below its relaxation a first optimum is expected, as a share; a wrong guess costs one more solve."""


EACH, TOTAL = 1.5, 5.0
"""Work that one proof, and all of a solver's together, may take, in CP-SAT's own units of a few seconds each: counted,
not timed, so that every machine ends at the same place."""


class Undecided(Exception):
    """Within the limit of work neither an answer was proven nor that there is none."""


class Solver:
    """Solves tasks one after another; remembers how far optima lie below their relaxations to guess the next."""

    def __init__(self, work: float | None = None) -> None:
        """Take so much work, `TOTAL` where None."""
        self._gap: float | None = None
        self._work = _Work(TOTAL if work is None else work)

    @property
    def work(self) -> float:
        """The work that may still be spent."""
        return self._work.left

    def lend(self, work: float) -> None:
        """Let it spend so much more."""
        self._work.left += work

    def best(self, task: Task) -> tuple[int, ...] | None:
        """Return the items of the best answer, the first in order of item numbers among equals; None without one.

        The optimum is proven: first among the items that may reach a guessed value, and again among those that
        may reach the value found, unless the guess was low enough.

        Raises:
            Undecided: The work that may be spent is spent.
        """
        bounds = item_bounds(task.value, task.upper, task.rows)
        ceiling = float(bounds.max(initial=-np.inf))
        if ceiling == -np.inf:
            return None
        gap = self._gap if self._gap is not None else _FIRST_GAP * max(abs(ceiling), 1.0)
        target = ceiling - gap if np.isfinite(ceiling) else -np.inf
        found = _Model(task, bounds, target, self._work).best()
        if found is None and target > -np.inf:
            target = -np.inf
            found = _Model(task, bounds, target, self._work).best()
        if found is None:
            return None
        value = _worth(task, found)
        if value < target:
            found = _Model(task, bounds, value, self._work).best()
            assert found is not None  # noqa: S101 -- the answer just found is one
            value = _worth(task, found)
        self._gap = max(1.0, 1.25 * (ceiling - value)) if np.isfinite(ceiling) else None
        return _first(task, bounds, found, value, self._work)


def feasible(task: Task) -> bool:
    """Return whether a task has any answer.

    Raises:
        Undecided: That takes too long to tell.
    """
    return _Model(task, np.full(len(task.value), np.inf), -np.inf, _Work(EACH)).any()


@dataclass
class _Work:
    """What may still be spent."""

    left: float


def _worth(task: Task, found: Sequence[int]) -> int:
    return int(task.value[list(found)].sum())


def _first(task: Task, bounds: Floats, found: tuple[int, ...], value: int, work: _Work) -> tuple[int, ...]:
    """Return the first answer of this value: this one where no earlier one exists, else item by item the least."""
    model = _Model(task, bounds, value, work)
    model.demand(value)
    model.demand_before(found)
    earlier = model.solve()
    if earlier is None:
        return found
    for place in range(len(found)):
        ordered = sorted(earlier)
        model = _Model(task, bounds, value, work)
        model.demand(value)
        model.prefer_next(ordered[:place])
        earlier = model.solve()
        assert earlier is not None  # noqa: S101 -- the answer just found is one
    return earlier


class _Model:
    """A CP-SAT model of the columns that may reach a target."""

    def __init__(self, task: Task, bounds: Floats, target: float, work: _Work) -> None:
        self._task, self._work = task, work
        self._model = cp_model.CpModel()
        kept = (bounds >= target) & (task.upper > 0)
        kept[task.items :] = task.upper[task.items :] > 0
        self._variables = {
            int(j): self._model.new_int_var(0, int(task.upper[j]), "") for j in np.flatnonzero(kept).tolist()
        }
        self._kept = kept
        for row in task.rows:
            self._add(row)

    def _sum(self, columns: Ints, weights: Ints) -> cp_model.LinearExprT:
        mask = self._kept[columns]
        variables = [self._variables[j] for j in columns[mask].tolist()]
        return cp_model.LinearExpr.weighted_sum(variables, weights[mask].tolist())

    def _add(self, row: Row) -> None:
        low = cp_model.INT_MIN if row.low is None else row.low
        high = cp_model.INT_MAX if row.high is None else row.high
        self._model.add_linear_constraint(self._sum(row.columns, row.weights), low, high)

    def _value(self) -> cp_model.LinearExprT:
        worth = np.flatnonzero(self._task.value)
        return self._sum(worth, self._task.value[worth])

    def demand(self, value: int) -> None:
        """Demand an answer of at least this value."""
        self._model.add(self._value() >= value)

    def demand_before(self, found: Sequence[int]) -> None:
        """Demand an answer whose sorted items come before these in dictionary order.

        It shares the first few of them and then holds an item that comes before the next: one choice is made
        of where it parts.
        """
        choices = []
        ordered = sorted(found)
        for place, item in enumerate(ordered):
            after = ordered[place - 1] + 1 if place else 0
            earlier = [self._variables[j] for j in range(after, item) if j in self._variables]
            if not earlier:
                continue
            parts = self._model.new_bool_var("")
            choices.append(parts)
            self._model.add_at_least_one(earlier).only_enforce_if(parts)
            for shared in ordered[:place]:
                self._model.add(self._variables[shared] == 1).only_enforce_if(parts)
        self._model.add_at_least_one(choices)

    def prefer_next(self, first: Sequence[int]) -> None:
        """Demand an answer that holds these items, and prefer the one whose next item comes first."""
        for item in first:
            self._model.add(self._variables[item] == 1)
        after = max(first, default=-1)
        later = [j for j in self._variables if after < j < self._task.items]
        chosen = [self._model.new_bool_var("") for _ in later]
        for j, is_next in zip(later, chosen, strict=True):
            self._model.add_implication(is_next, self._variables[j])
        self._model.add_exactly_one(chosen)
        self._model.minimize(cp_model.LinearExpr.weighted_sum(chosen, later))

    def best(self) -> tuple[int, ...] | None:
        """Return the items of an answer of the largest value, None without an answer."""
        self._model.maximize(self._value())
        return self.solve()

    def any(self) -> bool:
        """Return whether there is an answer."""
        return self.solve() is not None

    def solve(self) -> tuple[int, ...] | None:
        """Return the items of the answer CP-SAT proves, None where it proves that there is none."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        # The bounds have done presolve's work, and cuts cost more than they save on so few columns (5 to 6 times).
        solver.parameters.linearization_level = 2
        solver.parameters.cp_model_presolve = False
        solver.parameters.cut_level = 0
        solver.parameters.max_deterministic_time = max(min(EACH, self._work.left), 1e-3)
        solver.parameters.catch_sigint_signal = False  # an interrupt is the caller's to see
        status = solver.solve(self._model)
        self._work.left -= solver.response_proto.deterministic_time
        if status == cp_model.INFEASIBLE:
            return None
        if status == cp_model.UNKNOWN or (status == cp_model.FEASIBLE and self._model.has_objective()):
            raise Undecided
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            raise RuntimeError(f"CP-SAT ended without a proof: {solver.status_name(status)}")
        return tuple(j for j, v in self._variables.items() if j < self._task.items and solver.value(v))
