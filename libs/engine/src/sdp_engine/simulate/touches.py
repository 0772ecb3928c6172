"""Who gets the ball: targets, catches, carries and their yards, a player at a time over a strip of worlds."""

from typing import Any

import numpy as np

from sdp_engine.simulate import league
from sdp_engine.simulate import plan as p
from sdp_engine.simulate.compiled import inner
from sdp_engine.simulate.plan import Array, Plan, Sheets, Strip
from sdp_engine.simulate.streams import GOLDEN, alias, high, low, mix, normal, quantile, unit, unit32, word
from sdp_engine.simulate.tables import AIR_TOUCHES, CELLS, GROUND_TOUCHES, LEVELS, Tables, draw_binomial

HURT_WORD, KNEELS, EXIT, LEANS, SPARE = 5, 6, 7, 224, 160
"""Words of a side's stream."""
OWN_TARGETS, OWN_CATCHES, OWN_AIR, OWN_CARRIES, OWN_GROUND = range(5)
"""Words of a player's own."""


@inner
def draw_hurt(plan: Plan, side: int, k: int, n: int, strip: Strip) -> None:
    """Draw which player but the quarterback leaves early."""
    first, last = plan.first[side], plan.first[side + 1]
    at = plan.team[side, p.HURT]
    for w in range(n):
        strip.hurt[w] = -1
        z = word(strip.key[k, w], HURT_WORD)
        chance = np.float64(unit32(high(z)))
        if chance < at:
            chance /= at
            for q in range(first + p.BLANK, last):
                if chance < plan.player[q, p.LEAVES]:
                    strip.hurt[w] = q - first
                    strip.played[w] = np.float64(unit32(low(z)))
                    break


@inner
def draw_stays(plan: Plan, k: int, n: int, strip: Strip) -> None:
    """Draw the part of the game the starting quarterback plays: he may be hurt, or spared once it is decided."""
    for w in range(n):
        z = word(strip.key[k, w], EXIT)
        chance, part = np.float64(unit32(high(z))), np.float64(unit32(low(z)))
        margin = strip.score[k, 0, w] - strip.score[1 - k, 0, w]
        behind = min(plan.rates[p.EXIT_BEHIND] * max(-margin - league.BEHIND, 0), league.MOST_EXIT)
        ahead = min(plan.rates[p.EXIT_AHEAD] * max(margin - league.AHEAD, 0), league.MOST_EXIT)
        early = plan.rates[p.QB_EXIT] + behind
        if chance < early:
            strip.stays[w] = 1.0 - league.QB_ABSENT * part * part * part
        else:
            strip.stays[w] = 1.0 - league.LATE * part if chance < early + ahead else 1.0


@inner
def hand_on(
    plan: Plan, side: int, key: Any, counts: Array, w: int, weights: Array, which: int, hurt: int, spare: int
) -> None:
    """Give what a player who left would have had to the others, as the urn behind the shares goes on.

    `counts` are targets or carries of the side's players, (players, worlds), of which w is meant; `weights` is room.
    """
    first, size = plan.first[side], plan.first[side + 1] - plan.first[side]
    column = p.TARGET if which == p.TARGETS else p.CARRY
    total = 0.0
    for j in range(p.BLANK, size):
        a = plan.player[first + j, column]
        weights[j] = a + np.int64(counts[j, w]) if j != hurt and a > 0 else 0.0
        total += weights[j]
    if total <= 0.0:
        counts[hurt, w] += spare
        return
    for m in range(spare):
        left = unit(word(key, SPARE + 32 * which + m)) * total
        j = p.BLANK
        while j < size - 1 and left >= weights[j]:
            left -= weights[j]
            j += 1
        while weights[j] <= 0.0:
            j -= 1
        counts[j, w] += 1
        weights[j] += 1.0
        total += 1.0


