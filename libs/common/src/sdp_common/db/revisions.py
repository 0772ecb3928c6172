"""Which revisions this version has, read off its files: a process that only asks need not load Alembic."""

from functools import cache
from importlib import resources

from sqlalchemy import Engine, text

from sdp_common.errors import Retriable


@cache
def revisions() -> tuple[str, ...]:
    """Return the revisions of the files `rev_<revision>_<what>.py`, oldest first."""
    folder = resources.files("sdp_common.db.migrations.versions")
    names = (file.name for file in folder.iterdir())
    return tuple(sorted(n.split("_")[1] for n in names if n.startswith("rev_") and n.endswith(".py")))


def is_migrated(engine: Engine) -> None:
    """Check that the tables are there. A database that is newer than we are is accepted: it was upgraded first.

    Raises:
        Retriable: It was not migrated yet, or the server cannot be reached.
    """
    with engine.connect() as connection:
        found = [
            connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is not None
            for name in ("alembic_version", "procrastinate_jobs")
        ]
        stands_at = connection.scalar(text("SELECT version_num FROM alembic_version")) if all(found) else None
    if stands_at is None or stands_at in revisions()[:-1]:
        raise Retriable("the database has not been migrated to this version yet: run sdp-migrate")
