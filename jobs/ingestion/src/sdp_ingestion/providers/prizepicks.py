"""PrizePicks' board, JSON:API: lines without prices, of which only the standard ones compare to an over and under.

Goblins and demons are ladders (`alternate_pickem_...`). Many clients are refused: then it is unavailable.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sdp_ingestion.documents import Document, each, guarded, items, moment, read
from sdp_ingestion.markets import player_market, unknown_market
from sdp_ingestion.optin import opt_in
from sdp_ingestion.prices import number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import QuoteRow, Rejected, Row, SourceId, TeamNear

LEAGUES = {"nfl": 9, "nba": 7, "wnba": 3, "mlb": 2, "nhl": 8, "cfb": 15, "cbb": 20}
Included = Mapping[tuple[str, str], Document]


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the first page of the league's board."""
    base = f"{ask.base('prizepicks')}/projections?league_id={LEAGUES[ask.sport]}&per_page=250&single_stat=true"
    yield Request(base, "board", {"base": base})


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the quotes of a page, then the next page.

    Raises:
        DriftedSource: The answer is not a page of a board.
    """
    where = payload.request.url
    body = read(payload, "data")
    included = {
        (str(one.get("type")), str(one.get("id"))): one
        for one in (items(body, "included", where) if body.get("included") is not None else ())
    }
    yield from each(items(body, "data", where), lambda one: _projection(payload, one, included), "a projection")
    pages = body.get("meta") or {}
    current, total = pages.get("current_page"), pages.get("total_pages")
    base = payload.request.about.get("base")
    if base and current and total and current < total:
        yield Request(f"{base}&page={current + 1}", "board", {"base": base})


def _projection(payload: Payload, row: Document, included: Included) -> Iterator[Row | Rejected]:
    told = row["attributes"]
    player = included[("new_player", str(row["relationships"]["new_player"]["data"]["id"]))]
    person = player["attributes"]
    if told.get("is_live") or told.get("in_game"):
        return
    if person.get("combo") or " + " in str(person.get("name")):
        yield Rejected("a line of several players", str(person.get("name")))
        return
    market, line = player_market(told.get("stat_type"), payload.markets), number_of(told.get("line_score"))
    if market is None:
        yield unknown_market(told.get("stat_type"))
        return
    if line is None or not person.get("team"):
        yield Rejected("a projection without a line or a team", str(person.get("name")))
        return
    is_standard = told.get("odds_type", "standard") == "standard"
    ours = f"pickem_{market}" if is_standard else f"alternate_pickem_{market}"
    game = TeamNear(person["team"], moment(told["start_time"]))
    status = "open" if told.get("status", "pre_game") == "pre_game" else "suspended"
    for side in ("over", "under") if is_standard else ("over",):
        yield QuoteRow(game, "prizepicks", ours, side, line, None, payload.fetched_at, status, *_who(player, person))


def _who(player: Document, person: Document) -> tuple[Any, ...]:
    return SourceId("prizepicks", str(player["id"])), person["name"], person["team"], person.get("position")


PROVIDER = Provider(
    name="prizepicks",
    feed="odds",
    sports=tuple(LEAGUES),
    cron="*/30 * * * *",
    near="*/10 * * * *",
    start=start,
    parse=guarded(parse),
    quality=opt_in("PrizePicks", 0.2),
)
