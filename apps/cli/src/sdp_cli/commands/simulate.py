"""`sdp simulate`: joint worlds of a slate of any sport from files alone, without a database or a server."""

import csv
import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import polars as pl
import typer
from rich.table import Table
from sdp_common.errors import BadInput
from sdp_engine.optimize.offer import Offer
from sdp_engine.simulate import readoff
from sdp_engine.simulate.pool import around
from sdp_sports.correlations import load_correlations
from sdp_sports.files.upload import plain
from sdp_sports.spec import QUANTILES, Sport

from sdp_cli.commands.contests import find
from sdp_cli.commands.lineups import check_writable
from sdp_cli.commands.optimize import read_offer, read_projections
from sdp_cli.console import out, print_json

SHOWN = 25
"""Players shown to a person."""
TOLD = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
MOST_CELLS = 60_000_000
"""Players times worlds that are held at once."""


def simulate(
    salaries: Annotated[Path, typer.Option(help="The site's salary export.")],
    contest: Annotated[str, typer.Option(help="The contest's code, as `sdp contests` lists it.")],
    projections: Annotated[
        Path | None, typer.Option(help="Points with `sd`, or quantiles such as P10 and P90; else average points.")
    ] = None,
    worlds: Annotated[int, typer.Option(min=100, max=200_000, help="How many joint draws.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same worlds.")] = 1,
    mapped: Annotated[
        list[str] | None, typer.Option("--map", help="Projections: OURS=THEIRS, such as points=Median; repeatable.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--out", help="Write what every player may score here: CSV, or JSON (.json).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with every player.")] = False,
) -> None:
    """Draw a slate's points jointly: each player from his mean and spread, joined by the sport's correlations."""
    check_writable(file, salaries, projections)
    sport, key = find(contest)
    offered = read_offer(sport, key, salaries, read_projections(projections, mapped or ()), "points")
    document = _document(sport, offered, contest, worlds, seed)
    if file is not None:
        _write(file, document)
    if as_json:
        print_json(document)
    else:
        _show(document)


def _document(sport: Sport, offered: Offer, contest: str, worlds: int, seed: int) -> dict[str, Any]:
    """Return what every player may score, as plain values, the best first."""
    pool = offered.pool.filter(pl.col("points") > 0).sort("points", descending=True, maintain_order=True)
    if pool.is_empty():
        raise BadInput("nobody in these files is expected to score")
    if worlds * pool.height > MOST_CELLS:
        raise BadInput(f"{pool.height} players take too much: choose {MOST_CELLS // pool.height:,} worlds at most")
    points = around(pool, load_correlations(sport.code), seed, worlds)
    told = readoff.summarise(np.round(points * readoff.CENTS).astype(np.int32), 1 / readoff.CENTS)
    places = {name: QUANTILES.index(level) for name, level in TOLD.items()}
    rows = pool.select("external_id", "name", "position", "team_id", "game_id", "salary_usd", "points").to_dicts()
    players = [
        {
            **{name: value for name, value in row.items() if name != "points"},
            "projected": row["points"],
            "mean": round(float(told.mean[at]), 3),
            "sd": round(float(told.sd[at]), 3),
            **{name: round(float(told.quantiles[at, place]), 2) for name, place in places.items()},
        }
        for at, row in enumerate(rows)
    ]
    return {"contest": contest, "worlds": worlds, "seed": seed, "unprojected": offered.unprojected, "players": players}


def _write(file: Path, document: dict[str, Any]) -> None:
    try:
        with file.open("w", encoding="utf-8", newline="") as target:
            if file.suffix == ".json":
                target.write(json.dumps(document, indent=1) + "\n")
            else:
                writer = csv.DictWriter(target, list(document["players"][0]))
                writer.writeheader()
                writer.writerows(
                    {k: plain(v) if isinstance(v, str) else v for k, v in player.items()}
                    for player in document["players"]
                )
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from error


def _show(document: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("player", "projected", "mean", "sd", *TOLD):
        table.add_column(column, justify="left" if column == "player" else "right")
    for player in document["players"][:SHOWN]:
        figures = (f"{player[name]:.2f}" for name in ("projected", "mean", "sd", *TOLD))
        table.add_row(f"{player['name']} {player['position']}", *figures)
    out.print(table)
    if len(document["players"]) > SHOWN:
        out.print(f"and {len(document['players']) - SHOWN:,} more: --json or --out has all")
    if document["unprojected"]:
        out.print(f"{document['unprojected']} players have no projection and were left out", highlight=False)
