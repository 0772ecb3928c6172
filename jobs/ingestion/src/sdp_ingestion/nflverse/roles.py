"""`snap_counts`, `depth_charts` and the index of players: what part a player has in his team, and who he is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import polars as pl
from polars.exceptions import PolarsError
from sdp_common.errors import DriftedSource
from sdp_sports.spec import load

from sdp_ingestion.nflverse.tables import Record, columns_of, number, read, records
from sdp_ingestion.provider import Payload
from sdp_ingestion.rows import DepthRow, KnownPlayerRow, Rejected, Row, SnapRow, SourceId

_SNAPS = ("game_id", "pfr_player_id", "player", "position", "team", "offense_snaps", "offense_pct")
_WEEKLY = ("season", "week", "club_code", "gsis_id", "position", "depth_team", "formation")
_DATED = ("dt", "team", "gsis_id", "pos_abb", "pos_rank")
_INDEX = ("gsis_id", "pfr_id")
_DRAFT = ("draft_ovr", "draft_pick", "rookie_season", "draft_year")


def is_ours(position: str | None) -> bool:
    """Return whether the sport declares a source's position."""
    sport = load("nfl")
    return position is not None and sport.position(position) in sport.positions


def parse_snaps(payload: Payload) -> Iterator[Row | Rejected]:
    """Yield everybody of our positions who was on the field, on special teams alone too."""
    for record in records(read(payload, _SNAPS, ())):
        if not is_ours(record["position"]):
            continue
        if record["game_id"] is None or record["team"] is None or record["player"] is None:
            yield Rejected("snaps without their player, team or game", str(record["player"]))
            continue
        yield SnapRow(
            player=SourceId("pfr", record["pfr_player_id"] or ""),
            name=record["player"],
            game=record["game_id"],
            team=record["team"],
            position=record["position"],
            offense_snaps=int(number(record["offense_snaps"])),
            offense_share=number(record["offense_pct"]),
        )


def parse_depths(payload: Payload) -> Iterator[Row | Rejected]:
    """Yield the offence's ranks of both generations of the file: one chart a week, or charts with their moment."""
    dated = "dt" in columns_of(payload)
    frame = read(payload, _DATED if dated else _WEEKLY, ())
    season = int(payload.request.about.get("season", payload.fetched_at.year))
    for record in records(frame):
        row = _dated(record, season) if dated else _weekly(record)
        if row is not None:
            yield row


def _weekly(record: Record) -> DepthRow | None:
    if record["formation"] != "Offense" or not is_ours(record["position"]):
        return None
    if any(record[name] is None for name in ("week", "club_code", "gsis_id", "depth_team")):
        return None
    player, depth = SourceId("gsis", record["gsis_id"]), int(record["depth_team"])
    return DepthRow(player, record["club_code"], depth, int(record["season"]), week=int(record["week"]))


def _dated(record: Record, season: int) -> DepthRow | None:
    if not is_ours(record["pos_abb"]) or any(record[name] is None for name in _DATED):
        return None
    moment = record["dt"] if isinstance(record["dt"], datetime) else datetime.fromisoformat(str(record["dt"]))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    player, depth = SourceId("gsis", record["gsis_id"]), int(record["pos_rank"])
    return DepthRow(player, record["team"], depth, season, published_at=moment)


def parse_index(payload: Payload) -> Iterator[Row | Rejected]:
    """Yield each player's ids and draft, from the release `players` or the crosswalk of dynastyprocess (CSV)."""
    frame = _table(payload) if payload.request.url.endswith(".csv") else read(payload, _INDEX, _DRAFT)
    for record in records(frame):
        if record["gsis_id"] is None:
            continue
        ids = [SourceId("gsis", record["gsis_id"])]
        ids += [SourceId("pfr", record["pfr_id"])] if record["pfr_id"] else []
        pick = record.get("draft_ovr") or record.get("draft_pick")
        first = record.get("rookie_season") or record.get("draft_year")
        yield KnownPlayerRow(tuple(ids), int(float(pick)) if pick else None, int(float(first)) if first else None)


def _table(payload: Payload) -> pl.DataFrame:
    try:
        frame = pl.read_csv(BytesIO(payload.content), infer_schema=False)
    except (PolarsError, OSError, ValueError) as error:
        raise DriftedSource(f"nflverse: {payload.request.url} is not CSV: {error}") from error
    if missing := sorted(set(_INDEX) - set(frame.columns)):
        raise DriftedSource(f"nflverse: {payload.request.url} lacks {', '.join(missing)}")
    # The round's pick is not the overall one: only the latter tells players of different rounds apart.
    return frame.drop("draft_pick", strict=False)
