"""DraftKings' sportsbook: a league's events, markets and selections as three flat lists joined by their ids.

Numbers of categories drift, so that none is used but what the answer itself names. A minus may be U+2212.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Raw, Struct, json

from sdp_ingestion.documents import Document, Listed, each, guarded, items, listed, moment, read
from sdp_ingestion.markets import game_market, is_of_a_period, player_market, unknown_market
from sdp_ingestion.optin import opt_in
from sdp_ingestion.prices import decimal_of, decimal_of_american, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import GameRef, Matchup, QuoteRow, Rejected, Row

LEAGUES = {"nfl": 88808, "nba": 42648, "mlb": 84240, "nhl": 42133}
_KINDS = {"moneyline": "moneyline", "spread": "spread", "total": "total", "run line": "spread", "puck line": "spread"}
_KINDS |= {"point spread": "spread", "total points": "total", "total runs": "total", "total goals": "total"}
_SIDES = {"home": "home", "away": "away", "draw": "draw", "over": "over", "under": "under", "yes": "yes", "no": "no"}


class Selection(Struct):
    """Of which market a selection is."""

    marketId: Any = None  # noqa: N815 - the source's name


_SELECTION = json.Decoder(Selection)
_STARTED = ("STARTED", "IN_PROGRESS", "FINISHED")


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the league's page."""
    path = f"api/sportscontent/dkusnj/v1/leagues/{LEAGUES[ask.sport]}"
    yield Request(f"{ask.base('draftkings_sportsbook')}/{path}", "league", is_streamed=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the quotes of the events that have not started.

    Raises:
        DriftedSource: The answer is not a league's page.
    """
    body, where = read(payload, "markets", "selections"), payload.request.url
    events = {str(one.get("id")): one for one in items(body, "events", where)} if body.get("events") else {}
    selections: dict[str, list[Raw]] = defaultdict(list)
    for raw in listed(body, "selections", where).raw:
        selections[str(_SELECTION.decode(raw).marketId)].append(raw)
    markets = items(body, "markets", where)
    yield from each(markets, lambda one: _market(payload, events, one, selections), "a market")


def _market(
    payload: Payload, events: Mapping[str, Document], market: Document, selections: Mapping[str, list[Raw]]
) -> Iterator[QuoteRow | Rejected]:
    event = events.get(str(market["eventId"]))
    if event is not None and event.get("status") in _STARTED:
        return
    game = _game(payload, event) if event else None
    label = str((market.get("marketType") or {}).get("name") or market["name"])
    name = str(market["name"])
    if game is None or is_of_a_period(name) or is_of_a_period(label):
        yield Rejected("a market of no event" if game is None else "a market of a part of the game", name)
        return
    ours = _KINDS.get(label.lower()) or game_market(label, payload.markets)
    is_player = ours is None
    ours = ours or player_market(label, payload.markets)
    if ours is None:
        yield unknown_market(label)
        return
    for selection in Listed(selections.get(str(market["id"]), ())):
        yield _quote(payload, game, ours, market, selection, is_player=is_player)


def _game(payload: Payload, event: Document) -> GameRef:
    """Return the game of an event; one without a time is the next of its teams."""
    away, between, home = str(event["name"]).partition(" @ ")
    if not between:
        raise ValueError(f"{event['name']} names no two teams")
    told = event.get("startEventDate")
    return Matchup(home, away, moment(told) if told else payload.fetched_at)


def _quote(
    payload: Payload, game: GameRef, market: str, offer: Document, selection: Document, *, is_player: bool
) -> QuoteRow | Rejected:
    side = _SIDES.get(str(selection.get("outcomeType")).lower())
    players = [one.get("name") for one in selection.get("participants") or () if one.get("type") == "Player"]
    if side is None or (is_player and len(players) != 1):
        return Rejected("a selection without a side or its player", f"{offer['name']}: {selection.get('label')}")
    american = (selection.get("displayOdds") or {}).get("american")
    price = decimal_of_american(american) or decimal_of(selection.get("trueOdds") or selection.get("decimal"))
    tags = selection.get("tags")
    is_main = (
        offer.get("main", True) if tags is None else "MainPointLine" in tags or not number_of(selection.get("points"))
    )
    return QuoteRow(
        game,
        "draftkings",
        market if is_main else f"alternate_{market}",
        side,
        None if market == "moneyline" else number_of(selection.get("points")),
        price,
        payload.fetched_at,
        "open" if price is not None and not offer.get("isSuspended") else "suspended",
        name=players[0] if is_player else None,
    )


PROVIDER = Provider(
    name="draftkings_sportsbook",
    feed="odds",
    sports=tuple(LEAGUES),
    cron="*/15 * * * *",
    near="*/5 * * * *",
    start=start,
    parse=guarded(parse),
    quality=opt_in("DraftKings' sportsbook", 0.5),
)
