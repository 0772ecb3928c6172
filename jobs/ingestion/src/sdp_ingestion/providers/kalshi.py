"""Kalshi, an exchange: what a contract on a game's winner costs, as a moneyline.

Prices came as integer cents until 2025 and come as dollars in text since; either is read. 0 and 1 dollars mean that
nobody offers. A ticker `KXNFLGAME-25NOV27GBDET-GB` names the day, the away and the home team, and the side that YES is.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

from sdp_sports.clubs import find_team
from sdp_sports.spec import load

from sdp_ingestion.documents import Document, each, guarded, items, moment, read
from sdp_ingestion.prices import decimal_of_probability, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import Matchup, QuoteRow, Rejected, Row

SERIES = {"nfl": "KXNFLGAME", "nba": "KXNBAGAME", "mlb": "KXMLBGAME", "nhl": "KXNHLGAME", "wnba": "KXWNBAGAME"}
_TICKER = re.compile(r"^[A-Z]+GAME-(\d{2}[A-Z]{3}\d{2})(?:\d{4})?([A-Z0-9]+)-([A-Z0-9]+)$")
_EVENING = 20
"""The hour (UTC) near which a game of a ticker's day is looked for, where the contract does not say its time."""


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the first page of the open contracts on games."""
    query = urlencode({"series_ticker": SERIES[ask.sport], "status": "open", "limit": 200})
    url = f"{ask.base('kalshi')}/trade-api/v2/markets?{query}"
    yield Request(url, "markets", {"url": url}, is_streamed=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield a quote a contract, then the next page.

    Raises:
        DriftedSource: The answer is not a page of contracts.
    """
    body = read(payload, "markets")
    ours = (one for one in items(body, "markets", payload.request.url) if _is_ours(payload, one))
    yield from each(ours, lambda one: _quotes(payload, one), "a contract")
    first = payload.request.about.get("url", payload.request.url)
    if body.get("cursor"):
        yield Request(f"{first}&{urlencode({'cursor': body['cursor']})}", "markets", {"url": first}, is_streamed=True)


def _is_ours(payload: Payload, contract: Document) -> bool:
    return str(contract.get("ticker", "")).startswith(SERIES.get(payload.sport, "?"))


def _quotes(payload: Payload, contract: Document) -> Iterator[QuoteRow | Rejected]:
    found = _TICKER.match(contract["ticker"])
    if found is None:
        yield Rejected("a ticker that cannot be read", contract["ticker"])
        return
    day, teams, winner = found.groups()
    sides = _teams(payload.sport, teams)
    if sides is None:
        yield Rejected("a ticker of unknown teams", contract["ticker"])
        return
    away, home = sides
    sport = load(payload.sport)
    side = {find_team(sport, home): "home", find_team(sport, away): "away"}.get(find_team(sport, winner))
    if side is None:
        yield Rejected("a ticker of an unknown side", contract["ticker"])
        return
    price = decimal_of_probability(_dollars(contract, "yes_ask"))
    status = "open" if contract.get("status", "active") in ("active", "open") and price is not None else "suspended"
    game = Matchup(home, away, _near(contract, day))
    yield QuoteRow(game, "kalshi", "moneyline", side, None, price, payload.fetched_at, status)


def _teams(code: str, letters: str) -> tuple[str, str] | None:
    """Return away and home of `GBDET`, by the one cut that leaves two teams of ours."""
    sport = load(code)
    cuts = [(letters[:at], letters[at:]) for at in range(2, len(letters) - 1)]
    known = [(a, h) for a, h in cuts if sport.team(a) in sport.teams and sport.team(h) in sport.teams]
    return known[0] if len(known) == 1 else None


def _dollars(contract: Document, name: str) -> float | None:
    """Return a price in dollars, from the newer text or the older cents."""
    dollars = number_of(contract.get(f"{name}_dollars"))
    cents = number_of(contract.get(name))
    return dollars if dollars is not None else None if cents is None else cents / 100


def _near(contract: Document, day: str) -> datetime:
    told = contract.get("occurrence_datetime")
    if told:
        return moment(told)
    return datetime.strptime(day.title(), "%y%b%d").replace(hour=_EVENING, tzinfo=UTC)


PROVIDER = Provider(
    name="kalshi",
    feed="odds",
    sports=tuple(SERIES),
    cron="*/10 * * * *",
    near="*/2 * * * *",
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="Kalshi, a documented public API whose market data may be read without a key; its terms apply",
        rate_per_s=5.0,
        recorded=True,
        default_on=True,
    ),
)
