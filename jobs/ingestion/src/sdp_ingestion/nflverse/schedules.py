"""`schedules/games`: games, venues, closing lines and the weather that was."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from sdp_sports.venues import places

from sdp_ingestion.nflverse.tables import Record, read, records
from sdp_ingestion.prices import decimal_of_american
from sdp_ingestion.provider import Payload
from sdp_ingestion.rows import ForecastRow, GameRow, PlayerRow, QuoteRow, Rejected, Row, SourceId, StarterRow, VenueRow

BOOK = "nflverse"
_EASTERN = ZoneInfo("America/New_York")
_NEEDED = ("game_id", "season", "game_type", "week", "gameday", "gametime", "home_team", "away_team")
_IDS = {"gsis": "old_game_id", "espn": "espn", "pfr": "pfr"}
_RETRACTABLE = {"open", "closed"}
_SCORE_LIMIT = 200
"""More points than any team ever scored: a score above is garbage."""


def parse(payload: Payload) -> Iterator[Row | Rejected]:
    """Yield the venues, then each game with its lines and weather; the seasons are those asked for."""
    frame = read(payload, _NEEDED)
    wanted = payload.request.about.get("seasons")
    if wanted:
        frame = frame.filter(pl.col("season").is_in([int(season) for season in wanted.split(",")]))
    yield from _venues(frame)
    seen: set[str] = set()
    for record in records(frame):
        fault = _fault(record, seen)
        if fault:
            yield Rejected(fault, str(record["game_id"]))
            continue
        seen.add(record["game_id"])
        game = _game(record)
        yield game
        yield from _starters(record)
        moment = payload.fetched_at if game.starts_at > payload.fetched_at else None
        yield from _quotes(record, game.code, moment)
        if moment is None and (record.get("temp") is not None or record.get("wind") is not None):
            yield ForecastRow(game.code, None, None, temp_f=record.get("temp"), wind_mph=record.get("wind"))


def _fault(record: Record, seen: set[str]) -> str | None:
    if any(record[name] is None for name in ("game_id", "season", "week", "gameday", "home_team", "away_team")):
        return "a game without its teams, day or week"
    if record["game_id"] in seen:
        return "a game that came twice"
    if any(not 0 <= (record.get(side) or 0) <= _SCORE_LIMIT for side in ("home_score", "away_score")):
        return "a game with an impossible score"
    return None


def _venues(frame: pl.DataFrame) -> Iterator[VenueRow]:
    if "stadium_id" not in frame.columns:
        return
    known = places("nfl")
    latest: dict[str, Record] = {}
    roofs: dict[str, set[str]] = {}
    for record in records(frame):
        code = record["stadium_id"]
        if code is not None:
            latest[code] = record
            roofs.setdefault(code, set()).add(record.get("roof") or "")
    for code, record in latest.items():
        place = known.get(code)
        roof = "retractable" if roofs[code] & _RETRACTABLE else record.get("roof")
        yield VenueRow(
            code=code,
            name=record.get("stadium") or (place.name if place else code),
            roof=place.roof if place else roof,
            surface=record.get("surface"),
            latitude=place.latitude if place else None,
            longitude=place.longitude if place else None,
            azimuth_deg=place.azimuth_deg if place else None,
        )


def _game(record: Record) -> GameRow:
    scores = {side: record.get(side) for side in ("home_score", "away_score")}
    return GameRow(
        code=record["game_id"],
        season=record["season"],
        season_type="REG" if record["game_type"] == "REG" else "POST",
        week=record["week"],
        starts_at=_kick_off(record),
        home=record["home_team"],
        away=record["away_team"],
        home_score=None if scores["home_score"] is None else int(scores["home_score"]),
        away_score=None if scores["away_score"] is None else int(scores["away_score"]),
        venue=record.get("stadium_id"),
        neutral_site=record.get("location") == "Neutral",
        ids={source: _text(record[name]) for source, name in _IDS.items() if record.get(name) is not None},
    )


def _starters(record: Record) -> Iterator[PlayerRow | StarterRow]:
    """Yield the quarterbacks who started, whom the schedule introduces before any stat line does."""
    for side in ("home", "away"):
        code, name = record.get(f"{side}_qb_id"), record.get(f"{side}_qb_name")
        if code is not None and name is not None:
            team = record[f"{side}_team"]
            yield PlayerRow((SourceId("gsis", code),), name, "QB", team)
            yield StarterRow(SourceId("gsis", code), record["game_id"], team, "QB")


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)


def _kick_off(record: Record) -> datetime:
    """Return the kick-off in UTC: `gametime` is US Eastern wherever the game is; one o'clock where it is not set."""
    moment = datetime.fromisoformat(f"{record['gameday']}T{record['gametime'] or '13:00'}")
    return moment.replace(tzinfo=_EASTERN).astimezone(UTC)


def _quotes(record: Record, game: str, moment: datetime | None) -> Iterator[QuoteRow]:
    """Yield the lines. nflverse's `spread_line` is positive where home is favoured; a handicap is the opposite."""
    spread, total = record.get("spread_line"), record.get("total_line")
    offers = [
        ("moneyline", "home", None, "home_moneyline", record.get("home_moneyline") is not None),
        ("moneyline", "away", None, "away_moneyline", record.get("away_moneyline") is not None),
        ("spread", "home", None if spread is None else -spread + 0.0, "home_spread_odds", spread is not None),
        ("spread", "away", None if spread is None else spread + 0.0, "away_spread_odds", spread is not None),
        ("total", "over", total, "over_odds", total is not None),
        ("total", "under", total, "under_odds", total is not None),
    ]
    for market, side, line, price, there in offers:
        if there:
            yield QuoteRow(game, BOOK, market, side, line, decimal_of_american(record.get(price)), moment)
