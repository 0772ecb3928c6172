"""ESPN's scoreboard: moneyline, spread and total of games that have not started.

`spread` is the home side's handicap; bodies of before 2023 have it in `details` alone (`KC -6.5`). There is no time
on a price, so that a quote is known when it was fetched.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sdp_ingestion.documents import Document, each, guarded, items, moment, objects, read
from sdp_ingestion.espn import PATHS, QUALITY, team_label
from sdp_ingestion.prices import decimal_of_american
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import Matchup, QuoteRow, Rejected, Row

_AHEAD = timedelta(days=8)


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the scoreboard of today and the next days."""
    days = f"{ask.now:%Y%m%d}-{ask.now + _AHEAD:%Y%m%d}"
    path = f"{ask.bases['espn'].rstrip('/')}/apis/site/v2/sports/{PATHS[ask.sport]}/scoreboard"
    yield Request(f"{path}?dates={days}&limit=300", tag="scoreboard")


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the quotes of every game that has not started; a game without odds has none.

    Raises:
        DriftedSource: The answer is not a scoreboard.
    """
    events = items(read(payload, "events"), "events", payload.request.url)
    yield from each(events, lambda event: _event(payload, event), "an event")


def _event(payload: Payload, event: Document) -> Iterator[Row | Rejected | Request]:
    games = items(event, "competitions", "an event")
    coming = [game for game in games if game["status"]["type"]["state"] == "pre"]
    yield from each(coming, lambda game: _quotes(payload, game), "a game")


def _quotes(payload: Payload, game: Document) -> Iterator[QuoteRow | Rejected]:
    teams = {side.get("homeAway"): side["team"] for side in objects(game.get("competitors"))}
    home, away = (team_label(payload.sport, teams[side]) for side in ("home", "away"))
    sides = {side: str(team.get("abbreviation")) for side, team in teams.items()}
    matchup = Matchup(home, away, moment(game["date"]))
    for odds in objects(game.get("odds")):
        book = str((odds.get("provider") or {}).get("name") or "espn").lower().replace(" ", "_")
        spread = _spread(odds, sides)
        if spread is None and odds.get("details"):
            yield Rejected("a spread that cannot be read", str(odds["details"]))
        for market, side, line, price in _offers(odds, spread):
            yield QuoteRow(matchup, book, market, side, line, decimal_of_american(price), payload.fetched_at)


def _offers(odds: Document, spread: float | None) -> Iterator[tuple[str, str, float | None, Any]]:
    for side, sign in (("home", 1.0), ("away", -1.0)):
        team = odds.get(f"{side}TeamOdds") or {}
        if decimal_of_american(team.get("moneyLine")) is not None:
            yield "moneyline", side, None, team["moneyLine"]
        if spread is not None:
            yield "spread", side, sign * spread + 0.0, team.get("spreadOdds")
    total = odds.get("overUnder")
    if total:
        yield "total", "over", float(total), odds.get("overOdds")
        yield "total", "under", float(total), odds.get("underOdds")


def _spread(odds: Document, sides: dict[Any, str]) -> float | None:
    """Return the home side's handicap, in points."""
    if odds.get("spread") is not None:
        return float(odds["spread"])
    words = str(odds.get("details") or "").split()
    if [word.upper() for word in words] in (["EVEN"], ["PK"]):
        return 0.0
    if len(words) != 2 or words[0] not in sides.values():
        return None
    try:
        handicap = float(words[1])
    except ValueError:
        return None
    return handicap if words[0] == sides["home"] else -handicap


PROVIDER = Provider(
    name="espn_odds",
    feed="odds",
    sports=tuple(PATHS),
    cron="*/15 * * * *",
    near="*/2 * * * *",
    start=start,
    parse=guarded(parse),
    quality=replace(
        QUALITY,
        terms="ESPN, an undocumented public endpoint: the default for game lines, since it needs no key; "
        "SDP_SCHEDULES=espn_odds=off switches it off",
        default_on=True,
    ),
)
