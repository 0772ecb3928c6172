"""The web app's own API, called over the loopback: first run, lineups slot by slot, the upload file.

The API is asked where it already decides (what an upload file looks like, who may create the first account), so that
the terminal and the browser can never disagree.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any, Self
from urllib.parse import urlsplit

from sdp_common.db.session import session_scope
from sdp_common.errors import NotFound, Retriable
from sdp_common.store import accounts
from sqlalchemy import Engine

from sdp_cli.work import rebuild

READY_S = 120.0
TOKEN_LIFE = timedelta(hours=1)


class Client:
    """Calls the API.

    Args:
        address: Returns where it is: it may move when it starts again.
        token: Signs in.
    """

    def __init__(self, address: Callable[[], str], token: str | None = None) -> None:
        self.address = address
        self.token = token

    def get(self, path: str) -> Any:
        """Return the JSON answer of a GET."""
        return json.loads(self._call("GET", path))

    def text(self, path: str) -> str:
        """Return the answer of a GET as it is."""
        return self._call("GET", path).decode()

    def post(self, path: str, body: Any) -> Any:
        """Return the JSON answer of a POST."""
        return json.loads(self._call("POST", path, json.dumps(body).encode()))

    def wait_ready(self, watch: Callable[[], None] = lambda: None, timeout_s: float = READY_S) -> Self:
        """Wait until the API answers.

        Args:
            watch: Called while it does not; raises where waiting is in vain.
            timeout_s: How long to wait.

        Raises:
            Retriable: It did not in time.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                self.get("/api/setup")
            except Retriable:
                if time.monotonic() > deadline:
                    raise
                watch()
                time.sleep(0.1)
            else:
                return self

    def _call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Return the body of a good answer.

        Raises:
            Retriable: Nobody answers.
            PlatformError: What the API refused with.
        """
        address = self.address()
        where = urlsplit(address)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        connection = HTTPConnection(where.hostname or "127.0.0.1", where.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            raise Retriable(f"the web app at {address} does not answer: {error}") from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise _refusal(answer.status, content, f"{method} {path}")
        return content


def _refusal(status: int, content: bytes, what: str) -> Exception:
    try:
        body = json.loads(content)
    except ValueError:
        body = {}
    said = body if isinstance(body, dict) and "message" in body else {"message": f"the web app answered {status}"}
    return rebuild(said, what)


def first_admin(engine: Engine) -> int:
    """Return the id of the administrator the terminal acts for: the first one who is active.

    Raises:
        NotFound: There is none yet.
    """
    with session_scope(engine) as session:
        found = [user.id for user in accounts.users(session) if user.is_admin and user.is_active]
    if not found:
        raise NotFound("there is no account yet: `sdp demo` creates one, or open the web app and create it there")
    return min(found)


@contextmanager
def signed_in(engine: Engine, address: Callable[[], str], user_id: int) -> Iterator[Client]:
    """Give a client that acts for a user, by a token that is revoked at the end."""
    secret = secrets.token_urlsafe(32)
    digest = hashlib.sha256(secret.encode()).digest()
    with session_scope(engine) as session:
        expires_at = datetime.now(UTC) + TOKEN_LIFE
        token_id = accounts.create_token(session, user_id, "sdp command", digest, expires_at=expires_at).id
    try:
        yield Client(address, secret)
    finally:
        with session_scope(engine) as session:
            accounts.delete_token(session, user_id, token_id)
