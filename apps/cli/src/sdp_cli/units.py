"""What the supervisor starts and stops: a command, or the embedded PostgreSQL."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from sdp_cli.leash import spawn
from sdp_cli.postgres import EmbeddedPostgres

LOG_BYTES = 20 * 2**20
"""A log that has grown beyond this is put aside once, as `<name>.log.1`."""


class Unit(Protocol):
    """A process as the supervisor sees it.

    Attributes:
        name: What it is called.
        once: It is expected to end by itself, with exit code 0.
        barrier: Those after it start when it is ready (`once`: when it has ended well).
        log: The file its output goes to.
    """

    name: str
    once: bool
    barrier: bool
    log: Path

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""

    def start(self) -> None:
        """Start it; when this returns it runs."""

    def poll(self) -> int | None:
        """Return its exit code once it has ended."""

    def ask_to_stop(self) -> None:
        """Ask it to finish."""

    def end(self) -> None:
        """Make sure that nothing of it is left."""


class Command:
    """A unit that is one command in a process group of its own.

    Args:
        name: What it is called.
        command: Program and arguments.
        log: Where its output goes.
        env: Returns its environment, asked at each start: the database's address is known only once it runs.
        once: It is expected to end by itself.
        barrier: Those after it wait for it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        env: Callable[[], Mapping[str, str]] | None = None,
        once: bool = False,
        barrier: bool = False,
    ) -> None:
        self.name = name
        self.command = tuple(command)
        self.log = log
        self.env = env
        self.once = once
        self.barrier = barrier
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    def start(self) -> None:
        """Start the command, its output appended to the log."""
        set_aside(self.log)
        with self.log.open("ab") as log:
            self._process = spawn(self.command, output=log, env=None if self.env is None else self.env())
        self._ended = False

    def poll(self) -> int | None:
        """Return its exit code once it has ended."""
        return None if self._process is None else self._process.poll()

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process itself: it knows its children."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def end(self) -> None:
        """Kill what is left of its process group."""
        if self._process is None or self._ended:
            return
        self._ended = True  # once only: the system may give the number to another group
        if sys.platform == "win32":
            self._process.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says EPERM of a group of zombies
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Database:
    """The embedded PostgreSQL as a unit; it keeps its port over restarts, so that its clients find it again."""

    name = "postgres"
    once = False
    barrier = True

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self.log = server.folder / "log"

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return None if self.server.process is None else self.server.process.pid

    def start(self) -> None:
        """Start it, recovering what a crash left."""
        self.server.stop()
        self.server.start()
        self.server.asked_port = self.server.port

    def poll(self) -> int | None:
        """Return its exit code once it has died."""
        return self.server.poll()

    def ask_to_stop(self) -> None:
        """Nothing yet: it stops last, in `end`."""

    def end(self) -> None:
        """Stop it in order, without loss."""
        self.server.stop()


def set_aside(log: Path) -> None:
    """Move a log that has grown large to `<name>.1`, replacing the one before."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))


def last_words(log: Path) -> str:
    """Return the last thing a log says, for a message: of a JSON line its error, else its event."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    if not lines:
        return "it left no message"
    try:
        event = json.loads(lines[-1])
    except ValueError:
        return lines[-1]
    return str(event.get("error") or event.get("event") or lines[-1]) if isinstance(event, dict) else lines[-1]
