"""What a finished lineup holds: groups, stacks, ownership; for the independent check of the solver's work."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sdp_sports.rules import BATTERS, Ownership, Rules, StackRule, Who


@dataclass(frozen=True)
class Place:
    """A filled roster place: the player's pool row, and whether the slot multiplies his points."""

    player: Mapping[str, Any]
    captain: bool


def fits(place: Place, who: Who) -> bool:
    """Return whether a selection names the player in this place."""
    player = place.player
    return (
        (not who.draftables or player["draftable_id"] in who.draftables)
        and (not who.names or player["name"] in who.names)
        and (not who.teams or player["team_id"] in who.teams)
        and (not who.opponents or player["opponent_id"] in who.opponents)
        and (not who.games or player["game_id"] in who.games)
        and (not who.positions or not set(player["position"].split("/")).isdisjoint(who.positions))
        and who.captain in (None, place.captain)
    )


def count_of(lineup: Sequence[Place], who: Who) -> int:
    """Return how many places a selection names."""
    return sum(fits(place, who) for place in lineup)


def holds_stack(lineup: Sequence[Place], stack: StackRule) -> bool:
    """Return whether a lineup holds a stack, all its sizes and its bring-back."""
    sizes = sorted(stack.sizes, reverse=True)
    sides = _sides(lineup, stack)
    for k, size in enumerate(sizes, 1):
        if sum(_stands(side, stack, size) for side in sides.values()) < k:
            return False
    return not stack.opponents or any(
        _stands(side, stack, sizes[0]) and _facing(lineup, stack, key[0]) >= stack.opponents
        for key, side in sides.items()
    )


def _sides(lineup: Sequence[Place], stack: StackRule) -> dict[tuple[Any, ...], list[Mapping[str, Any]]]:
    found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for place in lineup:
        player = place.player
        sides = [player["team_id"], *([player["opponent_id"]] if stack.of == "game" else [])]
        if not fits(place, Who(positions=stack.positions)) or (stack.teams and not set(sides) & set(stack.teams)):
            continue
        key: tuple[Any, ...] = (player["game_id"],) if stack.of == "game" else (player["team_id"],)
        if stack.of == "line":
            key = (*key, player["line"])
        if None not in key:
            found[key].append(player)
    return found


def _stands(side: Sequence[Mapping[str, Any]], stack: StackRule, size: int) -> bool:
    if stack.of != "order":
        return len(side) >= size
    places = {p["batting_order"] for p in side}
    return any(all((first + step) % BATTERS + 1 in places for step in range(size)) for first in range(BATTERS))


def _facing(lineup: Sequence[Place], stack: StackRule, team: Any) -> int:
    who = Who(positions=stack.opponent_positions, opponents=(team,))
    return count_of(lineup, who)


def group_faults(lineup: Sequence[Place], rules: Rules) -> list[str]:
    """Return what is wrong with the groups, stacks, spread and ownership of one lineup."""
    faults = []
    for number, group in enumerate(rules.groups, 1):
        anchors: list[Place | None] = [None]
        if group.given is not None:
            anchors = [place for place in lineup if fits(place, group.given)]
        for anchor in anchors:
            n = count_of([place for place in lineup if place is not anchor], group.who)
            if n < group.at_least or (group.at_most is not None and n > group.at_most):
                faults.append(f"group {number} has {n} players")
    faults += [
        f"stack {number} is missing"
        for number, stack in enumerate(rules.stacks, 1)
        if stack.at_least == 1 and not holds_stack(lineup, stack)
    ]
    for opposing in rules.opposing:
        for place in lineup:
            if fits(place, Who(positions=opposing.positions)):
                n = count_of(lineup, Who(positions=opposing.against, opponents=(place.player["team_id"],)))
                if n > opposing.at_most:
                    faults.append(f"{n} players face {place.player['name']}")
    for key, least in (("game_id", rules.min_games), ("team_id", rules.min_teams)):
        found = Counter(p.player[key] for p in lineup if p.player[key] is not None)
        if least > 1 and (found or key == "team_id") and len(found) < least:  # in an event nobody may have a team
            faults.append(f"{len(found)} of {least} {key}")
    return faults + [fault for limit in rules.ownership for fault in _popularity(lineup, limit)]


def _popularity(lineup: Sequence[Place], limit: Ownership) -> list[str]:
    shares = [place.player["ownership"] or 0.0 for place in lineup]
    if limit.measure == "product":
        found = math.prod(max(share, 1e-4) for share in shares)
    else:
        found = sum(shares) / (len(shares) if limit.measure == "mean" and shares else 1)
    near = 1e-5 * max(abs(found), 1e-12) if limit.measure == "product" else 1e-5
    low = limit.at_least is not None and found < limit.at_least - near
    high = limit.at_most is not None and found > limit.at_most + near
    return [f"the {limit.measure} of ownership is {found:g}"] if low or high else []
