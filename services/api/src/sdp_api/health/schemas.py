"""Health, as the web and monitors see it."""

from datetime import datetime
from typing import Literal

from sdp_api.schema import Answer, ErrorBody


class HealthRead(Answer):
    """This process answers."""

    status: Literal["ok"]
    version: str


class ReadyRead(Answer):
    """This process can do its work."""

    status: Literal["ok"]
    database: Literal["ok"]


class SourceRead(Answer):
    """One provider's feed of one sport.

    `state` is ok, running, late (the last success is older than `due_every_s` allows), failing (the last crawl
    failed) or never (no crawl has succeeded). `due_every_s` is the usual time between its crawls in seconds, null
    while too few are known to tell. `rows` counts the new and changed rows of the last success, `error` is the
    last crawl's.
    """

    provider: str
    feed: str
    sport: str
    state: Literal["ok", "running", "late", "failing", "never"]
    last_success_at: datetime | None
    last_run_at: datetime
    last_run_status: str
    due_every_s: float | None
    requests: int
    bytes: int
    rows: int
    rows_new: int
    rows_changed: int
    rows_unchanged: int
    rows_rejected: int
    error: ErrorBody | None


class ServiceRead(Answer):
    """A process that gives signs of life; `state` is silent after two minutes without one."""

    service: str
    instances: int
    state: Literal["ok", "silent"]
    started_at: datetime
    seen_at: datetime
    last_run_at: datetime | None
    last_run_status: str | None


class DataHealthRead(Answer):
    """Every source and every service."""

    checked_at: datetime
    sources: list[SourceRead]
    services: list[ServiceRead]
