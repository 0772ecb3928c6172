"""Health: how the sources and the services fare."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as installed
from itertools import pairwise
from statistics import median
from typing import Literal

from sdp_common.db.models.runs import FeedSchedule, IngestRun, Run
from sdp_common.store import ingests, runs
from sdp_common.store.injuries import late_changes
from sdp_common.store.screens import health as screen
from sqlalchemy.orm import Session

from sdp_api.health.schemas import DataHealthRead, LateChangeRead, ServiceRead, SourceRead
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
    declared = {(d.provider, d.feed, d.sport): d for d in ingests.declared(database)}
    return DataHealthRead(
        checked_at=now,
        sources=[
            _source(key, recent.get(key, ()), successes.get(key), declared.get(key), now)
            for key in sorted({*recent, *declared})
        ],
        services=_services(database, now),
        late_changes=_late(database, now),
    )


def _late(database: Session, now: datetime) -> list[LateChangeRead]:
    columns = ("player_id", "game_id", "source", "status", "was", "known_at", "starts_at")
    return [
        LateChangeRead(name=player.name, **{name: getattr(change, name) for name in columns})
        for change, player in late_changes(database, now - timedelta(days=1))
    ]


def _source(
    key: tuple[str, str, str],
    crawls: Sequence[IngestRun],
    success: IngestRun | None,
    declared: FeedSchedule | None,
    now: datetime,
) -> SourceRead:
    """Return how one feed fares; `crawls` are its latest, the newest first."""
    provider, feed, sport = key
    last, due = crawls[0] if crawls else None, usual_gap(crawls)
    target = declared.target_s if declared is not None and declared.schedule else None
    counts = ("requests", "bytes", "rows_new", "rows_changed", "rows_unchanged", "rows_rejected")
    error = {"code": "platform_error", "message": ""} | last.error if last is not None and last.error else None
    return SourceRead(
        provider=provider,
        feed=feed,
        sport=sport,
        state=_state(last, success, declared, due, now),
        cause=_cause(last),
        schedule=declared.schedule or None if declared else None,
        target_s=target,
        terms=declared.terms if declared else None,
        last_success_at=success.finished_at or success.started_at if success else None,
        last_run_at=last.started_at if last else None,
        last_run_status=last.status if last else None,
        due_every_s=due,
        rows=success.rows_new + success.rows_changed if success else 0,
        credits_used=last.credits_used if last else None,
        credits_left=last.credits_left if last else None,
        error=ErrorBody.model_validate(error) if error else None,
        **{name: getattr(last, name) if last else 0 for name in counts},
    )


def _cause(last: IngestRun | None) -> Literal["outage", "drifted", "unavailable", "empty"] | None:
    """Return why the last crawl brought nothing, None where it brought something or is under way."""
    if last is None or last.status == "running":
        return None
    if last.status == "succeeded":
        return None if last.rows_new + last.rows_changed + last.rows_unchanged + last.rows_rejected else "empty"
    code = (last.error or {}).get("code")
    return "unavailable" if last.status == "unavailable" else "drifted" if code == "drifted_source" else "outage"


def usual_gap(crawls: Sequence[IngestRun]) -> float | None:
    """Return the median time between crawls in seconds, None where fewer than three gaps are known.

    The schedule itself is its service's business; what was done of late is what stands in the database.
    """
    starts = sorted(crawl.started_at for crawl in crawls)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(starts)]
    return median(gaps) if len(gaps) >= 3 else None


def _state(
    last: IngestRun | None,
    success: IngestRun | None,
    declared: FeedSchedule | None,
    due: float | None,
    now: datetime,
) -> Literal["ok", "running", "late", "failing", "never", "off"]:
    """Return how a feed fares in a word; its age is held against its declared target, else against its habit."""
    if last is None:
        return "never" if declared is not None and declared.is_on else "off"
    if last.status == "running":
        return "running"
    if last.status != "succeeded":
        return "failing" if success is not None or last.error else "never"
    if success is None:
        return "never"
    is_timed = declared is not None and declared.is_on and declared.schedule
    allowed = declared.target_s if declared is not None and is_timed else 2 * due if due is not None else None
    if allowed is not None and (now - last.started_at).total_seconds() > allowed + GRACE_S:
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
