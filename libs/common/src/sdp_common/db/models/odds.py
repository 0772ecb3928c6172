"""Odds: quotes of game lines and player props, append-only."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt, Id


class OddsQuote(Base):
    """One side of one market at one book, from `known_at` until the next row of the same key.

    A row is added only when line, price or status changed. `market` is `moneyline`, `spread`, `total` or a
    declared player market; `side` is home, away, draw, over, under, yes or no. A spread's `line` is the
    side's own handicap (a favourite's is negative). `price_decimal` is null where the source gives a line alone.
    """

    __tablename__ = "odds_quotes"
    __table_args__ = (Index("ix_odds_quotes_as_of", "game_id", "market", "book", "side", "player_id", "known_at"),)
    id: Mapped[Id]
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"))
    player_id: Mapped[int | None] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"))
    source: Mapped[str]
    book: Mapped[str]
    market: Mapped[str]
    side: Mapped[str]
    line: Mapped[float | None]
    price_decimal: Mapped[float | None]
    status: Mapped[str] = mapped_column(default="open")
    known_at: Mapped[datetime]
    recorded_at: Mapped[CreatedAt]
