"""The Odds API: game lines of many books, alternates and player props an event a call, each answer charged in credits.

The list of events is free, so that a crawl begins with it and learns how many credits are left. Teams are full names
and an outcome is told by its name, never by its place; a book may be in one event and not in the next.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, cast

from msgspec import Struct, json

from sdp_ingestion.documents import Document, each, guarded, moment, read_list
from sdp_ingestion.markets import game_market, player_market, unknown_market
from sdp_ingestion.prices import Memo, decimal_of_american, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import Lacking, MarketRows, Matchup, OfMarket, Rejected, Row

SPORTS = {
    "nfl": "americanfootball_nfl",
    "cfb": "americanfootball_ncaaf",
    "nba": "basketball_nba",
    "wnba": "basketball_wnba",
    "cbb": "basketball_ncaab",
    "mlb": "baseball_mlb",
    "nhl": "icehockey_nhl",
}
PROPS = {
    "americanfootball": (
        "player_pass_yds,player_pass_tds,player_pass_completions,player_pass_attempts,player_pass_interceptions,"
        "player_rush_yds,player_rush_attempts,player_receptions,player_reception_yds,player_anytime_td"
    ),
    "basketball": (
        "player_points,player_rebounds,player_assists,player_threes,player_blocks,player_steals,"
        "player_turnovers,player_points_rebounds_assists"
    ),
    "baseball": (
        "batter_home_runs,batter_hits,batter_total_bases,batter_rbis,batter_runs_scored,batter_stolen_bases,"
        "pitcher_strikeouts,pitcher_outs,pitcher_earned_runs"
    ),
    "icehockey": "player_points,player_goals,player_assists,player_shots_on_goal,player_total_saves",
}
GAME_MARKETS = {"h2h": "moneyline", "spreads": "spread", "totals": "total"}
ALTERNATES = "alternate_spreads,alternate_totals"
_PROPS_BEFORE = timedelta(hours=36)
_KEY = ("the_odds_api_key", "query:apiKey")


class Outcome(Struct, gc=False):
    """One side of a market at a price; `description` is the player or the team."""

    name: str | None = None
    price: Any = None
    point: Any = None
    description: str | None = None


class Market(Struct, gc=False):
    """A market of a book."""

    key: str | None = None
    outcomes: tuple[Outcome | None, ...] | None = None


class Book(Struct, gc=False):
    """A book in an event."""

    key: str | None = None
    markets: tuple[Market | None, ...] | None = None


class Event(Struct, gc=False):
    """A game with what every book says of it."""

    home_team: str
    away_team: str
    commence_time: str
    bookmakers: tuple[Book | None, ...]


class Told(NamedTuple):
    """When a body was told, and what its prices, lines and labels of markets mean."""

    at: datetime
    prices: Memo
    lines: Memo
    name_of: Callable[[str | None], str | None]


_EVENT = json.Decoder(Event)


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the events, which costs nothing."""
    sport = SPORTS[ask.sport]
    props = ask.options.get("props", "")
    wanted = [PROPS[sport.partition("_")[0]] if props == "all" else props]
    wanted += [ALTERNATES] if ask.options.get("alternates") == "True" else []
    about = {
        "base": f"{ask.base('the_odds_api')}/v4/sports/{sport}",
        "regions": ask.options.get("regions") or "us",
        "extras": ",".join(filter(None, wanted)),
    }
    yield Request(f"{about['base']}/events?dateFormat=iso", "events", about, secret=_KEY)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the charged requests that events call for, then the quotes that they answer.

    Raises:
        DriftedSource: The answer is not what its tag says.
    """
    tag = payload.request.tag
    if tag == "events":
        yield from _events(payload)
        return
    name_of = cache(lambda key: _market(key, payload.markets))
    told = Told(payload.fetched_at, Memo(decimal_of_american), Memo(number_of), name_of)
    if tag == "odds":
        found = read_list(payload).raw
        yield from each(found, lambda event: _quotes(_EVENT.decode(event), told), "an event", lacks=None)
    else:
        yield from _quotes(_EVENT.decode(payload.content), told)


def _events(payload: Payload) -> Iterator[Row | Rejected | Request]:
    events = read_list(payload)
    if not events:
        return
    about = payload.request.about
    base, regions = about["base"], about["regions"]
    count = len(regions.split(","))
    asked = f"regions={regions}&oddsFormat=american&dateFormat=iso"
    url = f"{base}/odds?{asked}&markets=h2h,spreads,totals"
    yield Request(url, "odds", about, secret=_KEY, credits=3 * count, is_streamed=True)
    if about.get("extras"):
        yield from each(events, lambda event: _extras(payload, event, asked, count), "an event")


def _extras(payload: Payload, event: Document, asked: str, regions: int) -> Iterator[Request]:
    """Ask for the props and alternates of an event that begins soon."""
    until_start = moment(event["commence_time"]) - payload.fetched_at
    if timedelta(0) < until_start <= _PROPS_BEFORE:
        about = payload.request.about
        url = f"{about['base']}/events/{event['id']}/odds?{asked}&markets={about['extras']}"
        price = regions * len(about["extras"].split(","))
        yield Request(url, "event", about, optional=True, secret=_KEY, credits=price)


def _quotes(event: Event, told: Told) -> Iterator[MarketRows | Rejected]:
    home, away = event.home_team, event.away_team
    game = Matchup(home, away, moment(event.commence_time))
    sides: dict[str | None, str] = {home: "home", away: "away", "Draw": "draw", "Yes": "yes", "No": "no"}
    sides |= {"Over": "over", "Under": "under"}
    for book in event.bookmakers:
        if book is None or book.key is None:
            continue
        for market in book.markets or ():
            if market is None or market.key == "h2h_lay":
                continue
            ours = told.name_of(market.key)
            if ours is None:
                yield unknown_market(market.key)
                continue
            outcomes = [one for one in market.outcomes or () if one is not None]
            if len(outcomes) < len(market.outcomes or ()):
                # of team totals it may be of either team's
                lacks: Lacking = "any" if "team_total" in ours else OfMarket(game, book.key, ours)
                yield Rejected("an outcome that is nothing", ours, lacks)
            for kept, name in _by_team(outcomes, ours, sides) if "team_total" in ours else [(outcomes, ours)]:
                yield from _rows(kept, sides, OfMarket(game, book.key, name), told)


def _by_team(
    outcomes: Sequence[Outcome], market: str, sides: dict[str | None, str]
) -> list[tuple[Sequence[Outcome], str]]:
    """Return each team's part of a market of team totals, with its name."""
    teams = dict.fromkeys(str(outcome.description) for outcome in outcomes)
    return [
        (
            [Outcome(one.name, one.price, one.point) for one in outcomes if str(one.description) == team],
            f"{market}_{sides.get(team, 'unknown')}",
        )
        for team in teams
    ]


