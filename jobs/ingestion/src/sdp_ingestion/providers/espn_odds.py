"""ESPN's scoreboard: moneyline, spread and total of games that have not started.

`spread` is the home side's handicap; bodies of before 2023 have it in `details` alone (`KC -6.5`). There is no time
on a price, so that a quote is known when it was fetched.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from sdp_ingestion.documents import Document, guarded, items, moment, read
from sdp_ingestion.espn import PATHS, QUALITY
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
    board = read(payload, "events")
    for event in items(board, "events", payload.request.url):
        for game in items(event, "competitions", payload.request.url):
            if game["status"]["type"]["state"] == "pre":
                yield from _quotes(payload, game)


def _quotes(payload: Payload, game: Document) -> Iterator[QuoteRow | Rejected]:
    sides = {side["homeAway"]: side["team"]["abbreviation"] for side in game["competitors"]}
    matchup = Matchup(sides["home"], sides["away"], moment(game["date"]))
    for odds in game.get("odds") or ():
        if not isinstance(odds, dict):
            continue
        book = odds["provider"]["name"].lower().replace(" ", "_")
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


def _spread(odds: Document, sides: dict[str, str]) -> float | None:
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
    quality=QUALITY,
)
