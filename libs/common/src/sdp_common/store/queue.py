"""The job queue's own SQL: what procrastinate does not offer on our connection, in our transaction."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from sdp_common.db.models.runs import Run
from sdp_common.errors import PlatformError
from sdp_common.store import runs

TASK = "run"
"""The one task of every service: its argument is the id of a row in `runs`."""
_USER_FIRST = 10
_LOCK_SEED = 7361


def lock_name(service: str, job: str, params: Mapping[str, Any]) -> str:
    """Return the name under which two runs of the same job with the same parameters exclude each other."""
    digest = hashlib.sha256(json.dumps(params, sort_keys=True, default=str).encode()).hexdigest()
    return f"{service}.{job}:{digest[:16]}"


def defer(session: Session, run: Run) -> None:
    """Put a run in its service's queue, in this session's transaction; a person's before the clock's."""
    session.execute(
        text(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, :priority, :lock, NULL, "
            "CAST(:args AS jsonb), NULL)]::procrastinate_job_to_defer_v1[])"
        ),
        {
            "queue": run.service,
            "task": TASK,
            "priority": 0 if run.user_id is None else _USER_FIRST,
            "lock": lock_name(run.service, run.job, run.params),
            "args": json.dumps({"run_id": run.id}),
        },
    )


def follow_up(session: Session, run: Run) -> None:
    """Ask for the work that follows a run's success; where the user asked the run to stop, it stops there."""
    if not run.then:
        return
    first, *rest = run.then
    asked = runs.create(session, first["service"], first["job"], first["params"], user_id=run.user_id, then=rest)
    run.next_run_id = asked.id
    if run.cancel_requested:
        runs.finish(session, asked.id, "cancelled")
    else:
        defer(session, asked)


@contextmanager
def hold(engine: Engine, name: str) -> Iterator[bool]:
    """Hold a lock by name while inside; yields False where another process holds it.

    PostgreSQL lets go of it when this process dies, however it dies: that is how the living are told from the dead.
    """
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        mine = _try_lock(connection, "pg_try_advisory_lock", name)
        try:
            yield mine
        finally:
            if mine:
                with suppress(PlatformError, SQLAlchemyError):  # a lost connection has let go already
                    _try_lock(connection, "pg_advisory_unlock", name)
    finally:
        with suppress(PlatformError, SQLAlchemyError):
            connection.close()


def recover(
    session: Session, service: str, *, silent_s: float, attempts: Callable[[str], int]
) -> list[tuple[int, str]]:
    """Put back in the queue what a dead process was running; returns (run id, new status).

    A run is abandoned where its worker gave no sign for `silent_s` seconds and nobody holds its lock; or where it has
    ended, or is to begin again, for as long, and its worker, cut off from the database just then, never told the
    queue. One that was begun `attempts` times already is failed: it may be what kills the process.
    """
    abandoned = session.execute(
        text(
            "SELECT j.id, j.lock, j.attempts, (j.args ->> 'run_id')::bigint AS run_id FROM procrastinate_jobs j "
            "LEFT JOIN procrastinate_workers w ON w.id = j.worker_id "
            "LEFT JOIN runs r ON r.id = (j.args ->> 'run_id')::bigint "
            "WHERE j.queue_name = :service AND j.status = 'doing' "
            "AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => :silent) OR (r.status <> 'running' "
            "AND coalesce(r.finished_at, r.started_at) < now() - make_interval(secs => :silent))) "
            "FOR UPDATE OF j SKIP LOCKED"
        ),
        {"service": service, "silent": silent_s},
    ).all()
    recovered = []
    for job_id, lock, begun, run_id in abandoned:
        if run_id is None:  # a tick of the clock: the next one will come
            _drop(session, job_id)
        elif lock is None or _try_lock(session.connection(), "pg_try_advisory_xact_lock", lock):
            recovered.append((run_id, _put_back(session, job_id, run_id, begun + 1, attempts)))
    recovered += _fail_orphans(session, service, silent_s)
    session.execute(text("DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - interval '1 day'"))
    return recovered


def _put_back(session: Session, job_id: int, run_id: int, begun: int, attempts: Callable[[str], int]) -> str:
    run = session.get(Run, run_id, populate_existing=True)
    if run is None or run.status not in runs.OPEN:
        _drop(session, job_id)
        return "gone" if run is None else run.status
    if begun >= attempts(run.job):
        _drop(session, job_id)
        message = f"the process died each of the {begun} times it ran this: see its log, and its memory"
        runs.finish(session, run_id, "failed", error={"code": "interrupted", "message": message})
        return "failed"
    session.execute(text("SELECT procrastinate_retry_job_v2(:job, now(), NULL, NULL, NULL)"), {"job": job_id})
    session.execute(
        text("SELECT pg_notify('procrastinate_queue_v1#' || :queue, :what)"),
        {"queue": run.service, "what": json.dumps({"type": "job_inserted", "job_id": job_id})},
    )
    runs.requeue(session, run_id, "the process was interrupted; it will begin again")
    return "queued"


def _fail_orphans(session: Session, service: str, silent_s: float) -> list[tuple[int, str]]:
    """Fail runs that `once` was running in a process that died: they are in no queue."""
    orphans = session.execute(
        text(
            "SELECT r.id, r.job, r.params FROM runs r WHERE r.service = :service AND r.status = 'running' "
            "AND r.started_at < now() - make_interval(secs => :silent) AND NOT EXISTS (SELECT FROM "
            "procrastinate_jobs j WHERE j.queue_name = r.service AND (j.args ->> 'run_id')::bigint = r.id "
            "AND j.status IN ('todo', 'doing'))"
        ),
        {"service": service, "silent": silent_s},
    ).all()
    failed = []
    for run_id, job, params in orphans:
        name = lock_name(service, job, params)
        if _try_lock(session.connection(), "pg_try_advisory_xact_lock", name):
            message = "the process that ran this was killed: ask for it again"
            runs.finish(session, run_id, "failed", error={"code": "interrupted", "message": message})
            failed.append((run_id, "failed"))
    return failed


def _drop(session: Session, job_id: int) -> None:
    session.execute(text("SELECT procrastinate_finish_job_v1(:job, 'failed', true)"), {"job": job_id})


def _try_lock(connection: Connection, function: str, name: str) -> bool:
    answer = connection.execute(
        text(f"SELECT {function}(hashtextextended(:name, {_LOCK_SEED}))"),
        {"name": name},
    )
    return bool(answer.scalar())
