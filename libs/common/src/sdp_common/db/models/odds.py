"""Odds: what is quoted (a series), how it moved (its quotes, append-only) and how it stands."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt, Id


class OddsSeries(Base):
    """One side of one market at one book, as one source tells it.

    `market` is `moneyline`, `spread`, `total`, a declared player market, `alternate_...` for a ladder of lines or
    `pickem_...` for the line of a pick'em board; `side` is home, away, draw, over, under, yes or no. `rung` is the
    line where several stand at once (`alternate_...`), null elsewhere. A spread's `line` is the side's own handicap
    (a favourite's is negative). `opened_at` is the moment of its first quote.
    """

    __tablename__ = "odds_series"
    __table_args__ = (
        Index(
            "uq_odds_series_key",
            "game_id",
            "player_id",
            "source",
            "book",
            "market",
            "side",
            "rung",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )
    id: Mapped[Id]
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"))
    player_id: Mapped[int | None] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), index=True)
    source: Mapped[str]
    book: Mapped[str]
    market: Mapped[str]
    side: Mapped[str]
    rung: Mapped[float | None]
    opened_at: Mapped[datetime]


class OddsStanding(Base):
    """How every series of a game stands at one source: the latest quote of each, as two compressed Arrow streams.

    In the order in which the feed tells them: what names the series, and beside it what was said of each last. What is
    sent is compared with it, so that a repetition costs no row. It follows from the quotes: where it is missing it is
    read from them again.
    """

    __tablename__ = "odds_standings"
    source: Mapped[str] = mapped_column(primary_key=True)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), primary_key=True, index=True)
    series: Mapped[bytes]
    said: Mapped[bytes]


class OddsQuote(Base):
    """A movement of a series: how it stood from `known_at` until its next quote.

    A row is added only when line, price or status changed; `price_decimal` is null where the source gives a line
    alone. Partitioned by month of `known_at`; what lies outside the months made ahead is kept in `odds_quotes_rest`.
    What moved of a game lies together, in the order of moments, and its index is small (a game's quotes of one moment
    are one entry): reads as of a moment go by it. That a quote's series exists, and is of this game, is seen to by the
    one writer, which holds it: looking it up took three quarters of the time of writing a row. Quotes go with their
    series (trigger `let_go_of_quotes`).
    """

    __tablename__ = "odds_quotes"
    __table_args__ = (
        Index("ix_odds_quotes_game", "game_id", "known_at"),
        {"postgresql_partition_by": "RANGE (known_at)"},
    )
    series_id: Mapped[int] = mapped_column(primary_key=True)
    game_id: Mapped[str]
    known_at: Mapped[datetime] = mapped_column(primary_key=True)
    line: Mapped[float | None]
    price_decimal: Mapped[float | None]
    status: Mapped[str] = mapped_column(default="open")
    recorded_at: Mapped[CreatedAt]


class BettingSplit(Base):
    """The share of tickets and of money on a side, in percent, as a source told it at `known_at`."""

    __tablename__ = "betting_splits"
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    market: Mapped[str] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(primary_key=True)
    known_at: Mapped[datetime] = mapped_column(primary_key=True)
    tickets_pct: Mapped[float | None]
    money_pct: Mapped[float | None]