def _rows(
    outcomes: Sequence[Outcome],
    sides: dict[str | None, str],
    market: OfMarket,
    told: Told,
) -> Iterator[MarketRows | Rejected]:
    """Yield a market's quotes in columns: a body has a hundred thousand of them, and few markets."""
    found = [sides.get(one.name) for one in outcomes]
    prices = [told.prices[one.price] for one in outcomes]
    if None in found or None in prices:
        usable = []
        for outcome, *values in zip(outcomes, found, prices, strict=True):
            if None in values:
                what = f"{market.market}: {outcome.name} {outcome.price}"
                yield Rejected("an outcome without a side or a price", what, market)
            else:
                usable.append(outcome)
        yield from _rows(usable, sides, market, told)
    elif outcomes:
        lines = [told.lines[one.point] for one in outcomes]
        names = [one.description for one in outcomes]
        labels, people = cast("list[str]", found), names if any(names) else None
        yield MarketRows(*market, labels, lines, prices, told.at, people)


def _market(key: str | None, decided: Mapping[str, str]) -> str | None:
    """Return our name of a market; a ladder's begins with `alternate_`."""
    if key is None:
        return None
    is_ladder = "alternate" in key
    plain = key.replace("alternate_", "").replace("_alternate", "")
    ours = GAME_MARKETS.get(plain) or ("team_total" if plain == "team_totals" else None)
    ours = ours or game_market(plain, decided) or player_market(plain, decided)
    return f"alternate_{ours}" if ours and is_ladder else ours


PROVIDER = Provider(
    name="the_odds_api",
    feed="odds",
    sports=tuple(SPORTS),
    cron="*/30 * * * *",
    near="*/15 * * * *",
    whole=("odds", "event"),
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="The Odds API, a documented commercial API used with your own key and within its plan",
        rate_per_s=5.0,
        recorded=True,
        default_on=False,
        key=True,
    ),
)
