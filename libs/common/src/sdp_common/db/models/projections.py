"""Projections: sets of distributions for one slate, ours (simulated) or the user's (uploaded)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt, Id


class ProjectionSet(Base):
    """A set of projections; `inputs` records everything needed to rebuild it. `user_id` is null for ours."""

    __tablename__ = "projection_sets"
    __table_args__ = (Index(None, "slate_id", "created_at"),)
    id: Mapped[Id]
    slate_id: Mapped[int] = mapped_column(ForeignKey("slates.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    as_of: Mapped[datetime]
    worlds: Mapped[int | None]
    seed: Mapped[int | None]
    inputs: Mapped[dict[str, Any]]
    created_at: Mapped[CreatedAt]


class Projection(Base):
    """The distribution of one stat for one draftable.

    `stat` is a market (`passing_yards`), or `<contest>_points` for fantasy points. `quantiles` are at
    `sdp_sports.spec.QUANTILES`. The histogram has equal bins from `hist_from` of width `hist_width`;
    `hist_counts` are shares that sum to 1. An uploaded set holds means and,
    where its file told them, `sd` and `quantiles`: the rest is null until it is simulated around them.
    """

    __tablename__ = "projections"
    set_id: Mapped[int] = mapped_column(ForeignKey("projection_sets.id", ondelete="CASCADE"), primary_key=True)
    draftable_id: Mapped[int] = mapped_column(ForeignKey("draftables.id", ondelete="CASCADE"), primary_key=True)
    stat: Mapped[str] = mapped_column(primary_key=True)
    mean: Mapped[float]
    sd: Mapped[float | None]
    prob_zero: Mapped[float | None]
    quantiles: Mapped[list[float] | None]
    hist_from: Mapped[float | None]
    hist_width: Mapped[float | None]
    hist_counts: Mapped[list[float] | None]


class GameProjection(Base):
    """What the same draws say of a game: mean scores and the home side's chance of winning."""

    __tablename__ = "game_projections"
    set_id: Mapped[int] = mapped_column(ForeignKey("projection_sets.id", ondelete="CASCADE"), primary_key=True)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), primary_key=True)
    home_score_mean: Mapped[float]
    away_score_mean: Mapped[float]
    total_sd: Mapped[float]
    margin_sd: Mapped[float]
    prob_home_win: Mapped[float]
    line_source: Mapped[str]
