"""Accounts: how a password is hashed, a sign-in checked and throttled, a session opened."""

import secrets
import threading
from datetime import UTC, datetime, timedelta

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Request
from sdp_common.db.models.accounts import User
from sdp_common.errors import BadInput, NotAllowed, Problem
from sdp_common.store import accounts
from sqlalchemy.orm import Session

from sdp_api.accounts.throttle import Throttle
from sdp_api.deps import Identity, digest

log = structlog.get_logger(__name__)
_hasher = PasswordHasher()
_hashing = threading.BoundedSemaphore(4)
"""A hash takes 64 MiB: this many at once, so that a flood of sign-ins cannot take the machine's memory."""
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
"""What a password is checked against where there is no such user, so that the answer takes as long."""


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    with _hashing:
        return _hasher.hash(password)


def is_password(password: str, hashed: str) -> bool:
    """Tell whether the password has this hash."""
    with _hashing:
        try:
            return _hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def new_secret() -> str:
    """Return 256 random bits for a cookie or a token."""
    return secrets.token_urlsafe(32)


def sign_in(request: Request, database: Session, username: str, password: str) -> int:
    """Return the id of the user with this name and password.

    Raises:
        NotAllowed: Wrong name, wrong password or deactivated account: one answer, in the same time (401).
        TooMany: Too many failures from here or for this account.
    """
    throttle: Throttle = request.app.state.throttle
    name = accounts.normalise_username(username)
    attempt = throttle.begin(name, _address(request))
    user = accounts.user_named(database, name)
    well = is_password(password, user.password_hash if user is not None else _NOBODY)
    if user is None or not well or not user.is_active:
        log.warning("sign_in.refused", address=_address(request))
        raise NotAllowed("wrong user name or password")
    throttle.forgive(attempt)
    if _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = hash_password(password)
    return user.id


def open_session(database: Session, user_id: int, hours: int) -> tuple[User, str, datetime]:
    """Open a session of this many hours; return the user, the cookie's value and when it ends."""
    now = datetime.now(UTC)
    secret, expires_at = new_secret(), now + timedelta(hours=hours)
    accounts.create_session(database, user_id, digest(secret), now=now, expires_at=expires_at)
    return accounts.user(database, user_id), secret, expires_at


def change_password(request: Request, database: Session, caller: Identity, current: str, new: str) -> None:
    """Replace the caller's password and end his other sessions and his tokens.

    Raises:
        BadInput: The current password is wrong.
        TooMany: Wrong too often.
    """
    throttle: Throttle = request.app.state.throttle
    attempt = throttle.begin(caller.user.username, _address(request))
    if not is_password(current, caller.user.password_hash):
        problem = Problem("this is not your current password", column="current_password")
        raise BadInput("the current password is wrong", [problem])
    throttle.forgive(attempt)
    user = accounts.user(database, caller.user.id)
    user.password_hash = hash_password(new)
    accounts.end_access(database, user.id, but=caller.session_hash)


def check_future(moment: datetime | None, now: datetime) -> None:
    """Refuse an expiry that has passed.

    Raises:
        BadInput: It has.
    """
    if moment is not None and moment <= now:
        raise BadInput("the token would be expired already", [Problem("must lie in the future", column="expires_at")])


def _address(request: Request) -> str:
    """Return whose network address this is; a proxy's word counts where uvicorn was told to trust it."""
    return request.client.host if request.client else "unknown"
