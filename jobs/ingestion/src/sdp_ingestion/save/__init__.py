"""Saving rows: source ids become ours, reference before facts, every fact with its moment."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
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
    QuoteRow,
    Rejected,
    RosterRow,
    Row,
    SlateRow,
    SnapRow,
    SplitRow,
    StarterRow,
    StatRow,
    VenueRow,
)
from sdp_ingestion.save import facts, quotes, reference, roles, slates
from sdp_ingestion.save.context import Context, Known

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
    QuoteRow: quotes.quotes_of,
    MarketRows: quotes.markets_of,
    SplitRow: quotes.splits_of,
    ForecastRow: facts.forecasts,
    InjuryRow: facts.injuries,
    SlateRow: slates.slates_of,
    ContestRow: slates.contests_of,
}


def save(context: Context, rows: Iterable[Row | Rejected]) -> None:
    """Save an answer's rows in the context's session, whatever their order, and count what cannot be used.

    What came twice in an answer is saved once.
    """
    kinds: dict[type, list[Any]] = defaultdict(list)
    for row in rows:
        if isinstance(row, Rejected):
            context.tally.reject(row)
        else:
            kinds[type(row)].append(row)
    for kind, saver in _SAVERS.items():
        if kinds[kind]:
            saver(context, kinds[kind])
    context.finish()
