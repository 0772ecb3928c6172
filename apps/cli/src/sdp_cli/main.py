"""`sdp`: the whole platform on one machine, without Docker."""

import sys

import typer
from sdp_common.errors import PlatformError

from sdp_cli.commands.backup import backup, restore
from sdp_cli.commands.demo import demo
from sdp_cli.commands.doctor import doctor
from sdp_cli.commands.ingest import ingest
from sdp_cli.commands.lineups import lineups, settle
from sdp_cli.commands.slates import build, slate, slates
from sdp_cli.commands.status import status
from sdp_cli.commands.up import up
from sdp_cli.console import print_error

app = typer.Typer(
    name="sdp",
    help="The sports data platform on one machine. `sdp demo` shows all of it; `sdp up` runs it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(status)
app.command()(demo)
app.command()(ingest)
app.command()(slates)
app.add_typer(slate, name="slate")
app.command()(build)
app.command()(lineups)
app.command("optimize-slate", hidden=True)(lineups)
app.command()(settle)
app.command()(doctor)
app.command()(backup)
app.command()(restore)


def main() -> None:
    """Run a command. Exit codes: 0 well, 1 an error that is explained, 2 wrong use, 130 interrupted."""
    try:
        app()
    except PlatformError as error:
        print_error(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
