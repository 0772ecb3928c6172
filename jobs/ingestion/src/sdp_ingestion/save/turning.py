"""Turning: on neutral ground a source may call home whom we have as the visitor; what it says of them is turned."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from msgspec import structs

from sdp_ingestion.rows import MarketRows, OfMarket, QuoteRow, SplitRow
from sdp_ingestion.schedule import Schedule

R = TypeVar("R", QuoteRow, MarketRows, SplitRow)
_OTHER = {"home": "away", "away": "home"}


def turned(schedule: Schedule, rows: Sequence[R]) -> Sequence[R]:
    """Return rows with home and away as we have them; a line goes with its side, and is that side's own already."""
    other = {game for game in {row.game for row in rows} if schedule.is_turned(game)}
    return [_turn(row) if row.game in other else row for row in rows] if other else rows


def market_of(schedule: Schedule, market: OfMarket) -> str:
    """Return what we call a market that a source told of."""
    return _other_market(market.market) if schedule.is_turned(market.game) else market.market


def _turn(row: R) -> R:
    market = _other_market(row.market)
    if isinstance(row, MarketRows):
        return structs.replace(row, market=market, sides=[_OTHER.get(side, side) for side in row.sides])
    return replace(row, market=market, side=_OTHER.get(row.side, row.side))


def _other_market(market: str) -> str:
    """Return the market of the other team: a team's total names it."""
    head, _, team = market.rpartition("_")
    return f"{head}_{_OTHER[team]}" if team in _OTHER and head.endswith("team_total") else market
