"""`sdp backtest`: what was predicted against what happened, on files or on the database's own past."""

from importlib import import_module

import typer

from sdp_cli.commands.season_backtest import seasons_of

BACKTESTS = {
    "contests": "contest_backtest:contests",
    "dfs": "dfs_backtest:dfs",
    "simulation": "simulation_backtest:simulation",
}
"""Every further back-test and where it is written."""


def _group() -> typer.Typer:
    group = typer.Typer()
    group.callback(invoke_without_command=True)(seasons_of)
    for name, where in BACKTESTS.items():
        module, _, attribute = where.partition(":")
        group.command(name)(getattr(import_module(f"sdp_cli.commands.{module}"), attribute))
    return group


backtest = _group()
