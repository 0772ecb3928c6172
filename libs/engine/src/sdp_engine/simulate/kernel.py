"""The compiled heart: one game's worlds, written onto sheets."""

from collections.abc import Callable
from typing import Any

import numpy as np

from sdp_engine.simulate import credit, touches
from sdp_engine.simulate import plan as p
from sdp_engine.simulate.compiled import entry, inner
from sdp_engine.simulate.course import draw_course
from sdp_engine.simulate.makeup import DEFENSIVE, EXTRA, GOALS, SAFETY, TWO
from sdp_engine.simulate.plan import Plan, Scratch, Sheets
from sdp_engine.simulate.streams import high, low, team_key, unit, unit32, word, world_key
from sdp_engine.simulate.tables import Tables, draw_poisson

KICKS, BANDS, PICKED, PASSED = 104, 112, 128, 144
"""Words of a side's stream."""

draw_hurt, split, catch, carry = touches.draw_hurt, touches.split, touches.catch, touches.carry
give_scores, sundries = credit.score, credit.sundries


@inner
def draw_stay(plan: Plan, key: Any) -> float:
    """Return the part of the game the starting quarterback plays."""
    z = word(key, touches.EXIT)
    if np.float64(unit32(high(z))) < plan.rates[p.QB_EXIT]:
        return 0.05 + 0.9 * np.float64(unit32(low(z)))
    return 1.0


@inner
def pass_game(k: int, key: Any, w: int, room: Scratch, sheets: Sheets, size: int, stays: float) -> None:
    """Write the passing lines of the starter and his backup: together they are the receivers'."""
    caught, yards = 0, 0
    for j in range(p.BLANK, size):
        caught += room.tally[p.CATCHES, j]
        yards += room.yards[p.AIR_YARDS, j]
    attempts = room.volume[k, p.P_ATTEMPTS]
    picks = room.volume[k, p.P_PICKS]
    scored = room.score[k, 1]
    plain, missed, sacks = caught - scored, attempts - caught - picks, room.volume[k, p.P_SACKS]
    own_scored, own_picks, own_plain, own_missed, own_sacks = scored, picks, plain, missed, sacks
    if stays < 1.0:
        own_scored, own_picks = 0, 0
        for m in range(scored):
            own_scored += 1 if unit(word(key, PASSED + m)) < stays else 0
        for m in range(picks):
            own_picks += 1 if unit(word(key, PICKED + m)) < stays else 0
        own_plain, own_missed = np.int64(plain * stays + 0.5), np.int64(missed * stays + 0.5)
        own_sacks = np.int64(sacks * stays + 0.5)
    own_caught = own_scored + own_plain
    own_yards = np.int64(np.floor(yards * own_caught / caught + 0.5)) if caught > 0 else 0
    row = 2 * k
    lines = (
        (own_caught + own_picks + own_missed, own_caught, own_scored, own_picks, own_sacks),
        (attempts, caught, scored, picks, sacks),
    )
    for i in range(5):
        sheets.passer[i, row, w] = lines[0][i]
        sheets.passer[i, row + 1, w] = lines[1][i] - lines[0][i]
    sheets.passed[row, w] = own_yards
    sheets.passed[row + 1, w] = yards - own_yards


@inner
def kick_game(plan: Plan, tables: Tables, k: int, key: Any, w: int, room: Scratch, sheets: Sheets) -> int:
    """Write a side's kicks and return how many of its kicks were blocked."""
    near, middle, far = 0, 0, 0
    for m in range(room.way[k, GOALS]):
        chance = unit(word(key, BANDS + m))
        if chance < plan.rates[p.GOAL_NEAR]:
            near += 1
        elif chance < plan.rates[p.GOAL_NEAR] + plan.rates[p.GOAL_MIDDLE]:
            middle += 1
        else:
            far += 1
    z, y = word(key, KICKS), word(key, KICKS + 1)
    missed = draw_poisson(tables.poisson, plan.rates[p.MISSED_GOALS], high(z), np.float64(unit32(low(y))))
    tries = room.score[k, 1] + room.score[k, 2] + room.way[k, DEFENSIVE]
    none, wide, blocked = tries - room.way[k, EXTRA] - room.way[k, TWO], 0, 0
    for m in range(none):
        x = word(key, KICKS + 2 + m)
        if np.float64(unit32(high(x))) < plan.rates[p.MISSED_KICK]:
            wide += 1
            blocked += 1 if np.float64(unit32(low(x))) < plan.rates[p.BLOCKED_TRY] else 0
    lost = missed * plan.rates[p.BLOCKED_GOAL] + plan.rates[p.BLOCKED_PUNTS]
    blocked += 1 if np.float64(unit32(low(z))) < lost else 0
    sheets.kicker[p.NEAR, k, w] = near
    sheets.kicker[p.MIDDLE, k, w] = middle
    sheets.kicker[p.FAR, k, w] = far
    sheets.kicker[p.MISSED, k, w] = missed
    sheets.kicker[p.EXTRA_MADE, k, w] = room.way[k, EXTRA]
    sheets.kicker[p.EXTRA_MISSED, k, w] = wide
    return blocked


