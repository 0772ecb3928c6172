"""Underdog's board: over and under lines of players, a market type of their own (`pickem_...`).

Lists joined by ids: a line's appearance leads to the player and to the game. An old path answers 426.
"""

from collections.abc import Iterable, Iterator, Mapping

from sdp_ingestion.documents import Document, each, guarded, items, moment, read, whole
from sdp_ingestion.markets import player_market, unknown_market
from sdp_ingestion.optin import opt_in
from sdp_ingestion.prices import decimal_of, decimal_of_american, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import GameRef, Lacking, Matchup, OfMarket, QuoteRow, Rejected, Row, SourceId

SPORTS = {"nfl": "NFL", "cfb": "CFB", "nba": "NBA", "wnba": "WNBA", "cbb": "CBB", "mlb": "MLB", "nhl": "NHL"}
_SIDES = {"higher": "over", "lower": "under", "over": "over", "under": "under", "yes": "yes", "no": "no"}


def start(ask: Ask) -> Iterable[Request]:
    """Ask for every line; the answer holds all sports."""
    yield Request(f"{ask.base('underdog')}/v1/over_under_lines", "lines", is_streamed=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the quotes of the sport's lines that are not in play.

    Raises:
        DriftedSource: The answer is not a board.
    """
    where = payload.request.url
    body = read(payload, "over_under_lines", "players", "appearances", "games")
    players = {one.get("id"): one for one in items(body, "players", where)}
    appearances = {one.get("id"): one for one in items(body, "appearances", where)}
    games = {one.get("id"): one for one in items(body, "games", where)}

    def read_line(line: Document) -> Iterator[Row | Rejected]:
        appearance = appearances[line["over_under"]["appearance_stat"]["appearance_id"]]
        player = players[appearance["player_id"]]
        if player.get("sport_id") == SPORTS.get(payload.sport):
            match = games.get(appearance.get("match_id"))
            team = _team(match, appearance.get("team_id") or player.get("team_id"))
            yield from _line(payload, line, player, match, team)

    told = items(body, "over_under_lines", where)
    yield from whole(told, "a line")
    lines = (
        one
        for one in told
        if not one.get("live_event") and (one.get("over_under") or {"appearance_stat": 1}).get("appearance_stat")
    )
    yield from each(lines, read_line, "a line")


def _line(
    payload: Payload, line: Document, player: Document, match: Mapping[str, object] | None, team: str | None
) -> Iterator[Row | Rejected]:
    stat = line["over_under"]["appearance_stat"]
    market = player_market(str(stat.get("stat"))) or player_market(stat.get("display_stat"), payload.markets)
    value, game = number_of(line.get("stat_value")), _game(match)
    name = f"{player.get('first_name') or ''} {player.get('last_name') or ''}".strip()
    if market is None:
        yield unknown_market(stat.get("display_stat") or stat.get("stat"))
        return
    if value is None or game is None:
        lacks: Lacking = None if match is None else "any"  # a line on a season is of no match
        yield Rejected("a line without its value or its game", f"{name}: {stat.get('display_stat')}", lacks)
        return
    ours = f"pickem_{market}" if line.get("line_type", "balanced") == "balanced" else f"alternate_pickem_{market}"
    about = OfMarket(game, "underdog", ours)
    for option in line.get("options") or ():
        side = _SIDES.get(str(option.get("choice")))
        if side is None:
            yield Rejected("an option without a side", f"{name}: {option.get('choice')}", about)
            continue
        is_open = line.get("status") == "active" and option.get("status", "active") == "active"
        price = decimal_of_american(option.get("american_price")) or decimal_of(option.get("decimal_price"))
        yield QuoteRow(
            *about,
            side,
            value,
            price,
            payload.fetched_at,
            "open" if is_open else "suspended",
            SourceId("underdog", str(player["id"])),
            name,
            team,
            player.get("position_name"),
        )


def _game(match: Mapping[str, object] | None) -> GameRef | None:
    sides = _sides(match)
    return Matchup(sides[1], sides[0], moment(str((match or {})["scheduled_at"]))) if sides else None


def _sides(match: Mapping[str, object] | None) -> tuple[str, str] | None:
    """Return a match's teams, the visitor first, as its title names them."""
    if match is None or not match.get("scheduled_at"):
        return None
    for title in (match.get("full_team_names_title"), match.get("title")):
        for between in (" @ ", " vs. ", " vs "):  # on neutral ground
            away, found, home = str(title or "").partition(between)
            if found:
                return away, home
    return None


def _team(match: Mapping[str, object] | None, team_id: object) -> str | None:
    """Return the name of a player's team, which the board tells by its part in the match alone."""
    sides = _sides(match)
    if match is None or sides is None or team_id is None:
        return None
    found = {match.get("away_team_id"): sides[0], match.get("home_team_id"): sides[1]}
    return found.get(team_id)


PROVIDER = Provider(
    name="underdog",
    feed="odds",
    sports=tuple(SPORTS),
    cron="*/20 * * * *",
    near="*/5 * * * *",
    whole=("lines",),
    start=start,
    parse=guarded(parse),
    quality=opt_in("Underdog", 0.5),
)
