"""Reaching a database, and saying clearly why it cannot be reached."""

import socket

import pytest
from sdp_common.db.session import libpq_url, make_engine, normalise_url, session_scope
from sdp_common.errors import Misconfigured, Retriable
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_spelling_becomes_psycopg_3(scheme: str) -> None:
    assert normalise_url(f" {scheme}://u:p%40ss@h:5432/d\n") == "postgresql+psycopg://u:p%40ss@h:5432/d"
    assert libpq_url(f"{scheme}://u:p%40ss@h:5432/d") == "postgresql://u:p%40ss@h:5432/d"


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://h/d", "postgresql://h:5432", "postgresql://h:5432/"])
def test_wrong_url_names_the_setting(url: str) -> None:
    with pytest.raises(Misconfigured, match="SDP_DATABASE_URL"):
        make_engine(url)


def test_nobody_listening_is_retriable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = make_engine(f"postgresql://u:hush@127.0.0.1:{port}/d")
    with pytest.raises(Retriable, match=f"127.0.0.1:{port}/d cannot be reached") as caught:
        _ask(engine)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "change", [{"password": "wrong"}, {"username": "nobody_here"}, {"database": "no_such_database"}], ids=str
)
def test_refused_by_the_server_is_misconfigured(database_url: str, change: dict[str, str]) -> None:
    url = make_url(normalise_url(database_url)).set(**change)  # type: ignore[arg-type]
    engine = make_engine(url.render_as_string(hide_password=False))
    with pytest.raises(Misconfigured, match="check SDP_DATABASE_URL"):
        engine.connect()
    engine.dispose()


def test_connection_that_died_in_the_pool_is_replaced(database_url: str) -> None:
    engine, other = make_engine(database_url, pool_size=1), make_engine(database_url)
    with session_scope(engine) as session:
        first = session.scalar(text("SELECT pg_backend_pid()"))
    with session_scope(other) as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    with session_scope(engine) as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != first
    engine.dispose()
    other.dispose()


def test_connection_lost_in_the_middle_is_retriable(database_url: str) -> None:
    engine, other = make_engine(database_url), make_engine(database_url)
    with session_scope(other) as killer, pytest.raises(Retriable, match="dropped us"):
        _die_in_the_middle(engine, killer)
    engine.dispose()
    other.dispose()


def test_scope_commits_or_rolls_back_and_runs_in_utc(database_url: str) -> None:
    engine = make_engine(database_url)
    with session_scope(engine) as session:
        session.execute(text("CREATE TABLE scoped (i int)"))
        assert session.scalar(text("SHOW timezone")) == "UTC"
    with pytest.raises(ZeroDivisionError):
        _write_and_fail(engine)
    with session_scope(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM scoped")) == 0
    engine.dispose()


def _ask(engine: Engine) -> None:
    with session_scope(engine) as session:
        session.execute(text("SELECT 1"))


def _die_in_the_middle(engine: Engine, killer: Session) -> None:
    with session_scope(engine) as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        session.execute(text("SELECT 1"))


def _write_and_fail(engine: Engine) -> None:
    with session_scope(engine) as session:
        session.execute(text("INSERT INTO scoped VALUES (1)"))
        raise ZeroDivisionError
