"""The schema: what the migrations make is what the models say, whoever runs them and however often."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from procrastinate.schema import SchemaManager
from sdp_common.db import migrate as subject
from sdp_common.db.models import Base
from sdp_common.db.revisions import is_migrated, revisions
from sdp_common.db.session import make_engine
from sdp_common.errors import Misconfigured, Retriable
from sqlalchemy import Engine, inspect, text


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    name = f"empty_{uuid4().hex[:10]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    yield server_url.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    engine = make_engine(empty_url)
    yield engine
    engine.dispose()


def test_migrated_schema_is_that_of_the_models(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        assert subject.differences(connection) == []
        assert subject.revision(connection) == subject.head()
        made = set(inspect(connection).get_table_names())
    engine.dispose()
    assert set(Base.metadata.tables) <= made


def test_file_names_tell_the_revisions() -> None:
    scripts = list(subject.ScriptDirectory.from_config(subject._config()).walk_revisions())
    assert [script.revision for script in reversed(scripts)] == list(revisions())
    assert revisions()[-1] == subject.head()


def test_a_difference_would_be_seen(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("ALTER TABLE teams DROP COLUMN name"))
        assert "teams" in str(subject.differences(connection))
        connection.rollback()
    engine.dispose()


def test_two_at_once_and_again(empty: Engine) -> None:
    with pytest.raises(Retriable, match="sdp-migrate"):
        is_migrated(empty)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: subject.migrate(empty), range(2)))
    assert both == [subject.head()] * 2
    assert subject.migrate(empty) == subject.head()
    is_migrated(empty)


def test_queue_is_upgraded_by_its_own_migrations(empty: Engine) -> None:
    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    function = "procrastinate_trigger_function_status_events_update_v1"
    assert function in files[-1].read_text(), "choose what the newest migration makes"
    exists = text(f"SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE proname = '{function}'")
    subject.migrate(empty)
    with empty.begin() as connection:  # as the version before left it
        connection.execute(text(f"DROP FUNCTION {function} CASCADE"))
        connection.execute(text(f"COMMENT ON TABLE procrastinate_jobs IS 'schema {files[-2].name}'"))
        assert connection.scalar(exists) == 0
    subject.migrate(empty)
    with empty.connect() as connection:
        assert connection.scalar(exists) == 1


def test_foreign_queue_and_newer_database_are_refused(empty: Engine) -> None:
    subject.migrate(empty)
    with empty.begin() as connection:
        connection.execute(text("COMMENT ON TABLE procrastinate_jobs IS NULL"))
    with pytest.raises(Misconfigured, match="procrastinate_"):
        subject.migrate(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Misconfigured, match="9999"):
        subject.migrate(empty)
    is_migrated(empty)  # an older process beside a newer database goes on


def test_downgrade_leaves_nothing(empty: Engine) -> None:
    subject.migrate(empty)
    with empty.begin() as connection:
        subject.command.downgrade(subject._config(connection), "base")
    with empty.connect() as connection:
        left = {t for t in inspect(connection).get_table_names() if not t.startswith("procrastinate_")}
    assert left == {"alembic_version"}


@pytest.mark.parametrize(
    ("url", "code"),
    [(None, 0), ("postgresql://u:p@127.0.0.1:1/d", 75), ("mysql://h/d", 78), ("", 78)],
    ids=["fresh", "unreachable", "wrong", "unset"],
)
def test_command_exits_with_what_happened(empty_url: str, url: str | None, code: int, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("sdp-migrate"))]
    environment = os.environ | {"SDP_DATABASE_URL": empty_url if url is None else url}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert ('"migrate.done"' if code == 0 else '"migrate.failed"') in done.stderr
