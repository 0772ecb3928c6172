"""Lineups: the optimizer's answers, their exposures and the site's upload file."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from sdp_api.deps import Caller, Database
from sdp_api.errors import file_answer, refusals
from sdp_api.lineups import service
from sdp_api.lineups.schemas import LineupSetDetail, LineupSetRead

router = APIRouter(prefix="/api", tags=["lineups"])
Part = Annotated[int | None, Query(ge=1, le=500, description="which part of a set too large for one file, from 1")]


@router.get("/slates/{slate_id}/lineup-sets", responses=refusals(401, 404, 422))
def list_lineup_sets(slate_id: int, caller: Caller, database: Database) -> list[LineupSetRead]:
    """List the caller's lineup sets of a slate, the newest first."""
    return service.sets(database, caller.user.id, slate_id)


@router.get("/lineup-sets/{set_id}", responses=refusals(401, 404, 422))
def read_lineup_set(set_id: int, caller: Caller, database: Database) -> LineupSetDetail:
    """Read a lineup set: every lineup slot by slot, and the exposures."""
    return service.detail(database, caller.user.id, set_id)


@router.get(
    "/lineup-sets/{set_id}/upload.csv",
    response_class=Response,
    responses=refusals(401, 404, 409, 422) | file_answer("text/csv"),
)
def download_lineup_set(set_id: int, caller: Caller, database: Database, part: Part = None) -> Response:
    """Download the lineups in the site's own upload format; modelled salaries are named in file name and content.

    A set larger than the site takes in one file is downloaded in parts.
    """
    filename, text = service.upload(database, caller.user.id, set_id, part)
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get(
    "/lineup-sets/{set_id}/lineups.csv",
    response_class=Response,
    responses=refusals(401, 404, 422) | file_answer("text/csv"),
)
def list_lineup_set(set_id: int, caller: Caller, database: Database) -> Response:
    """Download every lineup as plain CSV, for people and other programs; the same as JSON is the set itself."""
    filename, text = service.listing(database, caller.user.id, set_id)
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.delete("/lineup-sets/{set_id}", status_code=status.HTTP_204_NO_CONTENT, responses=refusals(401, 404, 422))
def delete_lineup_set(set_id: int, caller: Caller, database: Database) -> None:
    """Delete one of the caller's lineup sets."""
    service.delete(database, caller.user.id, set_id)
