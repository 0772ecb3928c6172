"""Ask a service for work and wait: the run's progress as it goes, its result or its error in the end."""

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any

from sdp_common.db.models.runs import Run
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput, Cancelled, Infeasible, PlatformError, Problem, Retriable
from sdp_common.service import request
from sdp_common.store import runs
from sqlalchemy import Engine

POLL_S = 0.1
Progress = Callable[[float, str], None]
"""Called with a share of 0 to 1 and what is being done."""
Watch = Callable[[str], None]
"""Called with a service's name; raises `Retriable` where it does not stay up."""


def perform(
    engine: Engine,
    service: str,
    job: str,
    *,
    user_id: int | None = None,
    progress: Progress = lambda _share, _message: None,
    watch: Watch = lambda _service: None,
    **params: Any,
) -> dict[str, Any]:
    """Have a job done and return its result.

    Args:
        engine: Of the platform's database.
        service: Who is asked.
        job: For what.
        user_id: On whose behalf.
        progress: Called with how far it is.
        watch: Called with the service while it is waited for; raises where that is in vain.
        **params: Of the job, JSON values.

    Raises:
        PlatformError: What the job raised, as it raised it; Ctrl-C and SIGTERM cancel the run before they go on.
    """
    run_id = request(engine, service, job, user_id=user_id, **params)
    try:
        while True:
            with session_scope(engine) as session:
                run = runs.run(session, run_id)
            progress(run.progress, run.message or run.status)
            if run.status not in runs.OPEN:
                return outcome(run)
            watch(service)
            time.sleep(POLL_S)
    except (KeyboardInterrupt, SystemExit, Retriable):
        with contextlib.suppress(PlatformError), session_scope(engine) as session:
            runs.cancel(session, run_id)
        raise


def earlier_result(engine: Engine, service: str, job: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the result of the newest run that did exactly this and succeeded; None where there is none."""
    with session_scope(engine) as session:
        done = runs.runs(session, service=service, job=job, status="succeeded", limit=200)
        return next((run.result or {} for run in done if run.params == dict(params)), None)


def outcome(run: Run) -> dict[str, Any]:
    """Return the result of a finished run.

    Raises:
        PlatformError: It did not succeed; the class is that of the error it noted.
    """
    if run.status == "succeeded":
        return run.result or {}
    if run.status == "cancelled":
        raise Cancelled(f"{run.service}.{run.job} was cancelled")
    raise rebuild(run.error or {}, f"{run.service}.{run.job}")


def rebuild(error: Mapping[str, Any], where: str) -> PlatformError:
    """Return the error of the tree that a run's `error` document stands for."""
    message = f"{where}: {error.get('message') or 'failed without a message'}"
    code = error.get("code")
    if code == BadInput.code:
        return BadInput(message, [Problem(**problem) for problem in error.get("problems") or ()])
    if code == Infeasible.code:
        return Infeasible(message, error.get("rules") or ())
    kinds = {k.code: k for k in PlatformError.__subclasses__() if k.__module__ == PlatformError.__module__}
    return kinds.get(str(code), PlatformError)(message)
