"""MLB's StatsAPI: the schedule, and the box score of each game that ended since yesterday.

Where a field points (`azimuthAngle`, from home plate to centre field) is the source's word where it gives it.
Double-headers share a day; a suspended game is told under two days with one number: the later telling counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from sdp_sports.venues import places

from sdp_ingestion.documents import Document, each, guarded, items, moment, read
from sdp_ingestion.prices import number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import GameRow, PlayerRow, Rejected, Row, SourceGame, SourceId, StatRow, VenueRow

_SINCE, _UNTIL = timedelta(days=1), timedelta(days=7)
_OFF = {"postponed": "postponed", "cancelled": "cancelled", "suspended": "postponed"}
_KINDS = {"R": "REG", "F": "POST", "D": "POST", "L": "POST", "W": "POST"}
_BATTING = {
    "doubles": "doubles",
    "triples": "triples",
    "home_runs": "homeRuns",
    "runs_batted_in": "rbi",
    "runs": "runs",
    "walks": "baseOnBalls",
    "hit_by_pitch": "hitByPitch",
    "stolen_bases": "stolenBases",
}
_PITCHING = {
    "outs_recorded": "outs",
    "strikeouts_thrown": "strikeOuts",
    "wins": "wins",
    "earned_runs": "earnedRuns",
    "hits_allowed": "hits",
    "walks_allowed": "baseOnBalls",
    "hit_batters": "hitBatsmen",
    "complete_games": "completeGames",
    "complete_game_shutouts": "shutouts",
}
_ROOFS = {"open": "outdoors", "dome": "dome", "retractable": "retractable"}
_QUALITY_OUTS, _QUALITY_RUNS = 18, 3


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the schedule from yesterday to the next days."""
    base = ask.base("mlb_statsapi")
    days = f"startDate={ask.now - _SINCE:%Y-%m-%d}&endDate={ask.now + _UNTIL:%Y-%m-%d}"
    yield Request(
        f"{base}/api/v1/schedule?sportId=1&{days}&hydrate=venue(location,fieldInfo)", "schedule", {"base": base}
    )


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the games and a request a box score, then the lines of each.

    Raises:
        DriftedSource: The answer is not what its tag says.
    """
    if payload.request.tag == "boxscore":
        body = read(payload)
        box = body.get("liveData", {}).get("boxscore", body)
        sides = [box["teams"][side] for side in ("away", "home")]
        yield from each(sides, lambda side: _lines(payload, side), "a side")
        return
    dates = items(read(payload, "dates"), "dates", payload.request.url)
    games = {game.get("gamePk"): game for day in dates for game in items(day, "games", "a day")}
    yield from _venues(games.values())
    yield from each(list(games.values()), lambda game: _game(payload, game), "a game")


def _venues(games: Iterable[Document]) -> Iterator[VenueRow]:
    """Yield the stadiums of these games: placed by the source, else as we know them; no direction that is doubted."""
    found: dict[str, Document] = {}
    for game in games:
        code = _venue(game)
        if code is not None and (code not in found or game["venue"].get("location")):
            found[code] = game["venue"]
    for code, venue in found.items():
        location = venue.get("location") or {}
        middle = location.get("defaultCoordinates") or {}
        told = [number_of(value) for value in (middle.get("latitude"), middle.get("longitude"))]
        place = places("mlb").get(code)
        told.append(None if place and place.azimuth_doubted else number_of(location.get("azimuthAngle")))
        known = [None] * 3 if place is None else [place.latitude, place.longitude, place.azimuth_deg]
        where = [ours if theirs is None else theirs for theirs, ours in zip(told, known, strict=True)]
        roof = place.roof if place else _ROOFS.get(str((venue.get("fieldInfo") or {}).get("roofType")).lower())
        yield VenueRow(code, place.name if place else str(venue.get("name") or code), roof, None, *where)


def _venue(game: Document) -> str | None:
    """Return where a game is played, None where neither we nor the source knows the place."""
    venue = game.get("venue")
    if not isinstance(venue, dict) or venue.get("id") is None:
        return None
    is_placed = (venue.get("location") or {}).get("defaultCoordinates")
    return str(venue["id"]) if is_placed or str(venue["id"]) in places("mlb") else None


def _game(payload: Payload, game: Document) -> Iterator[Row | Rejected | Request]:
    if game.get("gameType", "R") not in _KINDS:
        return
    state, teams = game["status"], game["teams"]
    off = _OFF.get(str(state.get("detailedState", "")).partition(":")[0].strip().lower())
    is_final = state.get("abstractGameState") == "Final" and off is None
    score = {side: number_of(teams[side].get("score")) if is_final else None for side in ("home", "away")}
    key = str(game["gamePk"])
    yield GameRow(
        code="",
        venue=_venue(game),
        season=int(game["season"]),
        season_type=_KINDS[game.get("gameType", "R")],
        week=None,
        starts_at=moment(game["gameDate"]),
        home=teams["home"]["team"]["name"],
        away=teams["away"]["team"]["name"],
        home_score=None if score["home"] is None else int(score["home"]),
        away_score=None if score["away"] is None else int(score["away"]),
        ids={"mlb": key},
        status=off,
    )
    base = payload.request.about.get("base")
    if is_final and base:
        yield Request(f"{base}/api/v1.1/game/{key}/feed/live", "boxscore", {"game": key}, optional=True)


def _lines(payload: Payload, side: Document) -> Iterator[PlayerRow | StatRow]:
    team = side["team"].get("abbreviation") or side["team"]["name"]
    game = SourceGame("mlb", payload.request.about["game"])
    for player in side["players"].values():
        stats = player.get("stats") or {}
        line = {**_batting(stats.get("batting") or {}), **_pitching(stats.get("pitching") or {})}
        if not stats.get("batting") and not stats.get("pitching"):
            continue
        position = (player.get("position") or {}).get("abbreviation")
        who = SourceId("mlb", str(player["person"]["id"]))
        yield PlayerRow((who,), player["person"]["fullName"], position, team)
        yield StatRow(who, game, team, position, {name: value for name, value in line.items() if value})


def _batting(told: Mapping[str, object]) -> dict[str, float]:
    line = {ours: number_of(told.get(theirs)) or 0.0 for ours, theirs in _BATTING.items()}
    extra = line["doubles"] + line["triples"] + line["home_runs"]
    return {**line, "singles": max(0.0, (number_of(told.get("hits")) or 0.0) - extra)}


def _pitching(told: Mapping[str, object]) -> dict[str, float]:
    if not told:
        return {}
    line = {ours: number_of(told.get(theirs)) or 0.0 for ours, theirs in _PITCHING.items()}
    if not line["outs_recorded"] and told.get("inningsPitched"):
        whole, _, outs = str(told["inningsPitched"]).partition(".")
        line["outs_recorded"] = 3.0 * int(whole) + int(outs or 0)
    is_quality = line["outs_recorded"] >= _QUALITY_OUTS and line["earned_runs"] <= _QUALITY_RUNS
    starts = number_of(told.get("gamesStarted")) or 0.0
    return {**line, "quality_starts": float(is_quality and starts > 0)}


PROVIDER = Provider(
    name="mlb_statsapi",
    feed="stats",
    sports=("mlb",),
    cron="*/30 * * * *",
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="(c) MLB Advanced Media, individual non-commercial use; its notice is in every body",
        rate_per_s=1.0,
        recorded=True,
        default_on=True,
    ),
)
