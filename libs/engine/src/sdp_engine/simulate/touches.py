"""Who gets the ball: targets, catches, carries and their yards."""

from typing import Any

import numpy as np

from sdp_engine.simulate import plan as p
from sdp_engine.simulate.compiled import inner
from sdp_engine.simulate.plan import Plan, Scratch
from sdp_engine.simulate.streams import alias, high, low, normal, quantile, unit, unit32, word
from sdp_engine.simulate.tables import (
    AIR_TOUCHES,
    CELLS,
    GROUND_TOUCHES,
    LEVELS,
    Tables,
    draw_binomial,
)

HURT_WORD, KNEELS, EXIT, SPARE = 5, 6, 7, 160
"""Words of a side's stream. A player's own: 0 targets, 1 catches, 2 yards by air, 3 carries, 4 yards on the ground."""


@inner
def draw_hurt(plan: Plan, side: int, key: Any) -> tuple[int, float]:
    """Return which player but the quarterback leaves early (-1: none), and the part of the game he has played."""
    z = word(key, HURT_WORD)
    chance, at = np.float64(unit32(high(z))), plan.team[side, p.HURT]
    if chance >= at:
        return -1, 1.0
    chance /= at
    first, last = plan.first[side], plan.first[side + 1]
    for q in range(first + p.BLANK, last):
        if chance < plan.player[q, p.LEAVES]:
            return q - first, np.float64(unit32(low(z)))
    return -1, 1.0


@inner
def hand_on(plan: Plan, side: int, key: Any, room: Scratch, which: int, weight: int, hurt: int, spare: int) -> None:
    """Give what a player who left would have had to the others, as the urn behind the shares goes on."""
    first, last = plan.first[side], plan.first[side + 1]
    size = last - first
    total = 0.0
    for j in range(p.BLANK, size):
        a = plan.player[first + j, weight]
        room.weight[j] = a + room.tally[which, j] if j != hurt and a > 0 else 0.0
        total += room.weight[j]
    if total <= 0.0:
        room.tally[which, hurt] += spare
        return
    for m in range(spare):
        left = unit(word(key, SPARE + 32 * which + m)) * total
        j = p.BLANK
        while j < size - 1 and left >= room.weight[j]:
            left -= room.weight[j]
            j += 1
        while room.weight[j] <= 0.0:
            j -= 1
        room.tally[which, j] += 1
        room.weight[j] += 1.0
        total += 1.0


@inner
def split(
    plan: Plan, tables: Tables, side: int, key: Any, room: Scratch, which: int, total: int, hurt: int, played: float
) -> None:
    """Split targets or carries among all but quarterbacks: a Dirichlet-multinomial, one player after another."""
    first, last = plan.first[side], plan.first[side + 1]
    weight, own = (p.TARGET, 0) if which == p.TARGETS else (p.CARRY, 3)
    rest, spare = total, 0
    for q in range(first + p.BLANK, last):
        k = 0
        if rest > 0 and plan.player[q, weight] > 0:
            z = word(key + plan.player_key[q], own)
            offset = q * CELLS + rest * (rest + 1) // 2
            if which == p.TARGETS:
                k = alias(plan.air_cells, offset, rest + 1, high(z))
            else:
                k = alias(plan.ground_cells, offset, rest + 1, high(z))
            rest -= k
            if q - first == hurt and k > 0:
                kept = min(draw_binomial(tables.binomial, k, played, low(z), 0.5), k)
                spare += k - kept
                k = kept
        room.tally[which, q - first] = k
    if spare > 0:
        hand_on(plan, side, key, room, which, weight, hurt, spare)


