"""Injuries: who is hurt, how badly, who says so and since when."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt


class InjuryReport(Base):
    """A source's word on a player; `status` is out, doubtful, questionable, probable, injured_reserve or active.

    Status fields only: licensed comments are never stored. `season` and `week` are set where the report is for
    one week's game.
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
    recorded_at: Mapped[CreatedAt]
