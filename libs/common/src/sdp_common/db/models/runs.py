"""Runs: work asked for, its progress and how it ended."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt, Id


class Run(Base):
    """One job of one service; `status` is queued, running, succeeded, failed or cancelled.

    `result` is the job's own summary (`{"rows": ...}` at least); `error` is `{"code", "message", "problems"}`. `then`
    lists the work (`{"service", "job", "params"}`) that follows a success; its first piece becomes `next_run_id`.
    """

    __tablename__ = "runs"
    __table_args__ = (Index(None, "service", "created_at"), Index(None, "user_id"))
    id: Mapped[Id]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    service: Mapped[str]
    job: Mapped[str]
    params: Mapped[dict[str, Any]]
    then: Mapped[list[dict[str, Any]] | None]
    next_run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"))
    status: Mapped[str] = mapped_column(default="queued")
    progress: Mapped[float] = mapped_column(default=0.0)
    message: Mapped[str | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    created_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class IngestRun(Base):
    """One crawl of one provider: what it cost and what it brought."""

    __tablename__ = "ingest_runs"
    __table_args__ = (Index(None, "provider", "started_at"),)
    id: Mapped[Id]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"))
    provider: Mapped[str]
    feed: Mapped[str]
    sport: Mapped[str]
    status: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    requests: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(default=0)
    rows_new: Mapped[int] = mapped_column(default=0)
    rows_changed: Mapped[int] = mapped_column(default=0)
    rows_unchanged: Mapped[int] = mapped_column(default=0)
    rows_rejected: Mapped[int] = mapped_column(default=0)
    credits_used: Mapped[float | None]
    credits_left: Mapped[float | None]
    error: Mapped[dict[str, Any] | None]


class FeedSchedule(Base):
    """What is meant to be read and how often, as configured: so that a source that never ran is seen to be missing.

    `target_s` is the age at which the data of a source counts as stale.
    """

    __tablename__ = "feed_schedules"
    provider: Mapped[str] = mapped_column(primary_key=True)
    sport: Mapped[str] = mapped_column(primary_key=True)
    feed: Mapped[str]
    schedule: Mapped[str]
    target_s: Mapped[float]
    is_on: Mapped[bool]
    terms: Mapped[str]
    declared_at: Mapped[datetime]


class RawPayload(Base):
    """A body exactly as it came (zstd), kept once a content, so that a mended parser can be replayed."""

    __tablename__ = "raw_payloads"
    __table_args__ = (UniqueConstraint("url", "sha256"), Index(None, "provider", "fetched_at"))
    id: Mapped[Id]
    provider: Mapped[str]
    sport: Mapped[str]
    tag: Mapped[str]
    url: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    status: Mapped[int]
    sha256: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    fetched_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class RawSighting(Base):
    """When a URL's answer became this body: the first time, and each time it came back after another."""

    __tablename__ = "raw_sightings"
    payload_id: Mapped[int] = mapped_column(ForeignKey("raw_payloads.id", ondelete="CASCADE"), primary_key=True)
    fetched_at: Mapped[datetime] = mapped_column(primary_key=True)


class ServiceHeartbeat(Base):
    """The last sign of life of a process."""

    __tablename__ = "service_heartbeats"
    service: Mapped[str] = mapped_column(primary_key=True)
    instance: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
