"""The Odds API: game lines of many books, alternates and player props an event a call, each answer charged in credits.

The list of events is free, so that a crawl begins with it and learns how many credits are left. Teams are full names
and an outcome is told by its name, never by its place; a book may be in one event and not in the next.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sdp_ingestion.documents import Document, each, guarded, items, moment, read, read_list, stream_list
from sdp_ingestion.markets import player_market
from sdp_ingestion.prices import decimal_of_american, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import MarketRows, Matchup, Rejected, Row

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
    elif tag == "odds":
        yield from each(stream_list(payload), lambda event: _quotes(payload, event), "an event")
    else:
        yield from _quotes(payload, read(payload, "bookmakers", "home_team", "away_team", "commence_time"))


def _events(payload: Payload) -> Iterator[Row | Rejected | Request]:
    events = read_list(payload)
    if not events:
        return
    about = payload.request.about
    base, regions = about["base"], about["regions"]
    count = len(regions.split(","))
    asked = f"regions={regions}&oddsFormat=american&dateFormat=iso"
    yield Request(f"{base}/odds?{asked}&markets=h2h,spreads,totals", "odds", about, secret=_KEY, credits=3 * count)
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


def _quotes(payload: Payload, event: Document) -> Iterator[MarketRows | Rejected]:
    home, away = event["home_team"], event["away_team"]
    game = Matchup(home, away, moment(event["commence_time"]))
    sides = {home: "home", away: "away", "Draw": "draw", "Over": "over", "Under": "under", "Yes": "yes", "No": "no"}
    where = str(event.get("id"))
    for book in items(event, "bookmakers", where):
        for market in items(book, "markets", where):
            if market["key"] == "h2h_lay":
                continue
            ours = _market(market["key"])
            if ours is None:
                yield Rejected("a market that we do not know", market["key"])
                continue
            outcomes = items(market, "outcomes", where)
            for kept, name in _by_team(outcomes, ours, sides) if "team_total" in ours else [(outcomes, ours)]:
                yield from _rows(kept, sides, game, book["key"], name, payload.fetched_at)


def _by_team(outcomes: list[Document], market: str, sides: dict[str, str]) -> list[tuple[list[Document], str]]:
    """Return each team's part of a market of team totals, with its name."""
    teams = dict.fromkeys(str(outcome.get("description")) for outcome in outcomes)
    return [
        (
            [{**outcome, "description": None} for outcome in outcomes if str(outcome.get("description")) == team],
            f"{market}_{sides.get(team, 'unknown')}",
        )
        for team in teams
    ]


def _rows(
    outcomes: list[Document], sides: dict[str, str], game: Matchup, book: str, market: str, known_at: datetime
) -> Iterator[MarketRows | Rejected]:
    """Yield a market's quotes in columns: a body has a hundred thousand of them, and few markets."""
    found = [sides.get(outcome["name"]) for outcome in outcomes]
    prices = [decimal_of_american(outcome.get("price")) for outcome in outcomes]
    if None in found or None in prices:
        usable = [
            outcome for outcome, *told in zip(outcomes, found, prices, strict=True) if all(x is not None for x in told)
        ]
        for outcome, *told in zip(outcomes, found, prices, strict=True):
            if None in told:
                what = f"{market}: {outcome['name']} {outcome.get('price')}"
                yield Rejected("an outcome without a side or a price", what)
        yield from _rows(usable, sides, game, book, market, known_at)
    elif outcomes:
        names = [outcome.get("description") for outcome in outcomes]
        lines = [number_of(outcome.get("point")) for outcome in outcomes]
        told_names = names if any(names) else None
        yield MarketRows(game, book, market, [side for side in found if side], lines, prices, known_at, told_names)


def _market(key: str) -> str | None:
    """Return our name of a market; a ladder's begins with `alternate_`."""
    is_ladder = "alternate" in key
    plain = key.replace("alternate_", "").replace("_alternate", "")
    ours = GAME_MARKETS.get(plain) or ("team_total" if plain == "team_totals" else player_market(plain))
    return f"alternate_{ours}" if ours and is_ladder else ours


PROVIDER = Provider(
    name="the_odds_api",
    feed="odds",
    sports=tuple(SPORTS),
    cron="*/30 * * * *",
    near="*/15 * * * *",
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
