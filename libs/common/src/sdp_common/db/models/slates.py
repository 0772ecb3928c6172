"""Slates: what a site offers to draft, at which salary."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt, Id


class Slate(Base):
    """A set of games and players drafted together under one contest format.

    `contest` is the key of a declared contest (`draftkings_classic`). `salary_source` is `site` where the
    salaries are the site's own and `modelled` where we priced the slate ourselves. `starts_at` is the lock.
    """

    __tablename__ = "slates"
    __table_args__ = (UniqueConstraint("source", "external_id"), Index(None, "sport", "starts_at"))
    id: Mapped[Id]
    sport: Mapped[str]
    site: Mapped[str]
    contest: Mapped[str]
    name: Mapped[str]
    source: Mapped[str]
    external_id: Mapped[str]
    salary_source: Mapped[str] = mapped_column(default="site")
    starts_at: Mapped[datetime]
    known_at: Mapped[datetime]
    created_at: Mapped[CreatedAt]


class Draftable(Base):
    """One draftable row of a slate; `player_id` is null where the name could not be matched, `batting_order` (1 to 9)
    where the site's list does not tell it.
    """

    __tablename__ = "draftables"
    __table_args__ = (UniqueConstraint("slate_id", "external_id"), Index(None, "player_id"))
    id: Mapped[Id]
    slate_id: Mapped[int] = mapped_column(ForeignKey("slates.id", ondelete="CASCADE"))
    external_id: Mapped[str]
    name: Mapped[str]
    player_id: Mapped[int | None] = mapped_column(ForeignKey("players.id", ondelete="SET NULL"))
    match_score: Mapped[float | None]
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id"))
    game_id: Mapped[str | None] = mapped_column(ForeignKey("games.id"))
    position: Mapped[str]
    roster_slots: Mapped[list[str]]
    salary_usd: Mapped[int]
    average_points: Mapped[float | None]
    batting_order: Mapped[int | None]
    status: Mapped[str | None]
    is_disabled: Mapped[bool] = mapped_column(default=False)
