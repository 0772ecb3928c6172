"""Ingest runs: what each crawl of each provider cost and brought, also where it failed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from sdp_common.db.bulk import upsert
from sdp_common.db.models.runs import FeedSchedule, IngestRun, RawPayload, RawSighting

_COUNTS = ("requests", "bytes", "rows_new", "rows_changed", "rows_unchanged", "rows_rejected")


def begin(session: Session, *, provider: str, feed: str, sport: str, run_id: int | None, started_at: datetime) -> int:
    """Record that a crawl begins and return its id."""
    row = IngestRun(provider=provider, feed=feed, sport=sport, run_id=run_id, status="running", started_at=started_at)
    session.add(row)
    session.flush()
    return row.id


def finish(
    session: Session,
    ingest_id: int,
    status: str,
    counts: Mapping[str, Any],
    *,
    finished_at: datetime,
    error: Mapping[str, Any] | None = None,
) -> None:
    """Record how a crawl ended: `succeeded`, `unavailable` (the source refuses us) or `failed`, with its counts."""
    values: dict[str, Any] = {name: counts.get(name, 0) for name in _COUNTS}
    values |= {name: counts.get(name) for name in ("credits_used", "credits_left")}
    session.execute(
        update(IngestRun)
        .where(IngestRun.id == ingest_id)
        .values(status=status, finished_at=finished_at, error=dict(error) if error else None, **values)
    )


def latest(session: Session) -> Sequence[IngestRun]:
    """Return the last crawl of each provider and sport."""
    statement = (
        select(IngestRun)
        .ext(distinct_on(IngestRun.provider, IngestRun.sport))
        .order_by(IngestRun.provider, IngestRun.sport, IngestRun.started_at.desc(), IngestRun.id.desc())
    )
    return session.scalars(statement).all()


def feed_of(session: Session, provider: str) -> str | None:
    """Return the feed of a provider that was crawled before."""
    return session.scalar(select(IngestRun.feed).where(IngestRun.provider == provider).limit(1))


def readers(session: Session, source: str, sport: str, since: datetime) -> list[tuple[str, str]]:
    """Return the providers that read a source and kept bodies of a sport since a moment, each with its feed.

    A source's providers are named after it: `espn` is read by `espn_injuries`, `underdog` by `underdog`.
    """
    kept = (
        select(RawPayload.provider)
        .join(RawSighting, RawSighting.payload_id == RawPayload.id)
        .where(RawPayload.sport == sport, RawSighting.fetched_at >= since)
    )
    named = (IngestRun.provider == source) | IngestRun.provider.startswith(f"{source}_", autoescape=True)
    query = select(IngestRun.provider, IngestRun.feed).where(named, IngestRun.provider.in_(kept)).distinct()
    return [(provider, feed) for provider, feed in session.execute(query.order_by(IngestRun.provider))]


def declare(session: Session, feeds: Collection[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace what feeds are meant to read (the columns of `feed_schedules`); when it was first declared stays."""
    kept = {(row["provider"], row["sport"]) for row in rows}
    for old in session.scalars(select(FeedSchedule).where(FeedSchedule.feed.in_(feeds))).all():
        if (old.provider, old.sport) not in kept:
            gone = (FeedSchedule.provider == old.provider, FeedSchedule.sport == old.sport)
            session.execute(delete(FeedSchedule).where(*gone))
    update_columns = ("feed", "schedule", "target_s", "is_on", "terms")
    upsert(session, FeedSchedule, list(rows), key=["provider", "sport"], update=update_columns)


def declared(session: Session) -> Sequence[FeedSchedule]:
    """Return everything that is meant to be read, in order."""
    return session.scalars(select(FeedSchedule).order_by(FeedSchedule.provider, FeedSchedule.sport)).all()


def declared_at(session: Session, provider: str) -> dict[str, datetime]:
    """Return since when each sport of a provider is meant to be read."""
    return {row.sport: row.declared_at for row in declared(session) if row.provider == provider}
