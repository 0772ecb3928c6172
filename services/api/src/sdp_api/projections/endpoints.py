"""Projection sets: list, upload one's own, template, delete."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile, status
from sdp_common.errors import NotFound
from sdp_common.store.screens import projections

from sdp_api.deps import Caller, Database, SettingsDep
from sdp_api.errors import file_answer, refusals
from sdp_api.projections import service
from sdp_api.projections.schemas import ProjectionSetRead, ProjectionUploadRead

router = APIRouter(prefix="/api", tags=["projections"])


@router.get("/slates/{slate_id}/projection-sets", responses=refusals(401, 404, 422))
def list_projection_sets(slate_id: int, caller: Caller, database: Database) -> list[ProjectionSetRead]:
    """List the projection sets of a slate, ours and the caller's own, the newest first."""
    return service.sets(database, caller.user.id, slate_id)


@router.post(
    "/slates/{slate_id}/projections",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(401, 404, 413, 422),
)
def upload_projections(
    slate_id: int,
    file: Annotated[UploadFile, File(description="CSV with a column of names or ids and a column of points")],
    caller: Caller,
    database: Database,
    settings: SettingsDep,
    name: Annotated[
        str | None, Form(max_length=100, description="what to call the set; the file's name if none")
    ] = None,
    mapping: Annotated[
        str | None,
        Form(
            max_length=2000,
            description='our columns to the file\'s, where they are not recognised: {"points": "Median"}',
        ),
    ] = None,
) -> ProjectionUploadRead:
    """Take the caller's own projections; where any row is wrong, none, with every fault named.

    Rows that name nobody of the slate are left out and told of; where all do, the file is refused.

    A mapping is remembered: the caller's next file that has its columns is read the same way without one.
    """
    return service.upload(database, settings, caller.user.id, slate_id, file, name, mapping)


@router.get(
    "/slates/{slate_id}/projections/template.csv",
    response_class=Response,
    responses=refusals(401, 404, 422) | file_answer("text/csv"),
)
def download_projection_template(slate_id: int, caller: Caller, database: Database) -> Response:
    """Download the slate's players as a file that `upload_projections` reads back once the points are filled in."""
    filename, text = service.template(database, caller.user.id, slate_id)
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.delete(
    "/projection-sets/{set_id}", status_code=status.HTTP_204_NO_CONTENT, responses=refusals(401, 404, 409, 422)
)
def delete_projection_set(set_id: int, caller: Caller, database: Database) -> None:
    """Delete one of the caller's own projection sets with the lineups built from it."""
    if not projections.delete_set(database, caller.user.id, set_id):
        raise NotFound(f"there is no projection set {set_id} of yours")
