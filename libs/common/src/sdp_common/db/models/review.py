"""Review: whom a source means where we are not sure, and what a person decided."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, Id


class ReviewItem(Base):
    """A player of a source whom nobody of ours could be matched to with enough certainty.

    `external_id` is the source's id, or `name:...` where it has none. `candidates` are the likeliest players, the
    likeliest first: `{"player_id", "name", "team", "position", "score"}`. `status` is open, decided or dismissed.
    """

    __tablename__ = "review_items"
    __table_args__ = (UniqueConstraint("sport", "source", "external_id"), Index(None, "status", "last_seen_at"))
    id: Mapped[Id]
    sport: Mapped[str]
    source: Mapped[str]
    external_id: Mapped[str]
    name: Mapped[str]
    team: Mapped[str | None]
    position: Mapped[str | None]
    candidates: Mapped[list[dict[str, Any]]]
    seen: Mapped[int] = mapped_column(default=1)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="open")
    player_id: Mapped[int | None] = mapped_column(ForeignKey("players.id", ondelete="SET NULL"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
