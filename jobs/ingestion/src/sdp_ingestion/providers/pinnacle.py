"""Pinnacle's guest API: matchups in the open, prices with the guest key of the user's own browser.

A market's `key` says what it is: `s;0;s;-3.5` is the spread of the whole game. Prices are American integers.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from sdp_ingestion.documents import Document, each, guarded, items, moment, objects, read_list, whole
from sdp_ingestion.optin import opt_in
from sdp_ingestion.prices import decimal_of_american, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import Matchup, OfMarket, QuoteRow, Rejected, Row

LEAGUES = {"nfl": 889, "cfb": 880, "nba": 487, "wnba": 578, "mlb": 246, "nhl": 1456}
_KINDS = {"moneyline": "moneyline", "spread": "spread", "total": "total", "team_total": "team_total"}
_SIDES = ("home", "away", "draw", "over", "under")


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the league's matchups."""
    base = f"{ask.base('pinnacle')}/0.1/leagues/{LEAGUES[ask.sport]}"
    yield Request(f"{base}/matchups", "matchups", {"base": base}, is_streamed=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the request for the prices of the matchups that are games, then the quotes.

    Raises:
        DriftedSource: The answer is not what its tag says.
    """
    if payload.request.tag == "markets":
        games = json.loads(payload.request.about.get("games", "{}"))
        told = read_list(payload)
        markets = (one for one in told if not one.get("period"))
        yield from whole(told, "a market")
        yield from each(markets, lambda one: _market(payload, games, one), "a market")
        return
    games = {}
    for matchup in read_list(payload):
        found = _game(matchup)
        if found is not None and not matchup.get("isLive") and matchup.get("id") is not None:
            games[str(matchup["id"])] = found
    if games:
        about = {"games": json.dumps(games, sort_keys=True)}
        url = f"{payload.request.about['base']}/markets/straight"
        yield Request(url, "markets", about, secret=("pinnacle_key", "header:X-API-Key"), is_streamed=True)


def _game(matchup: Document) -> tuple[str, str, str] | None:
    """Return home, away and start of a matchup of two teams; specials and futures are none."""
    sides = {one.get("alignment"): one.get("name") for one in objects(matchup.get("participants"))}
    if not {"home", "away"} <= set(sides) or matchup.get("parentId") or not matchup.get("startTime"):
        return None
    return str(sides["home"]), str(sides["away"]), str(matchup["startTime"])


def _market(payload: Payload, games: Mapping[str, list[str]], market: Document) -> Iterator[QuoteRow | Rejected]:
    told = games.get(str(market["matchupId"]))
    kind = _KINDS.get(str(market["type"]))
    if told is None or kind is None:
        yield Rejected("a market of no game that we know", str(market.get("key")), None)
        return
    game = Matchup(told[0], told[1], moment(told[2]))
    if kind == "team_total":
        kind = f"team_total_{market['side']}"
    ours = f"alternate_{kind}" if market.get("isAlternate") else kind
    about = OfMarket(game, "pinnacle", ours)
    status = "open" if market.get("status", "open") == "open" else "suspended"
    prices = items(market, "prices", str(market.get("key")))
    yield from whole(prices, "a price", about)
    for price in prices:
        side = price.get("designation")
        if side not in _SIDES:
            yield Rejected("a price without a side", str(market.get("key")), about)
            continue
        line, odds = number_of(price.get("points")), decimal_of_american(price.get("price"))
        yield QuoteRow(*about, side, line, odds, payload.fetched_at, status)


PROVIDER = Provider(
    name="pinnacle",
    feed="odds",
    sports=tuple(LEAGUES),
    cron="*/10 * * * *",
    near="*/2 * * * *",
    whole=("markets",),
    start=start,
    parse=guarded(parse),
    quality=opt_in("Pinnacle", 0.5, key=True),
)
