"""Polymarket, an exchange: moneyline, spread and total of games as probabilities.

A market's outcomes and prices are lists written as JSON inside a text. Of several spreads or totals of a game the one
nearest to even is its line, the others are a ladder.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from sdp_sports.clubs import find_team
from sdp_sports.spec import load

from sdp_ingestion.documents import STUMBLES, Document, each, guarded, items, moment, read_list
from sdp_ingestion.prices import decimal_of_probability, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import Matchup, QuoteRow, Rejected, Row

TAGS = {"nfl": "nfl", "nba": "nba", "mlb": "mlb", "nhl": "nhl", "wnba": "wnba", "cfb": "cfb"}
_KINDS = {"moneyline": "moneyline", "spreads": "spread", "totals": "total"}
_PAGE = 100


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the first page of the open events."""
    base = f"{ask.base('polymarket')}/events?"
    yield _page(base, {"tag_slug": TAGS[ask.sport], "closed": "false", "limit": str(_PAGE)}, 0)


def _page(base: str, query: dict[str, str], offset: int) -> Request:
    asked = {**query, "offset": str(offset)}
    return Request(base + urlencode(asked), "events", {"base": base, **asked}, is_streamed=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the quotes of each event's markets on a game, then the next page.

    Raises:
        DriftedSource: The answer is not a list of events.
    """
    events = read_list(payload)
    yield from each(events, lambda event: _event(payload, event), "an event")
    about = dict(payload.request.about)
    if len(events) >= _PAGE and "base" in about:
        base, offset = about.pop("base"), int(about.pop("offset"))
        yield _page(base, about, offset + _PAGE)


def _event(payload: Payload, event: Document) -> Iterator[Row | Rejected | Request]:
    found = items(event, "markets", str(event.get("slug")))
    ours = [one for one in found if str(one.get("sportsMarketType")) in _KINDS and one.get("gameStartTime")]
    if ours:
        teams = _teams(event)
        main = {kind: min((one for one in ours if one["sportsMarketType"] == kind), key=_tilt) for kind in _kinds(ours)}
        yield from each(ours, lambda one: _market(payload, teams, one, main), "a market")


def _kinds(markets: list[Document]) -> set[str]:
    return {market["sportsMarketType"] for market in markets}


def _tilt(market: Document) -> float:
    """Return how far a market is from even, closed ones last: of several lines the most even one is the game's."""
    try:
        first = number_of(_listed(market["outcomePrices"])[0])
    except STUMBLES:
        first = None
    is_open = market.get("acceptingOrders", True) and not market.get("closed")
    return 2.0 if first is None else abs(first - 0.5) + (0.0 if is_open else 1.0)


def _market(
    payload: Payload, teams: tuple[str, str], market: Document, main: Mapping[str, Document]
) -> Iterator[QuoteRow | Rejected]:
    kind, (away, home) = _KINDS[market["sportsMarketType"]], teams
    line = number_of(market.get("line"))
    is_line = kind == "moneyline" or line == number_of(main[market["sportsMarketType"]].get("line"))
    ours = kind if is_line else f"alternate_{kind}"
    game = Matchup(home, away, moment(market["gameStartTime"]))
    outcomes, prices = _listed(market["outcomes"]), _listed(market["outcomePrices"])
    status = "open" if market.get("acceptingOrders", True) and not market.get("closed") else "suspended"
    for place, (name, price) in enumerate(zip(outcomes, prices, strict=True)):
        side = name.lower() if kind == "total" else _side(payload.sport, name, home, away)
        if side is None or (kind == "total" and side not in ("over", "under")):
            yield Rejected("an outcome without a side", f"{market.get('question')}: {name}")
            continue
        # a spread's line is that of the outcome named first
        own = None if kind == "moneyline" else line if kind == "total" or place == 0 or line is None else -line + 0.0
        yield QuoteRow(game, "polymarket", ours, side, own, decimal_of_probability(price), payload.fetched_at, status)


def _teams(event: Document) -> tuple[str, str]:
    """Return away and home of `Bills vs. Dolphins`: the visitor is named first."""
    title = str(event["title"])
    for between in (" vs. ", " vs ", " @ ", " at "):
        away, found, home = title.partition(between)
        if found:
            return away.strip(), home.split(" - ")[0].strip()
    raise ValueError(f"{title} names no two teams")


def _side(code: str, name: str, home: str, away: str) -> str | None:
    sport = load(code)
    meant = find_team(sport, name)
    if meant is None:
        return None
    return {find_team(sport, home): "home", find_team(sport, away): "away"}.get(meant)


def _listed(value: Any) -> list[Any]:
    found = orjson.loads(value) if isinstance(value, str) else value
    if not isinstance(found, list):
        raise TypeError(f"{value!r} is no list")
    return found


PROVIDER = Provider(
    name="polymarket",
    feed="odds",
    sports=tuple(TAGS),
    cron="*/10 * * * *",
    near="*/2 * * * *",
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="Polymarket, a documented public API whose market data may be read without a key; its terms apply",
        rate_per_s=5.0,
        recorded=False,
        default_on=True,
    ),
)
