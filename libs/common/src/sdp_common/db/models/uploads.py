"""Uploads: files a user brought, kept as they came, with what we made of them."""

from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt, Id


class Upload(Base):
    """A user's file. `kind` is salaries, projections, entries or standings; `status` is received, accepted or refused.

    `report` says what was understood: counts, unmatched names and every problem. `user_id` is null for a file
    brought through the command line.
    """

    __tablename__ = "uploads"
    __table_args__ = (Index(None, "user_id"), Index(None, "sha256"))
    id: Mapped[Id]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    slate_id: Mapped[int | None] = mapped_column(ForeignKey("slates.id", ondelete="CASCADE"))
    kind: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(default="received")
    report: Mapped[dict[str, Any]]
    created_at: Mapped[CreatedAt]