@inner
def split(
    plan: Plan, tables: Tables, side: int, k: int, at: int, n: int, strip: Strip, sheets: Sheets, row: int, which: int
) -> None:
    """Split what is left among all but quarterbacks: a Dirichlet-multinomial, one player after another."""
    first, last = plan.first[side], plan.first[side + 1]
    weight, own = (p.TARGET, OWN_TARGETS) if which == p.TARGETS else (p.CARRY, OWN_CARRIES)
    cells = plan.air_cells if which == p.TARGETS else plan.ground_cells
    for q in range(first + p.BLANK, last):
        counts = sheets.skill[which, row + q - first, at : at + n]
        if plan.player[q, weight] > 0:
            step = plan.player_key[q] + np.uint64(own) * GOLDEN
            start = q * CELLS
            for w in range(n):
                rest = strip.left[w]
                got = alias(cells, start + rest * (rest + 1) // 2, rest + 1, high(mix(strip.key[k, w] + step)))
                strip.left[w] = rest - got
                counts[w] = got
        else:
            counts[:] = 0
    taken = sheets.skill[which, row : row + last - first, at : at + n]
    for w in range(n):
        hurt = strip.hurt[w]
        if hurt >= 0:
            had = np.int64(taken[hurt, w])
            if had > 0:
                z = word(strip.key[k, w] + plan.player_key[first + hurt], own)
                kept: Any = min(draw_binomial(tables.binomial, had, strip.played[w], low(z), 0.5), had)
                taken[hurt, w] = kept
                if kept < had:
                    hand_on(plan, side, strip.key[k, w], taken, w, strip.shares, which, hurt, had - kept)


@inner
def lean(plan: Plan, side: int, k: int, at: int, n: int, strip: Strip, sheets: Sheets, row: int) -> None:
    """Move targets between backs and first receivers as the side scores, and to reserves as its opponent does."""
    first, last = plan.first[side], plan.first[side + 1]
    weight = plan.player[first:last]
    counts = sheets.skill[p.TARGETS, row : row + last - first, at : at + n]
    for w in range(n):
        volume = strip.volume[k, p.P_TARGETS, w]
        z = word(strip.key[k, w], LEANS)
        up = np.floor(plan.rates[p.LEAD] * strip.beyond[k, w] * volume + np.float64(unit32(high(z))))
        down = np.floor(plan.rates[p.THIN] * strip.beyond[1 - k, w] * volume + np.float64(unit32(low(z))))
        if up == 0.0 and down == 0.0:
            continue
        for m in range(abs(up)):
            source, sink = (p.BACKS, p.LEADING) if up > 0 else (p.LEADING, p.BACKS)
            pass_on(weight, source, sink, counts, w, word(strip.key[k, w], LEANS + 1 + m))
        for m in range(abs(down)):
            source, sink = (p.FIRST, p.DEEPER) if down > 0 else (p.DEEPER, p.FIRST)
            pass_on(weight, source, sink, counts, w, word(strip.key[k, w], LEANS + 4 + m))


@inner
def pass_on(weight: Array, source: int, sink: int, counts: Array, w: int, z: Any) -> None:
    """Move one of world w's targets from those who weigh in column `source`, by targets, to those in `sink`."""
    had, wanted = np.uint64(0), 0.0
    for j in range(counts.shape[0]):
        had += np.uint64(counts[j, w]) if weight[j, source] > 0 else np.uint64(0)
        wanted += weight[j, sink]
    if had == 0 or wanted <= 0.0:
        return
    left: Any = np.int64(high(high(z) * had))
    i = 0
    while weight[i, source] <= 0 or left >= np.int64(counts[i, w]):
        left -= np.int64(counts[i, w]) if weight[i, source] > 0 else 0
        i += 1
    part, taker = np.float64(unit32(low(z))) * wanted, 0
    for j in range(counts.shape[0]):
        if weight[j, sink] > 0 and part >= 0.0:
            part -= weight[j, sink]
            taker = j
    counts[i, w] -= 1
    counts[taker, w] += 1


@inner
def catch(
    plan: Plan, tables: Tables, side: int, k: int, at: int, n: int, strip: Strip, sheets: Sheets, row: int
) -> None:
    """Draw catches and their yards, which go with the score, with one another and with the rate of completions."""
    first, last = plan.first[side], plan.first[side + 1]
    strip.caught[:n] = 0
    strip.expected[:n] = 0.0
    for q in range(first + p.BLANK, last):
        targets = sheets.skill[p.TARGETS, row + q - first, at : at + n]
        catches = sheets.skill[p.CATCHES, row + q - first, at : at + n]
        step = plan.player_key[q] + np.uint64(OWN_CATCHES) * GOLDEN
        rate = plan.player[q, p.CATCH]
        for w in range(n):
            z = mix(strip.key[k, w] + step)
            chance = min(rate * strip.factor[k, p.F_COMPLETION, w], 0.97)
            strip.expected[w] += chance * targets[w]
            r = draw_binomial(tables.binomial, np.int64(targets[w]), chance, high(z), np.float64(unit32(low(z))))
            catches[w] = r
            strip.caught[w] += r
    level = np.float64(plan.team[side, p.AIR])
    for w in range(n):
        surprise = (strip.caught[w] - strip.expected[w]) / max(strip.volume[k, p.P_TARGETS, w], 1)
        slope = plan.rates[p.CATCH_YARDS_SLOPE]
        strip.gain[w] = max(strip.factor[k, p.F_AIR, w] + slope * surprise / level, 0.35)
    for q in range(first + p.BLANK, last):
        catches = sheets.skill[p.CATCHES, row + q - first, at : at + n]
        yards = sheets.yards[p.AIR_YARDS, row + q - first, at : at + n]
        step = plan.player_key[q] + np.uint64(OWN_AIR) * GOLDEN
        each = plan.player[q, p.CATCH_YARDS]
        for w in range(n):
            r = np.int64(catches[w])
            z = mix(strip.key[k, w] + step)
            touches: Any = min(r, AIR_TOUCHES)
            noise = max(1.0 + plan.rates[p.CATCH_NOISE] * normal(tables.normal, low(z)), 0.2)
            drawn = quantile(tables.air[plan.air_row[q] + touches], LEVELS, high(z)) * (each * strip.gain[w]) * noise
            drawn *= r / max(touches, 1)
            yards[w] = np.int64(np.floor(drawn + 0.5))


@inner
def carry(
    plan: Plan, tables: Tables, side: int, k: int, at: int, n: int, strip: Strip, sheets: Sheets, row: int
) -> None:
    """Draw carries and their yards; a quarterback's grow out of dropbacks, and his backup takes over."""
    first, last = plan.first[side], plan.first[side + 1]
    for w in range(n):
        total = strip.volume[k, p.P_CARRIES, w]
        z = word(strip.key[k, w], KNEELS)
        own = alias(plan.ground_cells, first * CELLS + 40 * 41 // 2, 41, high(z))
        own = max(min(own, total - 4), 0)
        stays, starter = strip.stays[w], own
        if stays < 1.0:
            starter = min(np.int64(own * stays + np.float64(unit32(low(z)))), own)
        strip.left[w] = total - own
        sheets.skill[p.CARRIES, row, at + w] = starter
        sheets.skill[p.CARRIES, row + 1, at + w] = own - starter
    split(plan, tables, side, k, at, n, strip, sheets, row, p.CARRIES)
    for q in range(first, last):
        j = q - first
        yards = sheets.yards[p.GROUND_YARDS, row + j, at : at + n]
        if j >= p.BLANK and not plan.player[q, p.CARRY] > 0:
            yards[:] = 0
            continue
        carries = sheets.skill[p.CARRIES, row + j, at : at + n]
        step = plan.player_key[q] + np.uint64(OWN_GROUND) * GOLDEN
        each = plan.player[q, p.CARRY_YARDS]
        for w in range(n):
            c = np.int64(carries[w])
            z = mix(strip.key[k, w] + step)
            touches: Any = min(c, GROUND_TOUCHES)
            factor = strip.factor[k, p.F_GROUND, w] if j >= p.BLANK else 1.0
            noise = max(1.0 + plan.rates[p.CARRY_NOISE] * normal(tables.normal, low(z)), 0.2)
            part = c / max(touches, 1)
            drawn = quantile(tables.ground[plan.ground_row[q] + touches], LEVELS, high(z))
            yards[w] = np.int64(np.floor(drawn * (each * factor * noise * part) + 0.5))
