"""`sdp-migrate`: bring the database to the schema of this version, once, whoever calls.

Exit codes: 0 done, 75 the database cannot be reached (try again), 78 the installation is wrong, 1 anything else.
"""

import re
import sys
from importlib import resources
from pathlib import Path

import procrastinate
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, text
from structlog import get_logger

from sdp_common.db.models import Base
from sdp_common.db.session import make_engine
from sdp_common.errors import Misconfigured, PlatformError
from sdp_common.logs import configure_logs
from sdp_common.settings import settings

log = get_logger(__name__)
MIGRATION_LOCK = 7_361_004_017
"""Key of the advisory lock that lets one migration run at a time."""
_NOT_OURS = ("procrastinate_", "odds_quotes_")
"""The job queue's tables, and the partitions: they are their parent's."""


def is_ours(name: str | None, kind: str, _parents: object = None) -> bool:
    """Tell Alembic which tables are declared: all but the job queue's own and the partitions of another."""
    return not (kind == "table" and name is not None and name.startswith(_NOT_OURS))


def migrate(engine: Engine) -> str:
    """Bring the database to the newest schema and return the revision.

    Two processes may call it at once: the second waits and finds nothing to do.

    Raises:
        Retriable: The server cannot be reached.
        Misconfigured: The database is newer than this version of the platform.
    """
    with engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        guard.commit()
        try:
            with engine.begin() as connection:
                _upgrade_tables(connection)
                _upgrade_queue(connection)
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
            guard.commit()
    return head()


def head() -> str:
    """Return the newest revision this version knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise Misconfigured("the package holds no migrations: reinstall it")
    return newest


def revision(connection: Connection) -> str | None:
    """Return the revision the database stands at, None where it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def differences(connection: Connection) -> list[object]:
    """Return what Alembic would change to make the database equal to the models."""
    context = MigrationContext.configure(
        connection, opts={"include_name": is_ours, "compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, Base.metadata))


def write_revision(connection: Connection, message: str, identifier: str) -> None:
    """Write the revision that takes the database to the models: a developer's tool, to be reviewed by hand."""
    config = _config()
    config.attributes["connection"] = connection
    command.revision(config, message=message, autogenerate=True, rev_id=identifier)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("sdp_common.db") / "migrations"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def _upgrade_tables(connection: Connection) -> None:
    stands_at = revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if stands_at is not None and stands_at not in known:
        raise Misconfigured(
            f"the database stands at revision {stands_at}, which this version does not know: install the newer version"
        )
    command.upgrade(_config(connection), "head")


def _upgrade_queue(connection: Connection) -> None:
    """Create the queue's tables, or run those of its migrations that came after the ones we applied.

    The name of the last one is kept as the comment of the queue's table, so that a newer procrastinate is seen.
    """
    names = sorted(path.name for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    exists = connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar() is not None
    if not exists:
        connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    else:
        applied = _queue_version(connection)
        for name in (n for n in names if n > applied):
            log.info("migrate.queue", file=name, procrastinate=procrastinate.__version__)
            body = (Path(SchemaManager.get_migrations_path()) / name).read_text(encoding="utf-8")
            connection.exec_driver_sql(body.replace("%", "%%"))
    connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS 'schema {names[-1]}'")


def _queue_version(connection: Connection) -> str:
    comment = connection.execute(
        text("SELECT obj_description(to_regclass('procrastinate_jobs')::oid, 'pg_class')")
    ).scalar()
    found = re.fullmatch(r"schema (\S+\.sql)", comment or "")
    if found is None:
        raise Misconfigured("the job queue's tables were not made by sdp-migrate: drop the procrastinate_ tables")
    return found.group(1)


def main() -> None:
    """Migrate the database of `SDP_DATABASE_URL`."""
    configure_logs("migrate")
    try:
        configure_logs("migrate", level=settings().log_level)
        engine = make_engine(settings().require_database_url(), application="sdp-migrate")
        try:
            log.info("migrate.done", revision=migrate(engine))
        finally:
            engine.dispose()
    except PlatformError as error:
        log.error("migrate.failed", code=error.code, error=error.message)
        sys.exit(error.exit_code)
