"""Review: what a source means where we are not sure, and what a person decided."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, Id


class ReviewItem(Base):
    """A player, team, game or market of a source that could not be matched to one of ours with enough certainty.

    `external_id` is what the source calls it: the player's id or `name:...` where he has none, the team's or market's
    label, the game's teams and day. `candidates` are the likeliest of ours, the likeliest first: `{"target", "name",
    "team", "position", "starts_at", "score"}`. `target` is what was decided: the id of a player, team or game, or the
    name of a market. `status` is open, decided or dismissed.
    """

    __tablename__ = "review_items"
    __table_args__ = (UniqueConstraint("sport", "source", "kind", "external_id"), Index(None, "status", "last_seen_at"))
    id: Mapped[Id]
    sport: Mapped[str]
    source: Mapped[str]
    kind: Mapped[str]
    external_id: Mapped[str]
    name: Mapped[str]
    team: Mapped[str | None]
    position: Mapped[str | None]
    candidates: Mapped[list[dict[str, Any]]]
    seen: Mapped[int] = mapped_column(default=1)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="open")
    target: Mapped[str | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
