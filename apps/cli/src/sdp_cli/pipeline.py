"""The stages from facts to lineups, asked for one after the other, each timed; what was done before is kept."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from sdp_cli.work import Progress, Watch, earlier_result, perform


@dataclass(frozen=True)
class StageReport:
    """What one stage did: rows written and seconds taken; `kept` where an earlier run had done exactly this."""

    title: str
    rows: int | None
    seconds: float
    kept: bool


@dataclass
class Pipeline:
    """Asks services for work in order.

    Attributes:
        engine: Of the platform's database.
        user_id: For whom lineups are built.
        keep: Whether a stage is skipped that ran before with the same parameters, as long as all before it were.
        on_progress: Called with a stage's title, its share and what it is doing.
        on_done: Called with each report.
        watch: As of `work.perform`.
        reports: Of every stage so far.
    """

    engine: Engine
    user_id: int | None = None
    keep: bool = True
    on_progress: Callable[[str, float, str], None] = lambda _title, _share, _message: None
    on_done: Callable[[StageReport], None] = lambda _report: None
    watch: Watch = lambda _service: None
    reports: list[StageReport] = field(default_factory=list)

    def stage(self, title: str, service: str, job: str, **params: Any) -> dict[str, Any]:
        """Do a stage and return its result.

        Raises:
            PlatformError: What the job raised.
        """
        started = time.monotonic()
        kept = earlier_result(self.engine, service, job, params) if self.keep else None
        if kept is not None and kept.get("status", "succeeded") != "succeeded":
            kept = None  # a crawl whose source was out ends well and brings nothing
        result = kept
        if result is None:
            self.keep = False  # what follows stands on something new
            progress: Progress = lambda share, message: self.on_progress(title, share, message)  # noqa: E731
            result = perform(
                self.engine, service, job, user_id=self.user_id, progress=progress, watch=self.watch, **params
            )
        self.note(title, rows_of(result), time.monotonic() - started, kept=kept is not None)
        return result

    def note(self, title: str, rows: int | None, seconds: float, *, kept: bool = False) -> None:
        """Add a stage that was done without a service."""
        report = StageReport(title, rows, seconds, kept)
        self.reports.append(report)
        self.on_done(report)


def rows_of(result: Mapping[str, Any]) -> int | None:
    """Return how many rows a job wrote, or a crawl looked at."""
    if "rows" in result:
        return int(result["rows"])
    counted = [result[name] for name in ("rows_new", "rows_changed", "rows_unchanged") if name in result]
    return sum(counted) if counted else None


def prepare(
    pipeline: Pipeline,
    sport: str,
    slate_id: int,
    until: str,
    *,
    train: bool = True,
    markets: tuple[str, ...] | None = None,
) -> None:
    """Bring features, models and predictions of a slate up to its lock.

    Args:
        pipeline: What asks.
        sport: Code of the sport.
        slate_id: The slate.
        until: Its lock, ISO 8601: nothing known later is learnt from.
        train: Whether models are trained; those registered are used otherwise.
        markets: The markets to train; all where None.
    """
    pipeline.stage("features of past games", "features", "build", sport=sport, until=until)
    if train:
        some = {"markets": list(markets)} if markets else {}
        pipeline.stage("train", "training", "train", sport=sport, until=until, **some)
    pipeline.stage("features of the slate", "features", "build_slate", slate_id=slate_id)
    pipeline.stage("predict", "inference", "predict", slate_id=slate_id)


def simulate(pipeline: Pipeline, slate_id: int, worlds: int, seed: int) -> int:
    """Simulate the slate's games together and return the id of the projection set."""
    result = pipeline.stage(
        f"simulate {worlds:,} worlds", "sim-engine", "simulate", slate_id=slate_id, worlds=worlds, seed=seed
    )
    return int(result["projection_set_id"])


def optimize(pipeline: Pipeline, slate_id: int, projection_set_id: int, rules: dict[str, Any]) -> int:
    """Build lineups and return the id of their set."""
    params = {"slate_id": slate_id, "projection_set_id": projection_set_id, "rules": rules}
    result = pipeline.stage(f"optimize {rules['lineups']} lineups", "optimizer", "optimize", **params)
    return int(result["lineup_set_id"])


def settle(pipeline: Pipeline, lineup_set_id: int) -> dict[str, Any]:
    """Score the lineups by what really happened."""
    return pipeline.stage("settle", "optimizer", "settle", lineup_set_id=lineup_set_id)
