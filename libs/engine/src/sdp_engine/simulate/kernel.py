"""The compiled heart: one game's worlds, written onto sheets, a strip of worlds at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np

from sdp_engine.simulate import credit, league, touches
from sdp_engine.simulate import plan as p
from sdp_engine.simulate.compiled import entry, inner
from sdp_engine.simulate.course import draw_course, draw_scores, draw_ways, flip
from sdp_engine.simulate.makeup import DEFENSIVE, EXTRA, GOALS, SAFETY, TWO
from sdp_engine.simulate.plan import Plan, Scratch, Sheets, Strip
from sdp_engine.simulate.streams import high, low, team_key, unit, unit32, word, world_key
from sdp_engine.simulate.tables import Tables, draw_poisson

KICKS, BANDS, PICKED, PASSED = 104, 112, 128, 144
"""Words of a side's stream."""

draw_hurt, draw_stays, split, lean, catch, carry = (
    touches.draw_hurt,
    touches.draw_stays,
    touches.split,
    touches.lean,
    touches.catch,
    touches.carry,
)
give_scores, sundries = credit.score, credit.sundries


@inner
def begin(plan: Plan, tables: Tables, seed: Any, g: int, first: int, n: int, strip: Strip) -> None:
    """Draw the scores of n worlds, numbered from `first`, and how they came about."""
    for w in range(n):
        key = world_key(seed, plan.game_key[g], first + w)
        strip.world[w] = key
        for k in range(2):
            strip.key[k, w] = team_key(key, k)
    draw_scores(plan, g, n, strip)
    for k in range(2):
        flip(plan, 2 * g + k, k, n, strip)
        draw_ways(plan, tables, k, n, strip)


@inner
def recall(strip: Strip, w: int, room: Scratch) -> None:
    """Fetch a world's score from its place of the strip."""
    for k in range(2):
        for i in range(3):
            room.score[k, i] = strip.score[k, i, w]
        room.way[k, DEFENSIVE] = strip.way[k, DEFENSIVE, w]


@inner
def keep(room: Scratch, w: int, strip: Strip) -> None:
    """Keep a world's course in its place of the strip."""
    for k in range(2):
        strip.beyond[k, w] = league.POINTS_A_TD * (room.features[k, 0] + room.features[k, 1]) + room.features[k, 2]
        for i in range(3):
            strip.factor[k, i, w] = room.factor[k, i]
        for i in range(p.P_SPECIAL):
            strip.volume[k, i, w] = room.volume[k, i]


@inner
def mind_turnovers(k: int, n: int, strip: Strip) -> None:
    """Hold interceptions within what was not caught, and that the other defence's touchdowns had a turnover each."""
    for w in range(n):
        missed = strip.volume[k, p.P_ATTEMPTS, w] - strip.caught[w]
        picks = min(strip.volume[k, p.P_PICKS, w], missed)
        returned = strip.way[1 - k, DEFENSIVE, w] - strip.volume[1 - k, p.P_SPECIAL, w]
        strip.volume[k, p.P_PICKS, w] = picks
        strip.volume[k, p.P_FUMBLES, w] += max(returned - picks - strip.volume[k, p.P_FUMBLES, w], 0)


@inner
def pass_game(g: int, k: int, size: int, at: int, n: int, strip: Strip, sheets: Sheets, row: int) -> None:
    """Write the passing lines of the starter and his backup: together they are the receivers'."""
    passer = sheets.passer[:, 4 * g + 2 * k : 4 * g + 2 * k + 2, at : at + n]
    passed = sheets.passed[4 * g + 2 * k : 4 * g + 2 * k + 2, at : at + n]
    passer[:, 1] = 0
    for w in range(n):
        attempts, picks = strip.volume[k, p.P_ATTEMPTS, w], strip.volume[k, p.P_PICKS, w]
        passer[p.ATTEMPTS, 0, w] = attempts
        passer[p.COMPLETIONS, 0, w] = strip.caught[w]
        passer[p.PASS_TDS, 0, w] = strip.score[k, 1, w]
        passer[p.PICKS, 0, w] = picks
        passer[p.SACKS, 0, w] = strip.volume[k, p.P_SACKS, w]
    passed[:] = 0
    for j in range(p.BLANK, size):
        for w in range(n):
            passed[0, w] += sheets.yards[p.AIR_YARDS, row + j, at + w]
    for w in range(n):
        if strip.stays[w] < 1.0:
            relieve(strip.key[k, w], strip.stays[w], passer[:, :, w], passed[:, w])


@inner
def relieve(key: Any, stays: float, line: Any, yards: Any) -> None:
    """Share one world's passing line, so far the starter's alone, (5, 2), and its yards with his backup."""
    attempts, caught, scored, picks, sacks = line[0, 0], line[1, 0], line[2, 0], line[3, 0], line[4, 0]
    own_scored, own_picks = 0, 0
    for m in range(scored):
        own_scored += 1 if unit(word(key, PASSED + m)) < stays else 0
    for m in range(picks):
        own_picks += 1 if unit(word(key, PICKED + m)) < stays else 0
    plain, missed = np.int64(caught) - scored, np.int64(attempts) - caught - picks
    own_caught = own_scored + np.int64(plain * stays + 0.5)
    own = (own_caught + own_picks + np.int64(missed * stays + 0.5), own_caught, own_scored, own_picks)
    for i in range(4):
        line[i, 1] = line[i, 0] - own[i]
        line[i, 0] = own[i]
    own_sacks = np.int64(sacks * stays + 0.5)
    line[p.SACKS, 1] = sacks - own_sacks
    line[p.SACKS, 0] = own_sacks
    whole = np.int64(yards[0])
    own_yards = np.int64(np.floor(whole * own_caught / np.int64(caught) + 0.5)) if caught > 0 else 0
    yards[1] = whole - own_yards
    yards[0] = own_yards


