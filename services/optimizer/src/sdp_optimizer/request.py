"""A request for lineups: read from the store, and refused field by field where it cannot be used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from pydantic import ValidationError
from sdp_common.errors import BadInput, Conflict, NotFound, Problem
from sdp_common.store import projections, runs, slates
from sdp_engine.contest import habits
from sdp_engine.contest.field import Crowd
from sdp_engine.optimize.faults import check_rules
from sdp_sports.rules import Rules
from sdp_sports.spec import QUANTILES, Contest, Stack, load
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
        projected: Points of draftables as the set projects them, whatever is maximised.
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
    projected: Mapping[int, float]


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


def read(
    session: Session,
    run_id: int,
    slate_id: int,
    projection_set_id: int,
    rules: Rules,
    *,
    column: str | None = None,
    columns: Sequence[str] = (),
) -> Request:
    """Return a request with everything it needs.

    Args:
        session: The database.
        run_id: The run, which says for whom.
        slate_id: The slate.
        projection_set_id: A set of the slate that says `<contest>_points`.
        rules: As asked.
        column: A column of the user's own that is to be maximised; who has no number in it is left out.
        columns: Columns of the user's own that are wanted as they are.

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
    projected = dict(pool.select("draftable_id", "points").iter_rows())
    told = projections.told_besides(session, projection_set_id)
    pool = _with_ownership(pool, told.get(projections.OWNERSHIP, {}), rules, contest, slate.sport)
    pool = _with_columns(pool, told, [*columns, *([] if column is None else [column])])
    if column is not None:
        pool = pool.filter(pl.col(column).is_not_null()).with_columns(points=pl.col(column))
    if faults := check_rules(rules, contest, pool, sport.stacks):
        raise _refusal([Problem(f.message, column=_field(f.field)) for f in faults])
    starts = slates.starts(session, slate_id)
    stat = f"{slate.contest}_points"
    return Request(
        slate_id, projection_set_id, user_id, slate.sport, contest, sport.stacks, stat, pool, starts, rules, projected
    )


def _with_ownership(
    pool: pl.DataFrame, told: Mapping[int, float], rules: Rules, contest: Contest, sport: str
) -> pl.DataFrame:
    """Add the expected ownership that a set tells of; where rules need it and none does, that of the field's model."""
    if told:
        column = pl.col("draftable_id").replace_strict(dict(told), default=None, return_dtype=pl.Float64)
        return pool.with_columns(ownership=column)
    if not rules.ownership:
        return pool
    try:
        share = Crowd(contest, pool, habits.load(f"{sport}_{contest.mode}")).ownership()
    except ValueError as error:
        raise Conflict(f"nobody says how popular players are, and it cannot be told: {error}") from error
    return pool.with_columns(ownership=pl.Series(share, dtype=pl.Float64))


def _with_columns(pool: pl.DataFrame, told: Mapping[str, Mapping[int, float]], columns: Sequence[str]) -> pl.DataFrame:
    """Add what a set tells of batting orders and lines, and some of the user's own columns.

    Raises:
        BadInput: There is no such column.
    """
    known = {name.removeprefix(projections.COLUMN): values for name, values in told.items()}
    own = sorted(name.removeprefix(projections.COLUMN) for name in told if name.startswith(projections.COLUMN))
    if missing := [name for name in columns if name not in own]:
        has = f"they have {', '.join(own)}" if own else "they have none of their own"
        raise BadInput(
            f"the projections have no column {missing[0]!r}: {has}", [Problem("no such column", column="column")]
        )
    for name in (projections.BATTING_ORDER, projections.LINE, *columns):
        if name in known:
            values = pl.col("draftable_id").replace_strict(dict(known[name]), default=None, return_dtype=pl.Float64)
            pool = pool.with_columns(values.cast(pl.Float64 if name in columns else pl.Int64).alias(name))
    return pool


def read_quantiles(session: Session, request: Request, quantile: float) -> dict[int, float]:
    """Return the quantile of every draftable's points, by draftable.

    Raises:
        BadInput: It is no quantile, or the set knows means alone.
    """
    if not 0 < quantile < 1:
        raise BadInput(f"quantile is {quantile:g}: choose one between 0 and 1, such as 0.8")
    told = projections.projections(session, request.projection_set_id).filter(pl.col("stat") == request.stat)
    known = told.filter(pl.col("quantiles").is_not_null())
    if known.is_empty():
        raise BadInput(
            "these projections are means alone and have no quantiles: build for points, or simulate the slate"
        )
    return {
        draftable: float(np.interp(quantile, QUANTILES, quantiles))
        for draftable, quantiles in known.select("draftable_id", "quantiles").iter_rows()
    }


def at_quantile(request: Request, told: Mapping[int, float]) -> Request:
    """Return the request with what `read_quantiles` tells of every player as his points."""
    column = pl.col("draftable_id").replace_strict(dict(told), default=0.0, return_dtype=pl.Float64)
    return replace(request, pool=request.pool.with_columns(points=column))


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
