"""The course of one world: its score, its tempo, and what they make of each side's volume and efficiency."""

from typing import Any

import numpy as np

from sdp_engine.simulate import league
from sdp_engine.simulate import plan as p
from sdp_engine.simulate.compiled import inner
from sdp_engine.simulate.makeup import MOST_TDS
from sdp_engine.simulate.plan import Plan, Scratch, Strip
from sdp_engine.simulate.scores import GUIDE
from sdp_engine.simulate.streams import high, low, normal, team_key, unit, unit32, word
from sdp_engine.simulate.tables import MOST, Tables, draw_poisson

WAY, LOST, THROWN, DITHER, FLIPS, SPECIAL = 1, 2, 3, 4, 8, 28
"""Words of a side's stream."""


@inner
def past_result(plan: Plan, g: int, chance: float) -> Any:
    """Return the row of the past result that a uniform number points to."""
    i = plan.score_first[g] + plan.score_guide[g, np.int64(chance * GUIDE)]
    while plan.score_chance[i] <= chance:
        i += 1
    return i


@inner
def draw_scores(plan: Plan, g: int, n: int, strip: Strip) -> None:
    """Draw both sides' points and touchdowns of a strip of worlds.

    Each is looked up in a table that no cache nearby holds: one after the other, they are waited for together.
    """
    for w in range(n):
        i = past_result(plan, g, unit(word(strip.world[w], 0)))
        for side in range(2):
            for k in range(3):
                strip.score[side, k, w] = plan.score_result[i, 3 * side + k]


@inner
def flip(plan: Plan, side: int, k: int, n: int, strip: Strip) -> None:
    """Turn single touchdown runs into passes, or back, so that the side's share of passes comes out."""
    chance = plan.team[side, p.FLIP]
    source = 2 if chance > 0 else 1
    for w in range(n):
        turned = 0
        for m in range(strip.score[k, source, w]):
            turned += 1 if unit(word(strip.key[k, w], FLIPS + m)) < abs(chance) else 0
        strip.score[k, source, w] -= turned
        strip.score[k, 3 - source, w] += turned


@inner
def draw_ways(plan: Plan, tables: Tables, k: int, n: int, strip: Strip) -> None:
    """Draw how a side's points are made up beside its offensive touchdowns."""
    for w in range(n):
        at = strip.score[k, 0, w] * MOST_TDS + strip.score[k, 1, w] + strip.score[k, 2, w]
        x = high(word(strip.key[k, w], WAY)) * np.uint64(tables.makeup.ways_of[at])
        row = tables.makeup.first[at] + np.int64(high(x))
        other = tables.makeup.alias[row]
        row = other if np.uint32(low(x)) >= tables.makeup.threshold[row] else row
        for i in range(5):
            strip.way[k, i, w] = tables.makeup.ways[row, i]
    for w in range(n):
        returned = 0
        for m in range(strip.way[k, 0, w]):
            returned += 1 if unit(word(strip.key[k, w], SPECIAL + m)) < plan.rates[p.RETURNED] else 0
        strip.volume[k, p.P_SPECIAL, w] = returned


@inner
def draw_tempo(plan: Plan, tables: Tables, key: Any, room: Scratch) -> None:
    """Draw both sides' plays and dropback rates beyond the score, frailties and overtime."""
    z = word(key, 1)
    n0, n1 = normal(tables.normal, high(z)), normal(tables.normal, low(z))
    z = word(key, 2)
    n2, n3 = normal(tables.normal, high(z)), normal(tables.normal, low(z))
    set_tempo(plan, n0, n1, n2, n3, room)
    z = word(key, 3)
    turnover, sack = plan.rates[p.TURNOVER_FRAILTY], plan.rates[p.SACK_FRAILTY]
    room.frailty[0] = np.exp(turnover * normal(tables.normal, high(z)) - 0.5 * turnover * turnover)
    room.frailty[1] = np.exp(sack * normal(tables.normal, low(z)) - 0.5 * sack * sack)
    margin = abs(room.score[0, 0] - room.score[1, 0])
    chance = overtime_chance(plan, margin)
    room.overtime[0] = 1 if chance > 0 and unit(word(key, 4)) < chance else 0


@inner
def overtime_chance(plan: Plan, margin: int) -> Any:
    """Return the chance that a game that ended with this margin went to overtime."""
    if margin == 0:
        return plan.rates[p.OVERTIME_0]
    if margin == 2:
        return plan.rates[p.OVERTIME_2]
    if margin == 3:
        return plan.rates[p.OVERTIME_3]
    if margin == 6:
        return plan.rates[p.OVERTIME_6]
    return 0.0


@inner
def set_tempo(plan: Plan, n0: float, n1: float, n2: float, n3: float, room: Scratch) -> None:
    """Correlate four normals: plays of home and away, dropback rate of home and away."""
    root = plan.root
    room.tempo[0] = n0
    room.tempo[1] = root[1, 0] * n0 + root[1, 1] * n1
    room.tempo[2] = root[2, 0] * n0 + root[2, 1] * n1 + root[2, 2] * n2
    room.tempo[3] = root[3, 0] * n0 + root[3, 1] * n1 + root[3, 2] * n2 + root[3, 3] * n3


