"""The roster as a small automaton: which players still fit beside those drafted, each set of players met once.

A state is the set of all ways in which the players so far can fill the slots (subset construction), so a lineup is
reached by one path however many slots its players could trade; counters of a stack ride along as tags. Players are
read in the order of their types. Within a type any number may be taken; states of a layer from which the same
continuations are possible are one (the layered form of Myhill and Nerode's minimal automaton), and those from which
none is possible are gone.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Int32s = NDArray[np.int32]
STATES = 60_000
"""Above so many states before they are merged the automaton is not built: another way is faster."""


@dataclass(frozen=True, order=True)
class Symbol:
    """What taking a player does: a bit for each kind of slot he may fill, and how far he moves each counter."""

    kinds: int
    gains: tuple[int, ...] = ()


Type = tuple[Symbol, ...]
"""The ways to take one person, of which at most one is used: as captain, or as flex."""


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


_State = tuple[int, tuple[int, ...]]
_Steps = list[dict[_State, list[_State | None]]]


@lru_cache(maxsize=256)
def build_layers(counts: tuple[int, ...], needs: tuple[int, ...], types: tuple[Type, ...]) -> Layers | None:
    """Return the automaton, None where it would be too large.

    Args:
        counts: How many slots there are of each kind.
        needs: What each counter must reach; it stops there.
        types: The distinct types in the order in which players are read.
    """
    steps = _explore(counts, needs, types)
    return None if steps is None else _merge(counts, needs, types, steps)


def _explore(counts: tuple[int, ...], needs: tuple[int, ...], types: tuple[Type, ...]) -> _Steps | None:
    """Return, layer by layer, every state that can be reached and where each way of taking leads."""
    strides, size = [], 1
    for count in counts:
        strides.append(size)
        size *= count + 1
    room = [
        sum(1 << vector for vector in range(size) if vector // stride % (count + 1) < count)
        for stride, count in zip(strides, counts, strict=True)
    ]

    def after(state: _State, symbol: Symbol) -> _State | None:
        filled, tally = state
        ways = 0
        for kind, stride in enumerate(strides):
            if symbol.kinds >> kind & 1:
                ways |= (filled & room[kind]) << stride
        if not ways:
            return None
        return ways, tuple(min(n, t + g) for n, t, g in zip(needs, tally, symbol.gains, strict=True))

    entering: set[_State] = {(1, tuple(0 for _ in needs))}
    steps: _Steps = []
    total = 0
    last = [max((t for t, w in enumerate(types) if any(s.gains[c] for s in w)), default=-1) for c in range(len(needs))]
    for number, ways in enumerate(types):
        layer: dict[_State, list[_State | None]] = {}
        todo = list(entering)
        while todo:
            state = todo.pop()
            if state not in layer:
                layer[state] = [after(state, symbol) for symbol in ways]
                todo += [s for s in layer[state] if s is not None]
        total += len(layer)
        if total > STATES:
            return None
        steps.append(layer)
        # A counter that nobody moves any more must have reached what it needs.
        due = [c for c, end in enumerate(last) if end == number]
        entering = {state for state in layer if all(state[1][c] >= needs[c] for c in due)}
    return steps


def _merge(counts: tuple[int, ...], needs: tuple[int, ...], types: tuple[Type, ...], steps: _Steps) -> Layers:
    """Return the layers with equivalent states merged and hopeless ones gone."""
    full = 1
    for count in counts:
        full *= count + 1
    complete = (1 << full - 1, needs)
    below: dict[_State, int] = {complete: 0}
    takes: list[list[tuple[int, ...]]] = []
    downs: list[list[int]] = []
    for layer, _ in zip(reversed(steps), reversed(types), strict=True):
        known: dict[tuple[int, ...], int] = {}
        names: dict[_State, int] = {}
        # A way of taking only ever fills slots, so states with more of them filled are named first.
        for state in sorted(layer, key=lambda s: -(s[0] & -s[0])):
            leads = tuple(-1 if s is None else names[s] for s in layer[state])
            signature = (below.get(state, -1), *leads)
            names[state] = -1 if max(signature) < 0 else known.setdefault(signature, len(known))
        takes.append([s[1:] for s in known])
        downs.append([s[0] for s in known])
        below = names
    takes.reverse()
    downs.reverse()
    width = max((len(d) for d in downs), default=1)
    take = np.full((len(types), max(map(len, types), default=1), max(width, 1)), -1, np.int32)
    down = np.full((len(types), max(width, 1)), -1, np.int32)
    for layer_number, (leads_of, down_of) in enumerate(zip(takes, downs, strict=True)):
        down[layer_number, : len(down_of)] = down_of
        for state_number, leads in enumerate(leads_of):
            take[layer_number, : len(leads), state_number] = leads
    start = below.get((1, tuple(0 for _ in needs)), -1)
    return Layers(take, down, np.array([*(len(d) for d in downs), 1], np.int32), start)