@inner
def defend(k: int, w: int, room: Scratch, sheets: Sheets, blocked: int) -> None:
    """Write what a defence did to the other side's offence.

    Points allowed are the opponent's less those that its own defence scored (turnovers returned, safeties).
    """
    o = 1 - k
    sheets.defence[p.D_SACKS, k, w] = room.volume[o, p.P_SACKS]
    sheets.defence[p.D_PICKS, k, w] = room.volume[o, p.P_PICKS]
    sheets.defence[p.D_FUMBLES, k, w] = room.volume[o, p.P_FUMBLES]
    sheets.defence[p.D_TDS, k, w] = room.way[k, DEFENSIVE]
    sheets.defence[p.D_SAFETIES, k, w] = room.way[k, SAFETY]
    sheets.defence[p.D_BLOCKED, k, w] = blocked
    returned = room.way[o, DEFENSIVE] - room.volume[o, p.P_SPECIAL]
    sheets.defence[p.D_ALLOWED, k, w] = max(room.score[o, 0] - 6 * returned - 2 * room.way[o, SAFETY], 0)


@inner
def mind_turnovers(k: int, size: int, room: Scratch) -> None:
    """Hold interceptions within what was not caught, and that the other defence's touchdowns had a turnover each."""
    caught = 0
    for j in range(p.BLANK, size):
        caught += room.tally[p.CATCHES, j]
    room.volume[k, p.P_PICKS] = min(room.volume[k, p.P_PICKS], room.volume[k, p.P_ATTEMPTS] - caught)
    returned = room.way[1 - k, DEFENSIVE] - room.volume[1 - k, p.P_SPECIAL]
    lacking = returned - room.volume[k, p.P_PICKS] - room.volume[k, p.P_FUMBLES]
    room.volume[k, p.P_FUMBLES] += max(lacking, 0)


@inner
def offend(plan: Plan, tables: Tables, side: int, k: int, key: Any, w: int, room: Scratch, sheets: Sheets) -> None:
    """Draw and write a side's offence."""
    first, last = plan.first[side], plan.first[side + 1]
    size = last - first
    hurt, played = draw_hurt(plan, side, key)
    stays = draw_stay(plan, key)
    split(plan, tables, side, key, room, p.TARGETS, room.volume[k, p.P_TARGETS], hurt, played)
    carry(plan, tables, side, k, key, room, hurt, played, stays)
    catch(plan, tables, side, k, key, room)
    mind_turnovers(k, size, room)
    give_scores(plan, side, k, key, room)
    sundries(plan, side, k, key, room, stays)
    pass_game(k, key, w, room, sheets, size, stays)
    first -= plan.first[side - k]
    for j in range(size):
        for i in range(8):
            sheets.skill[i, first + j, w] = room.tally[i, j]
        sheets.yards[0, first + j, w] = room.yards[0, j]
        sheets.yards[1, first + j, w] = room.yards[1, j]


@entry
def play(stamp: int) -> Callable[..., int]:
    """Close over the stamp."""

    def play(
        plan: Plan, tables: Tables, room: Scratch, seed: Any, g: int, since: int, until: int, sheets: Sheets
    ) -> int:
        """Draw worlds `since` to `until` of game g onto sheets of that game and these worlds alone."""
        for world in range(since, until):
            key = world_key(seed, plan.game_key[g], world)
            w = world - since
            draw_course(plan, tables, g, key, room)
            for k in range(2):
                offend(plan, tables, 2 * g + k, k, team_key(key, k), w, room, sheets)
            for k in range(2):
                blocked = kick_game(plan, tables, 1 - k, team_key(key, 1 - k), w, room, sheets)
                defend(k, w, room, sheets, blocked)
                sheets.scores[0, k, w] = room.score[k, 0]
            sheets.overtime[0, w] = room.overtime[0]
        return stamp

    return play
