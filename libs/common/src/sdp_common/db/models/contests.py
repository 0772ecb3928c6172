"""Contests: real contests of a slate, with fees and payouts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, Id


class ContestOffer(Base):
    """A contest a site offers; `payouts` is a list of {from_rank, to_rank, amount_usd}."""

    __tablename__ = "contest_offers"
    __table_args__ = (UniqueConstraint("source", "external_id"),)
    id: Mapped[Id]
    slate_id: Mapped[int | None] = mapped_column(ForeignKey("slates.id", ondelete="CASCADE"))
    source: Mapped[str]
    external_id: Mapped[str]
    name: Mapped[str]
    entry_fee_usd: Mapped[float]
    entries: Mapped[int | None]
    entries_max: Mapped[int | None]
    entries_max_per_user: Mapped[int | None]
    prize_pool_usd: Mapped[float | None]
    payouts: Mapped[list[dict[str, Any]]]
    known_at: Mapped[datetime]