@inner
def catch(plan: Plan, tables: Tables, side: int, k: int, key: Any, room: Scratch) -> None:
    """Draw catches and their yards, which go with the score, with one another and with the rate of completions."""
    first, last = plan.first[side], plan.first[side + 1]
    caught, expected = 0, 0.0
    for q in range(first + p.BLANK, last):
        j = q - first
        n, r = room.tally[p.TARGETS, j], 0
        if n > 0:
            z = word(key + plan.player_key[q], 1)
            chance = min(plan.player[q, p.CATCH] * room.factor[k, 0], 0.97)
            expected += chance * n
            r = draw_binomial(tables.binomial, n, chance, high(z), np.float64(unit32(low(z))))
        room.tally[p.CATCHES, j] = r
        caught += r
    surprise = (caught - expected) / max(room.volume[k, p.P_TARGETS], 1)
    level = np.float64(plan.team[side, p.AIR])
    factor = max(room.factor[k, 1] + plan.rates[p.CATCH_YARDS_SLOPE] * surprise / level, 0.35)
    drawn, mean = 0.0, 0.0
    for q in range(first + p.BLANK, last):
        j = q - first
        r = room.tally[p.CATCHES, j]
        room.real[j] = 0.0
        if r > 0:
            z = word(key + plan.player_key[q], 2)
            touches = min(r, AIR_TOUCHES)
            row = tables.air[plan.air_row[q] + touches]
            own = plan.player[q, p.CATCH_YARDS] * factor
            noise = max(1.0 + plan.rates[p.CATCH_NOISE] * normal(tables.normal, low(z)), 0.2)
            room.real[j] = quantile(row, LEVELS, high(z)) * own * noise
            if r > AIR_TOUCHES:
                room.real[j] *= r / touches
            drawn += room.real[j]
            mean += own * r
    squeeze = plan.rates[p.TEAM_LUCK] + (1.0 - plan.rates[p.TEAM_LUCK]) * mean / drawn if drawn > 20.0 else 1.0
    for j in range(last - first):
        room.yards[p.AIR_YARDS, j] = 0
        if room.tally[p.CATCHES, j] > 0:
            room.yards[p.AIR_YARDS, j] = np.int64(np.floor(room.real[j] * min(squeeze, 1.6) + 0.5))


@inner
def run(plan: Plan, tables: Tables, q: int, carries: int, factor: float, key: Any) -> Any:
    """Draw the yards of a player's carries."""
    if carries <= 0:
        return 0
    z = word(key + plan.player_key[q], 4)
    touches = min(carries, GROUND_TOUCHES)
    row = tables.ground[plan.ground_row[q] + touches]
    noise = max(1.0 + plan.rates[p.CARRY_NOISE] * normal(tables.normal, low(z)), 0.2)
    own = plan.player[q, p.CARRY_YARDS] * factor * noise * (carries / touches)
    return np.int64(np.floor(quantile(row, LEVELS, high(z)) * own + 0.5))


@inner
def carry(
    plan: Plan, tables: Tables, side: int, k: int, key: Any, room: Scratch, hurt: int, played: float, stays: float
) -> None:
    """Draw carries and their yards; a quarterback's grow out of dropbacks, and his backup takes over."""
    first, last = plan.first[side], plan.first[side + 1]
    total = room.volume[k, p.P_CARRIES]
    z = word(key, KNEELS)
    own = alias(plan.ground_cells, first * CELLS + 40 * 41 // 2, 41, high(z))
    own = max(min(own, total - 4), 0)
    starter = min(np.int64(own * stays + np.float64(unit32(low(z)))), own) if stays < 1.0 else own
    split(plan, tables, side, key, room, p.CARRIES, total - own, hurt, played)
    room.tally[p.CARRIES, 0] = starter
    room.tally[p.CARRIES, 1] = own - starter
    for j in range(p.BLANK):
        for which in (p.TARGETS, p.CATCHES):
            room.tally[which, j] = 0
    for q in range(first, last):
        j = q - first
        factor = room.factor[k, 2] if j >= p.BLANK else 1.0
        room.yards[p.GROUND_YARDS, j] = run(plan, tables, q, room.tally[p.CARRIES, j], factor, key)
