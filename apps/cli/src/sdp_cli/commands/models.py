"""`sdp models`: which models are registered, how they did, which one speaks, and back to the one before."""

from typing import Annotated, Any

import typer
from rich.table import Table
from sdp_common.db.models.predictions import ModelVersion
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput
from sdp_common.store import predictions

from sdp_cli.console import out, print_json
from sdp_cli.workplace import workplace

FIGURES = ("crps", "mae", "rmse", "bias", "pit_error", "coverage_80")
models = typer.Typer(help="The registry of models: list, compare, promote, roll back.", no_args_is_help=True)
Sport = Annotated[str, typer.Option(help="Code of a sport.")]
Mode = Annotated[str | None, typer.Option(help="independent or informed; both where left out.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")]


@models.command("list")
def list_models(
    sport: Sport = "nfl",
    market: Annotated[str | None, typer.Option(help="One market; all where left out.")] = None,
    mode: Mode = None,
    as_json: Json = False,
) -> None:
    """List the registered models by market and mode, the one that speaks first.

    Informed predictions are those of the independent models moved to the market's price, until a model of that mode
    is registered.
    """
    with workplace([]) as place, session_scope(place.engine) as session:
        rows = [_told(version) for each in _modes(mode) for version in predictions.versions(session, sport, mode=each)]
    rows = [row for row in rows if market in (None, row["market"])]
    rows.sort(key=lambda row: (row["market"], row["mode"], row["stage"] != "promoted", -row["id"]))
    _show(rows, ("id", "market", "mode", "family", "stage", "data_until", *FIGURES), as_json=as_json)


@models.command()
def compare(
    market: Annotated[str, typer.Argument(help="A market.")],
    sport: Sport = "nfl",
    mode: Mode = None,
    as_json: Json = False,
) -> None:
    """Compare a market's models by the figures of games they had not seen, the best first."""
    with workplace([]) as place, session_scope(place.engine) as session:
        found = [v for each in _modes(mode) for v in predictions.versions(session, sport, mode=each)]
        rows = [_told(v) for v in found if v.market == market]
    rows.sort(key=lambda row: row["crps"] if row["crps"] is not None else float("inf"))
    _show(rows, ("id", "mode", "family", "stage", "data_until", "rows", *FIGURES), as_json=as_json)


@models.command()
def promote(model: Annotated[int, typer.Argument(help="Id of a model, from `sdp models list`.")]) -> None:
    """Let a model speak for its market from now on."""
    with workplace([]) as place, session_scope(place.engine) as session:
        version = predictions.version(session, model)
        predictions.promote(session, version)
        said = f"{version.market}: model {version.id} ({version.family}) speaks"
    out.print(said, highlight=False)


@models.command()
def rollback(market: Annotated[str, typer.Argument(help="A market.")], sport: Sport = "nfl") -> None:
    """Let the model speak that spoke before the present one."""
    with workplace([]) as place, session_scope(place.engine) as session:
        version = predictions.rollback(session, sport, market)
        said = f"{market}: back to model {version.id} ({version.family}, {version.version})"
    out.print(said, highlight=False)


def _modes(asked: str | None) -> tuple[str, ...]:
    if asked not in (None, *predictions.MODES):
        raise BadInput(f"there is no mode {asked!r}; there are {' and '.join(predictions.MODES)}")
    return predictions.MODES if asked is None else (asked,)


def _told(version: ModelVersion) -> dict[str, Any]:
    metrics = version.details.get("metrics") or {}
    return {
        "id": version.id,
        "market": version.market,
        "family": version.family,
        "version": version.version,
        "mode": version.mode,
        "stage": version.stage,
        "data_until": version.data_until.isoformat(),
        "sha256": version.sha256,
        "rows": version.details.get("rows"),
        **{name: metrics.get(name) for name in FIGURES},
    }


def _show(rows: list[dict[str, Any]], columns: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        print_json({"models": rows})
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, justify="right" if name in (*FIGURES, "id", "rows") else "left")
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in columns))
    out.print(table)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return "" if value is None else str(value)
