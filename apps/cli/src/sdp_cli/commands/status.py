"""`sdp status`: what runs, since when, and how its last job ended."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table
from sdp_common.db.models.runs import Run
from sdp_common.db.session import make_engine, session_scope
from sdp_common.errors import PlatformError
from sdp_common.settings import Settings, settings
from sdp_common.store import runs
from sqlalchemy.exc import SQLAlchemyError

from sdp_cli.console import age, err, out, print_json
from sdp_cli.home import Home, open_home
from sdp_cli.platform import database_url, is_up, require_state
from sdp_cli.state import ProcessState, State, created

COLOURS = {"running": "green", "done": "green", "backing off": "red", "failed": "red", "succeeded": "green"}


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Show every process: its state, age, restarts and last job. Exits 1 where the platform is not up."""
    home = open_home()
    document = describe(home, settings(), datetime.now(UTC))
    if as_json:
        print_json(document)
    else:
        _show(document)
    raise typer.Exit(0 if document["up"] else 1)


def describe(home: Home, configured: Settings, now: datetime) -> dict[str, Any]:
    """Return the state of the platform and its processes as JSON values.

    Raises:
        NotFound: Nothing was ever started in this home.
    """
    state = require_state(home)
    alive = is_up(home)
    seen, trouble = _look(home, configured) if alive else (None, None)
    rows = list(_rows(state, alive, seen, now))
    served = not any(row["name"] == "backend-api" and row["condition"] == "starting" for row in rows)
    return {
        "up": alive and state.phase == "up" and served,
        "phase": state.phase if alive or state.phase in {"stopped", "failed"} else "killed",
        "home": str(home.folder),
        "address": state.address if alive else None,
        "error": state.error or trouble,
        "processes": rows,
    }


@dataclass(frozen=True)
class Seen:
    """What the database says: the newest run of each service, and when each last gave a sign of life."""

    jobs: dict[str, Run]
    signs: dict[str, datetime]


def _rows(state: State, alive: bool, seen: Seen | None, now: datetime) -> Iterable[dict[str, Any]]:
    for process in state.processes:
        run = None if seen is None else seen.jobs.get(process.name)
        yield {
            **asdict(process),
            "condition": _condition(process, seen) if alive else _after(process),
            "age_s": process.age_s(now) if alive else None,
            "last_job": None if run is None else _job(run, now),
        }


def _condition(process: ProcessState, seen: Seen | None) -> str:
    """Return what a process of a live supervisor does; one that runs is `starting` until it shows that it works."""
    if process.condition != "running":
        return process.condition
    if process.pid is None or created(process.pid) != process.created:
        return "dead"
    if seen is None or process.name == "postgres" or process.started_at is None:
        return "running"
    sign = seen.signs.get(process.name)
    return "running" if sign is not None and sign >= datetime.fromisoformat(process.started_at) else "starting"


def _after(process: ProcessState) -> str:
    return "stopped" if process.condition == "running" else process.condition


def _job(run: Run, now: datetime) -> dict[str, Any]:
    when = run.finished_at or run.started_at or run.created_at
    return {
        "run_id": run.id,
        "job": run.job,
        "status": run.status,
        "progress": run.progress,
        "message": (run.error or {}).get("message") or run.message,
        "seconds_ago": (now - when).total_seconds(),
    }


def _look(home: Home, configured: Settings) -> tuple[Seen | None, str | None]:
    """Return what the database says of the services, and why it could not be asked."""
    try:
        engine = make_engine(database_url(home, configured), application="sdp status")
        try:
            with session_scope(engine) as session:
                newest: dict[str, Run] = {}
                for run in runs.latest(session):
                    if run.service not in newest or run.id > newest[run.service].id:
                        newest[run.service] = run
                signs: dict[str, datetime] = {}
                for beat in runs.heartbeats(session):
                    signs[beat["service"]] = max(beat["seen_at"], signs.get(beat["service"], beat["seen_at"]))
                return Seen(newest, signs), None
        finally:
            engine.dispose()
    except (PlatformError, SQLAlchemyError) as error:
        return None, f"the last jobs cannot be read: {error}"


def _show(document: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("process", "state", "age", "restarts", "last job", "outcome", "when"):
        table.add_column(column)
    for row in document["processes"]:
        job = row["last_job"] or {}
        colour = COLOURS.get(row["condition"], "yellow")
        table.add_row(
            row["name"],
            f"[{colour}]{row['condition']}[/]",
            age(row["age_s"]),
            str(row["restarts"]),
            job.get("job", "-"),
            _outcome(job),
            f"{age(job['seconds_ago'])} ago" if job else "-",
        )
    out.print(table)
    if document["up"]:
        out.print(f"\nup in {document['home']}" + (f", web app: {document['address']}" if document["address"] else ""))
    else:
        err.print(f"\nnot up ({document['phase']}) in {document['home']}: start it with `sdp up`")
    if document["error"]:
        err.print(document["error"], markup=False)


def _outcome(job: dict[str, Any]) -> str:
    if not job:
        return "-"
    if job["status"] == "running":
        return f"running {job['progress']:.0%}"
    text = f"[{COLOURS.get(job['status'], 'red')}]{job['status']}[/]"
    return f"{text}: {job['message']}" if job["status"] == "failed" and job["message"] else text
