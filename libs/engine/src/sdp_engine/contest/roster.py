"""A pool of draftables as the lattice reads it: people in the automaton's order, with the ways to take each."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.spec import Contest

from sdp_engine.optimize.automaton import Layers, Symbol, build_layers

STEPS = 1200
"""At most so many salary steps: a finer grid is rounded up to this one, so that no lineup breaks the cap."""
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Roster:
    """The people of a pool and their moves; see `sdp_engine.contest.lattice` for the arrays.

    Attributes:
        layer, first, way, cost: People and moves.
        row: The row of the pool that each move takes.
        person: Whom each move takes, a number from 0.
        multiplier: What the move's slot multiplies points by.
        layers: The automaton.
        budget: The cap in steps.
        step_usd: Dollars a step.
        size: Players a lineup.
    """

    layer: Ints
    first: Ints
    way: Ints
    cost: Ints
    row: Ints
    person: Ints
    multiplier: Floats
    layers: Layers
    budget: int
    step_usd: int
    size: int

    def moves(self, contest: Contest, rows: NDArray[np.integer[Any]]) -> Ints:
        """Return the moves that make lineups of pool rows in the order of the contest's slots, (lineups, size).

        Raises:
            ValueError: A player stands in a slot that he cannot fill.
        """
        width = int(self.row.max()) + 1
        found = np.full(rows.shape, -1, np.int64)
        for place, slot in enumerate(contest.expanded_slots):
            move = np.full(width, -1, np.int64)
            fits = np.flatnonzero(self.multiplier == slot.points_multiplier)
            move[self.row[fits]] = fits
            found[:, place] = move[rows[:, place]]
        if (found < 0).any():
            raise ValueError("a lineup has a player in a slot that he cannot fill")
        return found


def build(contest: Contest, pool: pl.DataFrame) -> Roster:
    """Return the roster of a pool with `player_id` or `name` and `team_id`, `roster_slots` and `salary_usd`.

    Raises:
        ValueError: No legal lineup can be made of it, or the format has too many kinds of slots.
    """
    kinds, groups = _kinds(contest)
    ways = [_ways(contest, kinds, groups, draftable) for draftable in pool.iter_rows(named=True)]
    people: dict[Any, list[tuple[int, Symbol, int, float]]] = {}
    for row, (draftable, options) in enumerate(zip(pool.iter_rows(named=True), ways, strict=True)):
        key = draftable.get("player_id") or (draftable["name"], draftable["team_id"])
        for symbol, salary, multiplier in options:
            people.setdefault(key, []).append((row, symbol, salary, multiplier))
    types = {key: tuple(move[1] for move in moves) for key, moves in people.items()}
    order = sorted(set(types.values()), key=lambda t: (len(t), sum(s.kinds.bit_count() for s in t), t))
    layers = build_layers(tuple(kinds.values()), (), tuple(order))
    if layers is None:
        raise ValueError(f"{contest.title} has too many kinds of slots for the field model")
    if layers.start < 0:
        raise ValueError("no legal lineup can be made of this pool: a slot has nobody who may fill it")
    read = sorted(people, key=lambda key: order.index(types[key]))
    moves = [(p, way, *move) for p, key in enumerate(read) for way, move in enumerate(people[key])]
    salaries = np.array([m[4] for m in moves], np.int64)
    step = _step(salaries, contest.salary_cap_usd)
    capped = contest.salary_cap_usd < salaries.sum()
    return Roster(
        np.array([order.index(types[key]) for key in read], np.int64),
        np.concatenate([[0], np.cumsum([len(people[key]) for key in read])]).astype(np.int64),
        np.array([m[1] for m in moves], np.int64),
        -(-salaries // step) if capped else np.zeros(len(moves), np.int64),
        np.array([m[2] for m in moves], np.int64),
        np.array([m[0] for m in moves], np.int64),
        np.array([m[5] for m in moves]),
        layers,
        contest.salary_cap_usd // step if capped else 0,
        step,
        contest.roster_size,
    )


def _kinds(contest: Contest) -> tuple[dict[tuple[Any, ...], int], dict[str, tuple[Any, ...]]]:
    """Return how many slots there are of each kind, and each slot's kind by its name."""
    kinds: dict[tuple[Any, ...], int] = {}
    groups: dict[str, tuple[Any, ...]] = {}
    for slot in contest.slots:
        key = (slot.positions, slot.points_multiplier, slot.salary_multiplier)
        kinds[key] = kinds.get(key, 0) + slot.count
        groups[slot.name] = key
    return kinds, groups


def _ways(
    contest: Contest, kinds: Mapping[Any, int], groups: Mapping[str, Any], draftable: Mapping[str, Any]
) -> list[tuple[Symbol, int, float]]:
    """Return the ways to take a draftable: one for each pair of multipliers, with the kinds of slots it may fill."""
    fits = {groups[name] for name in draftable["roster_slots"] if name in groups}
    found: dict[tuple[float, float], int] = {}
    for bit, kind in enumerate(kinds):
        if kind in fits:
            found[kind[1:]] = found.get(kind[1:], 0) | 1 << bit
    listed_once_a_slot = getattr(contest, "copy_per_slot", False)
    return [
        (Symbol(bits), round(draftable["salary_usd"] * (1.0 if listed_once_a_slot else dear)), multiplier)
        for (multiplier, dear), bits in sorted(found.items())
    ]


def _step(salaries: Ints, cap: int) -> int:
    step = gcd(cap, *salaries.tolist()) or 1
    return step if cap // step <= STEPS else -(-cap // STEPS)
