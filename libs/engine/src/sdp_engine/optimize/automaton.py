"""The roster as a small automaton: which players still fit beside those drafted, each set of players met once.

A state is the set of all ways in which the players so far can fill the slots (subset construction), so a lineup is
reached by one path however many slots its players could trade; counters of a stack ride along as tags. Players are
read in the order of their types. Within a type any number may be taken; states of a layer from which the same
continuations are possible are one (the layered form of Myhill and Nerode's minimal automaton), and those from which
none is possible are gone. Of a pool of counters ("three of these twelve") each is forgotten once nobody moves it any
more: only how many were reached rides on, so that one automaton does for all ways to choose them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int32s = NDArray[np.int32]
STATES = 200_000
"""Above so many states before they are merged the automaton is not built: another way is faster."""


@dataclass(frozen=True, order=True)
class Symbol:
    """What taking a player does: a bit for each kind of slot he may fill, and how far he moves each counter."""

    kinds: int
    gains: tuple[int, ...] = ()


Type = tuple[Symbol, ...]
"""The ways to take one person, of which at most one is used: as captain, or as flex."""


@dataclass(frozen=True)
class Pool:
    """Counts of which some must be reached.

    Attributes:
        least: What those that are reached weigh together, at least.
        members: The weight of each, and its counters, all of which must reach what they need.
    """

    least: int
    members: tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Layers:
    """The automaton, one layer a type and a last one for complete lineups.

    Attributes:
        take: State of the same layer after a way of taking, shape (layers, ways, states); -1 where none.
        down: State of the next layer where no more of this type are taken, shape (layers, states); -1 where none.
        width: States of each layer and, last, 1.
        start: The first state, -1 where no lineup exists.
    """

    take: Int32s
    down: Int32s
    width: Int32s
    start: int


_State = tuple[int, tuple[int, ...], tuple[int, ...]]
"""All ways to fill the slots, a bit each; the counters; what the pools have reached."""
_Steps = list[dict[_State, list[_State | None]]]


@lru_cache(maxsize=256)
def build_layers(
    counts: tuple[int, ...], needs: tuple[int, ...], types: tuple[Type, ...], pools: tuple[Pool, ...] = ()
) -> Layers | None:
    """Return the automaton, None where it would be too large.

    Args:
        counts: How many slots there are of each kind.
        needs: What each counter must reach, but for those of pools, which may; it stops there.
        types: The distinct types in the order in which players are read.
        pools: Counters of which not all must be reached.
    """
    roster = _Roster(counts, needs, types, pools)
    steps = _explore(roster)
    return None if steps is None else _merge(roster, steps)


class _Roster:
    """The moves of the automaton before its states are merged."""

    def __init__(
        self, counts: tuple[int, ...], needs: tuple[int, ...], types: tuple[Type, ...], pools: tuple[Pool, ...]
    ) -> None:
        self.needs, self.types, self.pools, self._size = needs, types, pools, sum(counts)
        self._counts, self._strides, ways = counts, [], 1
        for count in counts:
            self._strides.append(ways)
            ways *= count + 1
        self._room = [
            sum(1 << vector for vector in range(ways) if vector // stride % (count + 1) < count)
            for stride, count in zip(self._strides, counts, strict=True)
        ]
        self._full = [self._filled_by(number) for number in range(len(types))]
        moved = [[t for t, way in enumerate(types) if any(s.gains[c] for s in way)] for c in range(len(needs))]
        self._last = [max(found, default=-1) for found in moved]
        pooled = {c for pool in pools for _, counters in pool.members for c in counters}
        self._plain = [c for c in range(len(needs)) if c not in pooled]
        self._gain = max((sum(s.gains) for way in types for s in way), default=0)
        self.start: _State = (1, tuple(0 for _ in needs), tuple(0 for _ in pools))
        tally = tuple(0 if c in pooled else need for c, need in enumerate(needs))
        self.complete: _State = (1 << ways - 1, tally, tuple(pool.least for pool in pools))
        self._closed: dict[tuple[int, tuple[int, ...], tuple[int, ...]], tuple[Any, ...]] = {}
        self._places: dict[int, int] = {}

    def after(self, state: _State, symbol: Symbol) -> _State | None:
        """Return the state after a player was taken."""
        filled, tally, met = state
        ways = 0
        for kind, stride in enumerate(self._strides):
            if symbol.kinds >> kind & 1:
                ways |= (filled & self._room[kind]) << stride
        if not ways:
            return None
        return ways, tuple(min(n, t + g) for n, t, g in zip(self.needs, tally, symbol.gains, strict=True)), met

    def close(self, number: int, state: _State) -> _State | None:
        """Return the state once nobody of a layer is taken any more, None where it leads nowhere."""
        filled, tally, met = state
        filled &= self._full[number]
        if not filled:
            return None
        key = (number, tally, met)
        if key not in self._closed:
            self._closed[key] = self._close(number, tally, met)
        counted, sums, moves = self._closed[key]
        if moves and self._size - self._filled(filled) < moves:
            return None
        return filled, counted, sums

    def _filled_by(self, number: int) -> int:
        """Return the ways to fill the slots in which those that nobody fits after a layer are full."""
        later = 0
        for way in self.types[number + 1 :]:
            for symbol in way:
                later |= symbol.kinds
        ways = (1 << math.prod(count + 1 for count in self._counts)) - 1
        for kind, room in enumerate(self._room):
            if not later >> kind & 1:
                ways &= ~room
        return ways

    def _close(
        self, number: int, tally: tuple[int, ...], met: tuple[int, ...]
    ) -> tuple[tuple[int, ...], tuple[int, ...], float]:
        """Return what is counted from the next layer on, and how many players must still come for it at least."""
        if any(self._last[c] == number and tally[c] < self.needs[c] for c in self._plain):
            return tally, met, math.inf  # a counter that nobody moves any more must have reached what it needs
        if not self.pools:
            return tally, met, 0
        counted, sums = list(tally), list(met)
        for place, pool in enumerate(self.pools):
            for weight, counters in pool.members:
                if max(self._last[c] for c in counters) == number:
                    reached = all(tally[c] >= self.needs[c] for c in counters)
                    sums[place] = min(pool.least, sums[place] + weight * reached)
                    for c in counters:
                        counted[c] = 0
        return tuple(counted), tuple(sums), self._still(number, counted, sums)

    def _filled(self, filled: int) -> int:
        """Return how many slots are filled: as many in each way."""
        if filled not in self._places:
            vector = (filled & -filled).bit_length() - 1
            steps = zip(self._strides, self._counts, strict=True)
            self._places[filled] = sum(vector // stride % (count + 1) for stride, count in steps)
        return self._places[filled]

    def _still(self, number: int, tally: Sequence[int], met: Sequence[int]) -> float:
        """Return how many players must still come at least for the counters."""
        moves = sum(self.needs[c] - tally[c] for c in self._plain)
        for pool, sums in zip(self.pools, met, strict=True):
            missing = pool.least - sums
            if missing <= 0:
                continue
            still = [m for m in pool.members if max(self._last[c] for c in m[1]) > number]
            wanted = -(-missing // max((weight for weight, _ in still), default=1))
            if len(still) < wanted:
                return math.inf
            moves += sum(sorted(sum(self.needs[c] - tally[c] for c in counters) for _, counters in still)[:wanted])
        return moves / max(self._gain, 1)


def _explore(roster: _Roster) -> _Steps | None:
    """Return, layer by layer, every state that can be reached and where each way of taking leads."""
    entering, steps, total = {roster.start}, [], 0
    for number, ways in enumerate(roster.types):
        layer: dict[_State, list[_State | None]] = {}
        todo = list(entering)
        while todo:
            state = todo.pop()
            if state not in layer:
                layer[state] = [roster.after(state, symbol) for symbol in ways]
                todo += [s for s in layer[state] if s is not None]
        total += len(layer)
        if total > STATES:
            return None
        steps.append(layer)
        entering = {below for state in layer if (below := roster.close(number, state)) is not None}
    return steps


def _merge(roster: _Roster, steps: _Steps) -> Layers:
    """Return the layers with equivalent states merged and hopeless ones gone."""
    below: dict[_State | None, int] = {roster.complete: 0}
    takes: list[list[tuple[int, ...]]] = []
    downs: list[list[int]] = []
    for number, layer in reversed(list(enumerate(steps))):
        known: dict[tuple[int, ...], int] = {}
        names: dict[_State | None, int] = {}
        # A way of taking only ever fills slots, so states with more of them filled are named first.
        for state in sorted(layer, key=lambda s: -(s[0] & -s[0])):
            leads = tuple(-1 if s is None else names[s] for s in layer[state])
            signature = (below.get(roster.close(number, state), -1), *leads)
            names[state] = -1 if max(signature) < 0 else known.setdefault(signature, len(known))
        takes.append([s[1:] for s in known])
        downs.append([s[0] for s in known])
        below = names
    takes.reverse()
    downs.reverse()
    types = roster.types
    width = max((len(d) for d in downs), default=1)
    take = np.full((len(types), max(map(len, types), default=1), max(width, 1)), -1, np.int32)
    down = np.full((len(types), max(width, 1)), -1, np.int32)
    for layer_number, (leads_of, down_of) in enumerate(zip(takes, downs, strict=True)):
        down[layer_number, : len(down_of)] = down_of
        for state_number, leads in enumerate(leads_of):
            take[layer_number, : len(leads), state_number] = leads
    start = below.get(roster.start, -1)
    return Layers(take, down, np.array([*(len(d) for d in downs), 1], np.int32), start)
