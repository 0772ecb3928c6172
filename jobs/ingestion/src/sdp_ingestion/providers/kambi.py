"""Kambi, whose offering several books show: moneyline, spread, total and player props.

Prices and lines are integers in thousandths. A price that is missing is suspended. The list of matches tells the
events; each event's offers are a call of their own.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta

from sdp_ingestion.documents import Document, each, guarded, items, moment, objects, read, whole
from sdp_ingestion.markets import game_market, is_of_a_period, player_market, unknown_market
from sdp_ingestion.optin import opt_in
from sdp_ingestion.prices import decimal_of, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import GameRef, Matchup, OfMarket, QuoteRow, Rejected, Row

PATHS = {
    "nfl": "american_football/nfl",
    "cfb": "american_football/ncaaf",
    "nba": "basketball/nba",
    "mlb": "baseball/mlb",
    "nhl": "ice_hockey/nhl",
    "soccer": "football/all",
}
_KINDS = {"match": "moneyline", "head to head": "moneyline", "handicap": "spread", "over/under": "total"}
_SIDES = {"OT_ONE": "home", "OT_TWO": "away", "OT_CROSS": "draw", "OT_OVER": "over", "OT_UNDER": "under"}
_SIDES |= {"OT_YES": "yes", "OT_NO": "no"}
_WHOLE_GAME = {"full time", "moneyline", "point spread", "total points", "total goals", "total runs", "handicap"}
_WHOLE_GAME |= {"run line", "puck line", "spread", "match odds", "including overtime"}
_PLAYER = re.compile(r"(.+?)(?:\s*\(([A-Z]{2,4})\))?")
"""A player's name, with his team behind it where the book says it."""
_TWO_SIDES = frozenset({"over", "under"})
_NEEDS_LINE = {"moneyline": frozenset[str](), "spread": frozenset({"home", "away"})}
"""Sides that say nothing without a line, by market; of all others over and under."""
_SOON = timedelta(days=3)


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the coming matches."""
    base = f"{ask.base('kambi')}/offering/v2018/{ask.options.get('brand', 'rsiusnj')}"
    url = f"{base}/listView/{PATHS[ask.sport]}/all/all/matches.json?lang=en_US&market=US"
    yield Request(url, "matches", {"base": base}, is_streamed=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the offers of the coming matches, and a request for all offers of those that begin soon.

    Raises:
        DriftedSource: The answer is not what its tag says.
    """
    where = payload.request.url
    if payload.request.tag == "matches":
        yield from each(items(read(payload, "events"), "events", where), lambda one: _match(payload, one), "a match")
        return
    body = read(payload, "betOffers")
    game_of = _games(payload.request.about, objects(body.get("events")))
    offers = items(body, "betOffers", where)
    yield from whole(offers, "an offer")
    yield from each(offers, lambda one: _offer(payload, game_of(one), one), "an offer")


def _match(payload: Payload, match: Document) -> Iterator[Row | Rejected | Request]:
    event = match["event"]
    game = _event_game(match)
    about = payload.request.about
    if timedelta(0) < game.near - payload.fetched_at <= _SOON and about.get("base"):
        told = {"event": str(event["id"]), "home": game.home, "away": game.away, "starts_at": game.near.isoformat()}
        url = f"{about['base']}/betoffer/event/{event['id']}.json?lang=en_US&market=US"
        yield Request(url, "offers", told, optional=True, is_streamed=True)
        return
    yield from each(objects(match.get("betOffers")), lambda one: _offer(payload, game, one), "an offer")


def _event_game(match: Document) -> Matchup:
    event = match.get("event", match)
    return Matchup(event["homeName"], event["awayName"], moment(event["start"]))


def _games(about: Mapping[str, str], events: list[Document]) -> Callable[[Document], Matchup | None]:
    """Return which match an offer is of: the body's own by the offer's event, else the one that was asked for.

    A body may hold offers of another match: they are of none that we know.
    """
    told = {str(event.get("id")): event for event in events}
    asked = Matchup(about["home"], about["away"], moment(about["starts_at"])) if about.get("home") else None

    def game_of(offer: Document) -> Matchup | None:
        event = str(offer.get("eventId") or about.get("event") or next(iter(told), ""))
        if event in told:
            return _event_game(told[event])
        return asked if about.get("event") in (None, event) else None

    return game_of


def _offer(payload: Payload, game: GameRef | None, offer: Document) -> Iterator[QuoteRow | Rejected]:
    criterion = offer["criterion"]
    label = str(criterion.get("englishLabel") or criterion["label"])
    tags = offer.get("tags") or ()
    if game is None or ("OFFERED_LIVE" in tags and "OFFERED_PREMATCH" not in tags):
        yield Rejected("an offer in play or of no match", label, None)
        return
    words = label.split(" - ")[0].strip().lower().replace("by the player", "")
    kind = _KINDS.get(str((offer.get("betOfferType") or {}).get("englishName") or "").lower())
    kind = (kind if words in _WHOLE_GAME else None) or game_market(words, payload.markets)
    player = None if kind or is_of_a_period(label) else player_market(words, payload.markets)
    if kind is None and player is None:
        is_part = is_of_a_period(label)
        yield Rejected("a market of a part of the game", label, None) if is_part else unknown_market(words)
        return
    market = str(player or kind)
    if {"MAIN", "MAIN_LINE"}.isdisjoint(tags or ("MAIN",)) and kind != "moneyline":
        market = f"alternate_{market}"
    book = str(payload.request.about.get("brand") or "kambi")
    about, outcomes = OfMarket(game, book, market), items(offer, "outcomes", label)
    yield from whole(outcomes, "an outcome", about)
    for outcome in outcomes:
        yield _quote(payload, about, outcome, is_player=player is not None)


def _quote(payload: Payload, about: OfMarket, outcome: Document, *, is_player: bool) -> QuoteRow | Rejected:
    side, market = _SIDES.get(str(outcome.get("type"))), about.market
    if side is None:
        return Rejected("an outcome without a side", f"{market}: {outcome.get('label')}", about)
    thousandths, line = number_of(outcome.get("odds")), number_of(outcome.get("line"))
    price = decimal_of(None if thousandths is None else thousandths / 1000)
    status = "open" if outcome.get("status", "OPEN") == "OPEN" and price is not None else "suspended"
    who = _PLAYER.fullmatch(str(outcome.get("participant") or "").strip()) if is_player else None
    if is_player and who is None:
        return Rejected("a player's market without the player", market, about)
    if line is None and side in _NEEDS_LINE.get(market.removeprefix("alternate_"), _TWO_SIDES):
        return Rejected("a line without its value", f"{market}: {outcome.get('label')}", about)
    return QuoteRow(
        *about,
        side,
        None if line is None else line / 1000,
        price,
        payload.fetched_at,
        status,
        name=who[1] if who else None,
        team=who[2] if who else None,
    )


PROVIDER = Provider(
    name="kambi",
    feed="odds",
    sports=tuple(PATHS),
    cron="*/15 * * * *",
    near="*/5 * * * *",
    whole=("offers",),
    start=start,
    parse=guarded(parse),
    quality=opt_in("Kambi and its books", 0.5),
)
