"""Uploads on a real PostgreSQL."""

import hashlib

import pytest
from sdp_common.errors import NotFound
from sdp_common.store import accounts, uploads
from sqlalchemy.orm import Session


def test_a_file_is_kept_as_it_came(session: Session) -> None:
    upload_id = uploads.save_upload(session, kind="salaries", filename="x" * 300, body=b"a,b\r\n\xff")
    found = uploads.upload(session, upload_id)
    assert found.body == b"a,b\r\n\xff"
    assert found.sha256 == hashlib.sha256(b"a,b\r\n\xff").hexdigest()
    assert (found.status, found.report, len(found.filename), found.user_id) == ("received", {}, 255, None)


def test_a_file_is_its_owners(session: Session) -> None:
    ann, bob = (accounts.create_user(session, name, "hash") for name in ("ann", "bob"))
    upload_id = uploads.save_upload(session, kind="projections", filename="f", body=b"x", user_id=ann.id)
    assert uploads.upload(session, upload_id, user_id=ann.id).id == upload_id
    for user_id, wanted in ((bob.id, upload_id), (ann.id, upload_id + 1)):
        with pytest.raises(NotFound):
            uploads.upload(session, wanted, user_id=user_id)


def test_what_came_of_it_is_noted(session: Session) -> None:
    upload_id = uploads.save_upload(session, kind="salaries", filename="f", body=b"x")
    uploads.settle_upload(session, upload_id, status="refused", report={"problems": [{"row": 2}]})
    found = uploads.upload(session, upload_id)
    session.refresh(found)
    assert (found.status, found.report, found.slate_id) == ("refused", {"problems": [{"row": 2}]}, None)
    with pytest.raises(NotFound):
        uploads.settle_upload(session, upload_id + 1, status="accepted", report={})
