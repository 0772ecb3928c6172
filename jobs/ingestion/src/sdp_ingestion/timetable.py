"""When each provider is read: declared by its module, overruled by `SDP_SCHEDULES`, faster while a lock is near."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sdp_common.db.models.runs import IngestRun
from sdp_common.errors import Misconfigured
from sdp_common.service import Job
from sdp_common.settings import Settings
from sdp_common.store import ingests, reference
from sdp_sports.spec import codes

from sdp_ingestion.cron import interval, last_tick
from sdp_ingestion.provider import Provider

NEAR = timedelta(hours=3)
"""How long before a game's start its sport is read at the faster pace."""
TICK = "*/10 * * * *"
"""How often a provider without a faster pace is looked at: a tick that was missed is made up for then."""
AGAIN = timedelta(minutes=5)
"""How long after a failure it is tried again, and after it was first declared read, whatever the schedule."""
OFF = "off"


@dataclass(frozen=True)
class Pace:
    """When a provider is read: usually, and while a game is near its start. Both as cron in UTC."""

    usual: str
    near: str | None = None


def pace(provider: Provider, settings: Settings) -> Pace | None:
    """Return a provider's pace, None where it is not read by itself.

    `SDP_SCHEDULES` overrules it: `espn_odds=*/5 * * * *|* * * * *; kalshi=off` (usual, then near a lock).

    Raises:
        Misconfigured: It cannot be read.
    """
    told: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in settings.schedules.split(";"))):
        name, equals, cron = entry.partition("=")
        if not equals:
            raise Misconfigured(f"SDP_SCHEDULES: {entry!r} is not PROVIDER=CRON, PROVIDER=CRON|CRON or PROVIDER=off")
        told[name.strip()] = cron.strip()
    own = told.get(provider.name)
    if own is None:
        return Pace(provider.cron, provider.near) if provider.cron else None
    if own == OFF:
        return None
    usual, _, near = (part.strip() for part in own.partition("|"))
    for cron in filter(None, (usual, near)):
        last_tick(cron, datetime(2025, 1, 1))  # noqa: DTZ001 - only to see that it can be read
    return Pace(usual, near or None)


def sports_of(provider: Provider, settings: Settings) -> list[str]:
    """Return the sports of a provider that are read by themselves: those of `SDP_SPORTS`, all where it is empty."""
    wanted = {name.strip() for name in settings.sports.split(",") if name.strip()}
    return [sport for sport in provider.sports if sport in codes() and (not wanted or sport in wanted)]


def due(job: Job, provider: Provider, at: Pace) -> list[str]:
    """Return the sports whose turn has come since they were last read.

    Whoever asks holds the lock of the provider's job, and what begins is written down before anything is fetched: so
    two replicas never read the same tick twice.
    """
    with job.session() as session:
        last = {run.sport: run for run in ingests.latest(session) if run.provider == provider.name}
        declared = ingests.declared_at(session, provider.name)
        found = []
        for sport in sports_of(provider, job.settings):
            near = bool(at.near and reference.upcoming(session, sport, job.now, job.now + NEAR))
            cron = at.near if near and at.near else at.usual
            if is_due(cron, last.get(sport), declared.get(sport), job.now):
                found.append(sport)
    return found


def is_due(cron: str, last: IngestRun | None, declared_at: datetime | None, now: datetime) -> bool:
    """Return whether a schedule has ticked since the last crawl, or a failed one may be tried again.

    What was never read does not wait for its hour: a new platform would be without rosters until tomorrow.
    """
    since = last.started_at if last is not None else declared_at
    if since is None:
        return False
    if (last is None or last.status == "failed") and now - since >= AGAIN:
        return True
    tick = last_tick(cron, now)
    return tick is not None and tick > since.replace(second=0, microsecond=0)


def declare(job: Job, providers: list[tuple[Provider, bool]]) -> None:
    """Write down what is meant to be read and how often, so that what never ran is seen to be missing.

    Args:
        job: The running job.
        providers: Each provider of the feed, and whether it is switched on.
    """
    rows = []
    for provider, is_on in providers:
        at = pace(provider, job.settings)
        cron = at.usual if at else ""
        target = 2 * interval(cron, job.now) if cron else timedelta()
        rows += [
            {
                "provider": provider.name,
                "sport": sport,
                "feed": provider.feed,
                "schedule": f"{cron} | {at.near}" if at and at.near else cron,
                "target_s": target.total_seconds(),
                "is_on": is_on and at is not None,
                "terms": provider.quality.terms,
                "declared_at": job.now,
            }
            for sport in sports_of(provider, job.settings)
        ]
    feeds = {provider.feed for provider, _ in providers}
    with job.session() as session:
        ingests.declare(session, feeds, rows)
