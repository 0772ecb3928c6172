"""Retention: the months of quotes made ahead, and what is old enough to be let go."""

from datetime import UTC, datetime

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from sdp_common.db.bulk import execute
from sdp_common.store import standings

_LIST = text(
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
    "WHERE i.inhparent = 'odds_quotes'::regclass AND c.relname LIKE 'odds_quotes_2%'"
)


def months(session: Session) -> list[str]:
    """Return the months that have a partition of their own, as `2026_08`, oldest first."""
    return sorted(name.removeprefix("odds_quotes_") for name in session.scalars(_LIST))


def make_months(session: Session, since: datetime, until: datetime) -> list[str]:
    """Make the partitions of the months from one moment to another and return those that are new.

    Quotes of such a month that were kept with the rest move into it.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('odds months', 0))"))
    made = []
    there = set(months(session))
    year, month = since.year, since.month
    while (year, month) <= (until.year, until.month):
        following = (year + month // 12, month % 12 + 1)
        name = f"{year}_{month:02d}"
        if name not in there:
            _make(session, name, datetime(year, month, 1, tzinfo=UTC), datetime(*following, 1, tzinfo=UTC))
            made.append(name)
        year, month = following
    return made


def _make(session: Session, name: str, since: datetime, until: datetime) -> None:
    table = sql.Identifier(f"odds_quotes_{name}")
    first, last = sql.Literal(since), sql.Literal(until)
    make = sql.SQL("CREATE TABLE {} (LIKE odds_quotes INCLUDING DEFAULTS)").format(table)
    move = sql.SQL(
        "WITH moved AS (DELETE FROM odds_quotes_rest WHERE known_at >= {} AND known_at < {} RETURNING *) "
        "INSERT INTO {} SELECT * FROM moved"
    ).format(first, last, table)
    attach = sql.SQL("ALTER TABLE odds_quotes ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
        table, first, last
    )
    for statement in (make, move, attach):
        execute(session, statement)


def drop_quotes(session: Session, before: datetime) -> int:
    """Let go of the quotes of the months that ended before a moment, and of series without any; return how many months.

    The closing line and every quote after the moment stay: a month is dropped whole or not at all.
    """
    gone = [name for name in months(session) if name < f"{before.year}_{before.month:02d}"]
    for name in gone:
        execute(session, sql.SQL("DROP TABLE {}").format(sql.Identifier(f"odds_quotes_{name}")))
    first = before.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    session.execute(text("DELETE FROM odds_quotes_rest WHERE known_at < :first"), {"first": first})
    session.execute(
        text(
            "DELETE FROM odds_series s WHERE s.opened_at < :first "
            "AND NOT EXISTS (SELECT FROM odds_quotes q WHERE q.series_id = s.id)"
        ),
        {"first": first},
    )
    session.execute(
        text(
            "UPDATE odds_series s SET opened_at = (SELECT min(known_at) FROM odds_quotes q WHERE q.series_id = s.id) "
            "WHERE s.opened_at < :first"
        ),
        {"first": first},
    )
    standings.forget(session)
    return len(gone)


def drop_bodies(session: Session, before: datetime) -> int:
    """Let go of the raw bodies that were last seen before a moment, and return how many."""
    done = session.execute(text("DELETE FROM raw_payloads WHERE last_seen_at < :before"), {"before": before})
    return int(done.rowcount)  # type: ignore[attr-defined]
