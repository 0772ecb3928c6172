"""Slates: list, games, player pool, one player, and the import of a salary file."""

from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile, status

from sdp_api.deps import Caller, Database, SettingsDep
from sdp_api.errors import refusals
from sdp_api.schema import Limit, Offset
from sdp_api.slates import player as one
from sdp_api.slates import service
from sdp_api.slates.schemas import PlayerDetail, Pool, SlateDetail, SlateImportRead, SlatePage

router = APIRouter(prefix="/api/slates", tags=["slates"])
SetId = Annotated[int | None, Query(description="a projection set; the latest simulated one where left out")]
ContestKey = Annotated[str | None, Query(description="score by this declared contest instead of the slate's own")]


@router.get("", responses=refusals(401, 422))
def list_slates(
    _: Caller,
    database: Database,
    sport: Annotated[str | None, Query(description="code of a declared sport")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> SlatePage:
    """List slates, the latest lock first."""
    return service.page(database, sport=sport, limit=limit, offset=offset)


@router.post("/import", status_code=status.HTTP_202_ACCEPTED, responses=refusals(401, 413, 422, 503))
def import_slate(
    file: Annotated[UploadFile, File(description="a site's salary export (CSV)")],
    caller: Caller,
    database: Database,
    settings: SettingsDep,
) -> SlateImportRead:
    """Take a site's salary file; the run that reads it says which slate it became, or what is wrong with it."""
    return service.import_salaries(database, settings, caller.user.id, file)


@router.get("/{slate_id}", responses=refusals(401, 404, 422))
def read_slate(slate_id: int, _: Caller, database: Database) -> SlateDetail:
    """Read a slate with its games, lines, weather and what the latest simulation says of each game."""
    return service.detail(database, slate_id)


@router.get("/{slate_id}/players", responses=refusals(401, 404, 422))
def list_players(
    slate_id: int, caller: Caller, database: Database, set_id: SetId = None, contest: ContestKey = None
) -> Pool:
    """List the whole player pool of a slate under one projection set."""
    return service.pool(database, caller.user.id, slate_id, set_id=set_id, contest=contest)


@router.get("/{slate_id}/players/{draftable_id}", responses=refusals(401, 404, 422))
def read_player(
    slate_id: int,
    draftable_id: int,
    caller: Caller,
    database: Database,
    set_id: SetId = None,
    contest: ContestKey = None,
) -> PlayerDetail:
    """Read one player of a slate: every stat's distribution, its drivers, past games and, once known, the result."""
    return one.detail(database, caller.user.id, slate_id, draftable_id, set_id=set_id, contest=contest)
