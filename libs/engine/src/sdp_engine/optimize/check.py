"""An independent judge of lineups: nothing here is shared with the solver but the declared rules."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations
from typing import Any

import polars as pl
from sdp_sports.rules import DEFENCE, GroupExposure, Rules, StackRule, TeamExposure
from sdp_sports.spec import Contest, Stack

from sdp_engine.optimize.judge import Place, count_of, group_faults, holds_stack


def check_lineup(contest: Contest, rows: pl.DataFrame) -> list[str]:
    """Return everything by which a lineup breaks the contest's own rules; empty for a legal one.

    Args:
        contest: The contest's declaration.
        rows: POOL rows in the order of the contest's slots.
    """
    return _contest_faults(contest, rows.to_dicts())


def check_lineups(
    contest: Contest,
    pool: pl.DataFrame,
    lineups: Sequence[Sequence[int]],
    rules: Rules,
    stacks: Mapping[str, Stack],
    *,
    is_whole: bool = True,
) -> list[str]:
    """Return everything by which lineups break the contest's rules or the user's; empty where all is kept.

    Args:
        contest: The contest's declaration.
        pool: A POOL frame.
        lineups: The draftable ids of each, in the order of the contest's slots.
        rules: The request.
        stacks: The stacks declared for the sport.
        is_whole: Whether these are all; of the first few of a set neither their number nor a minimum is asked.
    """
    known = {r["draftable_id"]: r for r in pool.to_dicts()}
    faults = []
    for number, ids in enumerate(lineups, 1):
        rows = [known[i] for i in ids]
        found = [*_contest_faults(contest, rows), *_rule_faults(contest, rows, rules, stacks)]
        faults += [f"lineup {number}: {fault}" for fault in found]
    if is_whole and len(lineups) != rules.lineups:
        faults.append(f"{len(lineups)} lineups instead of {rules.lineups}")
    return [*faults, *_set_faults(contest, known, lineups, rules, is_whole=is_whole)]


def kept_alone(
    contest: Contest,
    pool: pl.DataFrame,
    lineups: Sequence[Sequence[int]],
    rules: Rules,
    stacks: Mapping[str, Stack],
) -> list[bool]:
    """Return which lineups keep, each by itself, the contest's rules and the user's; see `check_lineups`."""
    known = {r["draftable_id"]: r for r in pool.to_dicts()}
    kept = []
    for ids in lineups:
        rows = [known[i] for i in ids]
        kept.append(not (_contest_faults(contest, rows) or _rule_faults(contest, rows, rules, stacks)))
    return kept


def _contest_faults(contest: Contest, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    slots = contest.expanded_slots
    if len(rows) != len(slots):
        return [f"{len(rows)} players for {len(slots)} slots"]
    faults = [
        f"{r['name']} may not fill {slot.name}"
        for r, slot in zip(rows, slots, strict=True)
        if slot.name not in r["roster_slots"]
    ]
    who = Counter(r["player_id"] if r["player_id"] is not None else f"draftable {r['draftable_id']}" for r in rows)
    faults += [f"player {p} stands {n} times" for p, n in who.items() if n > 1]
    salary = _salary(contest, rows)
    if salary > contest.salary_cap_usd:
        faults.append(f"costs {salary} of {contest.salary_cap_usd}")
    teams = Counter(r["team_id"] for r in rows if r["team_id"] is not None)
    games = {r["game_id"] for r in rows} - {None}
    if games and len(games) < contest.min_games:
        faults.append(f"{len(games)} games of {contest.min_games}")
    spread = {r["team_id"] for r in rows if not _plays(r, contest.min_teams_without)} - {None}
    if 1 < contest.min_teams > len(spread):
        faults.append(f"{len(spread)} teams of {contest.min_teams}")
    for limit in contest.limits:
        counted = [r["team_id"] if limit.per_team else "" for r in rows if _plays(r, limit.positions)]
        if max(Counter(counted).values(), default=0) > limit.at_most:
            faults.append(f"more than {limit.at_most} of {'/'.join(limit.positions)}")
    if contest.max_per_team is not None:
        faults += [f"{n} players of {t}" for t, n in teams.items() if n > contest.max_per_team]
    return faults


def _plays(player: Mapping[str, Any], positions: Iterable[str]) -> bool:
    return not set(player["position"].split("/")).isdisjoint(positions)


def _salary(contest: Contest, rows: Sequence[Mapping[str, Any]]) -> int:
    return sum(
        math.ceil(_exact(s.salary_multiplier) * r["salary_usd"])
        for r, s in zip(rows, contest.expanded_slots, strict=True)
    )


@cache
def _exact(multiplier: float) -> Fraction:
    return Fraction(str(multiplier))


def _rule_faults(
    contest: Contest, rows: Sequence[Mapping[str, Any]], rules: Rules, stacks: Mapping[str, Stack]
) -> list[str]:
    ids = {r["draftable_id"] for r in rows}
    faults = [f"locked {i} is missing" for i in rules.locked if i not in ids]
    faults += [f"excluded {i} stands" for i in rules.excluded if i in ids]
    salary = _salary(contest, rows) if len(rows) == contest.roster_size else 0
    if rules.min_salary_usd is not None and salary < rules.min_salary_usd:
        faults.append(f"costs {salary}, less than {rules.min_salary_usd}")
    if rules.max_salary_usd is not None and salary > rules.max_salary_usd:
        faults.append(f"costs {salary}, more than {rules.max_salary_usd}")
    teams = Counter(r["team_id"] for r in rows if r["team_id"] is not None)
    if rules.max_per_team is not None:
        faults += [f"{n} players of {t}" for t, n in teams.items() if n > rules.max_per_team]
    for t in rules.teams:
        if teams[t.team_id] < t.at_least or (t.at_most is not None and teams[t.team_id] > t.at_most):
            faults.append(f"{teams[t.team_id]} players of {t.team_id}")
    if rules.no_defence_against_own_offence:
        defences = {r["team_id"] for r in rows if r["position"] == DEFENCE}
        faults += [
            f"{r['name']} faces his own defence"
            for r in rows
            if r["position"] != DEFENCE and r["opponent_id"] in defences
        ]
    places = [Place(r, captain=s.points_multiplier > 1) for r, s in zip(rows, contest.expanded_slots, strict=False)]
    faults += group_faults(places, rules)
    return faults + ([] if rules.stack is None else _stack_faults(rows, stacks[rules.stack]))


def _stack_faults(rows: Sequence[Mapping[str, Any]], stack: Stack) -> list[str]:
    anchors = [r for r in rows if set(r["position"].split("/")) & set(stack.anchor)]
    faults = [] if anchors else ["no anchor of the stack"]
    for anchor in anchors:
        for need in stack.needs:
            team = anchor["team_id"] if need.side == "team" else anchor["opponent_id"]
            beside = [
                r
                for r in rows
                if r is not anchor and r["team_id"] == team and set(r["position"].split("/")) & set(need.positions)
            ]
            if len(beside) < need.at_least:
                faults.append(f"{anchor['name']} brings {len(beside)} of {need.at_least} from {need.side}")
    return faults


def _set_faults(
    contest: Contest,
    known: Mapping[int, Mapping[str, Any]],
    lineups: Sequence[Sequence[int]],
    rules: Rules,
    *,
    is_whole: bool,
) -> list[str]:
    faults = []
    multiples = [(s.points_multiplier, s.salary_multiplier) for s in contest.expanded_slots]
    places = [set(zip(ids, multiples, strict=False)) for ids in lineups]
    for (a, one), (b, other) in combinations(enumerate(places, 1), 2):
        if contest.roster_size - len(one & other) < rules.min_unique:
            faults.append(f"lineups {a} and {b} differ in {contest.roster_size - len(one & other)} players")
    used = Counter(i for ids in lineups for i in set(ids))
    for i, n in used.items():
        if n > rules.cap(i):
            faults.append(f"draftable {i} stands in {n} lineups of at most {rules.cap(i)}")
    faults += [
        f"draftable {e.draftable_id} stands in {used[e.draftable_id]} lineups of at least {rules.least(e.at_least)}"
        for e in rules.exposures
        if is_whole and used[e.draftable_id] < rules.least(e.at_least)
    ]
    return faults + _share_faults(contest, known, lineups, rules, is_whole=is_whole)


def _share_faults(
    contest: Contest,
    known: Mapping[int, Mapping[str, Any]],
    lineups: Sequence[Sequence[int]],
    rules: Rules,
    *,
    is_whole: bool,
) -> list[str]:
    slots = contest.expanded_slots
    places = [[Place(known[i], s.points_multiplier > 1) for i, s in zip(ids, slots, strict=False)] for ids in lineups]
    counted: list[tuple[str, TeamExposure | GroupExposure | StackRule, int]] = [
        (t.team_id, t, sum(any(p.player["team_id"] == t.team_id for p in lineup) for lineup in places))
        for t in rules.team_exposures
    ]
    counted += [
        (g.name or "a group", g, sum(count_of(p, g.who) >= g.count for p in places)) for g in rules.group_exposures
    ]
    counted += [(s.name or "a stack", s, sum(holds_stack(p, s) for p in places)) for s in rules.stacks]
    return [
        f"{name} stands in {n} lineups, not {rules.least(share.at_least)} to {rules.most(share.at_most)}"
        for name, share, n in counted
        if not (rules.least(share.at_least) if is_whole else 0) <= n <= rules.most(share.at_most)
    ]
