"""ESPN's scoreboard as a schedule: games of yesterday and the coming week, with their scores once final."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from sdp_sports.spec import load

from sdp_ingestion.documents import Document, each, guarded, items, moment, read
from sdp_ingestion.espn import PATHS, QUALITY, team_label
from sdp_ingestion.prices import number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import GameRow, Rejected, Row

_SINCE, _UNTIL = timedelta(days=1), timedelta(days=8)
_OFF = {"STATUS_POSTPONED": "postponed", "STATUS_CANCELED": "cancelled", "STATUS_SUSPENDED": "postponed"}
_TYPES = {1: "PRE", 2: "REG", 3: "POST", 4: "OFF"}
_POSTSEASON = {1: 1, 2: 2, 3: 3, 5: 4}
"""ESPN's weeks of the NFL's play-offs as weeks after the regular season; its fourth is the all-star game."""
_SEVENTEEN_GAMES = 2021


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the scoreboard of yesterday, today and the next days."""
    days = f"{ask.now - _SINCE:%Y%m%d}-{ask.now + _UNTIL:%Y%m%d}"
    path = f"{ask.base('espn')}/apis/site/v2/sports/{PATHS[ask.sport]}/scoreboard"
    yield Request(f"{path}?dates={days}&limit=300", tag="scoreboard")


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield a row a game.

    Raises:
        DriftedSource: The answer is not a scoreboard.
    """
    events = items(read(payload, "events"), "events", payload.request.url)
    yield from each(events, lambda event: _games(payload, event), "an event")


def _games(payload: Payload, event: Document) -> Iterator[Row | Rejected]:
    season = event["season"]
    kind = _TYPES.get(season["type"], "OFF")
    week = (event.get("week") or {}).get("number")
    for game in items(event, "competitions", "an event"):
        sides = {side["homeAway"]: side for side in game["competitors"]}
        names = {side: team_label(payload.sport, sides[side]["team"]) for side in ("home", "away")}
        state = game["status"]["type"]
        is_final = bool(state.get("completed")) and state.get("name") not in _OFF
        score = {side: number_of(sides[side].get("score")) if is_final else None for side in names}
        code, season_week = _nfl_code(season["year"], kind, week, names) if payload.sport == "nfl" else ("", None)
        if kind == "OFF" or (payload.sport == "nfl" and kind == "PRE"):
            continue
        yield GameRow(
            code=code,
            season=int(season["year"]),
            season_type="POST" if kind == "POST" else "REG",
            week=season_week if payload.sport == "nfl" else week,
            starts_at=moment(game.get("date") or event["date"]),
            home=names["home"],
            away=names["away"],
            home_score=None if score["home"] is None else int(score["home"]),
            away_score=None if score["away"] is None else int(score["away"]),
            neutral_site=bool(game.get("neutralSite")),
            ids={"espn": str(game["id"])},
            status=_OFF.get(str(state.get("name"))),
        )


def _nfl_code(year: int, kind: str, week: int | None, names: dict[str, str]) -> tuple[str, int | None]:
    """Return the game's id as nflverse writes it (`2024_19_GB_PHI`), and its week."""
    regular = 18 if year >= _SEVENTEEN_GAMES else 17
    counted = regular + _POSTSEASON[week] if kind == "POST" and week in _POSTSEASON else week
    if counted is None:
        return "", None
    sport = load("nfl")
    return f"{year}_{counted:02d}_{sport.team(names['away'])}_{sport.team(names['home'])}", counted


PROVIDER = Provider(
    name="espn_scoreboard",
    feed="stats",
    sports=tuple(PATHS),
    cron="*/15 * * * *",
    near="*/5 * * * *",
    start=start,
    parse=guarded(parse),
    quality=QUALITY,
)
