"""`sdp-ingest FEED run|once|health`: five feeds, each a service with a queue, a schedule and a fate of its own."""

import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from sdp_common.errors import BadInput, Cancelled, PlatformError
from sdp_common.service import Job, Service
from sdp_common.settings import settings
from sdp_common.store import retention

from sdp_ingestion.ingest import ingest, switched_on
from sdp_ingestion.provider import Feed, Provider
from sdp_ingestion.registry import provider as named
from sdp_ingestion.registry import providers
from sdp_ingestion.reparse import reparse as replay
from sdp_ingestion.slate_import import import_upload
from sdp_ingestion.timetable import TICK, Pace, declare, due, pace

FEEDS: tuple[str, ...] = get_args(Feed)


def crawl(
    job: Job,
    provider: str,
    sport: str = "nfl",
    seasons: list[int] | None = None,
    subjects: list[str] | None = None,
) -> dict[str, Any]:
    """Crawl one provider once and return its counts.

    Args:
        job: The running job.
        provider: The provider's name.
        sport: The sport's code.
        seasons: The seasons wanted, where the source has seasons.
        subjects: Further things to ask for by name (draft groups), where the provider takes any.
    """
    return ingest(job, named(provider), sport, seasons=tuple(seasons or ()), subjects=tuple(subjects or ()))


def reparse(job: Job, provider: str, since: datetime, sport: str | None = None) -> dict[str, Any]:
    """Rebuild a provider's rows from the bodies that we keep, without a request.

    Args:
        job: The running job.
        provider: The provider's name.
        since: From when on (UTC where no zone is given).
        sport: One sport alone.
    """
    return replay(job, named(provider), since if since.tzinfo else since.replace(tzinfo=UTC), sport)


def tidy(job: Job) -> dict[str, Any]:
    """Let go of quotes and raw bodies that are older than is configured; nothing by default."""
    kept = job.settings
    done = {"months": 0, "bodies": 0}
    with job.session() as session:
        if kept.odds_months_kept:
            done["months"] = retention.drop_quotes(session, job.now - timedelta(days=30.44 * kept.odds_months_kept))
        if kept.bodies_days_kept:
            done["bodies"] = retention.drop_bodies(session, job.now - timedelta(days=kept.bodies_days_kept))
    return done


def import_slate(job: Job, upload_id: int, on: str | None = None) -> dict[str, Any]:
    """Make a slate of an uploaded salary file and return the slate's id and whom we could not match.

    Args:
        job: The running job.
        upload_id: The upload.
        on: The slate's day, `2024-11-24`, for files that do not date their games.
    """
    return import_upload(job, upload_id, day(on))


def day(text: str | None) -> date | None:
    """Return a day as people write it, None where none is given.

    Raises:
        BadInput: It is none.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(f"{text!r} is not a day like 2024-11-24") from error


def service(feed: str) -> Service:
    """Return a feed's service: `crawl` on request, and every provider that is switched on at its own times.

    Raises:
        BadInput: There is no such feed.
    """
    if feed not in FEEDS:
        raise BadInput(f"there is no feed {feed!r}; there are {', '.join(FEEDS)}")
    made = Service(f"ingest-{feed}")
    made.job()(crawl)
    made.job(attempts=1)(reparse)
    if feed == "odds":
        made.job(cron="15 4 * * *")(tidy)
    if feed == "dfs":
        made.job()(import_slate)
    configured = settings()
    mine = [(one, switched_on(one, configured)) for one in providers().values() if one.feed == feed]
    made.job(cron=TICK)(_declaring(mine))
    for provider, is_on in mine:
        at = pace(provider, configured)
        if is_on and at is not None:
            made.job(cron=at.near or TICK)(_scheduled(provider, at))
    return made


def _declaring(mine: list[tuple[Provider, bool]]) -> Any:
    """Return the job that writes down what this feed is meant to read."""

    def declare_schedules(job: Job) -> None:
        declare(job, mine)

    return declare_schedules


def _scheduled(provider: Provider, at: Pace) -> Any:
    """Return the job that crawls the sports of a provider whose turn has come; it has a name of its own.

    What fails for one sport is told and leaves the others alone.
    """

    def crawl_due(job: Job) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for sport in due(job, provider, at):
            try:
                told[sport] = ingest(job, provider, sport)
            except Cancelled:
                raise
            except PlatformError as error:
                told[sport] = {"status": "failed", "code": error.code, "message": error.message}
        return told

    crawl_due.__name__ = crawl_due.__qualname__ = f"crawl_{provider.name}"
    crawl_due.__doc__ = f"Crawl {provider.name}."
    return crawl_due


def main() -> None:
    """Run the feed that the first argument names."""
    if len(sys.argv) < 2 or sys.argv[1] not in FEEDS:
        print(f"usage: sdp-ingest {{{','.join(FEEDS)}}} {{run,once,health}} ...", file=sys.stderr)  # noqa: T201
        sys.exit(0 if "--help" in sys.argv[1:2] else 2)
    try:
        made = service(sys.argv[1])
    except PlatformError as error:
        print(f"sdp-ingest: {error.message}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    made.main(sys.argv[2:])
