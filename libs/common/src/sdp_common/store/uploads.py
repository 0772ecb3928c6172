"""Uploads: files a user brought, kept as they came, with what was made of them."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sdp_common.db.models.uploads import Upload
from sdp_common.errors import NotFound


def save_upload(
    session: Session,
    *,
    kind: str,
    filename: str,
    body: bytes,
    user_id: int | None = None,
    slate_id: int | None = None,
    status: str = "received",
    report: Mapping[str, Any] | None = None,
) -> int:
    """Keep a file and return its id.

    Args:
        session: Open session.
        kind: `salaries`, `projections`, `entries` or `standings`.
        filename: As the user's machine calls it; kept for people, never used as a path.
        body: The file's bytes.
        user_id: Whose it is; None through the command line.
        slate_id: The slate it is for, where known.
        status: `received`, `accepted` or `refused`.
        report: What was understood.
    """
    row = Upload(
        user_id=user_id,
        slate_id=slate_id,
        kind=kind,
        filename=filename[:255],
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
        status=status,
        report=dict(report or {}),
    )
    session.add(row)
    session.flush()
    return row.id


def upload(session: Session, upload_id: int, *, user_id: int | None = None) -> Upload:
    """Return an upload; only this user's, where given.

    Raises:
        NotFound: There is no such upload, or it is another user's.
    """
    found = session.get(Upload, upload_id)
    if found is None or (user_id is not None and found.user_id != user_id):
        raise NotFound(f"there is no upload {upload_id}")
    return found


def mappings(session: Session, user_id: int, *, most: int = 20) -> list[dict[str, str]]:
    """Return the column mappings of a user's projection files that were accepted, the newest first."""
    told = Upload.report["mapping"]
    query = (
        select(told)
        .where(Upload.user_id == user_id, Upload.kind == "projections", Upload.status == "accepted")
        .where(func.jsonb_typeof(told) == "object")
        .order_by(Upload.id.desc())
        .limit(most)
    )
    return [dict(one) for one in session.scalars(query)]


def settle_upload(
    session: Session, upload_id: int, *, status: str, report: Mapping[str, Any], slate_id: int | None = None
) -> None:
    """Note what came of a file: `accepted` or `refused`, why, and the slate it became.

    Raises:
        NotFound: There is no such upload.
    """
    values: dict[str, Any] = {"status": status, "report": dict(report)}
    if slate_id is not None:
        values["slate_id"] = slate_id
    changed = update(Upload).where(Upload.id == upload_id).values(values).returning(Upload.id)
    if session.scalar(changed) is None:
        raise NotFound(f"there is no upload {upload_id}")
