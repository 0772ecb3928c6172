"""The running platform as a command sees it: found where it is up, else started for as long as the command lasts."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sdp_common.errors import Conflict, Misconfigured, NotFound, Retriable
from sdp_common.settings import Settings

from sdp_cli.folder import Lock
from sdp_cli.home import Home
from sdp_cli.leash import spawn
from sdp_cli.processes import embedded_server
from sdp_cli.state import State, load_state
from sdp_cli.units import last_words

DEATHS_IN_VAIN = 3
"""A process that was restarted so often and died again will not do the work it is asked for."""
START_S = 120.0
"""How long the platform may take to come up on a slow machine."""


@dataclass(frozen=True)
class Platform:
    """A running platform.

    Attributes:
        url: Its database.
        pid: Its supervisor.
        ours: Whether this command started it.
    """

    url: str
    pid: int
    ours: bool


def is_up(home: Home) -> bool:
    """Return whether a supervisor runs in this home."""
    return Lock(home.lock, "").is_held()


def database_url(home: Home, settings: Settings) -> str:
    """Return the address of the database that is up.

    Raises:
        NotFound: The embedded server does not run.
    """
    server = embedded_server(home, settings)
    return settings.require_database_url() if server is None else server.attach()


@contextlib.contextmanager
def running(
    home: Home,
    settings: Settings,
    names: Sequence[str] | None = None,
    *,
    tell: Callable[[str], None] = lambda _: None,
    port: int | None = None,
) -> Iterator[Platform]:
    """Give a platform in which the processes run; what was started here is stopped at the end.

    Call it from the main thread: the supervisor is told when that ends.

    Args:
        home: Of this installation.
        settings: Of this installation.
        names: The processes needed (keys of `processes.MODULES`); all where None.
        tell: Called with a sentence for a person.
        port: The port the web app must have.

    Raises:
        Conflict: A platform is up that does not run what is needed.
        Misconfigured: It does not start; says why.
    """
    if is_up(home):
        yield _join(home, settings, names)
        return
    tell("starting PostgreSQL and the services" if settings.database_url is None else "starting the services")
    child = _launch(home, names, port)
    try:
        _wait_up(home, lambda: child.poll() is None)
        yield Platform(database_url(home, settings), child.pid, ours=True)
    finally:
        child.terminate()
        child.wait()


def _launch(home: Home, names: Sequence[str] | None, port: int | None) -> "subprocess.Popen[bytes]":
    """Start a supervisor of its own process group: Ctrl-C is for us to handle, and it dies with us."""
    command = [sys.executable, "-m", "sdp_cli.main", "up"]
    command += [] if port is None else ["--port", str(port)]
    command += [] if names is None else ["--only", ",".join(names)]
    with _log(home).open("wb") as log:
        return spawn(command, output=log, env={**os.environ, "SDP_HOME": str(home.folder)})


def _log(home: Home) -> Path:
    return home.logs / "supervisor.log"


def _join(home: Home, settings: Settings, names: Sequence[str] | None) -> Platform:
    state = _wait_up(home, lambda: is_up(home))
    have = {process.name for process in state.processes}
    missing = [name for name in names or () if name not in have]
    if missing:
        raise Conflict(f"the platform that is up runs no {', '.join(missing)}: stop it and start all with `sdp up`")
    return Platform(database_url(home, settings), state.pid, ours=False)


def _wait_up(home: Home, lives: Callable[[], bool]) -> State:
    """Wait until there is a migrated database: work can be asked for, whoever is still starting will find it."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        alive = lives()
        state = load_state(home.state)
        if alive and state is not None and state.takes_work and Lock(home.lock, "").holder() == state.pid:
            return state
        if not alive:
            raise Misconfigured(last_words(_log(home)).removeprefix("sdp: "))
        time.sleep(0.05)
    raise Retriable(f"the platform was not up after {START_S:.0f} s: see {home.logs}")


def check_alive(home: Home, service: str) -> None:
    """Check that waiting for a service is not in vain.

    Raises:
        Retriable: The platform has stopped, or the process dies again and again; says why.
    """
    if not is_up(home):
        raise Retriable("the platform has stopped: see `sdp status`")
    state = load_state(home.state)
    for process in state.processes if state else ():
        if process.name == service and process.condition == "backing off" and process.restarts >= DEATHS_IN_VAIN:
            log = Path(process.log)
            raise Retriable(f"{service} does not stay up: {last_words(log)} (see {log})")


def require_state(home: Home) -> State:
    """Return what the supervisor last wrote.

    Raises:
        NotFound: Nothing was ever started here.
    """
    state = load_state(home.state)
    if state is None:
        raise NotFound(f"nothing was started in {home.folder} yet: `sdp up` starts the platform, `sdp demo` shows it")
    return state
