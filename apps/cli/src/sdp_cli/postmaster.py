"""What a running PostgreSQL leaves to be read: its pid file and its log."""

import os
from pathlib import Path

import psutil

from sdp_cli.leash import is_alive


def said_since(log: Path, offset: int) -> str:
    """Return what the server wrote to its log after the first `offset` bytes."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")


def complaint(said: str) -> str:
    """Return the last complaint in what a server said; without one, the first thing it said."""
    lines = said.splitlines()
    loud = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "ERROR", "error:"))]
    return loud[-1] if loud else " ".join(lines[:3]) or "it left no message"


def environment() -> dict[str, str]:
    """Return our environment without what would redirect or translate PostgreSQL."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def pid_file(data: Path) -> list[str]:
    """Return the lines of postmaster.pid: process id first, state (`ready`) eighth; none where there is no file."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def postmaster_of(data: Path) -> psutil.Process | None:
    """Return the server that runs on the folder; a stale postmaster.pid may name an innocent process."""
    lines = pid_file(data)
    if not lines or not lines[0].strip().isdigit():
        return None
    try:
        process = psutil.Process(int(lines[0]))
        if not is_alive(process) or "postgres" not in process.name():
            return None
        return process if Path(process.cwd()).resolve() == data.resolve() else None
    except psutil.AccessDenied:
        return process  # somebody else's server: better refuse than corrupt
    except psutil.NoSuchProcess:
        return None
