"""News feeds (RSS) that the user names: headlines alone, read by the classifier; the text is never kept.

Dates are written in many ways, some of them wrong (`9:26:00 AM PDT`).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

from sdp_common.errors import DriftedSource

from sdp_ingestion.documents import each, guarded
from sdp_ingestion.headlines import classify
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import InjuryRow, Rejected, Row, SourceId

_DATE = re.compile(
    r"(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?\s*([+-]\d{4}|[A-Z]{1,4})?"
)
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def start(ask: Ask) -> Iterable[Request]:
    """Ask for each feed of the sport: `SDP_RSS_URLS` is `nfl=ADDRESS,nba=ADDRESS`."""
    for entry in filter(None, (part.strip() for part in ask.options.get("urls", "").split(","))):
        sport, equals, url = entry.partition("=")
        if equals and sport == ask.sport:
            yield Request(url, tag="feed")


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield a report a player whose state a headline tells.

    Raises:
        DriftedSource: The answer is not a feed, or declares entities.
    """
    content = bytes(payload.content)
    if b"<!ENTITY" in content or b"<!DOCTYPE" in content[:2000]:
        raise DriftedSource(f"{payload.request.url} declares entities, which a feed has no need of")
    try:
        channel = ET.fromstring(content).find("channel")  # noqa: S314 - entities were refused above
    except ET.ParseError as error:
        raise DriftedSource(f"{payload.request.url} is not XML: {error}") from error
    if channel is None:
        raise DriftedSource(f"{payload.request.url} is no RSS: it has no channel")
    yield from each(channel.findall("item"), _facts, "an item")


def _facts(item: "ET.Element") -> Iterator[InjuryRow]:
    title, dated = item.findtext("title"), item.findtext("pubDate")
    if not title or not dated:
        raise ValueError("an item without a title or a date")
    told_at = published(dated)
    for fact in classify(title):
        player = SourceId("rss", f"name:{fact.name}")
        yield InjuryRow(player, told_at, fact.status, fact.name, body_part=fact.body_part, confidence=fact.confidence)


def published(text: str) -> datetime:
    """Return a feed's date in UTC, with a clock of 12 or 24 hours and a zone by name or offset.

    >>> published("Sun, 26 Oct 2025 9:26:00 AM PDT").isoformat()
    '2025-10-26T16:26:00+00:00'

    Raises:
        ValueError: It cannot be read.
    """
    found = _DATE.search(text)
    if found is None:
        raise ValueError(f"{text!r} is no date")
    day, month, year, hour, minute, second, half, zone = found.groups()
    clock = int(hour) % 12 + (12 if half.lower() == "pm" else 0) if half else int(hour)
    at = datetime(
        int(year), _MONTHS.index(month.lower()) + 1, int(day), clock, int(minute), int(second or 0), tzinfo=UTC
    )
    if zone and zone[0] in "+-":
        offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
    else:
        offset = timedelta(hours=_ZONES.get(zone or "GMT", 0))
    return at - offset


PROVIDER = Provider(
    name="rss",
    feed="injury",
    sports=("nfl", "nba", "mlb", "nhl", "wnba", "cfb", "cbb"),
    cron="*/15 * * * *",
    near="*/5 * * * *",
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="feeds that you name; headlines are copyrighted, so that only the facts in them are kept",
        rate_per_s=0.2,
        recorded=True,
        default_on=False,
        replayable=False,
        why_not_kept="a feed's text is copyrighted",
    ),
)
