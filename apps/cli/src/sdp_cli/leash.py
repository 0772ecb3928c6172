"""Child processes that do not outlive us: own process group, and a signal when their parent dies."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import psutil

PR_SET_PDEATHSIG = 1


def _dies_with_parent(parent: int, death_signal: int) -> Callable[[], None] | None:
    """Return what the child runs before exec; None where the system has no such thing (macOS, Windows)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # resolved before fork: the child may not load libraries

    def arm() -> None:
        prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # it died between fork and prctl
            os.kill(os.getpid(), death_signal)

    return arm


def spawn(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | int | None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: tuple[int, int] | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own, without input.

    Call it from the main thread: Linux sends `death_signal` when the *thread* that forked ends.

    Args:
        command: Program and arguments.
        output: Where both its outputs go.
        env: Its whole environment; ours where None.
        cwd: The folder it starts in.
        account: (uid, gid) to become before exec, for a parent that is root.
        death_signal: What it receives when we die, however we die (Linux).
    """
    options: dict[str, Any] = {}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        options["process_group"] = 0
        options["preexec_fn"] = _dies_with_parent(os.getpid(), death_signal)
        if account is not None:
            options |= {"user": account[0], "group": account[1], "extra_groups": []}
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=None if env is None else dict(env),
        cwd=cwd,
        **options,
    )


def is_alive(process: psutil.Process) -> bool:
    """Return whether it still does anything: a zombie that nobody reaps (containers without an init) does not."""
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_gone(processes: Sequence[psutil.Process], timeout_s: float) -> list[psutil.Process]:
    """Wait until the processes, ours or not, have ended; return those that have not."""
    deadline = time.monotonic() + timeout_s
    while (alive := [process for process in processes if is_alive(process)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return alive
