"""Accounts on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest
from sdp_common.db.models.accounts import UserSession
from sdp_common.errors import Conflict, NotFound
from sdp_common.store import accounts
from sqlalchemy import func, select
from sqlalchemy.orm import Session

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def test_the_first_administrator_is_the_first_alone(session: Session) -> None:
    assert accounts.any_user(session) is False
    first = accounts.create_first_admin(session, "Ann", "hash")
    assert (first.username, first.is_admin, first.is_active) == ("ann", True, True)
    with pytest.raises(Conflict, match="exists already"):
        accounts.create_first_admin(session, "bob", "hash")


def test_names_are_one_in_any_case(session: Session) -> None:
    made = accounts.create_user(session, " Straße ", "hash")
    assert accounts.user_named(session, "STRASSE") is made
    with pytest.raises(Conflict, match="strasse"):
        accounts.create_user(session, "strasse", "hash")
    assert accounts.user_named(session, "nobody") is None
    with pytest.raises(NotFound):
        accounts.user(session, made.id + 1)


def test_a_session_is_good_until_it_expires_or_the_user_goes(session: Session) -> None:
    user = accounts.create_user(session, "ann", "hash")
    accounts.create_session(session, user.id, b"a" * 32, now=NOW, expires_at=LATER)
    found = accounts.session_access(session, b"a" * 32, NOW)
    assert found is not None
    assert (found.user.id, found.expires_at) == (user.id, LATER)
    assert accounts.session_access(session, b"a" * 32, LATER) is None
    assert accounts.session_access(session, b"b" * 32, NOW) is None
    user.is_active = False
    session.flush()
    assert accounts.session_access(session, b"a" * 32, NOW) is None


def test_a_new_session_sweeps_the_expired(session: Session) -> None:
    user = accounts.create_user(session, "ann", "hash")
    accounts.create_session(session, user.id, b"a" * 32, now=NOW, expires_at=LATER)
    accounts.create_session(session, user.id, b"b" * 32, now=LATER, expires_at=LATER + timedelta(days=1))
    assert session.scalars(select(UserSession.token_hash)).all() == [b"b" * 32]
    accounts.delete_session(session, b"b" * 32)
    assert session.scalar(select(func.count()).select_from(UserSession)) == 0


def test_a_token_notes_its_use_once_a_minute(session: Session) -> None:
    user = accounts.create_user(session, "ann", "hash")
    token = accounts.create_token(session, user.id, "script", b"t" * 32, expires_at=LATER)
    assert accounts.token_access(session, b"t" * 32, NOW) is not None
    accounts.token_access(session, b"t" * 32, NOW + timedelta(seconds=30))
    session.refresh(token)
    assert token.last_used_at == NOW
    accounts.token_access(session, b"t" * 32, NOW + timedelta(seconds=90))
    session.refresh(token)
    assert token.last_used_at == NOW + timedelta(seconds=90)
    assert accounts.token_access(session, b"t" * 32, LATER) is None


def test_a_token_is_its_owners(session: Session) -> None:
    ann, bob = (accounts.create_user(session, name, "hash") for name in ("ann", "bob"))
    token = accounts.create_token(session, ann.id, "script", b"t" * 32, expires_at=None)
    assert accounts.delete_token(session, bob.id, token.id) is False
    assert accounts.delete_token(session, ann.id, token.id) is True
    assert accounts.tokens(session, ann.id) == []


def test_a_password_set_or_an_account_closed_ends_every_way_in(session: Session) -> None:
    accounts.create_user(session, "root", "hash", is_admin=True)
    user = accounts.create_user(session, "ann", "hash")
    for change in ({"password_hash": "new"}, {"is_active": False}):
        accounts.create_session(session, user.id, b"a" * 32, now=NOW, expires_at=LATER)
        accounts.create_token(session, user.id, "script", b"t" * 32, expires_at=None)
        accounts.update_user(session, user.id, **change)
        assert accounts.session_access(session, b"a" * 32, NOW) is None
        assert accounts.token_access(session, b"t" * 32, NOW) is None
    assert user.password_hash == "new"


def test_one_session_may_be_kept(session: Session) -> None:
    user = accounts.create_user(session, "ann", "hash")
    for key in (b"a", b"b"):
        accounts.create_session(session, user.id, key * 32, now=NOW, expires_at=LATER)
    accounts.end_access(session, user.id, but=b"a" * 32)
    assert accounts.session_access(session, b"a" * 32, NOW) is not None
    assert accounts.session_access(session, b"b" * 32, NOW) is None


def test_an_administrator_always_remains(session: Session) -> None:
    one = accounts.create_user(session, "one", "hash", is_admin=True)
    for change in ({"is_admin": False}, {"is_active": False}):
        with pytest.raises(Conflict, match="last active administrator"):
            accounts.update_user(session, one.id, **change)
    two = accounts.create_user(session, "two", "hash", is_admin=True)
    accounts.update_user(session, one.id, is_admin=False)
    with pytest.raises(Conflict):
        accounts.update_user(session, two.id, is_active=False)
    assert [user.username for user in accounts.users(session)] == ["one", "two"]
