"""Single players and groups of them: locked, counted, conditional, opposing, popular."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from sdp_sports.rules import DEFENCE, Group, Ownership, Rules

from sdp_engine.optimize.kinds.conditions import condition, split_by_condition
from sdp_engine.optimize.program import Program, Row, person, row

_LOGARITHM = 1_000_000
"""Units of a natural logarithm: products are compared to a millionth of it."""
_SHARE = 1_000_000
"""Units of a share of ownership."""


def players(program: Program, rules: Rules) -> Iterator[Row]:
    """Yield what is asked of players and groups."""
    yield from _named(program, rules)
    for group in rules.groups:
        yield from _group(program, group)
    if not program.cases:
        program.split |= split_by_condition(program, rules)
    yield from _defences(program, rules)
    yield from _opposing(program, rules)
    for limit in rules.ownership:
        yield _ownership(program, limit)


def _named(program: Program, rules: Rules) -> Iterator[Row]:
    for draftable in rules.locked:
        items = program.where(draftable_id=draftable)
        yield row(f"{name_of(program, items)} locked", items, low=1)
    for draftable in rules.excluded:
        items = program.where(draftable_id=draftable)
        yield row(f"{name_of(program, items)} excluded", items, high=0)
    for team in rules.teams:
        items = program.where(team_id=team.team_id)
        if team.at_least:
            yield row(f"at least {team.at_least} players of {team.team_id}", items, low=team.at_least)
        if team.at_most is not None:
            yield row(f"at most {team.at_most} players of {team.team_id}", items, high=team.at_most)


def _group(program: Program, group: Group) -> Iterator[Row]:
    items, size = program.select(group.who), program.contest.roster_size
    some = group.name or program.describe(group.who)
    if group.given is None:
        if group.at_least:
            yield row(f"at least {group.at_least} of {some}", items, low=group.at_least)
        if group.at_most is not None:
            yield row(f"at most {group.at_most} of {some}", items, high=group.at_most)
        return
    given = program.describe(group.given)
    for part, beside in _together(program, program.select(group.given), items):
        columns = np.array([*beside, *part])
        if group.at_least:
            weights = np.array([1] * len(beside) + [-group.at_least] * len(part))
            yield Row(condition(program, group), columns, weights, low=0)
        if group.at_most is not None and group.at_most < size:
            slack = min(len(beside), size) - group.at_most
            rule = f"with {given} at most {group.at_most} of {some}"
            if slack > 0:
                weights = np.array([1] * len(beside) + [slack] * len(part))
                yield Row(rule, columns, weights, high=group.at_most + slack)


def _together(program: Program, given: list[int], items: list[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield those of whom one row can tell, with those who count beside them.

    Where at most one fits a lineup, that is all of them: the tighter relaxation. Nobody counts as his own company.
    """
    people = {person(program.of(i)) for i in given}
    if program.places(given) == 1 and people.isdisjoint(person(program.of(j)) for j in items):
        yield given, items
        return
    for i in given:
        yield [i], [j for j in items if person(program.of(j)) != person(program.of(i))]


def _defences(program: Program, rules: Rules) -> Iterator[Row]:
    if not rules.no_defence_against_own_offence:
        return
    defences: dict[str, dict[tuple[str, int], list[int]]] = {}
    for team, items in program.grouped("team_id").items():
        for i in items:
            if program.plays(i, (DEFENCE,)):
                defences.setdefault(team, {}).setdefault(person(program.of(i)), []).append(i)
    for i in range(program.items):
        if not program.plays(i, (DEFENCE,)):
            for defence in defences.get(program.of(i)["opponent_id"], {}).values():
                yield row("no defence against own offence", [i, *defence], high=1)


def _opposing(program: Program, rules: Rules) -> Iterator[Row]:
    size = program.contest.roster_size
    for opposing in rules.opposing:
        rule = f"at most {opposing.at_most} {'/'.join(opposing.against)} against own {'/'.join(opposing.positions)}"
        facing: dict[str, list[int]] = {}
        for i in range(program.items):
            if program.plays(i, opposing.against) and program.of(i)["opponent_id"] is not None:
                facing.setdefault(program.of(i)["opponent_id"], []).append(i)
        for i in range(program.items):
            if not program.plays(i, opposing.positions):
                continue
            against = facing.get(program.of(i)["team_id"], [])
            slack = min(len(against), size) - opposing.at_most
            if slack > 0:
                weights = np.array([1] * len(against) + [slack])
                yield Row(rule, np.array([*against, i]), weights, high=opposing.at_most + slack)


def _ownership(program: Program, limit: Ownership) -> Row:
    """Shares count to the millionth; a product is the sum of logarithms, an unowned player's that of 0.0001."""
    shares = [float(program.of(i)["ownership"] or 0.0) for i in range(program.items)]
    low, high = limit.at_least, limit.at_most
    if limit.measure == "product":
        weights = [round(_LOGARITHM * math.log(max(share, 1e-4))) for share in shares]
        ends = [None if end is None else round(_LOGARITHM * math.log(max(end, 1e-300))) for end in (low, high)]
    else:
        times = program.contest.roster_size if limit.measure == "mean" else 1
        weights = [round(_SHARE * share) for share in shares]
        ends = [None if end is None else round(_SHARE * end * times) for end in (low, high)]
    words = [f"at least {low:g}" if low is not None else "", f"at most {high:g}" if high is not None else ""]
    rule = f"the {limit.measure} of ownership {' and '.join(filter(None, words))}"
    return Row(rule, np.arange(program.items), np.array(weights, np.int64), *ends)


def name_of(program: Program, items: Sequence[int]) -> str:
    """Return the name of the player whom items stand for."""
    return str(program.of(items[0])["name"]) if items else "a player no slot accepts"
