"""What a job function is given: a database session, a log, a moment, and a way to tell how far it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from time import monotonic
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from structlog import get_logger

from sdp_common.db.session import session_scope
from sdp_common.errors import Cancelled
from sdp_common.settings import Settings
from sdp_common.store import runs


class Interrupted(BaseException):
    """The process is stopping: the run goes back to the queue. Not an Exception, so that no job swallows it."""


class Job:
    """One execution of a job function.

    Attributes:
        run_id: Row of `runs`.
        now: When this execution began (UTC); the same throughout, so that a job has one moment.
        settings: This process's settings.
        log: Bound to service, job and run id.
        engine: For work that needs connections of its own, for instance in worker processes.
    """

    def __init__(
        self,
        run_id: int,
        *,
        engine: Engine,
        settings: Settings,
        now: datetime | None = None,
        progress_s: float = 0.5,
        interrupted: Event | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.run_id = run_id
        self.engine = engine
        self.settings = settings
        self.now = now or datetime.now(UTC)
        self.log: Any = get_logger("sdp.job")
        self._progress_s = progress_s
        self._interrupted = interrupted or Event()
        self._clock = clock
        self._told_at: float | None = None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Yield a database session: committed on success, rolled back on error."""
        with session_scope(self.engine) as session:
            yield session

    def progress(self, share: float, message: str | None = None) -> None:
        """Tell how far the job is: call it as often as you like, it is written twice a second at most.

        It is also where a job stops: call it at points where stopping leaves nothing half-written.

        Args:
            share: 0 to 1.
            message: What is being done, for a person.

        Raises:
            Cancelled: The user asked for the run to stop.
        """
        if self._interrupted.is_set():
            raise Interrupted
        moment = self._clock()
        if self._told_at is not None and moment - self._told_at < self._progress_s:
            return
        self._told_at = moment
        with session_scope(self.engine) as session:
            stop = runs.progress(session, self.run_id, share, message)
        if stop:
            raise Cancelled("cancelled on request")
