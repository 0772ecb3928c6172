"""`sdp backtest`: how the projections would have done, season by season, beside others'."""

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from sdp_common.errors import BadInput

from sdp_cli.commands.ingest import read_seasons
from sdp_cli.console import out
from sdp_cli.processes import artifacts_folder
from sdp_cli.work import perform
from sdp_cli.workplace import workplace

ALL = "ALL"
SHOWN = ("n", "mae", "rmse", "bias", "crps", "pit_ece", "cov80", "logloss", "brier")


def seasons_of(
    context: typer.Context,
    sport: Annotated[str, typer.Option(help="Code of a sport.")] = "nfl",
    seasons: Annotated[str, typer.Option(help="Seasons to judge, e.g. 2021-2024.")] = "2021-2024",
    mode: Annotated[
        str | None, typer.Option(help="independent, or informed: with prop lines too. Both with --against.")
    ] = None,
    refit: Annotated[str, typer.Option(help="weekly or monthly.")] = "weekly",
    markets: Annotated[str | None, typer.Option(help="Markets, comma-separated; all where left out.")] = None,
    against: Annotated[
        Path | None, typer.Option(help="Folder of other people's projections and real prop lines.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write every row here.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write the report with plots here.")] = None,
) -> None:
    """Predict the past as of its moment and score the predictions.

    Without a further word: walk through seasons of a sport, refitting on the past alone, and tell how every market did.
    """
    if context.invoked_subcommand is not None:
        return
    for file in (json_file, html_file):
        if file is not None and not file.absolute().parent.is_dir():
            raise BadInput(f"there is no folder {file.absolute().parent} to write {file.name} into")
    params: dict[str, Any] = {"sport": sport, "seasons": read_seasons(seasons), "refit": refit}
    params |= {"mode": mode} if mode else {}
    params |= {"markets": [name.strip() for name in markets.split(",")]} if markets else {}
    params |= {"against": str(against.absolute())} if against else {}
    with workplace(["training"]) as place:
        result = perform(
            place.engine,
            "training",
            "backtest",
            progress=lambda share, message: place.reporter.progress("training", share, message),
            watch=place.watch,
            **params,
        )
        place.reporter.clear()
        root = artifacts_folder(place.home, place.settings)
    report = json.loads((root / result["json"]).read_text(encoding="utf-8"))
    if json_file is not None:
        json_file.write_text(json.dumps({"rows": report["rows"]}), encoding="utf-8")
    if html_file is not None:
        shutil.copyfile(root / result["html"], html_file)
    show(report)
    if report["silent"]:
        out.print(
            f"no figures, for want of earlier games that tell of it: {', '.join(report['silent'])}", highlight=False
        )
    out.print(f"report: {html_file or root / result['html']}", highlight=False, soft_wrap=True)


def show(report: dict[str, Any]) -> None:
    """Print the figures over all seasons and positions."""
    table = Table(title=report["title"], box=None, pad_edge=False, header_style="bold")
    for name in ("market", "population", "mode", "model"):
        table.add_column(name)
    for name in SHOWN:
        table.add_column(name, justify="right")
    for row in report["rows"]:
        if row["season"] == ALL and row["position"] == ALL:
            figures = [_number(row.get(name)) for name in SHOWN]
            table.add_row(row["market"], row["population"], row["mode"], row["model"], *figures)
    out.print(table)


def _number(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
