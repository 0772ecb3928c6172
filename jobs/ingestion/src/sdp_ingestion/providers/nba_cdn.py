"""The NBA's live data: the season's schedule, today's board, and the box score of each game that has ended.

A game's id is text of ten characters with leading zeros, whose third tells the kind of game.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from sdp_ingestion.documents import Document, each, guarded, items, moment, read
from sdp_ingestion.prices import number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import GameRow, PlayerRow, Rejected, Row, SourceGame, SourceId, StatRow

_KINDS = {"2": "REG", "4": "POST", "5": "POST", "6": "REG"}
_FINAL = 3
_WINDOW = timedelta(days=2), timedelta(days=16)
_CLOCK = re.compile(r"PT(?:(\d+)M)?(?:([\d.]+)S)?")
_STATS = {
    "points": "points",
    "three_pointers_made": "threePointersMade",
    "rebounds": "reboundsTotal",
    "assists": "assists",
    "steals": "steals",
    "blocks": "blocks",
    "turnovers": "turnovers",
}


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the season's schedule and today's board."""
    base = f"{ask.base('nba_cdn')}/static/json"
    about = {"base": base}
    yield Request(f"{base}/staticData/scheduleLeagueV2.json", "schedule", about, optional=True)
    yield Request(f"{base}/liveData/scoreboard/todaysScoreboard_00.json", "scoreboard", about)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the games and a request a box score, then the lines of each.

    Raises:
        DriftedSource: The answer is not what its tag says.
    """
    where, tag = payload.request.url, payload.request.tag
    if tag == "boxscore":
        game = read(payload, "game")["game"]
        yield from each(("awayTeam", "homeTeam"), lambda side: _lines(game, side), "a side")
        return
    if tag == "schedule":
        days = items(read(payload, "leagueSchedule")["leagueSchedule"], "gameDates", where)
        listed = [game for day in days for game in items(day, "games", where)]
        games: Iterable[Document] = [game for game in listed if _is_near(payload, game)]
    else:
        games = items(read(payload, "scoreboard")["scoreboard"], "games", where)
    yield from each(games, lambda game: _game(payload, game), "a game")


def _is_near(payload: Payload, game: Document) -> bool:
    told = game.get("gameDateTimeUTC")
    if not told:
        return False
    return payload.fetched_at - _WINDOW[0] <= moment(told) <= payload.fetched_at + _WINDOW[1]


def _game(payload: Payload, game: Document) -> Iterator[Row | Rejected | Request]:
    key = str(game["gameId"])
    kind = _KINDS.get(key[2:3])
    home, away = game["homeTeam"], game["awayTeam"]
    if kind is None or not home.get("teamTricode") or not away.get("teamTricode"):
        return
    is_final = game.get("gameStatus") == _FINAL
    score = {
        side: number_of(team.get("score")) if is_final else None for side, team in (("home", home), ("away", away))
    }
    text = str(game.get("gameStatusText") or "").strip().lower()
    yield GameRow(
        code="",
        season=2000 + int(key[3:5]),
        season_type=kind,
        week=None,
        starts_at=moment(game.get("gameTimeUTC") or game["gameDateTimeUTC"]),
        home=home["teamTricode"],
        away=away["teamTricode"],
        home_score=None if score["home"] is None else int(score["home"]),
        away_score=None if score["away"] is None else int(score["away"]),
        neutral_site=bool(game.get("isNeutral")),
        ids={"nba": key},
        status="postponed" if text in ("ppd", "postponed") else None,
    )
    base = payload.request.about.get("base")
    if is_final and base:
        yield Request(f"{base}/liveData/boxscore/boxscore_{key}.json", "boxscore", {"game": key}, optional=True)


def _lines(game: Document, side: str) -> Iterator[PlayerRow | StatRow]:
    team = game[side]["teamTricode"]
    for player in game[side]["players"]:
        told = player.get("statistics") or {}
        if str(player.get("played")) not in ("1", "True", "true") or not told:
            continue
        line = {ours: number_of(told.get(theirs)) or 0.0 for ours, theirs in _STATS.items()}
        line["minutes"] = minutes(told.get("minutes"))
        name = player.get("name") or f"{player.get('firstName') or ''} {player.get('familyName') or ''}".strip()
        who = SourceId("nba", str(player["personId"]))
        yield PlayerRow((who,), name, player.get("position"), team)
        stats = {stat: value for stat, value in line.items() if value}
        yield StatRow(who, SourceGame("nba", str(game["gameId"])), team, player.get("position"), stats)


def minutes(told: object) -> float:
    """Return minutes played of `PT34M12.00S` or `34:12`.

    >>> minutes("PT34M12.00S"), minutes("34:12"), minutes(None)
    (34.2, 34.2, 0.0)
    """
    text = str(told or "")
    found = _CLOCK.match(text)
    if found:
        return round(int(found[1] or 0) + float(found[2] or 0) / 60, 2)
    whole, colon, seconds = text.partition(":")
    return round(float(whole) + float(seconds) / 60, 2) if colon else 0.0


PROVIDER = Provider(
    name="nba_cdn",
    feed="stats",
    sports=("nba",),
    cron="*/30 * * * *",
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="the NBA's public live data, undocumented; data belongs to the NBA",
        rate_per_s=1.0,
        recorded=True,
        default_on=False,
    ),
)
