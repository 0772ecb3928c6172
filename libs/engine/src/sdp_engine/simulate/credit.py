"""Who gets the credit: touchdowns, two-point conversions, fumbles and returns, over a strip of worlds."""

from typing import Any

import numpy as np

from sdp_engine.simulate import plan as p
from sdp_engine.simulate.compiled import inner
from sdp_engine.simulate.plan import Array, Plan, Sheets, Strip
from sdp_engine.simulate.streams import high, low, unit, unit32, word

AIR, GROUND, TWO, FUMBLE, RETURN = 32, 48, 64, 80, 96
"""Where the words for each begin in a side's stream."""


@inner
def weigh(
    count_rate: Array, yard_rate: Array, floor: int, counts: Array, yards: Array, n: int, weight: Array, total: Array
) -> None:
    """Write each player's weight in who scores: by touches (players, worlds) and by their yards, none without any."""
    total[:n] = 0.0
    for j in range(count_rate.size):
        by_count, by_yard = count_rate[j], yard_rate[j]
        for w in range(n):
            touched = np.int64(counts[j, w])
            drawn = by_count * touched + by_yard * max(np.int64(yards[j, w]), floor)
            drawn = drawn if touched > 0 else 0.0
            weight[j, w] = drawn
            total[w] += drawn


@inner
def give(key: Any, first: int, events: int, weight: Array, total: float, cap: Array, got: Array, w: int) -> None:
    """Give events to world w's players by weight (its sum is `total`), never more to one than he has of `cap`.

    A weight shrinks as its player's chances are used up. Arrays are (players, worlds).
    """
    size = cap.shape[0]
    for m in range(events):
        left = unit(word(key, first + m)) * total
        j = 0
        while j < size - 1 and left >= weight[j, w]:
            left -= weight[j, w]
            j += 1
        for _ in range(size):
            if cap[j, w] > got[j, w]:
                break
            j = j + 1 if j < size - 1 else 0
        got[j, w] += 1
        used = weight[j, w] / max(np.int64(cap[j, w]) - np.int64(got[j, w]) + 1, 1)
        weight[j, w] -= used
        total -= used


@inner
def score(plan: Plan, side: int, k: int, at: int, n: int, strip: Strip, sheets: Sheets, row: int) -> None:
    """Give the offensive touchdowns; a pass that nobody caught counts as a run, and runs never exceed carries."""
    first, last = plan.first[side], plan.first[side + 1]
    end = row + last - first
    skill = sheets.skill[:, row:end, at : at + n]
    yards = sheets.yards[:, row:end, at : at + n]
    skill[p.AIR_TDS] = 0
    skill[p.GROUND_TDS] = 0
    for w in range(n):
        passed = min(strip.score[k, 1, w], strip.caught[w])
        rushed = strip.score[k, 2, w] + strip.score[k, 1, w] - passed
        strip.score[k, 1, w] = passed
        strip.score[k, 2, w] = rushed
        lacking = rushed - strip.volume[k, p.P_CARRIES, w]
        if lacking > 0:
            skill[p.CARRIES, 0, w] += lacking
    by_catch, by_yard = plan.player[first:last, p.BY_CATCH], plan.player[first:last, p.BY_AIR_YARD]
    weigh(by_catch, by_yard, 1, skill[p.CATCHES], yards[p.AIR_YARDS], n, strip.weight, strip.total)
    cap, got = skill[p.CATCHES], skill[p.AIR_TDS]
    for w in range(n):
        give(strip.key[k, w], AIR, strip.score[k, 1, w], strip.weight, strip.total[w], cap, got, w)
    by_carry, by_yard = plan.player[first:last, p.BY_CARRY], plan.player[first:last, p.BY_GROUND_YARD]
    weigh(by_carry, by_yard, 0, skill[p.CARRIES], yards[p.GROUND_YARDS], n, strip.weight, strip.total)
    cap, got = skill[p.CARRIES], skill[p.GROUND_TDS]
    for w in range(n):
        give(strip.key[k, w], GROUND, strip.score[k, 2, w], strip.weight, strip.total[w], cap, got, w)


@inner
def by_touches(catches: Array, carries: Array, w: int, half: Any) -> Any:
    """Draw a player but the quarterbacks by world w's catches and carries; the last where nobody had any."""
    size = catches.shape[0]
    total = np.uint64(0)
    for j in range(p.BLANK, size):
        total += np.uint64(catches[j, w]) + np.uint64(carries[j, w])
    left: Any = np.int64(high(half * total))
    for j in range(p.BLANK, size):
        left -= np.int64(catches[j, w]) + np.int64(carries[j, w])
        if left < 0:
            return j
    return size - 1


@inner
def sundries(plan: Plan, side: int, k: int, at: int, n: int, strip: Strip, sheets: Sheets, row: int) -> None:
    """Give two-point conversions, lost fumbles, and kicks returned for a touchdown.

    A two-point pass counts for the thrower and the catcher, a run for the runner alone.
    """
    first, last = plan.first[side], plan.first[side + 1]
    skill = sheets.skill[:, row : row + last - first, at : at + n]
    skill[p.FUMBLES :] = 0
    catches, carries = skill[p.CATCHES], skill[p.CARRIES]
    for w in range(n):
        key, stays = strip.key[k, w], strip.stays[w]
        for m in range(strip.way[k, 2, w]):
            z = word(key, TWO + m)
            chance = np.float64(unit32(high(z)))
            thrower = 1 if np.float64(unit32(low(word(key, TWO + 8 + m)))) >= stays else 0
            skill[p.TWOS, by_touches(catches, carries, w, low(z)), w] += 1
            if chance < plan.rates[p.TWO_BY_PASS]:
                skill[p.TWOS, thrower, w] += 1
        for m in range(strip.volume[k, p.P_FUMBLES, w]):
            z = word(key, FUMBLE + m)
            if np.float64(unit32(high(z))) < plan.rates[p.QB_FUMBLES]:
                passer = 1 if np.float64(unit32(low(z))) >= stays else 0
                skill[p.FUMBLES, passer, w] += 1
            else:
                skill[p.FUMBLES, by_touches(catches, carries, w, low(z)), w] += 1
        for m in range(strip.volume[k, p.P_SPECIAL, w]):
            lot = unit(word(key, RETURN + m))
            j = p.BLANK
            while j < last - first - 1 and lot >= plan.player[first + j, p.RETURNS]:
                j += 1
            skill[p.RETURN_TDS, j, w] += 1
