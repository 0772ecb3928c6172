"""What every test may ask for: a real PostgreSQL server, a fresh migrated database a module, the real data."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from sdp_common.db.migrate import migrate
from sdp_common.db.session import make_engine, session_scope
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from xdist.scheduler import LoadScopeScheduling

from tests.league_store import League, league_in

ROOT = Path(__file__).parent


class FilesTogether(LoadScopeScheduling):  # type: ignore[misc]  # the library is untyped
    """A file's tests stay in one process, for its database is its own; so do all that visit the running platform."""

    VISITORS = ("tests/test_browser.py", "tests/test_end_to_end.py")

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return "the running platform" if path in self.VISITORS else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesTogether:
    """Say how tests are dealt out where several processes run them."""
    return FilesTogether(config, log)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A server for the whole run: `SDP_TEST_DATABASE_URL` where set, else an embedded one in a temporary folder."""
    external = os.environ.get("SDP_TEST_DATABASE_URL")
    if external:
        yield external
        return
    postgres = pytest.importorskip("sdp_cli.postgres", reason="sdp-cli brings the embedded PostgreSQL")
    folder = Path(tempfile.mkdtemp(prefix="sdp-test-"))
    folder.chmod(0o711)  # the server may run as another user, who must walk through
    try:
        with postgres.EmbeddedPostgres(folder / "postgres", options=postgres.THROWAWAY, durable=False) as server:
            yield server.url_of("postgres")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _of(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def template_database(server_url: str) -> Iterator[str]:
    """The name of a migrated, empty database that the others are copied from."""
    name = f"sdp_template_{os.getpid()}"
    _execute(server_url, f"CREATE DATABASE {name}")
    try:
        _migrate(_of(server_url, name))
        yield name
    finally:
        _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def _migrate(url: str) -> None:
    engine = make_engine(url)
    try:
        migrate(engine)
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def database_url(server_url: str, template_database: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh, migrated database of the module's own, `postgresql://...`."""
    name = f"sdp_test_{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**12}"
    _execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template_database}")
    try:
        yield _of(server_url, name)
    finally:
        _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    """Connections to the module's database."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def league(engine: Engine) -> League:
    """The invented league, written to the module's database."""
    with session_scope(engine) as session:
        return league_in(session)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A session on the module's database; what it writes, even what it commits, is rolled back."""
    engine = make_engine(database_url)
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as opened:
            yield opened
        if transaction.is_active:
            transaction.rollback()
    engine.dispose()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of the real data, beside the checkout."""
    folder = ROOT.parent / "shared"
    if not (folder / "README.md").exists():
        pytest.skip(f"the real data is not here: {folder}")
    return folder