@inner
def kick_game(plan: Plan, tables: Tables, g: int, k: int, at: int, n: int, strip: Strip, sheets: Sheets) -> None:
    """Write a side's kicks, and those of them that the other side blocked."""
    far = plan.team[2 * g + k, p.GOAL_FAR]
    middle = far + (1.0 - far) * plan.rates[p.GOAL_MIDDLE]
    kicker = sheets.kicker[:, 2 * g + k, at : at + n]
    blocked = sheets.defence[p.D_BLOCKED, 2 * g + 1 - k, at : at + n]
    for w in range(n):
        key = strip.key[k, w]
        goals, beyond, between = strip.way[k, GOALS, w], 0, 0
        for m in range(goals):
            chance = unit(word(key, BANDS + m))
            beyond += 1 if chance < far else 0
            between += 1 if chance < middle else 0
        z, y = word(key, KICKS), word(key, KICKS + 1)
        missed = draw_poisson(tables.poisson, plan.rates[p.MISSED_GOALS], high(z), np.float64(unit32(low(y))))
        made, two = strip.way[k, EXTRA, w], strip.way[k, TWO, w]
        none = strip.score[k, 1, w] + strip.score[k, 2, w] + strip.way[k, DEFENSIVE, w] - made - two
        wide, stopped = 0, 0
        for m in range(none):
            x = word(key, KICKS + 2 + m)
            if np.float64(unit32(high(x))) < plan.rates[p.MISSED_KICK]:
                wide += 1
                stopped += 1 if np.float64(unit32(low(x))) < plan.rates[p.BLOCKED_TRY] else 0
        lost = missed * plan.rates[p.BLOCKED_GOAL] + plan.rates[p.BLOCKED_PUNTS]
        kicker[p.FAR, w] = beyond
        kicker[p.MIDDLE, w] = between - beyond
        kicker[p.NEAR, w] = goals - between
        kicker[p.MISSED, w] = missed
        kicker[p.EXTRA_MADE, w] = made
        kicker[p.EXTRA_MISSED, w] = wide
        blocked[w] = stopped + (1 if np.float64(unit32(low(z))) < lost else 0)


@inner
def defend(g: int, k: int, at: int, n: int, strip: Strip, sheets: Sheets) -> None:
    """Write what a defence did to the other side's offence.

    Points allowed are the opponent's less those that its own defence scored (turnovers returned, safeties).
    """
    o = 1 - k
    defence = sheets.defence[:, 2 * g + k, at : at + n]
    for w in range(n):
        defence[p.D_SACKS, w] = strip.volume[o, p.P_SACKS, w]
        defence[p.D_PICKS, w] = strip.volume[o, p.P_PICKS, w]
        defence[p.D_FUMBLES, w] = strip.volume[o, p.P_FUMBLES, w]
        defence[p.D_TDS, w] = strip.way[k, DEFENSIVE, w]
        defence[p.D_SAFETIES, w] = strip.way[k, SAFETY, w]
        returned = strip.way[o, DEFENSIVE, w] - strip.volume[o, p.P_SPECIAL, w]
        defence[p.D_ALLOWED, w] = max(strip.score[o, 0, w] - 6 * returned - 2 * strip.way[o, SAFETY, w], 0)


@inner
def offend(plan: Plan, tables: Tables, g: int, k: int, at: int, n: int, strip: Strip, sheets: Sheets) -> None:
    """Draw and write a side's offence."""
    side = 2 * g + k
    row, size = plan.first[side], plan.first[side + 1] - plan.first[side]
    sheets.skill[: p.CATCHES + 1, row : row + p.BLANK, at : at + n] = 0
    sheets.yards[p.AIR_YARDS, row : row + p.BLANK, at : at + n] = 0
    draw_hurt(plan, side, k, n, strip)
    draw_stays(plan, k, n, strip)
    strip.left[:n] = strip.volume[k, p.P_TARGETS, :n]
    split(plan, tables, side, k, at, n, strip, sheets, row, p.TARGETS)
    lean(plan, side, k, at, n, strip, sheets, row)
    carry(plan, tables, side, k, at, n, strip, sheets, row)
    catch(plan, tables, side, k, at, n, strip, sheets, row)
    mind_turnovers(k, n, strip)
    give_scores(plan, side, k, at, n, strip, sheets, row)
    sundries(plan, side, k, at, n, strip, sheets, row)
    pass_game(g, k, size, at, n, strip, sheets, row)


@entry
def play(stamp: int) -> Callable[..., int]:
    """Close over the stamp."""

    def play(
        plan: Plan,
        tables: Tables,
        room: Scratch,
        strip: Strip,
        seed: Any,
        g: int,
        first: int,
        since: int,
        until: int,
        sheets: Sheets,
    ) -> int:
        """Draw worlds `since` to `until` of game g, numbered from `first`, in their places on the sheets."""
        for at in range(since, until, p.STRIP):
            n = min(p.STRIP, until - at)
            begin(plan, tables, seed, g, first + at, n, strip)
            for w in range(n):
                recall(strip, w, room)
                draw_course(plan, tables, g, strip.world[w], room)
                keep(room, w, strip)
                sheets.scores[g, 0, at + w] = room.score[0, 0]
                sheets.scores[g, 1, at + w] = room.score[1, 0]
                sheets.overtime[g, at + w] = room.overtime[0]
            for k in range(2):
                offend(plan, tables, g, k, at, n, strip, sheets)
            for k in range(2):
                kick_game(plan, tables, g, 1 - k, at, n, strip, sheets)
                defend(g, k, at, n, strip, sheets)
        return stamp

    return play
