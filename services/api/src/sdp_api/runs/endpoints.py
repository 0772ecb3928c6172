"""Runs: ask for work, see it, follow it, stop it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, status
from fastapi.responses import StreamingResponse

from sdp_api.deps import Caller, Database
from sdp_api.errors import refusals
from sdp_api.runs import events, service
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
    RunStatus,
    SettleCreate,
    SimulateContestCreate,
    SimulateCreate,
    WhatIfCreate,
)
from sdp_api.schema import Limit, Offset

router = APIRouter(prefix="/api/runs", tags=["runs"])


@router.post("/project", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_project_run(body: ProjectCreate, caller: Caller, database: Database) -> RunRead:
    """Ask for a slate's projections from the facts up: models where none may speak, features, predictions, draws."""
    return service.project(database, caller.user.id, body)


@router.post("/build", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_build_run(body: BuildCreate, caller: Caller, database: Database) -> RunRead:
    """Ask for the features of a slate's players (first step to projections of an imported slate)."""
    return service.build(database, caller.user.id, body)


@router.post("/predict", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_predict_run(body: PredictCreate, caller: Caller, database: Database) -> RunRead:
    """Ask for predictions of a slate's players (second step)."""
    return service.predict(database, caller.user.id, body)


@router.post("/simulate", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_simulate_run(body: SimulateCreate, caller: Caller, database: Database) -> RunRead:
    """Ask for a joint simulation of a slate's games (third step: projections)."""
    return service.simulate(database, caller.user.id, body)


@router.post("/what-if", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_what_if_run(body: WhatIfCreate, caller: Caller, database: Database) -> RunRead:
    """Ask what another assumption would change: somebody out, another line, another wind."""
    return service.what_if(database, caller.user.id, body)


@router.post("/optimize", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_optimize_run(body: OptimizeCreate, caller: Caller, database: Database) -> RunRead:
    """Ask for lineups."""
    return service.optimize(database, caller.user.id, body)


@router.post("/portfolio", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_portfolio_run(body: PortfolioCreate, caller: Caller, database: Database) -> RunRead:
    """Ask for the lineups that win most together in a contest."""
    return service.portfolio(database, caller.user.id, body)


@router.post("/late-swap", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_late_swap_run(body: LateSwapCreate, caller: Caller, database: Database) -> RunRead:
    """Ask for the late swap of an uploaded entries file."""
    return service.late_swap(database, caller.user.id, body)


@router.post("/enter", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_enter_run(body: EnterCreate, caller: Caller, database: Database) -> RunRead:
    """Ask for the entries of an uploaded file to be filled, each contest by its own rules."""
    return service.enter(database, caller.user.id, body)


@router.post("/simulate-contest", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_contest_run(body: SimulateContestCreate, caller: Caller, database: Database) -> RunRead:
    """Ask what a lineup set may win in a contest."""
    return service.simulate_contest(database, caller.user.id, body)


@router.post("/grade", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_grade_run(body: GradeCreate, caller: Caller, database: Database) -> RunRead:
    """Ask how projections, field model and lineups did in a finished contest."""
    return service.grade(database, caller.user.id, body)


@router.post("/settle", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def create_settle_run(body: SettleCreate, caller: Caller, database: Database) -> RunRead:
    """Ask for a lineup set to be settled against what happened."""
    return service.settle(database, caller.user.id, body)


@router.get("", responses=refusals(401, 422))
def list_runs(
    caller: Caller,
    database: Database,
    slate_id: Annotated[int | None, Query(description="of this slate alone")] = None,
    status: Annotated[RunStatus | None, Query(description="in this state alone")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> RunPage:
    """List the caller's runs, the newest first."""
    return service.page(database, caller.user.id, slate_id=slate_id, status=status, limit=limit, offset=offset)


@router.get("/{run_id}", responses=refusals(401, 404, 422))
def read_run(run_id: int, caller: Caller, database: Database) -> RunRead:
    """Read one run."""
    return service.run(database, caller.user.id, run_id)


@router.delete("/{run_id}", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 404, 409, 422))
def cancel_run(run_id: int, caller: Caller, database: Database) -> RunRead:
    """Ask a run to stop; a queued one never starts. A run that has ended is refused."""
    return service.cancel(database, caller.user.id, run_id)


@router.get(
    "/{run_id}/events",
    response_class=StreamingResponse,
    responses=refusals(401, 404, 422)
    | {
        200: {
            "description": "Server-sent events: `event: run` with a RunRead as data at once and at each change; "
            "the stream ends when the run does.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def stream_run(run_id: int, request: Request, caller: Caller) -> StreamingResponse:
    """Follow a run until it ends."""
    return await events.stream(request, caller.user.id, run_id)
