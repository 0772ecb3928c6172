"""Runs: what may be asked for, of what is the caller's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sdp_common.db.models.runs import Run
from sdp_common.db.models.slates import Slate
from sdp_common.errors import BadInput, Conflict, NotFound, Problem
from sdp_common.service import request
from sdp_common.store import predictions, runs, uploads
from sdp_common.store.screens import lineups, projections
from sdp_common.store.screens import runs as screen
from sdp_common.store.slates import draftables
from sdp_common.store.slates import slate as read_slate
from sdp_sports.rules import Rules
from sdp_sports.spec import load
from sqlalchemy.orm import Session

from sdp_api.runs.schemas import (
    BuildCreate,
    EnterCreate,
    GradeCreate,
    LateSwapCreate,
    OptimizeCreate,
    PortfolioCreate,
    PredictCreate,
    ProjectCreate,
    RunPage,
    RunRead,
    SettleCreate,
    SimulateContestCreate,
    SimulateCreate,
    WhatIfCreate,
)

MOST_OPEN = 25
"""How many of a user's runs may wait or run at once."""


def project(database: Session, user_id: int, body: ProjectCreate) -> RunRead:
    """Ask for a slate's projections, with models trained first where none may speak as of its moment."""
    slate = read_slate(database, body.slate_id)
    one = {"slate_id": slate.id}
    steps: list[dict[str, Any]] = [
        *_training(database, slate),
        {"service": "features", "job": "build_slate", "params": one},
        {"service": "inference", "job": "predict", "params": one},
        {"service": "sim-engine", "job": "simulate", "params": body.model_dump()},
    ]
    first = steps[0]
    return _ask(database, user_id, first["service"], first["job"], then=steps[1:], **first["params"])


def _training(database: Session, slate: Slate) -> list[dict[str, Any]]:
    """Return the work that gives every market a model which has seen nothing after the slate's moment."""
    moment = min(datetime.now(UTC), slate.starts_at)
    speechless = predictions.speechless(database, slate.sport, as_of=moment)
    if speechless == []:
        return []
    known = {"sport": slate.sport, "until": moment.isoformat()}
    return [
        {"service": "features", "job": "build", "params": known},
        {"service": "training", "job": "train", "params": known | ({"markets": speechless} if speechless else {})},
    ]


def build(database: Session, user_id: int, body: BuildCreate) -> RunRead:
    """Ask for a slate's features."""
    read_slate(database, body.slate_id)
    return _ask(database, user_id, "features", "build_slate", slate_id=body.slate_id)


def predict(database: Session, user_id: int, body: PredictCreate) -> RunRead:
    """Ask for a slate's predictions."""
    read_slate(database, body.slate_id)
    return _ask(database, user_id, "inference", "predict", slate_id=body.slate_id)


def simulate(database: Session, user_id: int, body: SimulateCreate) -> RunRead:
    """Ask for a simulation of a slate, or of points around one of the user's own projection sets.

    Raises:
        BadInput: The set is another slate's, or none that a user brought.
    """
    if body.projection_set_id is not None:
        _check_set(database, user_id, body.slate_id, body.projection_set_id)
        if projections.visible_set(database, user_id, body.projection_set_id).user_id is None:
            problem = Problem("is our own simulation already", column="projection_set_id")
            raise BadInput("choose projections that you uploaded", [problem])
        return _ask(database, user_id, "sim-engine", "simulate_around", **body.model_dump())
    read_slate(database, body.slate_id)
    return _ask(database, user_id, "sim-engine", "simulate", **body.model_dump(exclude={"projection_set_id"}))


def what_if(database: Session, user_id: int, body: WhatIfCreate) -> RunRead:
    """Ask what another assumption would change.

    Raises:
        BadInput: A player or a game is not of the slate, or nothing is assumed.
    """
    listed = draftables(database, read_slate(database, body.slate_id).id)
    games = set(listed["game_id"].drop_nulls().to_list())
    known = set(listed.filter(listed["player_id"].is_not_null())["id"].to_list())
    problems = [
        Problem(f"{draftable}: no player of this slate (a defence, or who is not matched, cannot be out)", column="out")
        for draftable in sorted(set(body.out) - known)
    ] + [
        Problem(f"{game}: not a game of this slate; its games are {', '.join(sorted(games))}", column=column)
        for column, told in (("lines", body.lines), ("wind_mph", body.wind_mph))
        for game in sorted(set(told) - games)
    ]
    if problems:
        raise BadInput("a scenario is of its own slate's players and games", problems)
    if not (body.out or body.lines or body.wind_mph):
        raise BadInput("nothing is assumed: name who is out, a line or the wind")
    return _ask(database, user_id, "sim-engine", "what_if", **body.model_dump(mode="json"))


def optimize(database: Session, user_id: int, body: OptimizeCreate) -> RunRead:
    """Ask for lineups of a slate from a projection set that the user may see.

    Raises:
        BadInput: The stack is not declared, or the set belongs to another slate.
    """
    _check_built_on(database, user_id, body)
    return _ask(database, user_id, "optimizer", "optimize", **body.model_dump(mode="json"))


def portfolio(database: Session, user_id: int, body: PortfolioCreate) -> RunRead:
    """Ask for the lineups of a slate that win most together in a contest.

    Raises:
        BadInput: The stack is not declared, or the set belongs to another slate.
    """
    _check_built_on(database, user_id, body)
    return _ask(database, user_id, "optimizer", "portfolio", **body.model_dump(mode="json"))


def late_swap(database: Session, user_id: int, body: LateSwapCreate) -> RunRead:
    """Ask for the late swap of one of the user's entries files.

    Raises:
        NotFound: There is no such file of his.
        BadInput: The stack is not declared, or the set belongs to another slate.
    """
    uploads.upload(database, body.upload_id, user_id=user_id)
    _check_built_on(database, user_id, body)
    return _ask(database, user_id, "optimizer", "late_swap", **body.model_dump(mode="json"))


