"""`sdp up`: every process on this machine, supervised, until Ctrl-C."""

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from sdp_common.settings import settings

from sdp_cli.folder import Lock
from sdp_cli.home import open_home
from sdp_cli.processes import API_PORT, START_CPU_S, Plan, embedded_server, plan, units
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
        server = embedded_server(home, configured)
        if server is not None and server.folder != home.postgres:
            _say(f"PostgreSQL runs as nobody, who cannot enter {home.folder}: its files are in {server.folder}")
        _say(f"logs: {home.logs}   stop: Ctrl-C")
        stagger_s = START_CPU_S / max(1, (os.cpu_count() or 1) - 1)  # one core is left to what works already
        all_units = units(home, configured, chosen)
        Supervisor(all_units, home.state, address=web_app(chosen, _say), stagger_s=stagger_s, tell=_say).run()


def web_app(chosen: Plan, tell: Callable[[str], None]) -> Callable[[], str | None]:
    """Return what gives the web app's address, and says so whenever that is another than before."""
    told: list[str] = []

    def address() -> str | None:
        if chosen.web is None:
            return None
        if chosen.web.address not in told[-1:]:
            told.append(chosen.web.address)
            moved = chosen.web.asked is None and chosen.web.number != API_PORT
            tell(f"web app: {chosen.web.address}" + (f" (port {API_PORT} is in use)" if moved else ""))
        return chosen.web.address

    return address


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
