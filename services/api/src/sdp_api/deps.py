"""What an endpoint may ask for: the settings, a database session, and who is calling."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sdp_common.db.models.accounts import User
from sdp_common.db.session import session_scope
from sdp_common.errors import NotAllowed
from sdp_common.settings import Settings
from sdp_common.store import accounts
from sqlalchemy.orm import Session

from sdp_api.errors import SessionExpired

COOKIE = "sdp_session"
_cookie = APIKeyCookie(name=COOKIE, scheme_name="session", auto_error=False)
_bearer = HTTPBearer(scheme_name="token", auto_error=False)


@dataclass(frozen=True)
class Identity:
    """Who is calling: by a browser's session (`session_hash` set) or by a script's token."""

    user: User
    expires_at: datetime | None
    session_hash: bytes | None


def digest(secret: str) -> bytes:
    """Return what is stored of a random secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def _settings(request: Request) -> Settings:
    """Return the settings this app was made with."""
    settings: Settings = request.app.state.settings
    return settings


def open_database(request: Request) -> Iterator[Session]:
    """Yield the request's session: committed before the answer is sent, rolled back on any error."""
    with session_scope(request.app.state.engine) as session:
        yield session


SettingsDep = Annotated[Settings, Depends(_settings)]
Database = Annotated[Session, Depends(open_database, scope="function")]


def _caller(
    database: Database,
    cookie: Annotated[str | None, Security(_cookie)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Identity:
    """Return who is calling; a token, where sent, counts alone.

    Raises:
        NotAllowed: Nobody, or an unknown token (401).
        SessionExpired: The cookie's session has ended (401).
    """
    now = datetime.now(UTC)
    if bearer is not None:
        token = accounts.token_access(database, digest(bearer.credentials), now)
        if token is None:
            raise NotAllowed("the token is unknown, revoked or expired")
        return Identity(token.user, token.expires_at, None)
    if not cookie:
        raise NotAllowed("sign in first")
    session = accounts.session_access(database, digest(cookie), now)
    if session is None:
        raise SessionExpired("your session has expired: sign in again")
    return Identity(session.user, session.expires_at, digest(cookie))


Caller = Annotated[Identity, Depends(_caller, scope="function")]


def _admin(caller: Caller) -> Identity:
    """Return who is calling, where he is an administrator.

    Raises:
        NotAllowed: He is not (403).
    """
    if not caller.user.is_admin:
        raise NotAllowed("only an administrator may do this", status=403)
    return caller


Admin = Annotated[Identity, Depends(_admin, scope="function")]
