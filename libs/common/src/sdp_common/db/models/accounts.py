"""Accounts: users, browser sessions and tokens for scripts. Secrets are stored as hashes alone."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt, Id


class User(Base):
    """A person with an account; `password_hash` is argon2id."""

    __tablename__ = "users"
    id: Mapped[Id]
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[CreatedAt]


class UserSession(Base):
    """A browser's session; the key is the SHA-256 of the cookie's random value."""

    __tablename__ = "sessions"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    created_at: Mapped[CreatedAt]


class ApiToken(Base):
    """A script's token; the hash alone is kept."""

    __tablename__ = "tokens"
    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
