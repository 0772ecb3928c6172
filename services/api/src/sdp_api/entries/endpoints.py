"""Entries: upload a site's entries file, see what is locked, and download it with new lineups."""

from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile, status

from sdp_api.deps import Caller, Database, SettingsDep
from sdp_api.entries import service
from sdp_api.entries.schemas import EntriesRead
from sdp_api.errors import file_answer, refusals

router = APIRouter(prefix="/api", tags=["entries"])


@router.post("/slates/{slate_id}/entries", status_code=status.HTTP_201_CREATED, responses=refusals(401, 404, 413, 422))
def upload_entries(
    slate_id: int,
    file: Annotated[UploadFile, File(description="the site's entries file, as downloaded")],
    caller: Caller,
    database: Database,
    settings: SettingsDep,
) -> EntriesRead:
    """Keep an entries file and say who of it is locked: he has started, or the site says so."""
    return service.upload(database, settings, caller.user.id, slate_id, file)


@router.get(
    "/entries/{upload_id}/entries.csv",
    response_class=Response,
    responses=refusals(401, 404, 409, 422) | file_answer("text/csv"),
)
def download_entries(upload_id: int, caller: Caller, database: Database) -> Response:
    """Download an entries file: one that was uploaded, or what a late swap made of it."""
    filename, body = service.file_of(database, caller.user.id, upload_id)
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)
