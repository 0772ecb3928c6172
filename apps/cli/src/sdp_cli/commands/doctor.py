"""`sdp doctor`: what this machine has, what is missing and what to do about it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import psutil
import typer
from sdp_common.db.revisions import is_migrated
from sdp_common.db.session import make_engine
from sdp_common.errors import NotFound, PlatformError
from sdp_common.settings import Settings, settings
from sqlalchemy.exc import SQLAlchemyError

from sdp_cli.console import out, print_json
from sdp_cli.home import Home, open_home
from sdp_cli.platform import database_url, is_up
from sdp_cli.ports import is_free
from sdp_cli.processes import API_PORT, embedded_server, web_folder

DISK_GB = 5.0
MEMORY_GB = 4.0
NODE_MAJOR = 20
Verdict = Literal["well", "note", "wrong"]
MARKS: dict[Verdict, str] = {"well": "[green]well [/]", "note": "[yellow]note [/]", "wrong": "[red]wrong[/]"}


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `advice` says what to do where it is not well."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Look at this machine and this installation. Exits 1 where something is wrong."""
    findings = list(examine())
    if as_json:
        print_json({"well": not any(f.verdict == "wrong" for f in findings), "findings": [asdict(f) for f in findings]})
    else:
        for finding in findings:
            out.print(f"{MARKS[finding.verdict]}  {finding.name}: {finding.found}", highlight=False, soft_wrap=True)
            if finding.advice:
                out.print(f"       {finding.advice}", highlight=False, markup=False, soft_wrap=True)
    if any(finding.verdict == "wrong" for finding in findings):
        raise typer.Exit(1)


def examine() -> Iterable[Finding]:
    """Yield every finding; what rests on something broken is left out."""
    yield _python()
    yield _node()
    try:
        configured = settings()
    except PlatformError as error:
        yield Finding("settings", "wrong", error.message, "mend the variable, or the line in .env")
        return
    yield Finding("settings", "well", f"{len(configured.model_fields_set)} set")
    try:
        home = open_home()
    except PlatformError as error:
        yield Finding("folder", "wrong", error.message)
        return
    checks: list[Callable[[Home, Settings], Finding]] = [_disk, _memory, _database, _port, _web]
    for check in checks:
        yield check(home, configured)


def _python() -> Finding:
    return Finding("Python", "well", ".".join(map(str, sys.version_info[:3])))


def _node() -> Finding:
    advice = f"only building the web app needs it: install Node.js {NODE_MAJOR} or newer"
    program = shutil.which("node")
    if program is None:
        return Finding("Node.js", "note", "not installed", advice)
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = re.match(r"v(\d+)", said)
    well = major is not None and int(major[1]) >= NODE_MAJOR
    return Finding("Node.js", "well" if well else "note", said or "does not answer", "" if well else advice)


def _disk(home: Home, _configured: Settings) -> Finding:
    free = shutil.disk_usage(home.folder).free / 1e9
    well = free >= DISK_GB
    advice = "" if well else f"free some space, or set SDP_HOME to a disk with {DISK_GB:.0f} GB"
    return Finding("disk", "well" if well else "wrong", f"{free:.1f} GB free at {home.folder}", advice)


def _memory(_home: Home, _configured: Settings) -> Finding:
    total = psutil.virtual_memory().total / 1e9
    well = total >= MEMORY_GB
    advice = "" if well else f"the demo wants {MEMORY_GB:.0f} GB: run fewer services (`sdp up --only`)"
    return Finding("memory", "well" if well else "note", f"{total:.1f} GB", advice)


def _database(home: Home, configured: Settings) -> Finding:
    if configured.database_url is None and not is_up(home):
        try:
            server = embedded_server(home, configured)
            program = server.program("postgres") if server else None
        except PlatformError as error:
            return Finding("database", "wrong", error.message)
        where = server.folder if server else home.postgres
        return Finding("database", "well", f"embedded PostgreSQL ({program}), data in {where}, not running")
    try:
        engine = make_engine(database_url(home, configured), application="sdp doctor")
        try:
            is_migrated(engine)
        finally:
            engine.dispose()
    except NotFound as error:
        return Finding("database", "wrong", error.message, "see `sdp status`")
    except (PlatformError, SQLAlchemyError) as error:
        return Finding("database", "wrong", str(error), "is SDP_DATABASE_URL right, and the server up?")
    return Finding("database", "well", "answers, and has this version's schema")


def _port(home: Home, configured: Settings) -> Finding:
    asked = configured.api_port if "api_port" in configured.model_fields_set else None
    port = asked or API_PORT
    if is_up(home):
        return Finding("port", "well", "the platform is up")
    if is_free(port, configured.api_host):
        return Finding("port", "well", f"{port} is free")
    if asked:
        return Finding("port", "wrong", f"{port} is in use", "set SDP_API_PORT to another, or stop what listens there")
    return Finding("port", "note", f"{port} is in use", "the web app will take another one and say which")


def _web(_home: Home, configured: Settings) -> Finding:
    folder = web_folder(configured)
    if folder is None or not (folder / "index.html").exists():
        return Finding("web app", "note", "not built", "`make web` builds it; the API works without")
    return Finding("web app", "well", str(folder))
