"""FanDuel's sportsbook: a page of events, then a page an event; with the key of the user's own browser.

A player is named by the market's name alone (`P.J. Washington - Points`); the letters of a market type rotate.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from sdp_ingestion.documents import Document, each, guarded, inside, items, moment, read
from sdp_ingestion.markets import game_market, is_of_a_period, player_market, unknown_market
from sdp_ingestion.optin import opt_in
from sdp_ingestion.prices import decimal_of, decimal_of_american, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import Matchup, QuoteRow, Rejected, Row

PAGES = {"nfl": "nfl", "cfb": "ncaaf", "nba": "nba", "wnba": "wnba", "mlb": "mlb", "nhl": "nhl"}
_KINDS = {"MONEY_LINE": "moneyline", "MATCH_HANDICAP_(2-WAY)": "spread", "TOTAL_POINTS_(OVER/UNDER)": "total"}
_SIDES = {"OVER": "over", "UNDER": "under", "HOME": "home", "AWAY": "away"}
_SOON = timedelta(days=2)
_SECRET = ("fanduel_sportsbook_key", "query:_ak")


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the league's page."""
    base = f"{ask.base('fanduel_sportsbook')}/api"
    url = f"{base}/content-managed-page?page=CUSTOM&customPageId={PAGES[ask.sport]}"
    yield Request(url, "page", {"base": base}, secret=_SECRET, is_streamed=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the quotes of the markets on a page, and from the league's page a request an event that begins soon.

    Raises:
        DriftedSource: The answer has no attachments with markets.
    """
    where = payload.request.url
    attached = inside(read(payload, "attachments"), "attachments", where)
    events, markets = inside(attached, "events", where), inside(attached, "markets", where)
    games = {key: game for key, event in events.items() if event and (game := _game(event)) is not None}
    found = (market for market in markets.values() if isinstance(market, dict) and not market.get("inPlay"))
    yield from each(found, lambda one: _market(payload, games, one), "a market")
    if payload.request.tag == "page":
        base = payload.request.about["base"]
        for key, game in games.items():
            if timedelta(0) < game.near - payload.fetched_at <= _SOON:
                yield Request(
                    f"{base}/event-page?eventId={key}", "event", optional=True, secret=_SECRET, is_streamed=True
                )


def _game(event: Document) -> Matchup | None:
    away, between, home = str(event.get("name")).partition(" @ ")
    if not between or event.get("inPlay") or not event.get("openDate"):
        return None
    return Matchup(_without_pitcher(home), _without_pitcher(away), moment(event["openDate"]))


def _without_pitcher(team: str) -> str:
    return team.partition(" (")[0].strip()


def _market(payload: Payload, games: Mapping[str, Matchup], market: Document) -> Iterator[QuoteRow | Rejected]:
    label, game = str(market["marketName"]), games.get(str(market["eventId"]))
    subject, dash, words = label.rpartition(" - ")
    ours, name = _KINDS.get(str(market["marketType"])) or game_market(label, payload.markets), None
    if ours is None and dash and not is_of_a_period(label):
        ours, name = player_market(words, payload.markets), subject.strip()
    if game is None:
        yield Rejected("a market of no game to come", label)
        return
    if ours is None:
        yield Rejected("a market of a part of the game", label) if is_of_a_period(label) else unknown_market(words)
        return
    for runner in items(market, "runners", label):
        yield _quote(payload, game, ours, name, market, runner)


def _quote(
    payload: Payload, game: Matchup, market: str, name: str | None, offer: Document, runner: Document
) -> QuoteRow | Rejected:
    said = str((runner.get("result") or {}).get("type") or "").upper()
    words = str(runner.get("runnerName")).strip()
    side = _SIDES.get(said) or {game.home: "home", game.away: "away"}.get(words) or _last_word(words)
    if side is None:
        return Rejected("a runner without a side", f"{offer['marketName']}: {words}")
    odds = runner.get("winRunnerOdds") or {}
    american = (odds.get("americanDisplayOdds") or {}).get("americanOdds")
    exact = ((odds.get("trueOdds") or {}).get("decimalOdds") or {}).get("decimalOdds")
    is_open = offer.get("marketStatus", "OPEN") == "OPEN" and runner.get("runnerStatus", "ACTIVE") == "ACTIVE"
    return QuoteRow(
        game,
        "fanduel",
        market,
        side,
        None if market == "moneyline" else number_of(runner.get("handicap")),
        decimal_of_american(american) or decimal_of(exact),
        payload.fetched_at,
        "open" if is_open else "suspended",
        name=name,
    )


def _last_word(words: str) -> str | None:
    return {"over": "over", "under": "under", "yes": "yes", "no": "no"}.get(words.rpartition(" ")[2].lower())


PROVIDER = Provider(
    name="fanduel_sportsbook",
    feed="odds",
    sports=tuple(PAGES),
    cron="*/15 * * * *",
    near="*/5 * * * *",
    start=start,
    parse=guarded(parse),
    quality=opt_in("FanDuel's sportsbook", 0.5, key=True),
)
