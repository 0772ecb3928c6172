"""Saving rows: source ids become ours, reference before facts, every fact with its moment."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any

from sdp_ingestion.rows import (
    ContestRow,
    DepthRow,
    ForecastRow,
    GameRow,
    InjuryRow,
    KnownPlayerRow,
    MarketRows,
    PlayerRow,
    PlaysRow,
    QuoteRow,
    Rejected,
    RosterRow,
    Row,
    SlateRow,
    SnapRow,
    SplitRow,
    StarterRow,
    StatRow,
    UnknownMarket,
    VenueRow,
)
from sdp_ingestion.save import facts, quotes, reference, roles, slates
from sdp_ingestion.save.boards import Board
from sdp_ingestion.save.context import Context, Known
from sdp_ingestion.texts import checked

__all__ = ["Context", "Known", "save"]

_SAVERS: Mapping[type, Callable[[Context, list[Any]], None]] = {
    VenueRow: reference.venues,
    GameRow: reference.games,
    PlayerRow: reference.players_of,
    KnownPlayerRow: roles.known_players,
    RosterRow: reference.rosters,
    DepthRow: roles.depths,
    StarterRow: roles.starters,
    SnapRow: roles.snaps,
    StatRow: facts.stats,
    PlaysRow: facts.plays,
    QuoteRow: quotes.quotes_of,
    MarketRows: quotes.markets_of,
    SplitRow: quotes.splits_of,
    ForecastRow: facts.forecasts,
    InjuryRow: facts.injuries,
    SlateRow: slates.slates_of,
    ContestRow: slates.contests_of,
}


_A_BATCH = 50_000
"""How many quotes are saved together: a larger answer is saved in parts, so that memory does not grow with it."""


def save(context: Context, rows: Iterable[Row | Rejected], *, is_whole: bool = False) -> None:
    """Save an answer's rows in the context's session and count what cannot be used.

    The order does not matter within some ten thousand quotes; beyond them a game comes before its quotes. What came
    twice in an answer is saved once.

    Args:
        context: Where to save.
        rows: What the parser yields.
        is_whole: Whether the answer tells the markets that it mentions whole (`Provider.whole`).
    """
    context.board = Board(is_whole=is_whole)
    kinds: dict[type, list[Any]] = defaultdict(list)
    waiting = 0
    for row in chain.from_iterable(map(checked, rows)):
        if isinstance(row, Rejected):
            context.tally.reject(row)
            context.board.reject(row)
            if isinstance(row, UnknownMarket):
                context.doubt_market(row.what)
            continue
        kinds[type(row)].append(row)
        if isinstance(row, QuoteRow | MarketRows):
            waiting += len(row.sides) if isinstance(row, MarketRows) else 1
            if waiting >= _A_BATCH:
                _save(context, kinds)
                waiting = 0
    context.board.is_at_end = True
    _save(context, kinds)
    quotes.close(context)
    context.finish()


def _save(context: Context, kinds: dict[type, list[Any]]) -> None:
    for kind, saver in _SAVERS.items():
        if kinds[kind]:
            saver(context, kinds.pop(kind))
