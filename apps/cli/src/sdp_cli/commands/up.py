"""`sdp up`: every process on this machine, supervised, until Ctrl-C."""

import os
import sys
from typing import Annotated

import typer
from sdp_common.settings import settings

from sdp_cli.folder import Lock
from sdp_cli.home import open_home
from sdp_cli.processes import START_CPU_S, embedded_server, plan, units
from sdp_cli.state import load_state, sweep
from sdp_cli.supervisor import Supervisor


def up(
    port: Annotated[int | None, typer.Option(help="Port of the web app; where taken, an error.")] = None,
    only: Annotated[str | None, typer.Option(help="Run these processes alone, comma-separated.")] = None,
) -> None:
    """Start PostgreSQL and every service, and stay until Ctrl-C."""
    home = open_home()
    configured = settings()
    with Lock(home.lock, f"the platform in {home.folder}"):
        for name in sweep(load_state(home.state)):
            _say(f"stopped {name}, left over from a session that was killed")
        chosen = plan(only.split(",") if only else None, configured, port=port)
        if chosen.moved_from is not None:
            _say(f"port {chosen.moved_from} is in use, so the web app takes {chosen.api_port}")
        server = embedded_server(home, configured)
        if server is not None and server.folder != home.postgres:
            _say(f"PostgreSQL runs as nobody, who cannot enter {home.folder}: its files are in {server.folder}")
        if chosen.address:
            _say(f"web app: {chosen.address}   logs: {home.logs}   stop: Ctrl-C")
        stagger_s = START_CPU_S / (os.cpu_count() or 1)
        all_units = units(home, configured, chosen)
        Supervisor(all_units, home.state, address=chosen.address, stagger_s=stagger_s, tell=_say).run()


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
