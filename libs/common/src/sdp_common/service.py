"""The one runner behind every Python process that is not the API.

A process is a `Service` with jobs. A job is a plain function; the runner gives it a queue of its own, a schedule,
retries on `Retriable`, a lock against overlap, progress, cancellation, metrics and a log. `runs` holds the story.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from structlog import get_logger

from sdp_common.db.revisions import is_migrated
from sdp_common.db.session import make_engine, session_scope
from sdp_common.errors import BadInput, Conflict, PlatformError, Retriable
from sdp_common.execution import Definition, Executor, Function, Later
from sdp_common.job import Job
from sdp_common.logs import bound, configure_logs
from sdp_common.metrics import serve_metrics
from sdp_common.settings import Settings, settings
from sdp_common.store import queue, runs
from sdp_common.worker import Loop, Timing, health

__all__ = ["Job", "Service", "Timing", "collect_seldom", "request"]

log = get_logger(__name__)
F = TypeVar("F", bound=Function)


def request(
    where: Session | Engine,
    service: str,
    job: str,
    *,
    user_id: int | None = None,
    then: Sequence[Mapping[str, Any]] = (),
    **params: Any,
) -> int:
    """Ask a service for work by name and return the run's id.

    The run and its place in the queue are one transaction: the session's own, where a session is given.

    Args:
        where: Open session (committed by its owner), or an engine.
        service: The name of the service, which is that of its queue.
        job: The name of the job.
        user_id: For whom.
        then: Work that is asked for, one after the other, as each before it succeeds: `{"service", "job", "params"}`.
        **params: JSON values; the service checks them against the job's signature.

    Raises:
        BadInput: A parameter is not a JSON value.
    """
    if isinstance(where, Engine):
        with session_scope(where) as session:
            return request(session, service, job, user_id=user_id, then=then, **params)
    run = runs.create(where, service, job, params, user_id=user_id, then=then)
    queue.defer(where, run)
    return run.id


def collect_seldom() -> None:
    """Look for cycles among what a job makes alone, and not at every 700th new object: a season's box scores make
    millions, none in a cycle, and looking through them took a third of the time to read them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


