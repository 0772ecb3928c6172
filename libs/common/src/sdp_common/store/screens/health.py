"""What the data-health screen reads: the crawls of every feed, the signs of life of every process."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from sdp_common.db.models.runs import IngestRun, ServiceHeartbeat

RECENT = 20
"""How many of its last crawls tell how often a source is usually read."""


def touch(session: Session) -> None:
    """Ask the database for nothing, to see that it answers."""
    session.execute(text("SELECT 1"))


def crawls(session: Session) -> Sequence[IngestRun]:
    """Return the last `RECENT` crawls of every (provider, feed, sport), the newest first within each."""
    place = func.row_number().over(
        partition_by=(IngestRun.provider, IngestRun.feed, IngestRun.sport), order_by=IngestRun.id.desc()
    )
    ranked = select(IngestRun.id, place.label("place")).subquery()
    query = (
        select(IngestRun)
        .join(ranked, ranked.c.id == IngestRun.id)
        .where(ranked.c.place <= RECENT)
        .order_by(IngestRun.provider, IngestRun.feed, IngestRun.sport, IngestRun.id.desc())
    )
    return session.scalars(query).all()


def last_successes(session: Session) -> Sequence[IngestRun]:
    """Return the newest crawl that succeeded of every (provider, feed, sport)."""
    key = (IngestRun.provider, IngestRun.feed, IngestRun.sport)
    query = (
        select(IngestRun)
        .where(IngestRun.status == "succeeded")
        .ext(distinct_on(*key))
        .order_by(*key, IngestRun.id.desc())
    )
    return session.scalars(query).all()


def processes(session: Session) -> Sequence[Any]:
    """Return service, instances, started_at (of the oldest) and seen_at (the latest) of every service ever seen."""
    beat = ServiceHeartbeat
    query = (
        select(
            beat.service,
            func.count().label("instances"),
            func.min(beat.started_at).label("started_at"),
            func.max(beat.seen_at).label("seen_at"),
        )
        .group_by(beat.service)
        .order_by(beat.service)
    )
    return session.execute(query).all()
