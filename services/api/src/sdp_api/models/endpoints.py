"""Models: list, read, promote, roll back."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse
from sdp_common.store import predictions

from sdp_api.deps import Admin, Caller, Database, SettingsDep
from sdp_api.errors import file_answer, refusals
from sdp_api.models import service
from sdp_api.models.schemas import ModelDetail, ModelPage, ReportRead, RollbackAsk
from sdp_api.schema import Limit, Offset

router = APIRouter(prefix="/api/models", tags=["models"])


@router.get("", responses=refusals(401, 422))
def list_models(
    _: Caller,
    database: Database,
    sport: Annotated[str, Query(description="of this sport")] = "nfl",
    market: Annotated[str | None, Query(description="of this market alone")] = None,
    limit: Limit = 200,
    offset: Offset = 0,
) -> ModelPage:
    """List the registered models, market by market, the one that speaks first."""
    return service.page(database, sport=sport, market=market, limit=limit, offset=offset)


@router.get("/reports", responses=refusals(401))
def list_model_reports(_: Caller, settings: SettingsDep) -> list[ReportRead]:
    """List the reports of finished back-tests, the newest first."""
    return service.reports(settings.artifacts_dir)


@router.get(
    "/reports/{name}", response_class=HTMLResponse, responses=file_answer("text/html") | refusals(401, 404, 422)
)
def read_model_report(
    name: Annotated[str, Path(pattern=r"^[0-9T]+-[0-9]+$")], _: Caller, settings: SettingsDep
) -> HTMLResponse:
    """Download a back-test's report: one page with tables and plots that fetches nothing."""
    saved = {"Content-Disposition": f'attachment; filename="backtest-{name}.html"'}
    return HTMLResponse(service.report(settings.artifacts_dir, name), headers=saved)


@router.get("/{model_id}", responses=refusals(401, 404, 422))
def read_model(model_id: int, _: Caller, database: Database) -> ModelDetail:
    """Read one model: its scores, its calibration, what it reads and what it was made with."""
    return service.detail(predictions.version(database, model_id))


@router.post("/{model_id}/promote", responses=refusals(401, 403, 404, 422))
def promote_model(model_id: int, _: Admin, database: Database) -> ModelDetail:
    """Let a model speak for its market from now on."""
    version = predictions.version(database, model_id)
    predictions.promote(database, version)
    return service.detail(version)


@router.post("/rollback", responses=refusals(401, 403, 404, 422))
def roll_back_model(body: RollbackAsk, _: Admin, database: Database) -> ModelDetail:
    """Let the model speak that spoke before the present one."""
    return service.detail(predictions.rollback(database, body.sport, body.market))
