"""What a user may ask of a set of lineups, and what is wrong with a request before anything is solved."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, TypeVar

import polars as pl
from pydantic import BaseModel, ConfigDict, Field
from sdp_sports.spec import Contest, Stack

DEFENCE = "DST"
"""The position of a team's defence."""

_Key = TypeVar("_Key", int, str)
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    """Frozen, and unknown keys are refused: a misspelt rule must not be silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PlayerExposure(_Part):
    """In how many of the lineups a draftable may stand, as shares of all of them."""

    draftable_id: int
    at_least: Share = 0.0
    at_most: Share = 1.0


class TeamExposure(_Part):
    """In how many of the lineups any player of a team may stand, as a share of all of them."""

    team_id: str
    at_most: Share


class TeamCount(_Part):
    """How many players of a team every lineup holds."""

    team_id: str
    at_least: int = Field(0, ge=0)
    at_most: int | None = Field(None, ge=0)


class Rules(_Part):
    """What every lineup and the whole set must satisfy, beside the contest's own rules.

    Attributes:
        lineups: How many lineups to build.
        locked: Draftables that stand in every lineup; no exposure limit applies to them.
        excluded: Draftables that stand in none.
        max_exposure: The largest share of the lineups that any other draftable may stand in.
        exposures: The same for single draftables, with a minimum; replaces `max_exposure` for them.
        team_exposures: The largest share of the lineups that hold any player of a team.
        min_unique: How many players any two lineups differ in.
        min_salary_usd: What a lineup costs at least.
        max_salary_usd: What a lineup costs at most, where less than the contest's cap.
        stack: Key of a declared stack. Every lineup holds an anchor, and every anchor its companions.
        teams: How many players of single teams every lineup holds.
        max_per_team: How many players of any one team a lineup holds at most, where less than the contest's.
        no_defence_against_own_offence: No lineup holds a defence and a player who faces it.
    """

    lineups: int = Field(20, ge=1, le=500)
    locked: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    max_exposure: Annotated[float, Field(gt=0, le=1)] = 1.0
    exposures: tuple[PlayerExposure, ...] = ()
    team_exposures: tuple[TeamExposure, ...] = ()
    min_unique: int = Field(1, ge=1)
    min_salary_usd: int | None = Field(None, ge=0)
    max_salary_usd: int | None = Field(None, ge=0)
    stack: str | None = None
    teams: tuple[TeamCount, ...] = ()
    max_per_team: int | None = Field(None, ge=1)
    no_defence_against_own_offence: bool = False

    def most(self, share: float) -> int:
        """Return how many lineups a share allows: rounded down, but one where it is above zero."""
        allowed = math.floor(_exact(share) * self.lineups)
        return max(1, allowed) if share > 0 else 0

    def least(self, share: float) -> int:
        """Return how many lineups a share demands: rounded up."""
        return math.ceil(_exact(share) * self.lineups)

    def cap(self, draftable_id: int) -> int:
        """Return in how many lineups a draftable may stand."""
        if draftable_id in self.locked:
            return self.lineups
        share = next((e.at_most for e in self.exposures if e.draftable_id == draftable_id), self.max_exposure)
        return self.most(share)


def _exact(share: float) -> Fraction:
    """Return the share as it is written: 0.29 of 100 is 29, not 28.999999999999996."""
    return Fraction(repr(share))


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
        for team in ids:
            if team not in known:
                yield field, f"no player of {team} is in this slate's pool"
        for team in _repeated(ids):
            yield field, f"{team} is named twice"
    for count in rules.teams:
        if count.at_most is not None and count.at_least > count.at_most:
            yield "teams", f"{count.team_id}: at least {count.at_least} is above at most {count.at_most}"
    if sum(t.at_least for t in rules.teams) > contest.roster_size:
        yield "teams", f"the minima add up to more than the {contest.roster_size} players of a lineup"
    if rules.max_per_team is not None and rules.max_per_team * len(known) < contest.roster_size:
        yield "max_per_team", f"{rules.max_per_team} a team of {len(known)} teams do not fill a lineup"


def _stack(rules: Rules, stacks: Mapping[str, Stack]) -> _Found:
    if rules.stack is not None and rules.stack not in stacks:
        yield "stack", f"no stack {rules.stack!r}; declared: {', '.join(sorted(stacks)) or 'none'}"
