"""Rules that hold where a lineup holds enough of some items: the columns that say so, and the rows that tie them.

Rules share such columns, "at least k of these", and what follows from one for another is told with them: who holds five
holds three, and five of a team are players of a single game. The linear relaxation sees none of this by itself: it
would hold an eighth of eight stacks. With it a request without a lineup is mostly refuted before anything is searched.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from sdp_engine.optimize.program import COUNTS, Choice, Exposed, Program, Row, Terms


def choose(program: Program, choices: Sequence[Choice]) -> Iterator[Row]:
    """Note rules that can be kept in several ways, and yield their rows."""
    told = _Told(program)
    for choice in choices:
        program.choices.append(choice)
        columns, times = np.unique([told.by(choice.rule, option) for option in choice.options], return_counts=True)
        told.rows.append(Row(choice.rule, columns.astype(np.int64), times.astype(np.int64), low=choice.least))
    yield from told.everything()


def expose(program: Program, exposed: Exposed, lineups: int) -> Iterator[Row]:
    """Note what stands in some of `lineups` lineups only, and yield the rows of its auxiliary columns."""
    rule, column, told = f"{COUNTS}{exposed.name}", None, _Told(program)
    broken: list[tuple[int, ...]] = []
    if exposed.at_least:
        column = program.auxiliaries(1)[0]
        used = dict.fromkeys(told.by(rule, option) for option in exposed.options)
        told.rows.append(Row(rule, np.array([*used, column]), np.array([1] * len(used) + [-1]), low=0))
    if exposed.at_most < lineups and any(len(option) > 1 for option in exposed.options):
        size = program.contest.roster_size
        for option in exposed.options:
            broken.append(tuple(program.auxiliaries(len(option))))
            for (items, least), ends in zip(option, broken[-1], strict=True):
                slack = max(size - least + 1, 0)
                weights = np.array([1] * len(items) + [slack])
                told.rows.append(Row(rule, np.array([*items, ends]), weights, high=least - 1 + slack))
    program.exposed.append(replace(exposed, column=column, broken=tuple(broken)))
    yield from told.everything()


class _Told:
    """The columns that options ask for, those of a program and new ones, and the rows of the new."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._fresh: dict[frozenset[int], str] = {}
        self.rows: list[Row] = []

    def by(self, rule: str, option: Terms) -> int:
        """Return a column that can only be one where every term of an option holds."""
        columns = [self._enough(rule, frozenset(items.tolist()), least) for items, least in option]
        if len(columns) == 1:
            return columns[0]
        every = self._program.auxiliaries(1)[0]
        self.rows += [Row(rule, np.array([each, every]), np.array([1, -1]), low=0) for each in columns]
        return every

    def _enough(self, rule: str, items: frozenset[int], least: int) -> int:
        steps = self._program.counted.setdefault(items, {})
        if least not in steps:
            steps[least] = self._program.auxiliaries(1)[0]
            self._fresh.setdefault(items, f"{COUNTS}{rule.removeprefix(COUNTS)}")
        return steps[least]

    def everything(self) -> Iterator[Row]:
        """Yield the rows told so far and, of the new columns, what makes them one and what follows for others."""
        yield from self.rows
        counted = self._program.counted
        for items, rule in self._fresh.items():
            yield from _ladder(rule, items, counted[items])
        inner = [items for items, steps in counted.items() if max(steps) > 1]
        rule = next(iter(self._fresh.values()), COUNTS)
        for outer in counted if not self._fresh.keys().isdisjoint(inner) else self._fresh:
            within = [items for items in inner if items < outer]
            if 1 in counted[outer] and within and not self._fresh.keys().isdisjoint([outer, *within]):
                yield from _nested(self._fresh.get(outer, rule), outer, counted[outer][1], _disjoint(within), counted)


def _ladder(rule: str, items: frozenset[int], steps: dict[int, int]) -> Iterator[Row]:
    """Yield the rows by which columns can only be one where so many items are held.

    With k1 < k2 < ... the sum is at least k1 times the first, k2 - k1 times the second and so on, and each column at
    most the one before it.
    """
    numbers = sorted(steps)
    columns = [steps[k] for k in numbers]
    rises = np.diff([0, *numbers])
    yield Row(rule, np.array([*sorted(items), *columns]), np.array([1] * len(items) + (-rises).tolist()), low=0)
    for lower, higher in pairwise(columns):
        yield Row(rule, np.array([lower, higher]), np.array([1, -1]), low=0)


def _nested(
    rule: str,
    outer: frozenset[int],
    any_of_them: int,
    groups: Iterable[list[frozenset[int]]],
    counted: dict[frozenset[int], dict[int, int]],
) -> Iterator[Row]:
    """Yield the rows by which what is held of parts leaves less for the whole to be more than one of many.

    Where n_t of part t are held, all parts apart, the whole holds the sum of n_t: at least one, and beside it n_t - 1
    of each part of which any are held.
    """
    for parts in groups:
        columns, weights = [*sorted(outer), any_of_them], [1] * len(outer) + [-1]
        for part in parts:
            numbers = sorted(counted[part])
            columns += [counted[part][k] for k in numbers]
            weights += [-rise for rise in np.diff([1, *numbers]).tolist()]
        yield Row(rule, np.array(columns), np.array(weights), low=0)


def _disjoint(sets: Iterable[frozenset[int]]) -> list[list[frozenset[int]]]:
    """Return sets in groups of which no two members share an item."""
    groups: list[list[frozenset[int]]] = []
    for items in sets:
        for group in groups:
            if all(items.isdisjoint(other) for other in group):
                group.append(items)
                break
        else:
            groups.append([items])
    return groups