@inner
def set_features(plan: Plan, g: int, room: Scratch) -> None:
    """Write what moves both sides, less its mean: the scores' features and the tempo."""
    for k in range(2):
        for i in range(2):
            side = k if i == 0 else 1 - k
            passed, rushed = room.score[side, 1], room.score[side, 2]
            room.features[k, 3 * i] = passed
            room.features[k, 3 * i + 1] = rushed
            room.features[k, 3 * i + 2] = room.score[side, 0] - league.POINTS_A_TD * (passed + rushed)
        room.features[k, 6] = room.tempo[k]
        room.features[k, 7] = room.tempo[1 - k]
        room.features[k, 8] = room.tempo[2 + k]
        room.features[k, 9] = room.tempo[3 - k]
        for i in range(6):
            room.features[k, i] -= plan.center[2 * g + k, i]


@inner
def set_levels(plan: Plan, side: int, room: Scratch, k: int) -> None:
    """Move a side's levels (the first columns of `Plan.team`) to this world."""
    for which in range(8):
        room.level[k, which] = plan.team[side, which]
    for i in range(10):
        feature = room.features[k, i]
        for which in range(8):
            room.level[k, which] += plan.effects[i, which] * feature


@inner
def tempo_of(plan: Plan, room: Scratch, k: int) -> tuple[float, float]:
    """Return a side's plays and dropback rate in this world."""
    extra = plan.rates[p.OVERTIME_PLAYS] * room.overtime[0]
    plays = room.level[k, p.PLAYS] + plan.rates[p.PLAYS_SD] * room.features[k, 6] + extra
    rate = room.level[k, p.RATE] + plan.rates[p.RATE_SD] * room.features[k, 8]
    return min(max(plays, 36.0), 98.0), min(max(rate, 0.22), 0.93)


@inner
def set_factors(plan: Plan, side: int, room: Scratch, k: int) -> None:
    """Write a side's efficiency in this world against its mean."""
    completion, air, ground = (
        plan.team[side, p.COMPLETION],
        plan.team[side, p.AIR],
        plan.team[side, p.GROUND],
    )
    room.factor[k, 0] = max(room.level[k, p.COMPLETION], 0.3) / max(completion, np.float32(0.3))
    room.factor[k, 1] = max(room.level[k, p.AIR], 4.0) / max(air, np.float32(4.0))
    room.factor[k, 2] = max(room.level[k, p.GROUND], 1.5) / max(ground, np.float32(1.5))


@inner
def draw_volume(plan: Plan, tables: Tables, side: int, k: int, key: Any, room: Scratch) -> None:
    """Draw dropbacks, attempts, targets, carries, sacks, interceptions and fumbles of a side."""
    set_levels(plan, side, room, k)
    plays, rate = tempo_of(plan, room, k)
    set_factors(plan, side, room, k)
    count = np.int64(plays + 0.5)
    dropbacks: Any = min(np.int64(plays * rate + 0.5), 74)
    z, y = word(key, THROWN), word(key, LOST)
    dither = np.float64(unit32(low(word(key, DITHER))))
    sacked = max(room.level[k, p.SACK], 0.008) * dropbacks * room.frailty[1]
    sacks: Any = min(draw_poisson(tables.poisson, sacked, high(z), dither), dropbacks - 1)
    attempts = dropbacks - sacks
    wasted = draw_poisson(tables.poisson, plan.rates[p.THROWN_AWAY] * attempts, low(z), dither)
    room.volume[k, p.P_DROPBACKS] = dropbacks
    room.volume[k, p.P_SACKS] = sacks
    room.volume[k, p.P_ATTEMPTS] = attempts
    room.volume[k, p.P_TARGETS] = max(min(attempts - wasted, MOST), 1)
    room.volume[k, p.P_CARRIES] = min(max(count - dropbacks, room.score[k, 2]), MOST)
    faced = room.way[1 - k, 0] - plan.rates[p.DEFENSIVE_TDS]
    picks = max(room.level[k, p.PICK], 0.004) * attempts + plan.rates[p.PICK_RETURNED] * faced
    fumbles = room.level[k, p.FUMBLE] + plan.rates[p.FUMBLE_RETURNED] * faced
    picks, fumbles = max(picks, 0.02), max(fumbles, 0.03)
    room.turnovers[k, 0], room.turnovers[k, 1] = picks, fumbles
    room.volume[k, p.P_PICKS] = draw_poisson(tables.poisson, picks * room.frailty[0], high(y), dither)
    room.volume[k, p.P_FUMBLES] = draw_poisson(tables.poisson, fumbles * room.frailty[0], low(y), dither)


@inner
def mind_takeaways(plan: Plan, room: Scratch) -> None:
    """Let the efficiency of both sides go with who took the ball away more often than was to be expected."""
    for k in range(2):
        picks = room.volume[k, p.P_PICKS] - room.turnovers[k, 0]
        fumbles = room.volume[k, p.P_FUMBLES] - room.turnovers[k, 1]
        room.factor[k, 0] *= max(1.0 - plan.rates[p.PICK_CATCH] * picks - plan.rates[p.FUMBLE_CATCH] * fumbles, 0.5)
        for i in range(3):
            room.factor[1 - k, i] *= max(1.0 - plan.rates[p.TAKEAWAY_CATCH + i] * (picks + fumbles), 0.5)


@inner
def draw_course(plan: Plan, tables: Tables, g: int, key: Any, room: Scratch) -> None:
    """Draw what else is not a single player's in a world whose score is known."""
    draw_tempo(plan, tables, key, room)
    set_features(plan, g, room)
    for k in range(2):
        draw_volume(plan, tables, 2 * g + k, k, team_key(key, k), room)
    mind_takeaways(plan, room)
