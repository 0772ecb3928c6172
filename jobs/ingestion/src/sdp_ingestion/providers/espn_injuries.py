"""ESPN's injury list: status, body part and date. The write-ups are licensed text and are never kept in a row."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sdp_ingestion.documents import Document, each, guarded, items, moment, objects, read
from sdp_ingestion.espn import PATHS, QUALITY
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import InjuryRow, Rejected, Row, SourceId

_ID = re.compile(r"/id/(\d+)")
_STATUSES = {
    "active": "active",
    "probable": "probable",
    "questionable": "questionable",
    "day-to-day": "questionable",
    "doubtful": "doubtful",
    "out": "out",
    "suspension": "out",
    "suspended": "out",
    "injured reserve": "injured_reserve",
    "physically unable to perform": "injured_reserve",
    "non-football injury": "injured_reserve",
    "10-day-il": "injured_reserve",
    "15-day-il": "injured_reserve",
    "60-day-il": "injured_reserve",
}


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the league's list."""
    base = ask.bases["espn"].rstrip("/")
    yield Request(f"{base}/apis/site/v2/sports/{PATHS[ask.sport]}/injuries", tag="injuries")


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield a row a report, known when it was dated.

    Raises:
        DriftedSource: The answer is not an injury list.
    """
    where = payload.request.url
    teams = items(read(payload, "injuries"), "injuries", where)
    reports = (report for team in teams for report in items(team, "injuries", where))
    yield from each(reports, lambda report: [_report(report)], "a report")


def _report(report: Document) -> InjuryRow | Rejected:
    athlete = report["athlete"]
    name = athlete["displayName"]
    status = _STATUSES.get(str(report.get("status") or "").strip().lower())
    if status is None:
        return Rejected("an injury status that we do not know", f"{name}: {report.get('status')}")
    links = " ".join(str(link.get("href")) for link in objects(athlete.get("links")))
    found = _ID.search(links)
    details = report.get("details") or {}
    return InjuryRow(
        player=SourceId("espn", found[1] if found else f"name:{name}"),
        known_at=moment(report["date"]),
        status=status,
        name=name,
        team=(athlete.get("team") or {}).get("abbreviation"),
        position=(athlete.get("position") or {}).get("abbreviation"),
        body_part=details.get("type"),
    )


PROVIDER = Provider(
    name="espn_injuries",
    feed="injury",
    sports=tuple(PATHS),
    cron="10 */2 * * *",
    near="*/10 * * * *",
    start=start,
    parse=guarded(parse),
    quality=replace(QUALITY, replayable=False, why_not_kept="the body carries write-ups that are licensed text"),
)
