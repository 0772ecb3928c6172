"""Action Network: lines of several books, and the share of tickets and of money on each side."""

from collections.abc import Iterable, Iterator

from sdp_ingestion.documents import Document, each, guarded, items, moment, objects, read
from sdp_ingestion.optin import opt_in
from sdp_ingestion.prices import decimal_of_american, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import Matchup, QuoteRow, Rejected, Row, SplitRow

LEAGUES = {"nfl": "nfl", "cfb": "ncaaf", "nba": "nba", "wnba": "wnba", "cbb": "ncaab", "mlb": "mlb", "nhl": "nhl"}
BOOKS = {
    "15": "consensus",
    "30": "open",
    "68": "draftkings",
    "69": "fanduel",
    "71": "betrivers",
    "75": "betmgm",
    "79": "bet365",
    "123": "caesars",
}
_CONSENSUS = "15"
_WHOLE = 100
_MARKETS = ("moneyline", "spread", "total")


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the day's board."""
    base = f"{ask.base('action_network')}/web/v2/scoreboard/{LEAGUES[ask.sport]}"
    yield Request(f"{base}?bookIds={','.join(BOOKS)}&date={ask.now:%Y%m%d}", "scoreboard", is_streamed=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the quotes and shares of the games that have not started.

    Raises:
        DriftedSource: The answer is not a board.
    """
    games = items(read(payload, "games"), "games", payload.request.url)
    coming = (game for game in games if game.get("status", "scheduled") in ("scheduled", "pre_game", "created"))
    yield from each(coming, lambda game: _game(payload, game), "a game")


def _game(payload: Payload, game: Document) -> Iterator[QuoteRow | SplitRow | Rejected]:
    names = {team["id"]: team["full_name"] for team in items(game, "teams", "a game")}
    matchup = Matchup(names[game["home_team_id"]], names[game["away_team_id"]], moment(game["start_time"]))
    for book, offered in (game.get("markets") or {}).items():
        lines = (offered or {}).get("event") or {}
        for market in _MARKETS:
            for side in objects(lines.get(market)):
                if not side.get("is_live"):
                    yield from _side(payload, matchup, book, market, side)


def _side(
    payload: Payload, game: Matchup, book: str, market: str, told: Document
) -> Iterator[QuoteRow | SplitRow | Rejected]:
    side = told.get("side")
    if side not in ("home", "away", "draw", "over", "under"):
        yield Rejected("a line without a side", f"{market}: {side}")
        return
    line = None if market == "moneyline" else number_of(told.get("value"))
    if line is None and market != "moneyline":
        yield Rejected("a line without its value", f"{market}: {side}")
        return
    status = "open" if told.get("line_status", "normal") in ("normal", "opener") else "suspended"
    price = decimal_of_american(told.get("odds"))
    yield QuoteRow(game, BOOKS.get(book, f"book_{book}"), market, side, line, price, payload.fetched_at, status)
    bets = told.get("bet_info") or {}
    tickets, money = (_percent((bets.get(of) or {}).get("percent")) for of in ("tickets", "money"))
    if book == _CONSENSUS and (tickets is not None or money is not None):
        yield SplitRow(game, market, side, tickets, money, payload.fetched_at)


def _percent(value: object) -> float | None:
    """Return a share in percent, None where it cannot be one."""
    found = number_of(value)
    return found if found is not None and 0 <= found <= _WHOLE else None


PROVIDER = Provider(
    name="action_network",
    feed="odds",
    sports=tuple(LEAGUES),
    cron="*/30 * * * *",
    near="*/10 * * * *",
    start=start,
    parse=guarded(parse),
    quality=opt_in("Action Network", 0.5),
)
