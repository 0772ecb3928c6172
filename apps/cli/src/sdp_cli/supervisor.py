"""Start processes in order, keep them up, stop them in order.

One thread, woken by signals: a child's death (SIGCHLD), a request to stop (SIGINT, SIGTERM), or the moment a restart
is due. A process that dies is started again after a delay that doubles with each death and starts over once it has
stayed up; the others notice nothing.
"""

import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from sdp_common.errors import Misconfigured, PlatformError

from sdp_cli.state import Condition, Phase, ProcessState, State, created, save_state
from sdp_cli.units import Unit, last_words

POLL_S = 0.5 if sys.platform == "win32" else 30.0
"""How long to sleep when nothing is due: Windows does not announce a child's death."""


@dataclass(frozen=True)
class Backoff:
    """The delay before a restart: `first_s` doubled with each death in a row, at most `longest_s`.

    A process that was up for `steady_s` counts as healthy: its next death is the first again.
    """

    first_s: float = 0.5
    longest_s: float = 60.0
    steady_s: float = 30.0

    def delay_s(self, deaths: int) -> float:
        """Return the delay after so many deaths in a row (1 = the first)."""
        return min(self.longest_s, self.first_s * 2.0 ** min(deaths - 1, 30))


@dataclass
class Ward:
    """A unit and what became of it."""

    unit: Unit
    condition: Condition = "waiting"
    started_at: datetime | None = None
    created: float | None = None
    up_since: float = 0.0
    due: float = 0.0
    deaths: int = 0
    restarts: int = 0
    exit_code: int | None = None

    @property
    def is_ready(self) -> bool:
        """Whether those after a barrier may start."""
        return self.condition == ("done" if self.unit.once else "running")

    def state(self) -> ProcessState:
        """Return it as written to the state file."""
        return ProcessState(
            name=self.unit.name,
            condition=self.condition,
            pid=self.unit.pid,
            created=self.created if self.unit.pid is not None else None,
            started_at=self.started_at.isoformat() if self.started_at else None,
            restarts=self.restarts,
            exit_code=self.exit_code,
            log=str(self.unit.log),
        )


