"""Sleeper's picks: lines by Sleeper's own player ids; a multiplier is a leg's price, not an entry's payout."""

from collections.abc import Iterable, Iterator

from sdp_ingestion.documents import Document, after_epoch, each, guarded, items, read_list, whole
from sdp_ingestion.markets import player_market, unknown_market
from sdp_ingestion.optin import opt_in
from sdp_ingestion.prices import decimal_of, number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import QuoteRow, Rejected, Row, SourceId, TeamNear

SPORTS = ("nfl", "nba", "wnba", "mlb", "nhl", "cfb", "cbb")


def start(ask: Ask) -> Iterable[Request]:
    """Ask for every line; the answer holds all sports."""
    yield Request(f"{ask.base('sleeper')}/lines/available", "lines", is_streamed=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the quotes of the sport's lines on players before the game.

    Raises:
        DriftedSource: The answer is not a list of lines.
    """
    told = read_list(payload)
    yield from whole(told, "a line")
    lines = (
        one
        for one in told
        if one.get("sport", payload.sport) == payload.sport and one.get("game_status", "pre_game") == "pre_game"
    )
    yield from each(lines, lambda one: _line(payload, one), "a line")


def _line(payload: Payload, line: Document) -> Iterator[Row | Rejected]:
    market = player_market(line["wager_type"], payload.markets)
    if line.get("subject_type", "player") != "player":
        yield Rejected("a line that is about no player", str(line["wager_type"]), None)
        return
    if market is None:
        yield unknown_market(line["wager_type"])
        return
    ours = f"pickem_{market}" if line.get("line_type", "normal") == "normal" else f"alternate_pickem_{market}"
    player = SourceId("sleeper", str(line["subject_id"]))
    options = items(line, "options", "a line")
    yield from whole(options, "an option")
    for option in options:
        team = option.get("subject_team")
        side = option.get("outcome")
        if side not in ("over", "under", "yes", "no") or not team:
            yield Rejected("an option without a side or a team", f"{line['subject_id']}: {side}")
            continue
        told = number_of(option.get("outcome_value"))
        near = after_epoch(line["updated_at"]) if not line.get("game_start") else after_epoch(line["game_start"])
        game = TeamNear(team, max(near, payload.fetched_at))
        price = decimal_of(option.get("payout_multiplier"))
        yield QuoteRow(game, "sleeper", ours, side, told, price, payload.fetched_at, "open", player, team=team)


PROVIDER = Provider(
    name="sleeper_picks",
    feed="odds",
    sports=SPORTS,
    cron="*/20 * * * *",
    near="*/5 * * * *",
    whole=("lines",),
    start=start,
    parse=guarded(parse),
    quality=opt_in("Sleeper", 0.5),
)
