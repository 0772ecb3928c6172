"""What the supervisor knows of its processes, as a file that `sdp status` and the next start can read."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import psutil

from sdp_cli.folder import write_private
from sdp_cli.leash import is_alive, wait_gone

Phase = Literal["starting", "up", "stopping", "stopped", "failed"]
Condition = Literal["waiting", "running", "backing off", "done", "stopped", "failed"]


@dataclass(frozen=True)
class ProcessState:
    """One process. `created` is its start in seconds since 1970 as the system counts: with `pid` it is unique."""

    name: str
    condition: Condition
    pid: int | None
    created: float | None
    started_at: str | None
    restarts: int
    exit_code: int | None
    log: str

    def age_s(self, now: datetime) -> float | None:
        """Return how long it has been up; None where it is not."""
        if self.condition != "running" or self.started_at is None:
            return None
        return (now - datetime.fromisoformat(self.started_at)).total_seconds()


@dataclass(frozen=True)
class State:
    """The supervisor and its processes; `address` is the web app's, None where it does not run."""

    phase: Phase
    pid: int
    address: str | None
    error: str | None = None
    processes: list[ProcessState] = field(default_factory=list)

    @property
    def takes_work(self) -> bool:
        """Whether the database stands, so that work can be asked for."""
        migrated = any(process.name == "migrate" and process.condition == "done" for process in self.processes)
        return self.phase == "up" or (self.phase == "starting" and migrated)


def save_state(path: Path, state: State) -> None:
    """Write the state, whole or not at all."""
    write_private(path, json.dumps(asdict(state), indent=1))


def load_state(path: Path) -> State | None:
    """Return the last state written; None where there is none, or where it cannot be read."""
    try:
        document = json.loads(path.read_text())
        processes = [ProcessState(**process) for process in document.pop("processes")]
        return State(**document, processes=processes)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def created(pid: int | None) -> float | None:
    """Return when the process started, seconds since 1970; None where it is gone."""
    if pid is None:
        return None
    try:
        process = psutil.Process(pid)
        started: float = process.create_time()
    except psutil.Error:
        return None
    return started if is_alive(process) else None


def sweep(state: State | None, timeout_s: float = 10.0) -> list[str]:
    """End what a killed supervisor left behind, and return the names; a reused process id is left alone.

    The database is not among them: whoever starts it next knows how to stop it without loss.
    """
    found: dict[psutil.Process, str] = {}
    for process in state.processes if state else []:
        if process.pid is None or process.name == "postgres" or created(process.pid) != process.created:
            continue
        try:
            root = psutil.Process(process.pid)
            for member in (root, *root.children(recursive=True)):
                found[member] = process.name
                member.terminate()
        except psutil.NoSuchProcess:
            continue
    stubborn = wait_gone(list(found), timeout_s)
    for process_left in stubborn:
        process_left.kill()
    wait_gone(stubborn, timeout_s)
    return sorted(set(found.values()))
