"""Replays kept bodies through the parsers of today: rows mended without a request."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sdp_common.errors import BadInput, DriftedSource
from sdp_common.service import Job
from sdp_common.store import injuries, odds, payloads, review, weather
from sdp_sports.spec import codes, load
from sqlalchemy.orm import Session

from sdp_ingestion.provider import Payload, Provider, Request
from sdp_ingestion.rows import Rejected
from sdp_ingestion.save import Context, save
from sdp_ingestion.settle import settle
from sdp_ingestion.tally import Tally

_FORGET: Mapping[str, Callable[[Session, str, str, datetime], None]] = {
    "odds": odds.forget,
    "weather": weather.forget,
    "injury": injuries.forget,
}
"""What is told anew from the first replayed body on; the rows of the other feeds are overwritten by their keys."""


def reparse(job: Job, provider: Provider, since: datetime, sport: str | None = None) -> dict[str, Any]:
    """Rebuild the rows of a provider from the bodies that came since a moment; all of it or nothing.

    Returns:
        The counts of a crawl, with `bodies` and without requests.

    Raises:
        BadInput: Its bodies are not kept, or none came since then.
    """
    if not provider.quality.replayable:
        raise BadInput(f"{provider.name}'s bodies are not kept: {provider.quality.why_not_kept}")
    wanted = [code for code in provider.sports if code in codes() and sport in (None, code)]
    tally = Tally()
    bodies = 0
    with job.session() as session:
        for code in wanted:
            bodies += _replay(job, session, provider, code, since, tally)
    if not bodies:
        raise BadInput(f"no body of {provider.name} was kept since {since:%Y-%m-%d %H:%M} UTC")
    for code in wanted:
        settle(job, code)
    return {"provider": provider.name, "status": "succeeded", "bodies": bodies, **tally.report()}


def _replay(job: Job, session: Session, provider: Provider, sport: str, since: datetime, tally: Tally) -> int:
    count = 0
    markets = review.decided(session, sport, provider.name)["market"]
    for body in payloads.replay(session, provider.name, sport=sport, since=since):
        if not count and provider.feed in _FORGET:
            _FORGET[provider.feed](session, provider.name, sport, body.fetched_at)
        count += 1
        job.progress(0.5, f"{provider.name}: {body.tag} of {body.fetched_at:%Y-%m-%d %H:%M}")
        request = Request(body.url, body.tag, body.about)
        payload = Payload(request, body.content, body.fetched_at, body.status, body.sport, markets)
        context = Context(session, load(sport), provider.name, body.fetched_at, tally)
        try:
            told = (row for row in provider.parse(payload) if not isinstance(row, Request))
            save(context, told, is_whole=body.tag in provider.whole)
        except DriftedSource as drift:
            tally.reject(Rejected("a body that is not understood", drift.message))
    return count
