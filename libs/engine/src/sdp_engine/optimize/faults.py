"""What is wrong with a request, seen before anything is solved."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

import polars as pl
from sdp_sports.rules import BATTERS, Rules, StackRule, Who
from sdp_sports.spec import Contest, Stack

_Key = TypeVar("_Key", int, str)
_COLUMNS = {"order": "batting_order", "line": "line"}
"""What a stack reads of each player, beside the columns of POOL."""


class NoLineup(Exception):
    """No set of lineups satisfies the request; `rules` names, in words, rules that cannot all hold.

    Removing any one of them would let the search go on; none are named where neither a further lineup nor its absence
    was proven within the limit of work. `lineups` are those that `solve` had made by then, each exact. The shell
    turns this into its own `Infeasible`.
    """

    def __init__(self, message: str, rules: Sequence[str], lineups: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.rules = tuple(rules)
        self.lineups = tuple(lineups)


@dataclass(frozen=True)
class RuleFault:
    """One thing wrong with a request: the field of `Rules`, and what to do about it."""

    field: str
    message: str


def check_rules(
    rules: Rules, contest: Contest, pool: pl.DataFrame, stacks: Mapping[str, Stack]
) -> tuple[RuleFault, ...]:
    """Return everything wrong with a request that can be seen without solving.

    Args:
        rules: The request.
        contest: The contest's declaration.
        pool: A POOL frame.
        stacks: The stacks declared for the sport.
    """
    return tuple(
        RuleFault(field, message)
        for found in (
            _players(rules, contest, pool),
            _exposures(rules, contest),
            _salaries(rules, contest),
            _teams(rules, contest, pool),
            _stack(rules, stacks),
            _groups(rules, contest, pool),
            _opposing(rules, contest, pool),
            _stacks(rules, contest, pool),
            _spread(rules, contest, pool),
            _shares(rules, contest, pool),
        )
        for field, message in found
    )


_Found = Iterable[tuple[str, str]]


def _repeated(ids: Sequence[_Key]) -> list[_Key]:
    return [i for i, n in Counter(ids).items() if n > 1]


def _players(rules: Rules, contest: Contest, pool: pl.DataFrame) -> _Found:
    names = dict(zip(pool["draftable_id"].to_list(), pool["name"].to_list(), strict=True))
    asked = (
        ("locked", rules.locked),
        ("excluded", rules.excluded),
        ("exposures", tuple(e.draftable_id for e in rules.exposures)),
    )
    for field, ids in asked:
        for i in ids:
            if i not in names:
                yield field, f"draftable {i} is not in this slate's pool: no such player, or he has no projection"
        for i in _repeated(ids):
            yield field, f"draftable {i} is named twice"
    for i in sorted(set(rules.locked) & set(rules.excluded)):
        yield "locked", f"{names.get(i, i)} is both locked and excluded: choose one"
    size, locked = contest.roster_size, len(set(rules.locked))
    if locked > size:
        yield "locked", f"{locked} players are locked, a lineup holds {size}"
    elif rules.min_unique > size:
        yield "min_unique", f"two lineups cannot differ in {rules.min_unique} of {size} players"
    elif rules.lineups > 1 and rules.min_unique > size - locked:
        yield "min_unique", f"with {locked} locked, lineups cannot differ in {rules.min_unique} players"


def _exposures(rules: Rules, contest: Contest) -> _Found:
    for e in rules.exposures:
        if e.at_least > e.at_most:
            yield "exposures", f"draftable {e.draftable_id}: at least {e.at_least:g} is above at most {e.at_most:g}"
        elif rules.least(e.at_least) > rules.most(e.at_most):
            yield (
                "exposures",
                f"draftable {e.draftable_id}: of {rules.lineups} lineups, at least {rules.least(e.at_least)}"
                f" and at most {rules.most(e.at_most)} contradict each other after rounding",
            )
        if e.draftable_id in rules.locked and e.at_most < 1:
            yield "exposures", f"draftable {e.draftable_id} is locked: he cannot stand in at most {e.at_most:g}"
        if e.draftable_id in rules.excluded and e.at_least > 0:
            yield "exposures", f"draftable {e.draftable_id} is excluded: he cannot stand in at least {e.at_least:g}"
    demanded = sum(rules.least(e.at_least) for e in rules.exposures if e.draftable_id not in rules.locked)
    room = (contest.roster_size - len(set(rules.locked))) * rules.lineups
    if demanded > room >= 0:
        yield "exposures", f"the minima add up to {demanded} places, {rules.lineups} lineups have {room} to give"


def _salaries(rules: Rules, contest: Contest) -> _Found:
    cap = contest.salary_cap_usd
    floor, ceiling = rules.min_salary_usd, rules.max_salary_usd
    if floor is not None and floor > cap:
        yield "min_salary_usd", f"the floor of {floor} is above the contest's cap of {cap}"
    if floor is not None and ceiling is not None and floor > ceiling:
        yield "min_salary_usd", f"the floor of {floor} is above the ceiling of {ceiling}"


def _teams(rules: Rules, contest: Contest, pool: pl.DataFrame) -> _Found:
    known = set(pool["team_id"].to_list())
    for field, ids in (
        ("teams", [t.team_id for t in rules.teams]),
        ("team_exposures", [t.team_id for t in rules.team_exposures]),
    ):
        for key in ids:
            if key not in known:
                yield field, f"no player of {key} is in this slate's pool{meant(key, known)}"
        for key in _repeated(ids):
            yield field, f"{key} is named twice"
    for team in rules.team_exposures:
        if rules.least(team.at_least) > rules.most(team.at_most):
            yield "team_exposures", f"{team.team_id}: at least {team.at_least:g} is above at most {team.at_most:g}"
    for count in rules.teams:
        if count.at_most is not None and count.at_least > count.at_most:
            yield "teams", f"{count.team_id}: at least {count.at_least} is above at most {count.at_most}"
    if sum(t.at_least for t in rules.teams) > contest.roster_size:
        yield "teams", f"the minima add up to more than the {contest.roster_size} players of a lineup"
    if None not in known and rules.max_per_team is not None and rules.max_per_team * len(known) < contest.roster_size:
        yield "max_per_team", f"{rules.max_per_team} a team of {len(known)} teams do not fill a lineup"


def _stack(rules: Rules, stacks: Mapping[str, Stack]) -> _Found:
    if rules.stack is not None and rules.stack not in stacks:
        yield "stack", f"no stack {rules.stack!r}; declared: {', '.join(sorted(stacks)) or 'none'}"


def _groups(rules: Rules, contest: Contest, pool: pl.DataFrame) -> _Found:
    several = len({s.points_multiplier for s in contest.slots}) > 1
    for number, group in enumerate(rules.groups, 1):
        for who in filter(None, (group.who, group.given)):
            for fault in _who(who, pool, several=several):
                yield "groups", f"number {number}: {fault}"
        if group.at_most is not None and group.at_least > group.at_most:
            yield "groups", f"number {number}: at least {group.at_least} is above at most {group.at_most}"
        if group.at_least > contest.roster_size:
            yield "groups", f"number {number}: at least {group.at_least} of a lineup of {contest.roster_size}"
        if not group.at_least and group.at_most is None:
            yield "groups", f"number {number}: says neither at_least nor at_most"
    for number, limit in enumerate(rules.group_exposures, 1):
        for fault in _who(limit.who, pool, several=several):
            yield "group_exposures", f"number {number}: {fault}"
        if limit.at_least > limit.at_most or rules.least(limit.at_least) > rules.most(limit.at_most):
            yield "group_exposures", f"number {number}: at least {limit.at_least:g} is above at most {limit.at_most:g}"


def _opposing(rules: Rules, _contest: Contest, pool: pl.DataFrame) -> _Found:
    for number, opposing in enumerate(rules.opposing, 1):
        for position in (*opposing.positions, *opposing.against):
            if position not in _positions(pool):
                yield "opposing", f"number {number}: nobody in this pool plays {position}"


def _who(who: Who, pool: pl.DataFrame, *, several: bool) -> Iterable[str]:
    known = {
        "draftables": set(pool["draftable_id"].to_list()),
        "names": set(pool["name"].to_list()),
        "teams": set(pool["team_id"].to_list()),
        "opponents": set(pool["opponent_id"].to_list()),
        "games": set(pool["game_id"].to_list()),
        "positions": _positions(pool),
    }
    for field, values in known.items():
        for value in getattr(who, field):
            if value not in values:
                yield f"{field}: {value} is not in this slate's pool{meant(str(value), values)}"
    if who.captain is not None and not several:
        yield "captain: this contest has no captain"
    if not (
        who.draftables
        or who.names
        or who.teams
        or who.opponents
        or who.games
        or who.positions
        or who.captain is not None
    ):
        yield "who: names nobody"


def _positions(pool: pl.DataFrame) -> set[str]:
    return {p for text in pool["position"].to_list() for p in text.split("/")}


def _stacks(rules: Rules, contest: Contest, pool: pl.DataFrame) -> _Found:
    for number, stack in enumerate(rules.stacks, 1):
        where = f"number {number}: "
        if stack.of in _COLUMNS and _COLUMNS[stack.of] not in pool.columns:
            yield (
                "stacks",
                f"{where}the projections have no column {_COLUMNS[stack.of]!r}, which a stack of {stack.of} needs",
            )
        if sum(stack.sizes) + stack.opponents > contest.roster_size:
            yield "stacks", f"{where}holds more than the {contest.roster_size} players of a lineup"
        if stack.of == "game" and stack.opponents:
            yield "stacks", f"{where}a game has no opponents: ask for the players of a team instead"
        if stack.of == "order" and max(stack.sizes) > BATTERS:
            yield "stacks", f"{where}a batting order has {BATTERS} places"
        if stack.at_least > stack.at_most or rules.least(stack.at_least) > rules.most(stack.at_most):
            yield "stacks", f"{where}at least {stack.at_least:g} is above at most {stack.at_most:g}"
        if len(stack.sizes) > 1 and not _everywhere(stack):
            yield "stacks", f"{where}a stack of several sizes stands in every lineup: give its sizes one by one instead"
        for position in (*stack.positions, *stack.opponent_positions):
            if position not in _positions(pool):
                yield "stacks", f"{where}nobody in this pool plays {position}"
        for team in stack.teams:
            if team not in set(pool["team_id"].to_list()):
                teams = pool["team_id"].drop_nulls().to_list()
                yield "stacks", f"{where}no player of {team} is in this slate's pool{meant(team, teams)}"


def _spread(rules: Rules, contest: Contest, _pool: pl.DataFrame) -> _Found:
    """Tell stacks in every lineup that leave too few places for the games or teams that are asked for."""
    for number, stack in enumerate(rules.stacks, 1):
        others = contest.roster_size - sum(stack.sizes)
        if others < 0:  # too many players, which is told as that
            continue
        most = others + len(stack.sizes)
        for what, least in (("games", rules.min_games), ("teams", rules.min_teams if stack.of != "game" else 1)):
            if stack.at_least == 1 and least > most:
                yield "stacks", f"number {number}: leaves players of {most} {what} at most, not of {least}"


def _everywhere(stack: StackRule) -> bool:
    return stack.at_least == 1 == stack.at_most


def _shares(rules: Rules, contest: Contest, pool: pl.DataFrame) -> _Found:
    if rules.ownership and "ownership" not in pool.columns:
        yield "ownership", "the projections have no column 'ownership'"
    for limit in rules.ownership:
        if limit.at_least is None and limit.at_most is None:
            yield "ownership", f"the {limit.measure} has neither at_least nor at_most"
        elif limit.at_least is not None and limit.at_most is not None and limit.at_least > limit.at_most:
            yield "ownership", f"the {limit.measure}: at least {limit.at_least:g} is above at most {limit.at_most:g}"
        most = contest.roster_size if limit.measure == "sum" else 1
        for end in (limit.at_least, limit.at_most):
            if end is not None and end > most:
                yield "ownership", f"the {limit.measure} is of shares from 0 to 1: 120 % is 1.2, not {end:g}"


def meant(given: str, known: Iterable[object]) -> str:
    """Return a question after what may have been meant, empty where nothing is like it.

    >>> meant("buf", ["nfl:BUF", "nfl:KC"]), meant("Josh Alen", ["Josh Allen"]), meant("x", ["nfl:KC"])
    (': did you mean nfl:BUF?', ': did you mean Josh Allen?', '')
    """
    names = sorted({str(name) for name in known if name is not None})
    same = [name for name in names if name.rpartition(":")[2].lower() == given.lower()]
    near = same or get_close_matches(given, names, 1)
    return f": did you mean {near[0]}?" if near else ""
