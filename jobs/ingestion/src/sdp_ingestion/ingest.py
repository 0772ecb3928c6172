"""One crawl of one provider: fetch, keep the bodies, save the rows, and record what it cost."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sdp_common.db.bulk import Counts
from sdp_common.db.models.reference import Game, Venue
from sdp_common.errors import BadInput, PlatformError, Unavailable
from sdp_common.service import Job
from sdp_common.settings import Settings
from sdp_common.store import events, ingests, players, reference, retention
from sdp_sports.spec import Sport, codes, load
from sqlalchemy.orm import Session

from sdp_ingestion.fetch import Fetcher
from sdp_ingestion.provider import Ask, Provider, Upcoming, crawl
from sdp_ingestion.save import Context, Known, save
from sdp_ingestion.settle import settle
from sdp_ingestion.tally import Tally

HORIZON = timedelta(days=16)
"""How far ahead games are asked for one by one: as far as weather is forecast."""

MONTHS_AHEAD = timedelta(days=62)
"""How far ahead the partitions of quotes are made."""


_TELL_WHO = ("stats", "injury")
"""The feeds that bring games, teams and players: what waits for review may be certain once they told of them."""


def ingest(
    job: Job,
    provider: Provider,
    sport: str,
    *,
    seasons: tuple[int, ...] = (),
    subjects: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Crawl a provider once and return the counts; `ingest_runs` has them too, also where it fails.

    Each answer is saved in a transaction of its own, so that a failure half-way keeps what came before it and the
    last good data of everything else. A source that refuses us is reported as `unavailable`, not raised: nothing is
    broken, and asking again would not help.

    Raises:
        BadInput: The provider has nothing for this sport.
        Retriable: The source is out.
        DriftedSource: It answered in a shape that we do not understand; the body is kept.
    """
    offered = [code for code in provider.sports if code in codes()]
    if sport not in offered:
        raise BadInput(f"{provider.name} has no {sport} that we know; it has {', '.join(offered)}")
    tally = Tally()
    ingest_id = _begin(job, provider, load(sport))
    status = "failed"
    error: PlatformError | None = None
    try:
        _crawl(job, provider, _ask(job, provider, load(sport), seasons, subjects), tally)
        status = "succeeded"
    except Unavailable as refusal:
        status, error = "unavailable", refusal
    except PlatformError as failure:
        error = failure
        raise
    except Exception as failure:
        error = PlatformError(f"{provider.name}: {type(failure).__name__}: {failure}")
        raise
    finally:
        told = {"code": error.code, "message": error.message} if error else None
        with job.session() as session:
            ingests.finish(session, ingest_id, status, tally.report(), finished_at=datetime.now(UTC), error=told)
    if provider.feed in _TELL_WHO and (tally.counts.new or tally.counts.changed):
        settle(job, sport)
    report = {"provider": provider.name, "status": status, **tally.report()}
    return report | ({"message": error.message} if error else {})


def _begin(job: Job, provider: Provider, sport: Sport) -> int:
    """Record that the crawl begins, with the teams that every row hangs on."""
    with job.session() as session:
        if provider.feed == "odds":
            retention.make_months(session, job.now, job.now + MONTHS_AHEAD)
        reference.save_teams(session, sport.code)
        if "DST" in sport.positions:
            players.save_defences(session, sport.code, sport.teams)
        return ingests.begin(
            session,
            provider=provider.name,
            feed=provider.feed,
            sport=sport.code,
            run_id=job.run_id,
            started_at=datetime.now(UTC),
        )


def _ask(job: Job, provider: Provider, sport: Sport, seasons: tuple[int, ...], subjects: tuple[str, ...]) -> Ask:
    games: tuple[Upcoming, ...] = ()
    if provider.feed in ("weather", "odds"):
        since, until = _span(job, seasons)
        with job.session() as session:
            games = tuple(_upcoming(*row) for row in reference.upcoming(session, sport.code, since, until))
    return Ask(sport.code, job.now, seasons, bases(job.settings), games, subjects, options(provider, job.settings))


def _span(job: Job, seasons: tuple[int, ...]) -> tuple[datetime, datetime]:
    """Return from when to when games are of interest: the next days, or the years of the seasons that are named."""
    if not seasons:
        return job.now, job.now + HORIZON
    return datetime(min(seasons), 3, 1, tzinfo=UTC), datetime(max(seasons) + 1, 3, 1, tzinfo=UTC)


def _upcoming(game: Game, venue: Venue | None, forecast_at: datetime | None) -> Upcoming:
    return Upcoming(
        game_id=game.id.partition(":")[2],
        starts_at=game.starts_at,
        home=game.home_team_id.partition(":")[2],
        away=game.away_team_id.partition(":")[2],
        venue=game.venue_id.partition(":")[2] if game.venue_id else None,
        roof=venue.roof if venue else None,
        forecast_at=forecast_at,
    )


def bases(settings: Settings) -> dict[str, str]:
    """Return the address of every source: the settings that end in `_base_url`, by the name before it."""
    suffix = "_base_url"
    return {
        name.removesuffix(suffix): getattr(settings, name)
        for name in type(settings).model_fields
        if name.endswith(suffix)
    }


def options(provider: Provider, settings: Settings) -> dict[str, str]:
    """Return the settings that begin with the provider's name, by what comes after it; secrets and addresses apart."""
    found = {}
    for name in type(settings).model_fields:
        rest = name.removeprefix(f"{provider.name}_")
        value = getattr(settings, name)
        if rest != name and rest not in ("base_url", "key") and value is not None:
            found[rest] = str(value)
    return found


def _crawl(job: Job, provider: Provider, ask: Ask, tally: Tally) -> None:
    asked = len(list(provider.start(ask)))
    known = Known()
    with Fetcher(job, provider, ask.sport, tally) as fetch:
        for payload, rows in crawl(provider, ask, fetch):
            subject = payload.request.about.get("season", "")
            share = tally.requests / (max(asked, tally.requests) + 1)
            job.progress(share, f"{provider.name}: {payload.request.tag} {subject}".strip())
            before = tally.counts
            with job.session() as session:
                is_whole = payload.request.tag in provider.whole
                context = Context(session, load(ask.sport), provider.name, payload.fetched_at, tally, known)
                save(context, rows, is_whole=is_whole)
                fetch.saved(session, payload)
                _tell(session, provider, ask.sport, before, tally)


def _tell(session: Session, provider: Provider, sport: str, before: Counts, tally: Tally) -> None:
    """Tell whoever follows that something new is stored, once the session commits."""
    new, changed = tally.counts.new - before.new, tally.counts.changed - before.changed
    if new or changed:
        told = {"provider": provider.name, "feed": provider.feed, "sport": sport}
        events.tell(session, "feed", {**told, "rows_new": new, "rows_changed": changed})


def switched_on(provider: Provider, settings: Settings) -> bool:
    """Return whether a provider runs without being asked for: by default, or named in `SDP_PROVIDERS_ENABLED`."""
    named = {name.strip() for name in settings.providers_enabled.split(",")}
    return provider.quality.default_on or provider.name in named
