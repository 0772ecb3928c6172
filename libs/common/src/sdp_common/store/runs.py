"""Runs: work asked for, how far it is, how it ended. Every change is told on the channel `sdp_events`."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from sdp_common.db.models.runs import Run, ServiceHeartbeat
from sdp_common.document import document
from sdp_common.errors import BadInput, Conflict, NotFound

EVENTS = "sdp_events"
"""The channel of LISTEN on which every change of a run is told as JSON."""
OPEN = ("queued", "running")
_MESSAGE_LIMIT = 500


def create(
    session: Session,
    service: str,
    job: str,
    params: Mapping[str, Any],
    *,
    user_id: int | None = None,
    status: str = "queued",
    then: Sequence[Mapping[str, Any]] = (),
) -> Run:
    """Write a run and tell of it; `then` is what follows its success, as of `Run.then`.

    Raises:
        BadInput: A parameter is not a JSON value.
    """
    run = Run(service=service, job=job, params=_clean(params), user_id=user_id, status=status)
    if then:
        run.then = [_clean(piece) for piece in then]
    if status == "running":
        run.started_at = _now(session)
    session.add(run)
    session.flush()
    _tell(session, run)
    return run


def run(session: Session, run_id: int, *, user_id: int | None = None) -> Run:
    """Return a run, as it stands in the database now.

    Args:
        session: Open session.
        run_id: Which run.
        user_id: Only this user's runs are found, where given.

    Raises:
        NotFound: There is no such run, or it is another user's.
    """
    found = session.get(Run, run_id, populate_existing=True)
    if found is None or (user_id is not None and found.user_id != user_id):
        raise NotFound(f"there is no run {run_id}")
    return found


def runs(
    session: Session,
    *,
    user_id: int | None = None,
    service: str | None = None,
    job: str | None = None,
    status: str | None = None,
    limit: int = 50,
) -> Sequence[Run]:
    """Return the newest runs first, narrowed by what is given."""
    query = select(Run).order_by(Run.id.desc()).limit(limit)
    wanted = {Run.user_id: user_id, Run.service: service, Run.job: job, Run.status: status}
    for column, value in wanted.items():
        if value is not None:
            query = query.where(column == value)
    return session.scalars(query).all()


def latest(session: Session) -> Sequence[Run]:
    """Return the newest run of every (service, job)."""
    query = select(Run).ext(distinct_on(Run.service, Run.job)).order_by(Run.service, Run.job, Run.id.desc())
    return session.scalars(query).all()


def is_waiting(session: Session, service: str, job: str, params: Mapping[str, Any]) -> bool:
    """Tell whether the same work already waits in the queue."""
    query = select(Run.id).where(
        Run.service == service, Run.job == job, Run.params == _clean(params), Run.status == "queued"
    )
    return session.scalars(query.limit(1)).first() is not None


def start(session: Session, run_id: int) -> Run | None:
    """Mark a run as running. None where it is over, was deleted, or the user asked to stop it before it began."""
    found = session.get(Run, run_id, with_for_update=True, populate_existing=True)
    if found is None or found.status not in OPEN:
        return None
    if found.cancel_requested:
        finish(session, run_id, "cancelled")
        return None
    found.status, found.progress, found.message, found.error = "running", 0.0, None, None
    found.started_at = _now(session)
    session.flush()
    _tell(session, found)
    return found


def progress(session: Session, run_id: int, share: float, message: str | None) -> bool:
    """Note how far a running run is (0 to 1) and return whether the user asked it to stop."""
    changed = session.execute(
        update(Run)
        .where(Run.id == run_id, Run.status == "running")
        .values(progress=min(max(share, 0.0), 1.0), message=func.coalesce(message, Run.message))
        .returning(Run)
    ).scalar_one_or_none()
    if changed is None:  # deleted, or no longer ours
        return True
    _tell(session, changed)
    return changed.cancel_requested


def finish(
    session: Session,
    run_id: int,
    status: str,
    *,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
) -> Run | None:
    """End a run as succeeded, failed or cancelled and return it; None where it was already over, and stays as it is."""
    changed = session.execute(
        update(Run)
        .where(Run.id == run_id, Run.status.in_(OPEN))
        .values(
            status=status,
            progress=1.0 if status == "succeeded" else Run.progress,
            message=None if error is None else str(error.get("message")),
            result=None if result is None else _clean(result),
            error=None if error is None else _clean(error),
            finished_at=func.clock_timestamp(),
        )
        .returning(Run)
    ).scalar_one_or_none()
    if changed is not None:
        _tell(session, changed)
    return changed


def requeue(session: Session, run_id: int, message: str, *, error: Mapping[str, Any] | None = None) -> None:
    """Put a running run back to queued, saying why."""
    changed = session.execute(
        update(Run)
        .where(Run.id == run_id, Run.status.in_(OPEN))
        .values(status="queued", progress=0.0, message=message, error=None if error is None else _clean(error))
        .returning(Run)
    ).scalar_one_or_none()
    if changed is not None:
        _tell(session, changed)


def cancel(session: Session, run_id: int, *, user_id: int | None = None) -> Run:
    """Ask a run to stop: at once where it waits, at its next progress report where it runs.

    Raises:
        NotFound: There is no such run.
        Conflict: It is already over.
    """
    run(session, run_id, user_id=user_id)
    found = session.get_one(Run, run_id, with_for_update=True, populate_existing=True)
    if found.status not in OPEN:
        raise Conflict(f"run {run_id} has already {found.status}")
    found.cancel_requested = True
    session.flush()
    if found.status == "queued":
        finish(session, run_id, "cancelled")
        session.refresh(found)
    else:
        _tell(session, found)
    return found


def beat(session: Session, service: str, instance: str, started_at: datetime) -> None:
    """Note a sign of life of a process."""
    statement = insert(ServiceHeartbeat).values(
        service=service, instance=instance, started_at=started_at, seen_at=func.clock_timestamp()
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["service", "instance"],
            set_={"seen_at": statement.excluded.seen_at, "started_at": statement.excluded.started_at},
        )
    )


def leave(session: Session, service: str, instance: str) -> None:
    """Forget a process that stopped in order."""
    session.execute(
        delete(ServiceHeartbeat).where(ServiceHeartbeat.service == service, ServiceHeartbeat.instance == instance)
    )


def heartbeats(session: Session, *, service: str | None = None, within_s: float | None = None) -> list[dict[str, Any]]:
    """Return the processes seen: service, instance, started_at, seen_at and age_s (seconds since the last sign)."""
    age = func.extract("epoch", func.clock_timestamp() - ServiceHeartbeat.seen_at).label("age_s")
    query = select(
        ServiceHeartbeat.service, ServiceHeartbeat.instance, ServiceHeartbeat.started_at, ServiceHeartbeat.seen_at, age
    ).order_by(ServiceHeartbeat.service, ServiceHeartbeat.instance)
    if service is not None:
        query = query.where(ServiceHeartbeat.service == service)
    if within_s is not None:
        query = query.where(age <= within_s)
    return [{**row, "age_s": float(row["age_s"])} for row in session.execute(query).mappings()]


def forget_silent(session: Session, *, after_s: float) -> None:
    """Forget processes that gave no sign for so long."""
    session.execute(
        text("DELETE FROM service_heartbeats WHERE seen_at < clock_timestamp() - make_interval(secs => :after)"),
        {"after": after_s},
    )


def _clean(value: Mapping[str, Any]) -> dict[str, Any]:
    try:
        cleaned = json.loads(document(dict(value)) or "{}")
    except (TypeError, ValueError) as error:
        raise BadInput(f"not a JSON value: {error}") from error
    return dict(cleaned)


def _now(session: Session) -> datetime:
    moment: datetime = session.scalars(select(func.clock_timestamp())).one()
    return moment


def _tell(session: Session, run: Run) -> None:
    event = {
        "kind": "run",
        "run_id": run.id,
        "user_id": run.user_id,
        "service": run.service,
        "job": run.job,
        "status": run.status,
        "progress": run.progress,
        "message": (run.message or "")[:_MESSAGE_LIMIT] or None,
        "pid": os.getpid(),
    }
    session.execute(select(func.pg_notify(EVENTS, json.dumps(event))))
