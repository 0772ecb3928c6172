"""Engines and sessions: psycopg 3, UTC, errors that say what to do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from sdp_common.errors import Misconfigured, PlatformError, Retriable
from sdp_common.settings import settings

DRIVER = "postgresql+psycopg"
_MISCONFIGURED = ("password authentication failed", "does not exist", "no pg_hba.conf entry", "no password supplied")
_RETRY_STATES = frozenset({"40001", "40P01", "53300", "55P03", "57P01", "57P02", "57P03"})
"""Serialisation failure, deadlock, too many connections, lock not available, and the server going or coming."""


def normalise_url(url: str) -> str:
    """Return the URL with psycopg 3 as its driver; `postgres://` and `postgresql://` are both read.

    Raises:
        Misconfigured: It is not the URL of a PostgreSQL database.
    """
    try:
        parsed = make_url(url.strip())
    except ArgumentError as error:
        raise Misconfigured(
            "SDP_DATABASE_URL is not a URL: it should look like postgresql://user:password@host:5432/name"
        ) from error
    if parsed.drivername.split("+")[0] not in {"postgres", "postgresql"}:
        raise Misconfigured(f"SDP_DATABASE_URL begins with {parsed.drivername}://: only postgresql:// is supported")
    if not parsed.database:
        raise Misconfigured("SDP_DATABASE_URL names no database: add /name at its end")
    return parsed.set(drivername=DRIVER).render_as_string(hide_password=False)


def libpq_url(url: str) -> str:
    """Return the URL as libpq (psycopg, pg_dump, the job queue) reads it."""
    return make_url(normalise_url(url)).set(drivername="postgresql").render_as_string(hide_password=False)


def translate(error: BaseException, where: str) -> PlatformError | None:
    """Return the platform's error for a failure to reach or keep a database, None for any other failure."""
    if not isinstance(error, psycopg.OperationalError):
        return None
    text = " ".join(str(error).split())
    if error.sqlstate is None and any(phrase in text for phrase in _MISCONFIGURED):
        return Misconfigured(f"the database at {where} refused us, check SDP_DATABASE_URL: {text}")
    if error.sqlstate is None or error.sqlstate in _RETRY_STATES or error.sqlstate.startswith("08"):
        return Retriable(f"the database at {where} cannot be reached or dropped us: {text}")
    return None


def make_engine(url: str, *, pool_size: int = 5, application: str = "sdp") -> Engine:
    """Return a new engine. Connections run in UTC and are tried before use.

    Args:
        url: As in `SDP_DATABASE_URL`.
        pool_size: Connections kept; as many again may be opened in a burst.
        application: Shown in `pg_stat_activity`.

    Raises:
        Misconfigured: The URL is wrong. A server that cannot be reached is `Retriable`, on first use.
    """
    full = normalise_url(url)
    parsed = make_url(full)
    where = f"{parsed.host or 'the local socket'}:{parsed.port or 5432}/{parsed.database}"
    engine = create_engine(
        full,
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"connect_timeout": 10, "options": "-c timezone=UTC", "application_name": application},
    )

    @event.listens_for(engine, "handle_error")
    def _translate(context: ExceptionContext) -> None:
        if context.is_pre_ping:  # SQLAlchemy replaces a dead connection itself; if it cannot, that is a second error
            return
        known = translate(context.original_exception, where)
        if known is not None:
            raise known from context.original_exception

    return engine


@cache
def _engine_of_process(_pid: int, url: str) -> Engine:
    return make_engine(url)


def engine(url: str | None = None) -> Engine:
    """Return this process's engine for a URL, by default `SDP_DATABASE_URL`; a forked process gets its own."""
    return _engine_of_process(os.getpid(), url or settings().require_database_url())


@contextmanager
def session_scope(where: Engine | None = None) -> Iterator[Session]:
    """Yield a session: committed on success, rolled back on error.

    Raises:
        Retriable: The server cannot be reached.
        Misconfigured: The URL, the user or the password is wrong.
    """
    with Session(where or engine(), expire_on_commit=False) as session, session.begin():
        yield session