class Supervisor:
    """Keeps units up until told to stop.

    Args:
        units: In the order to start; a barrier holds back those after it.
        state_path: Where `State` is written at each change.
        address: Returns the web app's, for the state; it may change when the web app is started again.
        backoff: When to restart what died.
        stop_s: How long a process may take to finish before it is killed.
        stagger_s: Time between the first starts behind the barriers: starting costs more than running, and those
            listed first are needed first.
        tell: Called with a sentence for a person at each event.
    """

    def __init__(
        self,
        units: Sequence[Unit],
        state_path: Path,
        *,
        address: Callable[[], str | None] = lambda: None,
        backoff: Backoff | None = None,
        stop_s: float = 20.0,
        stagger_s: float = 0.0,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.wards = [Ward(unit) for unit in units]
        self.state_path = state_path
        self.address = address
        self.backoff = backoff or Backoff()
        self.stop_s = stop_s
        self.stagger_s = stagger_s
        self.next_start = 0.0
        self.tell = tell
        self.phase: Phase = "starting"
        self.stops_asked = 0
        self._wake: socket.socket | None = None

    def run(self) -> None:
        """Start everything and stay until SIGINT or SIGTERM; the main thread's signals are ours meanwhile.

        Raises:
            PlatformError: Something could not be started at all; everything started has been stopped.
        """
        restore = self._listen()
        error: str | None = None
        try:
            self._write()
            while not self.stops_asked:
                self._tick()
                self._sleep(self._next_due())
        except PlatformError as failure:
            error = failure.message
            raise
        finally:
            self._stop()
            self.phase = "failed" if error else "stopped"
            self._write(error)
            restore()

    def _tick(self) -> None:
        """Notice deaths and start what is due, up to the first barrier that is not ready."""
        for ward in self.wards:
            if ward.condition == "running" and (code := ward.unit.poll()) is not None:
                self._note_end(ward, code)
        for ward in self.wards:
            if ward.condition == "waiting" and not ward.unit.barrier and time.monotonic() < self.next_start:
                return
            if ward.condition == "waiting" or (ward.condition == "backing off" and time.monotonic() >= ward.due):
                self._start(ward)
            if ward.unit.barrier and not ward.is_ready:
                return
        if self.phase == "starting":
            self.phase = "up"
            self._write()
            self.tell("everything has started")

    def _start(self, ward: Ward) -> None:
        again = ward.condition == "backing off"
        try:
            ward.unit.start()
        except (PlatformError, OSError) as error:
            if not again:
                raise
            self._put_off(ward, str(error))
            return
        if not again and not ward.unit.barrier:
            self.next_start = time.monotonic() + self.stagger_s
        ward.condition = "running"
        ward.restarts += again
        ward.started_at = datetime.now(UTC)
        ward.up_since = time.monotonic()
        ward.created = created(ward.unit.pid)
        self._write()

    def _note_end(self, ward: Ward, code: int) -> None:
        ward.exit_code = code
        ward.unit.end()  # whatever it left of its process group
        if ward.unit.once and code == 0:
            ward.condition = "done"
            self._write()
        elif ward.unit.once:
            ward.condition = "failed"
            raise Misconfigured(f"{ward.unit.name} failed: {last_words(ward.unit.log)} (see {ward.unit.log})")
        else:
            self._put_off(ward, f"ended with {describe(code)}")

    def _put_off(self, ward: Ward, why: str) -> None:
        steady = time.monotonic() - ward.up_since >= self.backoff.steady_s
        ward.deaths = 1 if steady and ward.condition == "running" else ward.deaths + 1
        delay_s = self.backoff.delay_s(ward.deaths)
        ward.condition = "backing off"
        ward.due = time.monotonic() + delay_s
        self._write()
        self.tell(f"{ward.unit.name} {why}; starting it again in {delay_s:.1f} s (log: {ward.unit.log})")

    def _next_due(self) -> float:
        """Return the seconds until something is to be done without a signal."""
        dues = [ward.due - time.monotonic() for ward in self.wards if ward.condition == "backing off"]
        if any(ward.condition == "waiting" for ward in self.wards) and self.next_start > time.monotonic():
            dues.append(self.next_start - time.monotonic())
        return max(0.0, min([*dues, POLL_S]))

    def _stop(self) -> None:
        """Ask all to finish at once, wait, kill what is left, and only then stop what the others stood on."""
        self.phase = "stopping"
        asked_before = self.stops_asked
        self._write()
        running = [ward for ward in self.wards if ward.condition == "running"]
        for ward in running:
            ward.unit.ask_to_stop()
        deadline = time.monotonic() + self.stop_s
        clients = [ward for ward in running if not ward.unit.barrier or ward.unit.once]
        while any(ward.unit.poll() is None for ward in clients):
            left_s = deadline - time.monotonic()
            if left_s <= 0 or self.stops_asked > asked_before:  # asked again: at once
                break
            self._sleep(min(left_s, POLL_S))
        for ward in reversed(self.wards):
            ward.unit.end()
            if ward.condition in {"running", "backing off", "waiting"}:
                ward.exit_code = ward.unit.poll()
                ward.condition = "stopped"

    def _write(self, error: str | None = None) -> None:
        processes = [ward.state() for ward in self.wards]
        save_state(self.state_path, State(self.phase, os.getpid(), self.address(), error, processes))

    def _listen(self) -> Callable[[], None]:
        """Have every signal of interest wake us; returns what puts the old handlers back."""
        self._wake, bell = socket.socketpair()
        self._wake.setblocking(False)
        bell.setblocking(False)

        def ask(_number: int, _frame: FrameType | None) -> None:
            self.stops_asked += 1

        handlers: dict[int, Callable[[int, FrameType | None], None]] = {signal.SIGINT: ask, signal.SIGTERM: ask}
        if sys.platform != "win32":
            handlers[signal.SIGCHLD] = lambda _number, _frame: None
            handlers[signal.SIGHUP] = ask
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        bell_before = signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)

        def restore() -> None:
            signal.set_wakeup_fd(bell_before)
            for number, handler in before.items():
                signal.signal(number, handler)
            bell.close()
            if self._wake is not None:
                self._wake.close()

        return restore

    def _sleep(self, seconds: float) -> None:
        """Sleep until a signal arrives or the time is over."""
        if self._wake is None:
            return
        ready, _, _ = select.select([self._wake], [], [], seconds)
        if ready:
            self._wake.recv(4096)


def describe(code: int) -> str:
    """Return an exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
