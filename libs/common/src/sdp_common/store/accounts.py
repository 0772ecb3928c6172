"""Accounts: users, their browser sessions and their tokens. Secrets come in hashed and never go out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from sdp_common.db.models.accounts import ApiToken, User, UserSession
from sdp_common.errors import Conflict, NotFound

_FIRST_ADMIN_LOCK = 7_361_004_018
"""Key of the advisory lock that lets one first administrator be created at a time."""
_USED_EVERY = timedelta(minutes=1)
"""A token's last use is written at most this often."""


@dataclass(frozen=True)
class Access:
    """An active user and until when this way of entering is good."""

    user: User
    expires_at: datetime | None


def normalise_username(username: str) -> str:
    """Return the one spelling under which a name is stored: `Ann` and `ann` are one account."""
    return username.strip().casefold()


def any_user(session: Session) -> bool:
    """Tell whether anybody has an account."""
    return bool(session.scalar(select(exists().select_from(User))))


def create_first_admin(session: Session, username: str, password_hash: str) -> User:
    """Create the first administrator; of two callers at once one succeeds.

    Raises:
        Conflict: There is a user already.
    """
    session.execute(select(func.pg_advisory_xact_lock(_FIRST_ADMIN_LOCK)))
    if any_user(session):
        raise Conflict("the first administrator exists already: sign in")
    return create_user(session, username, password_hash, is_admin=True)


def create_user(session: Session, username: str, password_hash: str, *, is_admin: bool = False) -> User:
    """Create a user.

    Raises:
        Conflict: The name is taken.
    """
    name = normalise_username(username)
    row = {"username": name, "password_hash": password_hash, "is_admin": is_admin, "is_active": True}
    user_id = session.scalar(insert(User).values(row).on_conflict_do_nothing().returning(User.id))
    if user_id is None:
        raise Conflict(f"there is a user {name} already")
    return user(session, user_id)


def user(session: Session, user_id: int) -> User:
    """Return a user.

    Raises:
        NotFound: There is no such user.
    """
    found = session.get(User, user_id, populate_existing=True)
    if found is None:
        raise NotFound(f"there is no user {user_id}")
    return found


def user_named(session: Session, username: str) -> User | None:
    """Return the user of that name, None where there is none."""
    return session.scalar(select(User).where(User.username == normalise_username(username)))


def users(session: Session) -> Sequence[User]:
    """Return every user by name."""
    return session.scalars(select(User).order_by(User.username)).all()


def update_user(
    session: Session,
    user_id: int,
    *,
    is_active: bool | None = None,
    is_admin: bool | None = None,
    password_hash: str | None = None,
) -> User:
    """Change a user; deactivating him or replacing his password ends his sessions and tokens.

    Raises:
        NotFound: There is no such user.
        Conflict: He is the last active administrator and would stop being one.
    """
    admins = session.scalars(
        select(User.id).where(User.is_admin, User.is_active).order_by(User.id).with_for_update()
    ).all()
    found = user(session, user_id)
    if (is_active is False or is_admin is False) and list(admins) == [user_id]:
        raise Conflict("this is the last active administrator: appoint another one first")
    found.is_active = found.is_active if is_active is None else is_active
    found.is_admin = found.is_admin if is_admin is None else is_admin
    found.password_hash = password_hash or found.password_hash
    session.flush()
    if is_active is False or password_hash is not None:
        end_access(session, user_id)
    return found


def end_access(session: Session, user_id: int, *, but: bytes | None = None) -> None:
    """End a user's sessions, but the one with this hash, and his tokens."""
    ended = delete(UserSession).where(UserSession.user_id == user_id)
    session.execute(ended if but is None else ended.where(UserSession.token_hash != but))
    session.execute(delete(ApiToken).where(ApiToken.user_id == user_id))


def create_session(session: Session, user_id: int, token_hash: bytes, *, now: datetime, expires_at: datetime) -> None:
    """Open a browser session, and forget those that have expired."""
    session.execute(delete(UserSession).where(UserSession.expires_at <= now))
    session.add(UserSession(token_hash=token_hash, user_id=user_id, expires_at=expires_at))
    session.flush()


def session_access(session: Session, token_hash: bytes, now: datetime) -> Access | None:
    """Return whose browser session this is, None where it has ended or the user is not active."""
    query = (
        select(User, UserSession.expires_at)
        .join(UserSession, UserSession.user_id == User.id)
        .where(UserSession.token_hash == token_hash, UserSession.expires_at > now, User.is_active)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Access(row[0], row[1])


def delete_session(session: Session, token_hash: bytes) -> None:
    """End one browser session."""
    session.execute(delete(UserSession).where(UserSession.token_hash == token_hash))


def create_token(
    session: Session, user_id: int, name: str, token_hash: bytes, *, expires_at: datetime | None
) -> ApiToken:
    """Keep a new token's hash."""
    token = ApiToken(user_id=user_id, name=name, token_hash=token_hash, expires_at=expires_at)
    session.add(token)
    session.flush()
    session.refresh(token)
    return token


def token_access(session: Session, token_hash: bytes, now: datetime) -> Access | None:
    """Return whose token this is and note its use; None where it is unknown, expired or its user not active."""
    query = (
        select(User, ApiToken.id, ApiToken.expires_at, ApiToken.last_used_at)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(ApiToken.token_hash == token_hash, User.is_active)
    )
    row = session.execute(query).one_or_none()
    if row is None or (row[2] is not None and row[2] <= now):
        return None
    if row[3] is None or row[3] < now - _USED_EVERY:
        session.execute(update(ApiToken).where(ApiToken.id == row[1]).values(last_used_at=now))
    return Access(row[0], row[2])


def tokens(session: Session, user_id: int) -> Sequence[ApiToken]:
    """Return a user's tokens, the newest first."""
    return session.scalars(select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())).all()


def delete_token(session: Session, user_id: int, token_id: int) -> bool:
    """Revoke a user's token; False where he has no such token."""
    ended = delete(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id).returning(ApiToken.id)
    return session.scalar(ended) is not None
