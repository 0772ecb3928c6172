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

    `state` is ok, running, late (the last success is older than its target), failing (the last crawl failed), never
    (no crawl has succeeded) or off (declared, but not switched on). `cause` tells apart why: outage, drifted (it
    answers in another shape), unavailable (it refuses us), or empty (it answers with nothing, as off-season).
    `schedule` is its configured schedule, `target_s` the age at which its data counts as stale; both null where it is
    not declared. `due_every_s` is the usual time between its crawls in seconds, null while too few are known to tell.
    `rows` counts the new and changed rows of the last success, `error` is the last crawl's. `credits_left` is what a
    metered source last said.
    """

    provider: str
    feed: str
    sport: str
    state: Literal["ok", "running", "late", "failing", "never", "off"]
    cause: Literal["outage", "drifted", "unavailable", "empty"] | None
    schedule: str | None
    target_s: float | None
    terms: str | None
    last_success_at: datetime | None
    last_run_at: datetime | None
    last_run_status: str | None
    due_every_s: float | None
    requests: int
    bytes: int
    rows: int
    rows_new: int
    rows_changed: int
    rows_unchanged: int
    rows_rejected: int
    credits_used: float | None
    credits_left: float | None
    error: ErrorBody | None


class LateChangeRead(Answer):
    """A player's status that changed within 90 minutes of his game's start."""

    player_id: int
    name: str
    game_id: str
    source: str
    status: str
    was: str | None
    known_at: datetime
    starts_at: datetime


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
    """Every source and every service, and the late changes of the last day."""

    checked_at: datetime
    sources: list[SourceRead]
    services: list[ServiceRead]
    late_changes: list[LateChangeRead]
