"""Lineups: what the optimizer built, for whom, under which rules."""

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt, Id


class LineupSet(Base):
    """One answer of the optimizer; `rules` is the request as it was checked, `note` why it holds fewer than asked."""

    __tablename__ = "lineup_sets"
    __table_args__ = (Index(None, "slate_id"), Index(None, "user_id"))
    id: Mapped[Id]
    slate_id: Mapped[int] = mapped_column(ForeignKey("slates.id", ondelete="CASCADE"))
    projection_set_id: Mapped[int] = mapped_column(ForeignKey("projection_sets.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    rules: Mapped[dict[str, Any]]
    note: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class Lineup(Base):
    """One lineup: draftables in the order of the contest's slots.

    `projected_points` is the sum of means, whatever was maximised; `quantile_points`, where a quantile was, is that of
    the lineup's own points over the worlds. `realised_points` is null until settled.
    """

    __tablename__ = "lineups"
    __table_args__ = (Index(None, "set_id", "rank", unique=True),)
    id: Mapped[Id]
    set_id: Mapped[int] = mapped_column(ForeignKey("lineup_sets.id", ondelete="CASCADE"))
    rank: Mapped[int]
    draftable_ids: Mapped[list[int]] = mapped_column(ARRAY(BIGINT))
    salary_usd: Mapped[int]
    projected_points: Mapped[float]
    quantile_points: Mapped[float | None]
    realised_points: Mapped[float | None]