class Service:
    """A named process: its jobs wait in the queue of the same name."""

    def __init__(self, name: str, *, timing: Timing | None = None, concurrency: int = 1) -> None:
        self.name = name
        self.jobs: dict[str, Definition] = {}
        self._timing = timing or Timing()
        self._concurrency = concurrency
        self._loop: Loop | None = None

    def job(self, *, cron: str | None = None, attempts: int = 5, first_retry_s: float = 5.0) -> Callable[[F], F]:
        """Register a function as a job.

        Args:
            cron: When to run it without parameters, in UTC (`*/5 * * * *`); the queue alone where None.
            attempts: How often it is begun before a `Retriable` is final.
            first_retry_s: Wait before the second attempt; doubles with each.
        """

        def register(function: F) -> F:
            name = function.__name__
            if name in self.jobs:
                raise ValueError(f"{self.name} already has a job {name}")
            self.jobs[name] = Definition(name, function, cron, attempts, first_retry_s)
            return function

        return register

    def main(self, argv: list[str] | None = None) -> None:
        """Read the command line: `run` waits for work, `once JOB key=value ...` does it here, `health` looks.

        Exit codes: 0 well, 1 failed, 2 wrong use, 75 the world failed (try again), 78 wrong configuration.
        """
        arguments = self._parser().parse_args(argv)
        configure_logs(self.name)
        try:
            configured = settings()
            configure_logs(self.name, level=configured.log_level)
            code = self._command(arguments, configured)
        except PlatformError as error:
            print(f"{self.name}: {error.message}", file=sys.stderr)  # noqa: T201
            code = error.exit_code
        sys.exit(code)

    def _parser(self) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(self.name, description=f"The {self.name} service.")
        commands = parser.add_subparsers(dest="command", required=True)
        commands.add_parser("run", help="wait for work, until SIGTERM")
        once = commands.add_parser("once", help="run one job here and now")
        once.add_argument("job", choices=sorted(self.jobs))
        once.add_argument("params", nargs="*", metavar="key=value", help="values are JSON, or else text")
        commands.add_parser("health", help="exit 0 where a process of this service on this host is alive")
        return parser

    def _command(self, arguments: argparse.Namespace, configured: Settings) -> int:
        collect_seldom()
        url = configured.require_database_url()
        engine = make_engine(url, application=f"sdp {self.name}")
        try:
            if arguments.command == "run":
                self.run(url, configured)
                return 0
            if arguments.command == "health":
                well, details = health(engine, self.name)
                print(json.dumps(details, default=str))  # noqa: T201
                return 0 if well else 1
            return self._once(engine, configured, arguments.job, read_params(arguments.params))
        finally:
            engine.dispose()

    def run(self, url: str, configured: Settings | None = None) -> None:
        """Serve the queue and the schedule until SIGTERM, SIGINT or `stop()`.

        Raises:
            Misconfigured: The database refuses us, or the metrics port is taken.
        """
        configured = configured or settings()
        engine = make_engine(url, pool_size=self._concurrency + 4, application=f"sdp {self.name}")
        executor = Executor(self.name, self.jobs, engine, configured, self._timing.progress_s)
        loop = self._loop = Loop(executor, url, self._timing, concurrency=self._concurrency)
        server = None
        if configured.metrics_port is not None:
            server = serve_metrics(configured.metrics_port, lambda: self._alive(loop))
        try:
            asyncio.run(loop.run())
        finally:
            self._loop = None
            if server is not None:
                server.shutdown()
                server.server_close()
            engine.dispose()
            if any(thread.name.startswith("run ") for thread in threading.enumerate()):
                _exit_now()

    def stop(self) -> None:
        """Ask a running service to stop; may be called from any thread."""
        if self._loop is not None:
            self._loop.stop()

    def _alive(self, loop: Loop) -> tuple[bool, dict[str, Any]]:
        age = None if loop.seen_at is None else (datetime.now(UTC) - loop.seen_at).total_seconds()
        well = age is not None and age < self._timing.heartbeat_s * 6
        return well, {"service": self.name, "seconds_since_heartbeat": age}

    def _once(self, engine: Engine, configured: Settings, job: str, params: dict[str, Any]) -> int:
        self.jobs[job].check(params)
        is_migrated(engine)
        executor = Executor(self.name, self.jobs, engine, configured, self._timing.progress_s)
        with queue.hold(engine, queue.lock_name(self.name, job, params)) as mine:
            if not mine:
                raise Conflict(f"{job} with these parameters is running already")
            with session_scope(engine) as session:
                run = runs.create(session, self.name, job, params, status="running")
            with bound(job=job, run_id=run.id):
                return self._report(executor, engine, run.id)

    def _report(self, executor: Executor, engine: Engine, run_id: int) -> int:
        again = False
        with session_scope(engine) as session:
            run = runs.run(session, run_id)
        try:
            executor.attempt(run)
        except Later:  # in no queue: whoever called us decides whether to call again
            again = True
        with session_scope(engine) as session:
            ended = runs.run(session, run_id)
            if again:
                runs.finish(session, run_id, "failed", error=ended.error or {"code": "retriable", "message": ""})
                ended = runs.run(session, run_id)
            story = {"run_id": run_id, "status": ended.status, "result": ended.result, "error": ended.error}
        print(json.dumps(story, default=str))  # noqa: T201
        if again:
            return Retriable.exit_code
        return 0 if ended.status == "succeeded" else 1


def read_params(pairs: list[str]) -> dict[str, Any]:
    """Return `key=value` pairs as parameters: a value that is JSON is read as such, any other is text.

    >>> read_params(["slate_id=7", "sport=nfl", "seasons=[2022, 2023]"])
    {'slate_id': 7, 'sport': 'nfl', 'seasons': [2022, 2023]}

    Raises:
        BadInput: A pair has no `=`.
    """
    params: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise BadInput(f"{pair!r} is not key=value")
        try:
            params[name] = json.loads(value)
        except ValueError:
            params[name] = value
    return params


def _exit_now() -> None:
    """End a process whose interrupted job still computes: its run is back in the queue already."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
