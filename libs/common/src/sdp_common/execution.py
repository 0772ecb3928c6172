"""One run from start to end: parameters checked, outcome written, metrics counted."""

import inspect
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any, get_type_hints

import stamina
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from structlog import get_logger

from sdp_common import metrics
from sdp_common.db.models.runs import Run
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput, Cancelled, Infeasible, PlatformError, Problem, Retriable
from sdp_common.job import Interrupted, Job
from sdp_common.logs import bound
from sdp_common.settings import Settings
from sdp_common.store import queue, runs

log = get_logger("sdp.job")
Function = Callable[..., Any]
_LONGEST_WAIT_S = 900.0
_BUSY_WAIT_S = 5.0


class Later(Exception):
    """The run is back in the queue and begins again at `at`."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"again at {at:%H:%M:%S} UTC")
        self.at = at


@dataclass(frozen=True)
class Definition:
    """A registered job."""

    name: str
    function: Function
    cron: str | None = None
    attempts: int = 5
    first_retry_s: float = 5.0

    def check(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters as the function's annotations want them.

        Raises:
            BadInput: One is missing, unknown or of the wrong kind; every fault is listed.
        """
        accepted = list(inspect.signature(self.function).parameters.values())[1:]
        names = [p.name for p in accepted if p.kind is not p.VAR_KEYWORD]
        hints = get_type_hints(self.function, include_extras=True)
        faults: list[Problem] = []
        values: dict[str, Any] = {}
        for parameter in (p for p in accepted if p.kind is not p.VAR_KEYWORD):
            if parameter.name in params:
                kind = hints.get(parameter.name, Any)
                values[parameter.name] = _coerce(kind, parameter.name, params[parameter.name], faults)
            elif parameter.default is parameter.empty:
                faults.append(Problem("is required", column=parameter.name))
        others = {name: value for name, value in params.items() if name not in names}
        if any(p.kind is p.VAR_KEYWORD for p in accepted):
            values |= others
        else:
            takes = ", ".join(names) or "no parameters"
            faults += [Problem(f"is not a parameter of {self.name}, which takes {takes}", column=n) for n in others]
        if faults:
            listed = "; ".join(f"{fault.column} {fault.message}" for fault in faults)
            raise BadInput(f"{self.name}: {listed}", faults)
        return values


def _coerce(kind: Any, name: str, value: Any, faults: list[Problem]) -> Any:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        faults += [Problem(f"cannot be {value!r}: {fault['msg']}", column=name) for fault in error.errors()]
        return None


