"""A program compiled for the kernels: people as layers of an automaton, salaries on a grid, rules as tallies."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdp_engine.optimize.automaton import Int32s, Layers, Pool, Symbol, Type, build_layers
from sdp_engine.optimize.kernels import NEVER, completions
from sdp_engine.optimize.program import Case, Ints, Program, Row, Terms, person, slot_groups

Bools = NDArray[np.bool_]
GRID = 1500
"""Most salary steps of an exact grid; a finer one is rounded down, which leaves bounds that are only looser."""
CELLS = 100_000_000
"""Largest table of completions, and the most cells kept of several: 400 MB."""


@dataclass(frozen=True)
class Grid:
    """Salaries in whole steps: what items cost, what may be spent, what may be left; `exact` where not rounded."""

    cost: Ints
    budget: int
    slack: int
    exact: bool


def grid(program: Program, floor: int, ceiling: int) -> Grid:
    """Return the salaries of a program on a grid, for lineups that cost from `floor` to `ceiling`."""
    ceiling = min(ceiling, int(np.sort(program.salary)[-program.contest.roster_size :].sum()))
    step = int(np.gcd.reduce(program.salary, initial=0)) or 1
    exact = ceiling // step <= GRID
    if not exact:
        step = -(-ceiling // GRID)
    budget = max(ceiling // step, 0)
    least = -(-floor // step) - (0 if exact else program.contest.roster_size)
    return Grid(program.salary // step, budget, min(budget, budget - least), exact)


@dataclass(frozen=True)
class Net:
    """The moves of one case, in the order in which people are read, over an automaton; see `kernels` for the arrays."""

    layer: Ints
    first: Ints
    way: Ints
    item: Ints
    forced: Bools
    layers: Layers

    def holding(self, held: Bools) -> "Net":
        """Return the net of lineups in which the people of some items stand.

        Args:
            held: Those items, shape (items,).
        """
        moves = np.flatnonzero(held[self.item])
        forced = self.forced.copy()
        forced[np.searchsorted(self.first, moves, side="right") - 1] = True
        return replace(self, forced=forced)

    def restrict(self, kept: Bools) -> "Net | None":
        """Return the net of fewer items, None where no lineup is left.

        Args:
            kept: Which items of the program may stand, shape (items,).
        """
        stays = kept[self.item]
        owner = np.repeat(np.arange(len(self.layer)), np.diff(self.first))[stays]
        people, ways = np.unique(owner, return_counts=True)
        if self.forced.any() and not np.isin(np.flatnonzero(self.forced), people).all():
            return None
        used, layer = np.unique(self.layer[people], return_inverse=True)
        layers = _without_empty(self.layers, used)
        if layers.start < 0 or not len(people):
            return None
        first = np.concatenate([[0], np.cumsum(ways)])
        return Net(layer.astype(np.int64), first, self.way[stays], self.item[stays], self.forced[people], layers)

    @property
    def base(self) -> Ints:
        """Where the rows of each person begin in a table of completions, and the last for nobody."""
        widths = self.layers.width[self.layer].astype(np.int64)
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(widths)])

    def cells(self, salaries: Grid) -> int:
        """Return how large a table of completions is."""
        return (int(self.base[-1]) + 1) * (salaries.budget + 1)

    def completions(self, bound: Ints, salaries: Grid) -> Int32s:
        """Return what people can still add, shape (rows, budget + 1); see `kernels.completions`."""
        best = np.empty((int(self.base[-1]) + 1, salaries.budget + 1), np.int32)
        completions(
            self.layer, self.first, self.way, salaries.cost[self.item], bound[self.item], self.forced,
            self.layers.take, self.layers.down, self.layers.width, salaries.budget, salaries.slack, self.base, best,
        )  # fmt: skip
        return best

    def top(self, best: Int32s) -> int:
        """Return the best that a whole lineup can reach by a table of completions, `NEVER` or less where nothing."""
        return int(best[self.layers.start, -1]) if len(self.layer) else NEVER


def _without_empty(layers: Layers, used: Ints) -> Layers:
    """Return the automaton with only some of its layers: from each the way down leads to the next that is used."""

    def below(layer: int, states: Int32s, until: int) -> Int32s:
        for t in range(layer, until):
            states = np.where(states >= 0, layers.down[t][states], -1).astype(np.int32)
        return states

    if not len(used):
        return replace(layers, start=-1)
    if len(used) == len(layers.down):
        return layers
    ends = [*used[1:].tolist(), len(layers.down)]
    down = np.stack(
        [below(t + 1, layers.down[t], end) for t, end in zip(used.tolist(), ends, strict=True)], dtype=np.int32
    )
    start = int(below(0, np.array([layers.start], np.int32), int(used[0]))[0])
    return Layers(layers.take[used], down, layers.width[[*used, len(layers.down)]], start)


def compile_case(program: Program, case: Case, value: Ints, locked: set[int]) -> Net | None:
    """Return a case's net, None where its automaton would be too large.

    Args:
        program: The program.
        case: The case; its terms become counters of the automaton.
        value: What items are sorted by within a type, shape (items,).
        locked: Items of people who must stand: of each such person all items.
    """
    terms, pools = _counters(case)
    symbols = _symbols(program, terms)
    out = set(case.excluded.tolist())
    people: dict[tuple[str, int], list[int]] = {}
    for i in range(program.items):
        if i not in out and symbols[i].kinds:
            people.setdefault(person(program.of(i)), []).append(i)
    types = {who: tuple(sorted({symbols[i] for i in items})) for who, items in people.items()}
    kinds = sorted(set(types.values()), key=lambda kind: _reading_order(kind, len(case.terms)))
    rank = {kind: t for t, kind in enumerate(kinds)}
    counts = tuple(s.count for s in program.contest.slots)
    layers = build_layers(counts, tuple(least for _, least in terms), tuple(kinds), pools)
    if layers is None:
        return compile_case(program, replace(case, pools=()), value, locked) if pools else None
    order = sorted(people, key=lambda who: (rank[types[who]], -max(value[i] for i in people[who]), people[who]))
    moves = [(types[who].index(symbols[i]), i) for who in order for i in people[who]]
    return Net(
        np.array([rank[types[who]] for who in order], np.int64),
        np.concatenate([[0], np.cumsum([len(people[who]) for who in order])]).astype(np.int64),
        np.array([w for w, _ in moves], np.int64),
        np.array([i for _, i in moves], np.int64),
        np.array([not locked.isdisjoint(people[who]) for who in order], np.bool_),
        layers,
    )


def _counters(case: Case) -> tuple[Terms, tuple[Pool, ...]]:
    """Return the counters of a case, those of its pools last, and which of them are pooled."""
    terms, pools = list(case.terms), []
    for pool in case.pools:
        members = []
        for weight, way in pool.ways:
            members.append((weight, tuple(range(len(terms), len(terms) + len(way)))))
            terms += way
        pools.append(Pool(pool.least, tuple(members)))
    return tuple(terms), tuple(pools)


def _reading_order(kind: Type, pooled: int) -> tuple[Any, ...]:
    """Return where a type is read, so that few states are open at a time: those who count first, for the rest of the
    way then knows no counter, and of these and the others those who fit few slots. Who moves the same counters of a
    pool (all from number `pooled` on) stands together: each is open for as short as can be.
    """
    slots = 0
    for symbol in kind:
        slots |= symbol.kinds
    moved = sorted({c for s in kind for c, gain in enumerate(s.gains) if gain and c >= pooled})
    return (not any(any(s.gains) for s in kind), moved, slots & -slots, slots.bit_count(), kind)


def _symbols(program: Program, terms: Terms) -> list[Symbol]:
    groups = slot_groups(program.contest)
    gains = np.zeros((program.items, len(terms)), np.int64)
    for term, (items, _) in enumerate(terms):
        gains[items, term] = 1
    bits = [
        {s.name: 1 << n for n, s in enumerate(program.contest.slots)
         if (s.points_multiplier, s.salary_multiplier) == group}
        for group in groups
    ]  # fmt: skip
    rows = gains.tolist()
    return [
        Symbol(sum({bits[g].get(name, 0) for name in program.of(i)["roster_slots"]}), tuple(rows[i]))
        for i, g in enumerate(program.group.tolist())
    ]


@dataclass(frozen=True)
class Tallies:
    """The rules that lineups are held against one by one; see `kernels.lineups_between` for the arrays."""

    row_first: Ints
    row_of: Ints
    row_weight: Ints
    row_low: Ints
    row_high: Ints
    rising: Bools
    choice_first: Ints
    choice_least: Ints
    option_first: Ints
    term_row: Ints
    term_least: Ints


OPEN = 1 << 60
"""An end that is not limited."""


def tallies(
    program: Program, skip: Sequence[bool], watched: Terms, salaries: Grid, floor: int, ceiling: int
) -> Tallies:
    """Return the rules of a program as tallies, but for rows to `skip`, which are kept some other way.

    First of all come the watched items, whose number is not limited yet. Where the grid is rounded the true salary is
    tallied too, from `floor` to `ceiling`.
    """
    lines = [(items, np.ones(len(items), np.int64), -OPEN, OPEN) for items, _ in watched]
    for row, left_out in zip(program.rows, skip, strict=True):
        if not left_out and (not len(row.columns) or row.columns.max() < program.items):
            low = -OPEN if row.low is None else row.low
            lines.append((row.columns, row.weights, low, OPEN if row.high is None else row.high))
    if not salaries.exact:
        lines.append((np.arange(program.items), program.salary, floor, ceiling))
    choice_first, option_first, term_row, term_least = [0], [0], [], []
    for choice in program.choices:
        for option in choice.options:
            for items, least in option:
                term_row.append(len(lines))
                term_least.append(least)
                lines.append((items, np.ones(len(items), np.int64), -OPEN, OPEN))
            option_first.append(len(term_row))
        choice_first.append(len(option_first) - 1)
    columns = np.concatenate([np.zeros(0, np.int64), *(line[0] for line in lines)])
    weights = np.concatenate([np.zeros(0, np.int64), *(line[1] for line in lines)])
    numbers = np.repeat(np.arange(len(lines)), [len(line[0]) for line in lines])
    order = np.argsort(columns, kind="stable")
    first = np.searchsorted(columns[order], np.arange(program.items + 1))
    rising = [bool((line[1] >= 0).all() and (line[3] < OPEN or k < len(watched))) for k, line in enumerate(lines)]
    return Tallies(
        first.astype(np.int64), numbers[order].astype(np.int64), weights[order].astype(np.int64),
        np.array([line[2] for line in lines], np.int64), np.array([line[3] for line in lines], np.int64),
        np.array(rising, np.bool_), np.array(choice_first, np.int64),
        np.array([c.least for c in program.choices], np.int64), np.array(option_first, np.int64),
        np.array(term_row, np.int64), np.array(term_least, np.int64),
    )  # fmt: skip


def priced(
    program: Program, rules: Sequence[Row], skip: Sequence[bool], prices: NDArray[np.float64]
) -> tuple[Ints, int]:
    """Return every item's value less the price of its rules, and what a lineup gains by them at most.

    For any prices no lineup that keeps the rules is worth more than the priced values of its items and the gain
    together (weak duality, as in `bound.relax`); both are rounded up.

    Args:
        program: The program.
        rules: Its rows beside the frame, and what else every lineup keeps.
        skip: Which of them are kept some other way and have no price.
        prices: The multiplier of each of them.
    """
    value = np.concatenate([program.value, np.zeros(program.auxiliary, np.int64)]).astype(np.float64)
    gain = 0.0
    for row, left_out, price in zip(rules, skip, prices.tolist(), strict=True):
        limit = row.high if price > 0 else row.low
        if left_out or abs(price) < 1e-9 or limit is None:
            continue
        np.subtract.at(value, row.columns, price * row.weights)
        gain += price * limit
    gain += float(np.maximum(0.0, value[program.items :]).sum())
    # Whole bounds on whole values: an error of a millionth cannot push one below what it bounds.
    return np.ceil(value[: program.items] - 1e-6).astype(np.int64), math.ceil(gain - 1e-6)
