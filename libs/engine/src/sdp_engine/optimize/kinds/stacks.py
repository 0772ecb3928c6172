"""Stacks: a declared anchor with its companions, and players of one team, game, line or batting order."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from sdp_sports.rules import BATTERS, Rules, StackRule
from sdp_sports.spec import Stack

from sdp_engine.optimize.counted import choose, expose
from sdp_engine.optimize.program import Case, Choice, Exposed, Ints, Program, Row, Terms, person, row


def stacks_of(program: Program, rules: Rules, stacks: Mapping[str, Stack]) -> Iterator[Row]:
    """Yield the rows of every stack, and note those that stand in a share of the lineups."""
    yield from _stack(program, rules, stacks)
    for stack in rules.stacks:
        name = stack.name or describe(stack)
        if stack.at_least == 1:
            if not program.cases:
                program.cases += _cases(program, stack)
            yield from choose(program, choices(program, stack, name))
        else:
            # Only stacks of one size come in a share of the lineups.
            options = choices(program, stack, name)[0].options
            exposed = Exposed(name, options, rules.least(stack.at_least), rules.most(stack.at_most))
            yield from expose(program, exposed, rules.lineups)


def describe(stack: StackRule) -> str:
    """Return a stack in words."""
    sizes = " and ".join(str(size) for size in stack.sizes)
    who = f" {'/'.join(stack.positions)}" if stack.positions else ""
    kind = {"team": "of one team", "game": "of one game", "line": "of one line", "order": "in batting order"}[stack.of]
    back = f" with {stack.opponents} of the opponents" if stack.opponents else ""
    only = f" (of {', '.join(stack.teams)})" if stack.teams else ""
    return f"a stack of {sizes}{who} {kind}{back}{only}"


def choices(program: Program, stack: StackRule, name: str) -> list[Choice]:
    """Return what a stack asks for: for the k largest sizes, that k sides have so many players each.

    That is the same as a side of its own for each size, because a side that is large enough for one is large enough
    for every smaller one.
    """
    sizes = sorted(stack.sizes, reverse=True)
    wanted = [(k, size) for k, size in enumerate(sizes, 1) if k == len(sizes) or sizes[k] < size]
    found = [Choice(name, tuple(_options(program, stack, size, 0)), k) for k, size in wanted]
    if not stack.opponents:
        return found
    first = Choice(name, tuple(_options(program, stack, sizes[0], stack.opponents)), 1)
    return [first, *(choice for choice, (k, _) in zip(found, wanted, strict=True) if k > 1)]


def _cases(program: Program, stack: StackRule) -> list[Case]:
    """Return the ways in which the largest size can stand; of a batting order only whose it is."""
    kind = "team" if stack.of == "order" else stack.of
    placed = {i for members in _sides(program, stack).values() for i in members}
    return [
        Case(np.zeros(0, np.int64), ((np.array([i for i in items.tolist() if i in placed], np.int64), least), *back))
        for (items, least), *back in _options(
            program, stack.model_copy(update={"of": kind}), max(stack.sizes), stack.opponents
        )
    ]


def _options(program: Program, stack: StackRule, size: int, opponents: int) -> Iterator[Terms]:
    for side, members in _sides(program, stack).items():
        back: list[tuple[Ints, int]] = []
        if opponents:
            facing = [
                i
                for i in range(program.items)
                if program.of(i)["opponent_id"] == side[0]
                and (not stack.opponent_positions or program.plays(i, stack.opponent_positions))
            ]
            back = [(np.array(facing, np.int64), opponents)]
        if stack.of != "order":
            if len(members) >= size:
                yield ((np.array(members), size), *back)
            continue
        places: dict[int, list[int]] = {}
        for i in members:
            places.setdefault(int(program.of(i)["batting_order"]), []).append(i)
        for first in range(1, BATTERS + 1):
            window = [places.get((first + step - 1) % BATTERS + 1, []) for step in range(size)]
            if all(window):
                yield (*((np.array(place), 1) for place in window), *back)


def _sides(program: Program, stack: StackRule) -> dict[tuple[Any, ...], list[int]]:
    """Return the players who may stand together, by team, game or line."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for i in range(program.items):
        player = program.of(i)
        if stack.positions and not program.plays(i, stack.positions):
            continue
        sides = {player["team_id"], player["opponent_id"] if stack.of == "game" else None}
        if stack.teams and sides.isdisjoint(stack.teams):
            continue
        key: tuple[Any, ...] = (player["game_id"],) if stack.of == "game" else (player["team_id"],)
        if stack.of == "line":
            key = (*key, player["line"])
        if stack.of == "order" and not 1 <= (player["batting_order"] or 0) <= BATTERS:
            continue
        if None not in key:
            found.setdefault(key, []).append(i)
    return found


def _stack(program: Program, rules: Rules, stacks: Mapping[str, Stack]) -> Iterator[Row]:
    if rules.stack is None:
        return
    stack = stacks[rules.stack]
    rule = f"the stack {rules.stack} ({stack.title})"
    anchors = [i for i in range(program.items) if program.plays(i, stack.anchor)]
    yield row(rule, anchors, low=1)
    slots = {name for i in anchors for name in program.of(i)["roster_slots"]}
    alone = sum(s.count for s in program.contest.slots if s.name in slots) == 1
    sides: dict[tuple[Any, Any], list[int]] = {}
    for i in anchors:
        sides.setdefault((program.of(i)["team_id"], program.of(i)["opponent_id"]), []).append(i)
    if alone and all(not set(stack.anchor) & set(n.positions) for n in stack.needs):
        program.split = frozenset({rule})
    for (team, opponent), members in sides.items():
        terms: list[tuple[Ints, int]] = [(np.array(members), 1)]
        for need in stack.needs:
            side = team if need.side == "team" else opponent
            near = [i for i in range(program.items) if program.plays(i, need.positions)]
            near = [] if side is None else [i for i in near if program.of(i)["team_id"] == side]
            terms.append((np.array(near, np.int64), need.at_least))
            # Where at most one anchor fits a lineup, one row for all of a team's is the tighter relaxation.
            parts = [members] if alone and not set(near) & set(members) else [[i] for i in members]
            for part in parts:
                bring = [i for i in near if all(person(program.of(i)) != person(program.of(a)) for a in part)]
                weights = [1] * len(bring) + [-need.at_least] * len(part)
                yield Row(rule, np.array([*bring, *part]), np.array(weights), low=0)
        if program.split:
            program.cases.append(Case(np.array(sorted(set(anchors) - set(members)), np.int64), tuple(terms)))
