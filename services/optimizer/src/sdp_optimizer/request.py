"""A request for lineups: read from the store, and refused field by field where it cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from pydantic import ValidationError
from sdp_common.errors import BadInput, Conflict, NotFound, Problem
from sdp_common.store import projections, runs, slates
from sdp_engine.optimize.faults import check_rules
from sdp_sports.rules import Rules
from sdp_sports.spec import Contest, Stack, load
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Request:
    """A checked request: what is to be drafted, under which rules, for whom.

    Attributes:
        user_id: For whom.
        sport: Code of the slate's sport.
        contest, stacks: The slate's declared contest, and its sport's stacks.
        stat: The stat that is the contest's fantasy points.
        pool: POOL frame; `points` are the projection set's for the contest.
        starts: When each game of the slate starts.
        rules: As asked, checked.
    """

    slate_id: int
    projection_set_id: int
    user_id: int
    sport: str
    contest: Contest
    stacks: Mapping[str, Stack]
    stat: str
    pool: pl.DataFrame
    starts: Mapping[str, datetime]
    rules: Rules


def read_rules(given: Mapping[str, Any]) -> Rules:
    """Return the rules of a request.

    Raises:
        BadInput: Names every field that cannot be read as what it should be.
    """
    try:
        return Rules.model_validate(dict(given))
    except ValidationError as error:
        problems = [Problem(e["msg"], column=_field(*e["loc"])) for e in error.errors()]
        raise _refusal(problems) from error


def read(session: Session, run_id: int, slate_id: int, projection_set_id: int, rules: Rules) -> Request:
    """Return a request with everything it needs.

    Raises:
        NotFound: There is no such slate, or no such projection set of it that this user may see.
        BadInput: The run belongs to nobody, or a rule names something unknown or contradicts another.
        Conflict: The slate's contest is not declared, or nothing of it may be drafted.
    """
    user_id = owner(session, run_id)
    slate = slates.slate(session, slate_id)
    if projections.projection_set(session, projection_set_id).user_id not in (None, user_id):
        raise NotFound(f"there is no projection set {projection_set_id}")
    sport = load(slate.sport)
    if slate.contest not in sport.contests:
        raise Conflict(f"slate {slate_id} is of {slate.contest}, which is not a declared contest of {sport.name}")
    contest = sport.contests[slate.contest]
    pool = projections.pool(session, slate_id, projection_set_id, f"{slate.contest}_points")
    if pool.is_empty():
        raise Conflict(f"slate {slate_id} has nobody who may be drafted")
    if faults := check_rules(rules, contest, pool, sport.stacks):
        raise _refusal([Problem(f.message, column=_field(f.field)) for f in faults])
    starts = slates.starts(session, slate_id)
    stat = f"{slate.contest}_points"
    return Request(slate_id, projection_set_id, user_id, slate.sport, contest, sport.stacks, stat, pool, starts, rules)


def owner(session: Session, run_id: int) -> int:
    """Return the user for whom a run was asked.

    Raises:
        BadInput: It was asked for nobody.
    """
    user_id = runs.run(session, run_id).user_id
    if user_id is None:
        raise BadInput("lineups belong to a user: ask for them through the API or the sdp command")
    return user_id


def _field(*parts: object) -> str:
    return ".".join(["rules", *(str(p) for p in parts)])


def _refusal(problems: list[Problem]) -> BadInput:
    listed = "; ".join(f"{p.column}: {p.message}" for p in problems)
    return BadInput(f"the rules cannot be used: {listed}", problems)
