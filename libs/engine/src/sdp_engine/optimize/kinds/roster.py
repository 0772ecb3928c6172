"""What makes a lineup: its slots filled, a player once, within the cap."""

from collections.abc import Iterator, Sequence

import numpy as np
from sdp_sports.rules import Rules

from sdp_engine.optimize.program import SLOTS, Program, Row, person, row

_ONCE = "a player once a lineup"


def frame(program: Program, names: Sequence[set[str]], rules: Rules) -> Iterator[Row]:
    """Yield the rows of the roster; `names` are the slots of each group."""
    yield from _roster(program, names)
    yield from _persons(program)
    yield from _salaries(program, rules)


def _roster(program: Program, names: Sequence[set[str]]) -> Iterator[Row]:
    """Hall's condition: a set of players fits a group's slots iff no subset is short of slots it may fill."""
    for group, kinds in enumerate(names):
        count = {s.name: s.count for s in program.contest.slots if s.name in kinds}
        fits = {
            i: frozenset(kinds.intersection(program.of(i)["roster_slots"]))
            for i in range(program.items)
            if program.group[i] == group
        }
        total = sum(count.values())
        yield row(SLOTS, fits, low=total, high=total)
        for union in _unions(set(fits.values())):
            inside = [i for i, f in fits.items() if f <= union]
            places = sum(count[name] for name in union)
            if places < min(total, len(inside)):
                yield row(SLOTS, inside, high=places)


def _unions(sets: set[frozenset[str]]) -> list[frozenset[str]]:
    """Return every union of sets that hang together, in a fixed order; others ask for no more than their parts do."""
    unions, fresh = set(sets), set(sets)
    while fresh:
        fresh = {one | other for one in fresh for other in sets if one & other} - unions
        unions |= fresh
    return sorted(unions, key=lambda u: (len(u), sorted(u)))


def _persons(program: Program) -> Iterator[Row]:
    found: dict[tuple[str, int], list[int]] = {}
    for i in range(program.items):
        found.setdefault(person(program.of(i)), []).append(i)
    for items in found.values():
        if len(items) > 1:
            yield row(_ONCE, items, high=1)


def _salaries(program: Program, rules: Rules) -> Iterator[Row]:
    every = np.arange(program.items)
    cap = program.contest.salary_cap_usd
    yield Row(f"the salary cap of {cap}", every, program.salary, high=cap)
    if rules.max_salary_usd is not None and rules.max_salary_usd < cap:
        yield Row(f"the salary ceiling of {rules.max_salary_usd}", every, program.salary, high=rules.max_salary_usd)
    if rules.min_salary_usd:
        yield Row(f"the salary floor of {rules.min_salary_usd}", every, program.salary, low=rules.min_salary_usd)
