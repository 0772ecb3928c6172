"""`weekly_rosters` and `injuries`: who was where in which week, and in which health."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from sdp_ingestion.nflverse.roles import is_ours
from sdp_ingestion.nflverse.tables import Record, read, records
from sdp_ingestion.provider import Payload
from sdp_ingestion.rows import InjuryRow, KnownPlayerRow, PlayerRow, Rejected, RosterRow, Row, SourceId

_ROSTER = ("season", "week", "team", "position", "status")
_ABOUT = (
    *("gsis_id", "player_id", "full_name", "player_name", "birth_date"),
    *("draft_number", "rookie_year", "entry_year"),
)
_HEALTH = ("practice_status", "report_primary_injury", "practice_primary_injury")
_INJURY = ("season", "week", "team", "gsis_id", "position", "full_name", "report_status", "date_modified")
_IDS = {
    "espn": "espn_id",
    "sportradar": "sportradar_id",
    "yahoo": "yahoo_id",
    "rotowire": "rotowire_id",
    "pff": "pff_id",
    "pfr": "pfr_id",
    "fantasy_data": "fantasy_data_id",
    "sleeper": "sleeper_id",
}
_STATUSES = frozenset({"out", "doubtful", "questionable", "probable"})
_BORN_LIMIT = 1930


def parse_rosters(payload: Payload) -> Iterator[Row | Rejected]:
    """Yield the players with their ids at every source, then their place in each week.

    Positions that the sport does not declare (linemen, defenders) are left out: nothing of ours is about them.
    """
    frame = read(payload, _ROSTER, (*_ABOUT, *_IDS.values()))
    seen: set[tuple[str, int]] = set()
    players: dict[str, Record] = {}
    entries: list[RosterRow] = []
    for record in records(frame):
        if not is_ours(record["position"]):
            continue
        gsis = record.get("gsis_id") or record.get("player_id")
        if gsis is None or record["team"] is None or record["week"] is None:
            yield Rejected("a roster entry without its player, team or week", str(_name(record)))
            continue
        if (gsis, record["week"]) in seen:
            yield Rejected("a roster entry that came twice", f"{_name(record)} week {record['week']}")
            continue
        seen.add((gsis, record["week"]))
        players[gsis] = record
        place = (record["team"], record["position"])
        entries.append(
            RosterRow(SourceId("gsis", gsis), record["season"], record["week"], *place, status=record["status"])
        )
    for gsis, record in players.items():
        ids = tuple(SourceId(source, str(record[name])) for source, name in _IDS.items() if record.get(name))
        yield PlayerRow(
            (SourceId("gsis", gsis), *ids),
            _name(record),
            record["position"],
            record["team"],
            _born(record.get("birth_date")),
            renames=True,
        )
        pick, first = record.get("draft_number"), record.get("rookie_year") or record.get("entry_year")
        if first:
            yield KnownPlayerRow((SourceId("gsis", gsis),), int(pick) if pick else None, int(first))
    yield from entries


def _name(record: Record) -> str:
    return str(record.get("full_name") or record.get("player_name") or "?")


def _born(value: object) -> date | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.date()
    return value if isinstance(value, date) and value.year > _BORN_LIMIT else None


def parse_injuries(payload: Payload) -> Iterator[Row | Rejected]:
    """Yield the week's reports, known when they were dated; a date that lacks a zone is UTC."""
    frame = read(payload, _INJURY, _HEALTH)
    for record in records(frame):
        if not is_ours(record["position"]):
            continue
        dated = record["date_modified"]
        if isinstance(dated, str):
            dated = datetime.fromisoformat(dated)
        if record["gsis_id"] is None or not isinstance(dated, datetime):
            yield Rejected("a report without its player or date", str(record["full_name"]))
            continue
        status = (record["report_status"] or "").lower()
        yield InjuryRow(
            player=SourceId("gsis", record["gsis_id"]),
            known_at=dated if dated.tzinfo else dated.replace(tzinfo=UTC),
            status=status if status in _STATUSES else None,
            name=record["full_name"] or record["gsis_id"],
            team=record["team"],
            position=record["position"],
            season=record["season"],
            week=record["week"],
            practice_status=record.get("practice_status"),
            body_part=record.get("report_primary_injury") or record.get("practice_primary_injury"),
        )
