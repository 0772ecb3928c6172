"""`sdp backtest`: what was predicted against what happened, on files or on the database's own past."""

from importlib import import_module

import typer

BACKTESTS = {"contests": "contest_backtest:contests", "simulation": "simulation_backtest:simulation"}
"""Every back-test and where it is written."""


def _group() -> typer.Typer:
    group = typer.Typer(help="Predict the past as of its moment and score the predictions.", no_args_is_help=True)
    group.callback()(lambda: None)
    for name, where in BACKTESTS.items():
        module, _, attribute = where.partition(":")
        group.command(name)(getattr(import_module(f"sdp_cli.commands.{module}"), attribute))
    return group


backtest = _group()