@dataclass(frozen=True)
class Executor:
    """Runs the jobs of one service in this process."""

    service: str
    jobs: Mapping[str, Definition]
    engine: Engine
    settings: Settings
    progress_s: float = 0.5

    def execute(self, run_id: int, *, begun: int = 0, interrupted: Event | None = None) -> None:
        """Run what the queue handed over, and write how it ended.

        Args:
            run_id: Row of `runs`.
            begun: How often it was begun before.
            interrupted: Set when the process is stopping.

        Raises:
            Later: It is to be run again.
        """
        with session_scope(self.engine) as session:
            found = session.get(Run, run_id)
        if found is None:
            log.warning("job.gone", run_id=run_id)
            return
        with bound(job=found.job, run_id=run_id), queue.hold(self.engine, self._lock(found)) as mine:
            if not mine:
                self._requeue(run_id, "the same work is running; this waits for it")
                raise Later(_in(_BUSY_WAIT_S))
            with session_scope(self.engine) as session:
                run = runs.start(session, run_id)
            if run is not None:
                self.attempt(run, begun=begun, interrupted=interrupted)

    def attempt(self, run: Run, *, begun: int = 0, interrupted: Event | None = None) -> Any:
        """Call the job's function for a run that was marked as running, and return its result.

        Raises:
            Later: The world failed, or the process is stopping: the run is back in the queue.
        """
        clock = time.monotonic()
        log.info("job.start", params=run.params, begun=begun)
        with metrics.RUNNING.labels(self.service).track_inprogress():
            try:
                result = self._call(run, interrupted)
            except Interrupted:
                self._requeue(run.id, "the service is restarting; this will begin again")
                log.info("job.interrupted")
                raise Later(_in(0)) from None
            except Cancelled:
                self._finish(run, "cancelled", clock)
            except Retriable as error:
                self._retry(run, error, begun, clock)
            except PlatformError as error:
                log.warning("job.refused", code=error.code, error=error.message)
                self._finish(run, "failed", clock, error=describe(error))
            except BaseException as error:
                log.exception("job.broken")
                self._finish(run, "failed", clock, error=describe(error))
                if not isinstance(error, Exception):
                    raise
            else:
                self._finish(run, "succeeded", clock, result=result)

    def _call(self, run: Run, interrupted: Event | None) -> dict[str, Any]:
        definition = self.jobs.get(run.job)
        if definition is None:
            known = ", ".join(sorted(self.jobs)) or "none"
            raise BadInput(f"{self.service} has no job {run.job!r}; it has: {known}")
        params = definition.check(run.params)
        job = Job(
            run.id,
            engine=self.engine,
            settings=self.settings,
            progress_s=self.progress_s,
            interrupted=interrupted,
        )
        result = definition.function(job, **params)
        if result is None:
            return {}
        if not isinstance(result, Mapping):
            raise TypeError(f"{definition.name} returned a {type(result).__name__}, not a mapping")
        return dict(result)

    def _retry(self, run: Run, error: Retriable, begun: int, clock: float) -> None:
        definition = self.jobs[run.job]
        if begun + 1 >= definition.attempts:
            log.error("job.exhausted", error=error.message, attempts=begun + 1)
            tried = f"gave up after {begun + 1} attempts: {error.message}"
            self._finish(run, "failed", clock, error={**describe(error), "message": tried})
            return
        wait_s = retry_wait_s(begun, definition.first_retry_s, error.retry_after)
        again = _in(wait_s)
        log.warning("job.retry", error=error.message, wait_s=round(wait_s, 1))
        message = f"attempt {begun + 1} of {definition.attempts} failed, again at {again:%H:%M:%S} UTC: {error.message}"
        self._requeue(run.id, message, error=describe(error))
        raise Later(again) from error

    def _finish(self, run: Run, status: str, clock: float, **outcome: Any) -> None:
        seconds = time.monotonic() - clock
        try:
            self._write(lambda session: self._end(session, run.id, status, **outcome))
        except BadInput as error:  # the result is not JSON: a fault of the job's
            status, outcome = "failed", {"error": {"code": "internal", "message": f"its result is {error.message}"}}
            self._write(lambda session: runs.finish(session, run.id, status, **outcome))
        metrics.JOBS.labels(self.service, run.job, status).inc()
        metrics.JOB_SECONDS.labels(self.service, run.job).observe(seconds)
        if status == "succeeded":
            metrics.JOB_LAST_SUCCESS.labels(self.service, run.job).set_to_current_time()
        log.info("job.done", status=status, seconds=round(seconds, 3), result=outcome.get("result"))

    @staticmethod
    def _end(session: Session, run_id: int, status: str, **outcome: Any) -> None:
        ended = runs.finish(session, run_id, status, **outcome)
        if ended is not None and status == "succeeded":
            queue.follow_up(session, ended)

    def _requeue(self, run_id: int, message: str, **outcome: Any) -> None:
        self._write(lambda session: runs.requeue(session, run_id, message, **outcome))

    def _write(self, change: Callable[[Session], object]) -> None:
        # How a run ended must not be lost to a database that restarts.
        for attempt in stamina.retry_context(on=Retriable, attempts=8, timeout=60.0):
            with attempt, session_scope(self.engine) as session:
                change(session)

    def _lock(self, run: Run) -> str:
        return queue.lock_name(self.service, run.job, run.params)


def describe(error: BaseException) -> dict[str, Any]:
    """Return an error as `runs.error` holds it: code, message, and problems or rules where there are any."""
    if not isinstance(error, PlatformError):
        return {"code": "internal", "message": f"an unexpected fault, {type(error).__name__}: {error}"}
    described: dict[str, Any] = {"code": error.code, "message": error.message}
    if isinstance(error, BadInput):
        described["problems"] = [asdict(problem) for problem in error.problems]
    if isinstance(error, Infeasible):
        described["rules"] = list(error.rules)
    return described


def retry_wait_s(begun: int, first_s: float, retry_after_s: float | None = None) -> float:
    """Return seconds until the next attempt: doubling, with a fifth of jitter, and at least what was asked for."""
    doubled = min(first_s * 2.0**begun, _LONGEST_WAIT_S)
    jitter = random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, guards nothing
    return max(doubled * jitter, retry_after_s or 0.0)


def _in(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)
