"""Conditions on who fills the one place of a slot ("with this quarterback at least two of his receivers"), as cases.

Exactly one player fills such a slot, so lineups fall apart into those with each kind of him, and what is then asked is
a counter of the compiled search: its bounds are exact where the linear relaxation takes thirds of three quarterbacks.
"""

import numpy as np
from sdp_sports.rules import Group, Rules, Who

from sdp_engine.optimize.program import Case, Program

COUNTED = 2
"""Conditions of one case that are counted while a lineup is built; the others are held against it once it stands."""


def condition(program: Program, group: Group) -> str:
    """Return what a group asks for beside whom it is given, in words."""
    some, given = group.name or program.describe(group.who), program.describe(group.given or Who())
    return f"with {given} at least {group.at_least} of {some}"


def split_by_condition(program: Program, rules: Rules) -> frozenset[str]:
    """Tell lineups apart by who fills the slot on which most conditions hang; return the rules that the cases keep.

    Nothing is split where no condition hangs on a slot of one place.
    """
    asked = [(g, set(program.select(g.given))) for g in rules.groups if g.given is not None and g.at_least]
    slots = {s.name: _alone(program, s.name) for s in program.contest.slots if s.count == 1}
    hanging = {name: [(g, given) for g, given in asked if given and given <= items] for name, items in slots.items()}
    name = max(hanging, key=lambda slot: len(hanging[slot]), default=None)
    if name is None or not hanging[name]:
        return frozenset()
    kinds: dict[tuple[int, ...], list[int]] = {}
    for i in sorted(slots[name]):
        kinds.setdefault(tuple(n for n, (_, given) in enumerate(hanging[name]) if i in given), []).append(i)
    for conditions, members in kinds.items():
        terms = []
        for group, _ in (hanging[name][n] for n in conditions[:COUNTED]):
            beside = [j for j in program.select(group.who) if j not in slots[name]]
            terms.append((np.array(beside, np.int64), group.at_least))
        program.cases.append(Case(np.array(sorted(slots[name] - set(members)), np.int64), tuple(terms)))
    late = {n for conditions in kinds for n in conditions[COUNTED:]}
    kept = [group for n, (group, _) in enumerate(hanging[name]) if n not in late]
    others = [condition(program, group) for group, _ in asked if group not in kept]
    return frozenset(condition(program, group) for group in kept).difference(others)


def _alone(program: Program, slot: str) -> set[int]:
    """Return the items of a slot where they fill no other, none where they may."""
    places = {i: program.slots_of(i) for i in range(program.items)}
    items = {i for i, names in places.items() if slot in names}
    return items if all(len(places[i]) == 1 for i in items) else set()
