"""Injuries: who is hurt, how badly, who says so and since when."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt


class InjuryReport(Base):
    """A source's word on a player; `status` is out, doubtful, questionable, probable, injured_reserve or active.

    Status fields only: licensed comments are never stored. `season` and `week` are set where the report is for
    one week's game. `confidence` is null where the source states the status itself, and how sure the classifier is
    (0 to 1) where the status was read off a headline.
    """

    __tablename__ = "injury_reports"
    __table_args__ = (Index(None, "player_id", "known_at"),)
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    known_at: Mapped[datetime] = mapped_column(primary_key=True)
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id"))
    season: Mapped[int | None]
    week: Mapped[int | None]
    status: Mapped[str | None]
    practice_status: Mapped[str | None]
    body_part: Mapped[str | None]
    confidence: Mapped[float | None]
    recorded_at: Mapped[CreatedAt]


class LateChange(Base):
    """A player whose status changed within 90 minutes of his game's start: what a lineup may have to be swapped for."""

    __tablename__ = "late_changes"
    __table_args__ = (Index(None, "known_at"), Index(None, "player_id"))
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), primary_key=True)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), primary_key=True)
    known_at: Mapped[datetime] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    was: Mapped[str | None]
    starts_at: Mapped[datetime]
    recorded_at: Mapped[CreatedAt]
