"""The loop of a service: waits on its queue, keeps its schedule, shows that it lives, stops in order."""

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job as QueuedJob
from procrastinate.worker import Worker
from sqlalchemy import Engine
from structlog import get_logger

from sdp_common.db.revisions import is_migrated
from sdp_common.db.session import libpq_url, session_scope
from sdp_common.errors import PlatformError, Retriable
from sdp_common.execution import Definition, Executor, Later
from sdp_common.store import queue, runs

log = get_logger(__name__)


@dataclass(frozen=True)
class Timing:
    """Seconds between the things a worker does by the clock.

    Attributes:
        heartbeat_s: Between signs of life.
        silent_s: Without a sign, and with its lock free, a worker counts as dead.
        grace_s: A stopping worker lets its job go on for so long, then interrupts it (Docker kills after 10).
        poll_s: Between looks at the queue, were a notification ever lost.
        progress_s: Least time between two writes of a job's progress.
        reconnect_s: Longest wait before the database is tried again.
    """

    heartbeat_s: float = 5.0
    silent_s: float = 15.0
    grace_s: float = 6.0
    poll_s: float = 2.0
    progress_s: float = 0.5
    reconnect_s: float = 30.0


class _RunAgain(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:  # noqa: ARG002
        return RetryDecision(retry_at=exception.at) if isinstance(exception, Later) else None


class Loop:
    """Runs one service until SIGTERM, SIGINT or `stop()`."""

    def __init__(self, executor: Executor, url: str, timing: Timing, *, concurrency: int = 1) -> None:
        self._executor = executor
        self._url = url
        self._timing = timing
        self._concurrency = concurrency
        self._started_at = datetime.now(UTC)
        self._stopping: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: Worker | None = None
        self._beating = threading.Event()
        self.seen_at: datetime | None = None
        self.instance = instance_name()

    def stop(self) -> None:
        """Ask the loop to stop; may be called from any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # already closed
                self._loop.call_soon_threadsafe(self._ask_to_stop)

    def _ask_to_stop(self) -> None:
        if self._stopping is not None:
            self._stopping.set()
        if self._worker is not None:
            self._worker.stop()  # type: ignore[no-untyped-call]

    async def run(self) -> None:
        """Serve until stopped; a database that goes away is waited for.

        Raises:
            Misconfigured: The database refuses us.
        """
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        if threading.current_thread() is threading.main_thread():
            for sign in (signal.SIGTERM, signal.SIGINT):
                self._loop.add_signal_handler(sign, self._ask_to_stop)
        beat = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        wait_s = 0.5
        while not self._stopping.is_set():
            try:
                await asyncio.to_thread(is_migrated, self._executor.engine)
                wait_s = 0.5
                if not beat.is_alive():
                    beat.start()
                await self._serve()
            except (Retriable, ProcrastinateException, OSError) as error:
                log.warning("service.waiting", error=str(error), wait_s=wait_s)
            if not self._stopping.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), wait_s)
                wait_s = min(wait_s * 2, self._timing.reconnect_s)
        self._beating.set()
        if beat.is_alive():
            await asyncio.to_thread(beat.join, 5.0)
        await asyncio.to_thread(self._leave)

    async def _serve(self) -> None:
        service = self._executor.service
        app = self._app()
        async with app.open_async():
            self._worker = Worker(
                app,
                queues=[service],
                name=service,
                concurrency=self._concurrency,
                install_signal_handlers=False,
                delete_jobs="always",  # `runs` keeps the history
                update_heartbeat_interval=self._timing.heartbeat_s,
                stalled_worker_timeout=86_400,  # the dead are found by `queue.recover`, which also asks for their lock
                shutdown_graceful_timeout=self._timing.grace_s,
                fetch_job_polling_interval=self._timing.poll_s,
            )
            log.info("service.ready", jobs=sorted(self._executor.jobs), instance=self.instance)
            try:
                await self._worker.run()  # type: ignore[no-untyped-call]
            finally:
                self._worker = None

    def _app(self) -> App:
        connector = PsycopgConnector(
            conninfo=libpq_url(self._url),
            min_size=1,
            max_size=self._concurrency + 4,
            timeout=10,
            kwargs={"application_name": f"sdp {self._executor.service}", "options": "-c timezone=UTC"},
        )
        app = App(connector=connector)

        @app.task(name=queue.TASK, queue=self._executor.service, retry=_RunAgain(), pass_context=True)
        async def _run(context: JobContext, run_id: int) -> None:
            await self._in_thread(run_id, context.job.attempts)

        for definition in self._executor.jobs.values():
            if definition.cron is not None:
                self._schedule(app, definition, definition.cron)
        return app

    def _schedule(self, app: App, definition: Definition, cron: str) -> None:
        name = f"tick {self._executor.service}.{definition.name}"

        # The tick only asks for a run; procrastinate sees to it that replicas tick once between them, and that
        # ticks missed in the last ten minutes are made up for on start.
        @app.periodic(cron=cron)
        @app.task(name=name, queue=self._executor.service, queueing_lock=name)
        async def _tick(timestamp: int) -> None:
            await asyncio.to_thread(self._tick, definition.name, timestamp)

    def _tick(self, job: str, timestamp: int) -> None:
        service = self._executor.service
        with session_scope(self._executor.engine) as session:
            if runs.is_waiting(session, service, job, {}):
                log.info("tick.skipped", job=job, tick=timestamp)
                return
            queue.defer(session, runs.create(session, service, job, {}))

    async def _in_thread(self, run_id: int, begun: int) -> None:
        interrupted = threading.Event()
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        thread = threading.Thread(
            target=_deliver,
            args=(future, lambda: self._executor.execute(run_id, begun=begun, interrupted=interrupted)),
            name=f"run {run_id}",
            daemon=True,
        )
        thread.start()
        try:
            await asyncio.shield(future)
        except asyncio.CancelledError:
            # The grace is over. A job that reports progress leaves now; of one that does not, only the run is put
            # back: its thread ends with the process.
            interrupted.set()
            done, _ = await asyncio.wait([future], timeout=1.0)
            if done:
                return future.result()
            with contextlib.suppress(PlatformError):
                await asyncio.to_thread(self._put_back, run_id)
            raise Later(datetime.now(UTC)) from None

    def _put_back(self, run_id: int) -> None:
        with session_scope(self._executor.engine) as session:
            runs.requeue(session, run_id, "the service is restarting; this will begin again")

    def _beat(self) -> None:
        timing, executor = self._timing, self._executor
        while True:
            try:
                with session_scope(executor.engine) as session:
                    runs.beat(session, executor.service, self.instance, self._started_at)
                    runs.forget_silent(session, after_s=86_400)
                with session_scope(executor.engine) as session:
                    for run_id, status in queue.recover(
                        session, executor.service, silent_s=timing.silent_s, attempts=self._attempts
                    ):
                        log.warning("job.recovered", run_id=run_id, status=status)
                self.seen_at = datetime.now(UTC)
            except PlatformError as error:
                log.warning("heartbeat.failed", error=error.message)
            except Exception:
                log.exception("heartbeat.broken")
            if self._beating.wait(timing.heartbeat_s):
                return

    def _attempts(self, job: str) -> int:
        definition = self._executor.jobs.get(job)
        return definition.attempts if definition is not None else 1

    def _leave(self) -> None:
        with contextlib.suppress(PlatformError), session_scope(self._executor.engine) as session:
            runs.leave(session, self._executor.service, self.instance)
        log.info("service.stopped")


def _deliver(future: "asyncio.Future[None]", work: Callable[[], None]) -> None:
    outcome: BaseException | None = None
    try:
        work()
    except BaseException as error:
        outcome = error
    loop = future.get_loop()
    with contextlib.suppress(RuntimeError):  # the loop is gone: the process is ending
        loop.call_soon_threadsafe(_settle, future, outcome)


def _settle(future: "asyncio.Future[None]", outcome: BaseException | None) -> None:
    if future.done():
        return
    if outcome is None:
        future.set_result(None)
    elif isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:  # SystemExit and the like must not take the loop down
        future.set_exception(RuntimeError(f"the job raised {type(outcome).__name__}"))


def instance_name() -> str:
    """Return what tells this process from its replicas: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


def health(engine: Engine, service: str, *, within_s: float = 60.0) -> tuple[bool, dict[str, Any]]:
    """Say whether a process of this service on this host gave a sign of life lately.

    Returns:
        Whether it did, and the signs seen.
    """
    host = socket.gethostname()
    try:
        with session_scope(engine) as session:
            seen = runs.heartbeats(session, service=service, within_s=within_s)
    except PlatformError as error:
        return False, {"service": service, "error": error.message}
    here = [row for row in seen if _lives(row["instance"], host)]
    return bool(here), {"service": service, "instances": here}


def _lives(instance: str, host: str) -> bool:
    seen_on, _, process = instance.rpartition(":")
    if seen_on != host:
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's, but there
        return True
    return True
