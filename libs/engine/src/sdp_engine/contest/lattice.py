"""Sums over every legal lineup: the compiled loops behind the field model.

A lineup's weight is the product of its members' weights and of a weight for the salary it leaves unspent. People are
read in the order of the roster automaton's layers (`sdp_engine.optimize.automaton`); person `i` stands in layer
`layer[i]` and may be taken by the moves `first[i]` to `first[i + 1]`, of which at most one is used: `way[m]` is the
move's way in that layer, `cost[m]` its salary in steps, `weight[m]` its weight. No lineup is listed: the sum over all
that complete a state is built from the last person back to the first.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]


@njit(nogil=True, cache=True)
def lead(layer: Array, take: Array, down: Array, i: int, way: int, state: int) -> int:
    """Return the state before person `i + 1` after a way of taking `i` (-1: not taken); -1 where there is none."""
    t = layer[i]
    after = state if way < 0 else take[t, way, state]
    if after >= 0 and (i + 1 == len(layer) or layer[i + 1] != t):
        after = down[t, after]
    return int(after)


@njit(nogil=True, cache=True)
def completions(
    layer: Array, first: Array, way: Array, cost: Array, weight: Array, take: Array, down: Array, width: Array,
    unspent: Array, table: Array,
) -> None:  # fmt: skip
    """Fill `table[i, state, left]`: the weight of all ways to complete a lineup with people from `i` on.

    `unspent` is the weight of every salary that may be left over at the end, (budget + 1,); the table is
    (people + 1, states, budget + 1).
    """
    people, budget = len(layer), len(unspent) - 1
    table[people, 0] = unspent
    for i in range(people - 1, -1, -1):
        for state in range(width[layer[i]]):
            row = table[i, state]
            same = lead(layer, take, down, i, -1, state)
            if same >= 0:
                row[:] = table[i + 1, same]
            else:
                row[:] = 0.0
            for m in range(first[i], first[i + 1]):
                after = lead(layer, take, down, i, way[m], state)
                if after >= 0:
                    source, price, w = table[i + 1, after], cost[m], weight[m]
                    for left in range(price, budget + 1):
                        row[left] += w * source[left - price]


@njit(nogil=True, cache=True)
def marginals(
    layer: Array, first: Array, way: Array, cost: Array, weight: Array, take: Array, down: Array, width: Array,
    start: int, table: Array, used: Array, left_over: Array,
) -> None:  # fmt: skip
    """Fill `used` (share of all weight in which a move is used) and `left_over` (its distribution of unspent salary).

    The table is that of `completions`; `used` is (moves,), `left_over` (budget + 1,), both zero before.
    """
    people, budget = len(layer), table.shape[2] - 1
    total = table[0, start, budget]
    here = np.zeros(table.shape[1:])
    here[start, budget] = 1.0 / total
    for i in range(people):
        there = np.zeros(table.shape[1:])
        for state in range(width[layer[i]]):
            row = here[state]
            same = lead(layer, take, down, i, -1, state)
            if same >= 0:
                there[same] += row
            for m in range(first[i], first[i + 1]):
                after = lead(layer, take, down, i, way[m], state)
                if after < 0:
                    continue
                source, target, price, w = table[i + 1, after], there[after], cost[m], weight[m]
                share = 0.0
                for left in range(price, budget + 1):
                    moved = w * row[left]
                    target[left - price] += moved
                    share += moved * source[left - price]
                used[m] += share
        here = there
    left_over[:] = here[0] * table[people, 0]


@njit(nogil=True, cache=True)
def decode(
    layer: Array, first: Array, way: Array, cost: Array, weight: Array, take: Array, down: Array,
    start: int, table: Array, luck: Array, chosen: Array,
) -> None:  # fmt: skip
    """Turn each number of `luck` (0 to 1) into a lineup with the probability of its weight: its moves, in order.

    The table is that of `completions`, `luck` is (lineups,), fastest in ascending order, because neighbours take the
    same path; `chosen` is (lineups, size).
    """
    people, budget = len(layer), table.shape[2] - 1
    for n in range(len(luck)):
        state, left, place = start, budget, 0
        rest = luck[n] * table[0, start, budget]
        for i in range(people):
            if place == chosen.shape[1]:
                break
            same = lead(layer, take, down, i, -1, state)
            skipped = table[i + 1, same, left] if same >= 0 else 0.0
            if rest < skipped:
                state = same
                continue
            rest -= skipped
            follow, moved, price = same, -1, 0
            for m in range(first[i], first[i + 1]):
                after = lead(layer, take, down, i, way[m], state)
                if after < 0 or cost[m] > left:
                    continue
                mass = weight[m] * table[i + 1, after, left - cost[m]]
                if mass <= 0.0:
                    continue
                follow, moved, price = after, m, cost[m]
                if rest < mass:
                    rest /= weight[m]
                    break
                rest -= mass
            if moved >= 0:  # where rounding has eaten the rest, the last way that leads to a lineup
                chosen[n, place] = moved
                place += 1
                left -= price
                rest = min(max(rest, 0.0), table[i + 1, follow, left])
            state = follow


@njit(nogil=True, cache=True)
def join_trains(whom: Array, luck: Array, discount: float, concentration: float) -> Array:
    """Return the sizes of the trains in which entries copy each other; see `sdp_engine.contest.field.train_sizes`.

    An entry looks at one before it, each as likely (`whom`), and joins its train of size s unless `luck` is below
    discount / s: then it drafts for itself, as it does where it looks at one of the `concentration` that are not there.
    """
    entries = len(whom)
    train, size = np.zeros(entries, np.int64), np.zeros(entries, np.int64)
    trains = 0
    for n in range(entries):
        seen = int(whom[n] * (n + concentration))
        mine = train[min(seen, n)]
        if seen >= n or luck[n] < discount / size[mine]:
            mine = trains
            trains += 1
        train[n] = mine
        size[mine] += 1
    return size[:trains].copy()
