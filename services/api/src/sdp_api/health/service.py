"""Health: how the sources and the services fare."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version as installed
from itertools import pairwise
from statistics import median
from typing import Literal

from sdp_common.db.models.runs import IngestRun, Run
from sdp_common.store import runs
from sdp_common.store.screens import health as screen
from sqlalchemy.orm import Session

from sdp_api.health.schemas import DataHealthRead, ServiceRead, SourceRead
from sdp_api.schema import ErrorBody

SILENT_AFTER_S = 120.0
GRACE_S = 600.0
"""How much later than usual a source may be before that is told."""


def version() -> str:
    """Return the version of this package."""
    return installed("sdp-api")


def touch(database: Session) -> None:
    """See that the database answers."""
    screen.touch(database)


def data_health(database: Session) -> DataHealthRead:
    """Return how every source and service fares."""
    now = datetime.now(UTC)
    recent: dict[tuple[str, str, str], list[IngestRun]] = defaultdict(list)
    for crawl in screen.crawls(database):
        recent[crawl.provider, crawl.feed, crawl.sport].append(crawl)
    successes = {(s.provider, s.feed, s.sport): s for s in screen.last_successes(database)}
    return DataHealthRead(
        checked_at=now,
        sources=[_source(crawls, successes.get(key), now) for key, crawls in recent.items()],
        services=_services(database, now),
    )


def _source(crawls: Sequence[IngestRun], success: IngestRun | None, now: datetime) -> SourceRead:
    """Return how one feed fares; `crawls` are its latest, the newest first."""
    last, due = crawls[0], usual_gap(crawls)
    return SourceRead(
        provider=last.provider,
        feed=last.feed,
        sport=last.sport,
        state=_state(last, success, due, now),
        last_success_at=success.finished_at or success.started_at if success else None,
        last_run_at=last.started_at,
        last_run_status=last.status,
        due_every_s=due,
        requests=last.requests,
        bytes=last.bytes,
        rows=success.rows_new + success.rows_changed if success else 0,
        rows_new=last.rows_new,
        rows_changed=last.rows_changed,
        rows_unchanged=last.rows_unchanged,
        rows_rejected=last.rows_rejected,
        error=ErrorBody.model_validate({"code": "platform_error", "message": ""} | last.error) if last.error else None,
    )


def usual_gap(crawls: Sequence[IngestRun]) -> float | None:
    """Return the median time between crawls in seconds, None where fewer than three gaps are known.

    The schedule itself is its service's business; what was done of late is what stands in the database.
    """
    starts = sorted(crawl.started_at for crawl in crawls)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(starts)]
    return median(gaps) if len(gaps) >= 3 else None


def _state(
    last: IngestRun, success: IngestRun | None, due: float | None, now: datetime
) -> Literal["ok", "running", "late", "failing", "never"]:
    """Return how a feed fares in a word."""
    if last.status == "running":
        return "running"
    if last.status != "succeeded":
        return "failing" if success is not None or last.error else "never"
    if success is None:
        return "never"
    if due is not None and (now - last.started_at).total_seconds() > 2 * due + GRACE_S:
        return "late"
    return "ok"


def _services(database: Session, now: datetime) -> list[ServiceRead]:
    """Return every service that was seen, with its latest run."""
    newest: dict[str, Run] = {}
    for run in runs.latest(database):
        if run.service not in newest or run.id > newest[run.service].id:
            newest[run.service] = run
    found = []
    for row in screen.processes(database):
        latest = newest.get(row.service)
        silent = (now - row.seen_at).total_seconds() > SILENT_AFTER_S
        found.append(
            ServiceRead(
                service=row.service,
                instances=row.instances,
                state="silent" if silent else "ok",
                started_at=row.started_at,
                seen_at=row.seen_at,
                last_run_at=(latest.finished_at or latest.started_at or latest.created_at) if latest else None,
                last_run_status=latest.status if latest else None,
            )
        )
    return found
