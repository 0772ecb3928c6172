"""The NHL's web API: the week's schedule, and the box score of each game that has ended."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from sdp_ingestion.documents import Document, each, guarded, items, moment, read
from sdp_ingestion.prices import number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import GameRow, PlayerRow, Rejected, Row, SourceGame, SourceId, StatRow

_SINCE = timedelta(days=1)
_OFF = {"PPD": "postponed", "CNCL": "cancelled", "SUSP": "postponed"}
_FINAL = ("OFF", "FINAL")
_KINDS = {2: "REG", 3: "POST"}
_SKATER = {
    "goals": "goals",
    "assists": "assists",
    "shots_on_goal": "sog",
    "blocked_shots": "blockedShots",
}
_GOALIE = {"goals_against": "goalsAgainst", "saves": "saves"}


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the week that begins yesterday."""
    base = ask.base("nhl_api")
    yield Request(f"{base}/v1/schedule/{ask.now - _SINCE:%Y-%m-%d}", "schedule", {"base": base})


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the games and a request a box score, then the lines of each.

    Raises:
        DriftedSource: The answer is not what its tag says.
    """
    if payload.request.tag == "boxscore":
        body = read(payload, "playerByGameStats", "homeTeam", "awayTeam")
        yield from each(("awayTeam", "homeTeam"), lambda side: _lines(payload, body, side), "a side")
        return
    days = items(read(payload, "gameWeek"), "gameWeek", payload.request.url)
    games = [game for day in days for game in items(day, "games", "a day")]
    yield from each(games, lambda game: _game(payload, game), "a game")


def _game(payload: Payload, game: Document) -> Iterator[Row | Rejected | Request]:
    kind = _KINDS.get(game["gameType"])
    if kind is None:
        return
    is_final = game.get("gameState") in _FINAL
    home, away = game["homeTeam"], game["awayTeam"]
    score = {
        side: number_of(team.get("score")) if is_final else None for side, team in (("home", home), ("away", away))
    }
    key = str(game["id"])
    yield GameRow(
        code="",
        season=int(str(game["season"])[:4]),
        season_type=kind,
        week=None,
        starts_at=moment(game["startTimeUTC"]),
        home=home["abbrev"],
        away=away["abbrev"],
        home_score=None if score["home"] is None else int(score["home"]),
        away_score=None if score["away"] is None else int(score["away"]),
        neutral_site=bool(game.get("neutralSite")),
        ids={"nhl": key},
        status=_OFF.get(str(game.get("gameScheduleState"))),
    )
    base = payload.request.about.get("base")
    if is_final and base:
        yield Request(f"{base}/v1/gamecenter/{key}/boxscore", "boxscore", {"game": key}, optional=True)


def _lines(payload: Payload, body: Document, side: str) -> Iterator[PlayerRow | StatRow]:
    team = body[side]["abbrev"]
    game = SourceGame("nhl", payload.request.about.get("game") or str(body["id"]))
    listed = body["playerByGameStats"][side]
    for group in ("forwards", "defense", "goalies"):
        for player in listed.get(group) or ():
            names = _GOALIE if group == "goalies" else _SKATER
            line = {ours: number_of(player.get(theirs)) or 0.0 for ours, theirs in names.items()}
            if group == "goalies":
                line["goalie_wins"] = float(player.get("decision") == "W")
                line["overtime_losses"] = float(player.get("decision") == "O")
                played = player.get("toi") not in (None, "", "00:00")
                line["shutouts"] = float(played and line["goals_against"] == 0 and player.get("decision") == "W")
            who = SourceId("nhl", str(player["playerId"]))
            yield PlayerRow((who,), _name(player["name"]), player.get("position"), team)
            yield StatRow(who, game, team, player.get("position"), {k: v for k, v in line.items() if v})


def _name(told: Any) -> str:
    return str(told["default"] if isinstance(told, dict) else told)


PROVIDER = Provider(
    name="nhl_api",
    feed="stats",
    sports=("nhl",),
    cron="*/30 * * * *",
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="the NHL's public web API, undocumented; data belongs to the NHL",
        rate_per_s=1.0,
        recorded=False,
        default_on=False,
    ),
)
