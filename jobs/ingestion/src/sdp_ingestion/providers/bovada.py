"""Bovada's coupon: moneyline, spread and total of games that have not started.

Every number is text; home is told by the competitor, never by its place; only markets of the whole game are kept.
"""

from collections.abc import Iterable, Iterator

from sdp_ingestion.documents import Document, after_epoch, each, guarded, items, objects, read_list
from sdp_ingestion.markets import game_market, player_market, unknown_market
from sdp_ingestion.optin import opt_in
from sdp_ingestion.prices import decimal_of_american, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import Matchup, QuoteRow, Rejected, Row

PATHS = {
    "nfl": "football/nfl",
    "cfb": "football/college-football",
    "nba": "basketball/nba",
    "wnba": "basketball/wnba",
    "mlb": "baseball/mlb",
    "nhl": "hockey/nhl",
}
_KINDS = {"moneyline": "moneyline", "point spread": "spread", "spread": "spread", "total": "total"}
_KINDS |= {"runline": "spread", "run line": "spread", "puck line": "spread", "total points": "total"}
_SIDES = {"H": "home", "A": "away", "O": "over", "U": "under", "D": "draw", "Y": "yes", "N": "no"}


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the coupon of the games to come."""
    path = "services/sports/event/coupon/events/A/description"
    query = "marketFilterId=def&preMatchOnly=true&lang=en"
    yield Request(f"{ask.base('bovada')}/{path}/{PATHS[ask.sport]}?{query}", "coupon", is_streamed=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the quotes of every game on the coupon.

    Raises:
        DriftedSource: The answer is not a coupon.
    """
    events = (event for part in read_list(payload).members() for event in items(part, "events", payload.request.url))
    games = (event for event in events if event.get("type", "GAMEEVENT") == "GAMEEVENT" and not event.get("live"))
    yield from each(games, lambda event: _event(payload, event), "an event")


def _event(payload: Payload, event: Document) -> Iterator[Row | Rejected | Request]:
    sides = {bool(one["home"]): one["name"] for one in items(event, "competitors", "an event")}
    game = Matchup(sides[True], sides[False], after_epoch(event["startTime"]))
    groups = items(event, "displayGroups", "an event")
    markets = ((bool(group.get("alternateType")), one) for group in groups for one in objects(group.get("markets")))
    yield from each(markets, lambda one: _market(payload, game, one[1], is_ladder=one[0]), "a market")


def _market(payload: Payload, game: Matchup, market: Document, *, is_ladder: bool) -> Iterator[QuoteRow | Rejected]:
    period = market.get("period") or {}
    if period.get("live") or not (period.get("main", True) and period.get("abbreviation", "G") == "G"):
        return
    label = str(market["description"])
    words, _, subject = label.partition(" - ")
    ours, name = _KINDS.get(label.lower()) or game_market(words, payload.markets), None
    if ours is None:
        ours, name = player_market(words, payload.markets), subject.split(" (")[0].strip() or None
        if ours is None or name is None:
            yield unknown_market(words)
            return
    if is_ladder:
        ours = f"alternate_{ours}"
    for outcome in items(market, "outcomes", label):
        side, price = _SIDES.get(str(outcome.get("type"))), outcome.get("price") or {}
        if side is None:
            yield Rejected("an outcome without a side", f"{label}: {outcome.get('description')}")
            continue
        is_open = market.get("status", "O") == "O" and outcome.get("status", "O") == "O"
        yield QuoteRow(
            game,
            "bovada",
            ours,
            side,
            None if ours == "moneyline" else number_of(price.get("handicap")),
            decimal_of_american(price.get("american")),
            payload.fetched_at,
            "open" if is_open else "suspended",
            name=name,
        )


PROVIDER = Provider(
    name="bovada",
    feed="odds",
    sports=tuple(PATHS),
    cron="*/15 * * * *",
    near="*/5 * * * *",
    start=start,
    parse=guarded(parse),
    quality=opt_in("Bovada", 0.5),
)
