"""`sdp`: the whole platform on one machine, without Docker."""

import signal
import sys
from importlib import import_module
from types import FrameType

import typer
from sdp_common.errors import PlatformError

from sdp_cli.console import print_error

COMMANDS = {
    "up": "up:up",
    "demo": "demo:demo",
    "status": "status:status",
    "ingest": "ingest:ingest",
    "contests": "contests:contests",
    "backtest": "backtest:backtest",
    "models": "models:models",
    "grade": "grade:grade",
    "reparse": "reparse:reparse",
    "import": "files:import_file",
    "fill": "fill:fill",
    "slates": "slates:slates",
    "slate": "slates:slate",
    "build": "slates:build",
    "lineups": "lineups:lineups",
    "settle": "lineups:settle",
    "optimize": "optimize:optimize",
    "simulate": "simulate:simulate",
    "enter": "enter:enter",
    "swap": "swap:swap",
    "doctor": "doctor:doctor",
    "backup": "backup:backup",
    "restore": "backup:restore",
}
"""Every command, where it is written, in the order of `sdp --help`."""
ALIASES = {"optimize-slate": "lineups"}


def make_app(wanted: str | None = None) -> typer.Typer:
    """Return the program with one command, or with all.

    The supervisor behind `sdp up` lives long and stays small: it must not load what other commands need.
    """
    app = typer.Typer(
        name="sdp",
        help="The sports data platform on one machine. `sdp demo` shows all of it; `sdp up` runs it.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)  # else a program of one command takes no command
    for name, where in (COMMANDS | {alias: COMMANDS[name] for alias, name in ALIASES.items()}).items():
        if wanted is not None and name != wanted:
            continue
        module, _, attribute = where.partition(":")
        command = getattr(import_module(f"sdp_cli.commands.{module}"), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name, hidden=name in ALIASES)(command)
    return app


def main() -> None:
    """Run a command. Exit codes: 0 well, 1 an error that is explained, 2 wrong use, 130 interrupted, 143 ended."""
    signal.signal(signal.SIGTERM, _leave)
    named = sys.argv[1] if len(sys.argv) > 1 else None
    try:
        make_app(named if named in COMMANDS or named in ALIASES else None)(prog_name="sdp")
    except PlatformError as error:
        print_error(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Unwind on SIGTERM, so that what a command started is stopped."""
    sys.exit(143)


if __name__ == "__main__":
    main()
