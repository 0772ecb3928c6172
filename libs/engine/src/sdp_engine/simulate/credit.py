"""Who gets the credit: touchdowns, two-point conversions, fumbles and returns."""

from typing import Any

import numpy as np

from sdp_engine.simulate import plan as p
from sdp_engine.simulate.compiled import inner
from sdp_engine.simulate.plan import Plan, Scratch
from sdp_engine.simulate.streams import high, low, unit, unit32, word

AIR, GROUND, TWO, FUMBLE, RETURN = 32, 48, 64, 80, 96
"""Where the words for each begin in a side's stream."""


@inner
def give(room: Scratch, size: int, key: Any, at: int, events: int, cap: int, got: int, total: float) -> None:
    """Give events to players by `room.weight` (its sum is `total`), never more to one than he has of `cap`.

    A weight shrinks as its player's chances are used up.
    """
    for m in range(events):
        left = unit(word(key, at + m)) * total
        j = 0
        while j < size - 1 and left >= room.weight[j]:
            left -= room.weight[j]
            j += 1
        for _ in range(size):
            if room.tally[cap, j] > room.tally[got, j]:
                break
            j = (j + 1) % size
        room.tally[got, j] += 1
        used = room.weight[j] / max(room.tally[cap, j] - room.tally[got, j] + 1, 1)
        room.weight[j] -= used
        total -= used


@inner
def score(plan: Plan, side: int, k: int, key: Any, room: Scratch) -> None:
    """Give the offensive touchdowns; a pass that nobody caught counts as a run, and runs never exceed carries."""
    first, size = plan.first[side], plan.first[side + 1] - plan.first[side]
    caught, ran = 0, 0
    for j in range(size):
        room.tally[p.AIR_TDS, j] = 0
        room.tally[p.GROUND_TDS, j] = 0
        caught += room.tally[p.CATCHES, j]
        ran += room.tally[p.CARRIES, j]
    passed = min(room.score[k, 1], caught)
    rushed = room.score[k, 2] + room.score[k, 1] - passed
    room.score[k, 1] = passed
    room.score[k, 2] = rushed
    if rushed > ran:
        room.tally[p.CARRIES, 0] += rushed - ran
    if passed > 0:
        total = 0.0
        for j in range(size):
            r = room.tally[p.CATCHES, j]
            room.weight[j] = 0.0
            if r > 0:
                gained = plan.player[first + j, p.BY_AIR_YARD] * max(room.yards[p.AIR_YARDS, j], 1)
                room.weight[j] = plan.player[first + j, p.BY_CATCH] * r + gained
                total += room.weight[j]
        give(room, size, key, AIR, passed, p.CATCHES, p.AIR_TDS, total)
    if rushed > 0:
        total = 0.0
        for j in range(size):
            c = room.tally[p.CARRIES, j]
            room.weight[j] = 0.0
            if c > 0:
                gained = plan.player[first + j, p.BY_GROUND_YARD] * max(room.yards[p.GROUND_YARDS, j], 0)
                room.weight[j] = plan.player[first + j, p.BY_CARRY] * c + gained
                total += room.weight[j]
        give(room, size, key, GROUND, rushed, p.CARRIES, p.GROUND_TDS, total)


@inner
def by_touches(room: Scratch, size: int, half: Any) -> int:
    """Draw a player but the quarterbacks by catches and carries; the last where nobody had any."""
    total = np.uint64(0)
    for j in range(p.BLANK, size):
        total += np.uint64(room.tally[p.CATCHES, j] + room.tally[p.CARRIES, j])
    left: Any = np.int64(high(half * total))
    for j in range(p.BLANK, size):
        left -= room.tally[p.CATCHES, j] + room.tally[p.CARRIES, j]
        if left < 0:
            return j
    return size - 1


@inner
def sundries(plan: Plan, side: int, k: int, key: Any, room: Scratch, stays: float) -> None:
    """Give two-point conversions, lost fumbles, and kicks returned for a touchdown.

    A two-point pass counts for the thrower and the catcher, a run for the runner alone.
    """
    first, size = plan.first[side], plan.first[side + 1] - plan.first[side]
    for j in range(size):
        room.tally[p.FUMBLES, j] = 0
        room.tally[p.TWOS, j] = 0
        room.tally[p.RETURN_TDS, j] = 0
    for m in range(room.way[k, 2]):
        z = word(key, TWO + m)
        chance = np.float64(unit32(high(z)))
        thrower = 1 if np.float64(unit32(low(word(key, TWO + 8 + m)))) >= stays else 0
        room.tally[p.TWOS, by_touches(room, size, low(z))] += 1
        if chance < plan.rates[p.TWO_BY_PASS]:
            room.tally[p.TWOS, thrower] += 1
    for m in range(room.volume[k, p.P_FUMBLES]):
        z = word(key, FUMBLE + m)
        if np.float64(unit32(high(z))) < plan.rates[p.QB_FUMBLES]:
            passer = 1 if np.float64(unit32(low(z))) >= stays else 0
            room.tally[p.FUMBLES, passer] += 1
        else:
            room.tally[p.FUMBLES, by_touches(room, size, low(z))] += 1
    for m in range(room.volume[k, p.P_SPECIAL]):
        lot = unit(word(key, RETURN + m))
        j = p.BLANK
        while j < size - 1 and lot >= plan.player[first + j, p.RETURNS]:
            j += 1
        room.tally[p.RETURN_TDS, j] += 1