def enter(database: Session, user_id: int, body: EnterCreate) -> RunRead:
    """Ask for the entries of one of the user's files to be filled.

    Raises:
        NotFound: There is no such file of his.
        BadInput: A stack is not declared, or the set belongs to another slate.
    """
    uploads.upload(database, body.upload_id, user_id=user_id)
    entering = body.entering
    slate = _check_set(database, user_id, body.slate_id, body.projection_set_id)
    _check_stack(slate, entering.rules, "entering.rules.stack")
    for number, one in enumerate(entering.contests):
        _check_stack(slate, one.rules, f"entering.contests.{number}.rules.stack")
    told = body.model_dump(mode="json", exclude={"entering"})
    # A contest's rules replace the common ones where they are given: what is left out must stay so.
    asked = entering.model_dump(mode="json", exclude_unset=True)
    return _ask(database, user_id, "optimizer", "enter", **told, entering=asked)


def _check_built_on(database: Session, user_id: int, body: OptimizeCreate | PortfolioCreate | LateSwapCreate) -> None:
    """Refuse a set of another slate, and a stack that is not declared."""
    slate = _check_set(database, user_id, body.slate_id, body.projection_set_id)
    _check_stack(slate, body.rules, "rules.stack")


def _check_stack(slate: Slate, rules: Rules, column: str) -> None:
    stacks = load(slate.sport).stacks
    if rules.stack is not None and rules.stack not in stacks:
        raise BadInput(
            f"there is no stack {rules.stack}", [Problem(f"choose one of {', '.join(stacks)}", column=column)]
        )


def _check_set(database: Session, user_id: int, slate_id: int, set_id: int) -> Slate:
    """Return the slate; refuse a set of another one, and a set that the user may not see."""
    slate = read_slate(database, slate_id)
    chosen = projections.visible_set(database, user_id, set_id)
    if chosen.slate_id != slate.id:
        problem = Problem(f"belongs to slate {chosen.slate_id}", column="projection_set_id")
        raise BadInput("the projection set is not of this slate", [problem])
    return slate


def simulate_contest(database: Session, user_id: int, body: SimulateContestCreate) -> RunRead:
    """Ask for one of the user's lineup sets to be entered into a contest."""
    if not lineups.sets(database, user_id, set_id=body.lineup_set_id):
        raise NotFound(f"there is no lineup set {body.lineup_set_id}")
    return _ask(database, user_id, "sim-engine", "simulate_contest", **body.model_dump(mode="json"))


def grade(database: Session, user_id: int, body: GradeCreate) -> RunRead:
    """Ask for projections, field model and lineups to be scored by one of the user's standings files.

    Raises:
        NotFound: There is no such file, projection set or lineup set of his.
        BadInput: The projection set or the lineups are another slate's.
    """
    uploads.upload(database, body.upload_id, user_id=user_id)
    _check_set(database, user_id, body.slate_id, body.projection_set_id)
    if body.lineup_set_id is not None:
        found = lineups.sets(database, user_id, set_id=body.lineup_set_id)
        if not found:
            raise NotFound(f"there is no lineup set {body.lineup_set_id}")
        if found[0][0].slate_id != body.slate_id:
            problem = Problem(f"belongs to slate {found[0][0].slate_id}", column="lineup_set_id")
            raise BadInput("the lineups are not of this slate", [problem])
    return _ask(database, user_id, "sim-engine", "grade_contest", **body.model_dump(mode="json"))


def settle(database: Session, user_id: int, body: SettleCreate) -> RunRead:
    """Ask for one of the user's lineup sets to be settled."""
    if not lineups.sets(database, user_id, set_id=body.lineup_set_id):
        raise NotFound(f"there is no lineup set {body.lineup_set_id}")
    return _ask(database, user_id, "optimizer", "settle", lineup_set_id=body.lineup_set_id)


def page(
    database: Session, user_id: int, *, slate_id: int | None, status: str | None, limit: int, offset: int
) -> RunPage:
    """Return a page of the user's runs."""
    found, total = screen.page(database, user_id, slate_id=slate_id, status=status, limit=limit, offset=offset)
    return RunPage(items=[read(row) for row in found], total=total, limit=limit, offset=offset)


def run(database: Session, user_id: int, run_id: int) -> RunRead:
    """Return one of the user's runs."""
    return read(runs.run(database, run_id, user_id=user_id))


def cancel(database: Session, user_id: int, run_id: int) -> RunRead:
    """Ask one of the user's runs to stop."""
    return read(runs.cancel(database, run_id, user_id=user_id))


def read(row: Run) -> RunRead:
    """Return a run as it is seen from outside."""
    following = row.then or []
    told = [row.params, row.result or {}, *(piece["params"] for piece in following)]
    derived = {
        "slate_id": next((one["slate_id"] for one in told if "slate_id" in one), None),
        "remaining": len(following),
    }
    stored = {name: getattr(row, name) for name in RunRead.model_fields if name not in derived}
    return RunRead.model_validate(stored | derived)


def _ask(
    database: Session, user_id: int, service: str, job: str, *, then: Sequence[Mapping[str, Any]] = (), **params: Any
) -> RunRead:
    """Queue a run for the user.

    Raises:
        Conflict: He has too many under way.
    """
    waiting = sum(screen.page(database, user_id, status=status, limit=1)[1] for status in runs.OPEN)
    if waiting >= MOST_OPEN:
        raise Conflict(f"{waiting} of your runs are under way: wait for one to end, or cancel it")
    run_id = request(database, service, job, user_id=user_id, then=then, **params)
    return run(database, user_id, run_id)
