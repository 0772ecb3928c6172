"""`sdp backtest dfs`: a season of real money contests played again, from files."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer
from rich.table import Table
from sdp_common.errors import BadInput, Infeasible, PlatformError
from sdp_engine.optimize.season import CONTESTS, PAST, PROJECTIONS, Project, Week, play_week, slate_of, total
from sdp_engine.optimize.solve import NoLineup
from sdp_sports.rules import Rules
from sdp_sports.spec import find_contest, load

from sdp_cli.commands.lineups import check_writable
from sdp_cli.console import Reporter, out

if TYPE_CHECKING:
    from sdp_cli.commands.modelled_weeks import Modelled

_SALARIES, _CONTESTS = "nfl_dk_salary_points", "nfl_dk_contests_summary"
PLACES = (Path(), Path("data"), Path("../shared/data"))
"""Where the files of a season are looked for."""
OWN = "models"
UPSIDE = 20
"""Worlds of a lineup: few enough to see who rises together, enough to know who is good."""
_COLUMNS = {"player": "name", "pos": "position", "team": "team", "opp": "opponent", "week_num": "week",
            "salary": "salary_usd", "score": "points"}  # fmt: skip


def _places() -> str:
    return ", ".join(str(place) for place in PLACES)


def dfs(
    folder: Annotated[
        Path | None,
        typer.Option("--data", help=f"Folder that holds {_SALARIES} and {_CONTESTS}; else one of {_places()}."),
    ] = None,
    season: Annotated[int, typer.Option(help="The season.")] = 2018,
    weeks: Annotated[str, typer.Option(help="Weeks, such as 1-12.")] = "1-12",
    count: Annotated[int, typer.Option("--lineups", min=1, max=500, help="Lineups a week.")] = 150,
    stack: Annotated[str, typer.Option(help="Key of a declared stack.")] = "qb_two",
    models: Annotated[
        bool, typer.Option(help="With the platform's own models, from what the store holds or its source brings.")
    ] = True,
    refit: Annotated[int, typer.Option(min=1, help="Weeks after which the models are fitted anew.")] = 4,
    worlds: Annotated[
        int, typer.Option("--worlds-per-lineup", min=1, help="Of the models' worlds, for lineups built on upside.")
    ] = UPSIDE,
    file: Annotated[Path | None, typer.Option("--json", help="Write the figures here, as JSON.")] = None,
) -> None:
    """Build each week's lineups from what was known before it and hold them against real cash lines and winners."""
    check_writable(file)
    folder = _data() if folder is None else folder
    past, contests = _past(folder, season), _contests(folder, season)
    sport, key = find_contest("dk_nfl_classic")
    if stack not in sport.stacks:
        raise BadInput(f"no stack {stack!r}; there are {', '.join(sorted(sport.stacks))}")
    rules, wanted = Rules(lineups=count, max_exposure=0.5, min_unique=2, stack=stack), _weeks(weeks)
    reporter = Reporter()
    found: dict[int, Modelled] = {}
    if models:
        found = _modelled(reporter, season, wanted, past, refit)
    plays: list[tuple[str, int, Rules, Project]] = [
        (name, week, rules, project) for name, project in PROJECTIONS.items() for week in wanted
    ]
    upside = rules.model_copy(update={"worlds_per_lineup": worlds})
    for name, asked in ((OWN, rules), (f"{OWN}_upside", upside)):
        plays += [(name, week, asked, _told(one)) for week, one in found.items()]
    played: dict[str, list[Week]] = {}
    try:
        for done, (name, week, asked, project) in enumerate(plays):
            reporter.progress("lineups", done / len(plays), f"week {week} by {name}")
            one = play_week(sport.contests[key], asked, sport.stacks, past, contests, week, project)
            played.setdefault(name, []).append(one)
    except NoLineup as error:
        raise Infeasible(str(error), error.rules) from error
    except ValueError as error:
        raise BadInput(str(error)) from error
    finally:
        reporter.clear()
    _show(played)
    if file is not None:
        told = {name: {"weeks": [asdict(w) for w in weeks], "total": total(weeks)} for name, weeks in played.items()}
        document = {"backtest": "dfs", "season": season, "lineups": count, "worlds_per_lineup": worlds, "refit": refit}
        document["expected"] = {week: one.expected for week, one in found.items()}
        file.write_text(json.dumps(document | {"projections": told}, indent=1) + "\n", encoding="utf-8")


def _told(one: "Modelled") -> Project:
    return lambda _past, _slate: one.outlook


def _modelled(
    reporter: Reporter, season: int, wanted: Sequence[int], past: pl.DataFrame, refit: int
) -> "dict[int, Modelled]":
    """Return what the platform's own models said of every week; nothing, and why, where the store cannot tell."""
    from sdp_cli.commands.modelled_weeks import check_found, modelled, read_past  # loads every model family
    from sdp_cli.workplace import workplace

    done: dict[int, Modelled] = {}

    def tell(what: str) -> None:
        reporter.progress("models", len(done) / len(wanted), what)

    try:
        with workplace(["ingest-stats", "features"]) as place:
            store = read_past(place, season)
        for one in modelled(store, season, wanted, lambda week: slate_of(past, week), refit, tell):
            done[one.week] = one
        check_found(list(done.values()))
    except PlatformError as error:
        reporter.say(f"the platform's own models are left out: {error}")
        return {}
    finally:
        reporter.clear()
    return done


def _data() -> Path:
    """Return the folder of salaries and contests where none is named.

    Raises:
        BadInput: It is in none of the usual places.
    """
    for place in PLACES:
        if (place / _SALARIES).is_dir() and (place / _CONTESTS).is_dir():
            return place
    raise BadInput(f"no {_SALARIES} and {_CONTESTS} in {_places()}: say where they are with --data")


def _weeks(text: str) -> list[int]:
    first, _, last = text.partition("-")
    if not first.isdigit() or (last and not last.isdigit()) or int(last or first) < int(first):
        raise BadInput(f"--weeks {text!r} is not like 1-12")
    return list(range(int(first), int(last or first) + 1))


def _past(folder: Path, season: int) -> pl.DataFrame:
    nfl = load("nfl")
    found = _read(folder / _SALARIES, season, tuple(_COLUMNS))
    rows = found.rename(_COLUMNS).filter(pl.col("salary_usd") > 0, pl.col("points").is_not_null())
    rows = rows.with_columns(
        pl.col("position").map_elements(nfl.position, return_dtype=pl.String),
        *(pl.col(c).map_elements(nfl.team, return_dtype=pl.String) for c in ("team", "opponent")),
    )
    if "year" in rows.columns:
        rows = rows.filter(pl.col("year") == season)
    return rows.select(pl.col(name).cast(dtype) for name, dtype in PAST.items()).unique(
        ["name", "position", "team", "week"], keep="first", maintain_order=True
    )


def _contests(folder: Path, season: int) -> pl.DataFrame:
    found = _read(folder / _CONTESTS, season, tuple(CONTESTS))
    return found.select(pl.col(name).cast(dtype) for name, dtype in CONTESTS.items()).drop_nulls()


def _read(folder: Path, season: int, needed: tuple[str, ...]) -> pl.DataFrame:
    files = sorted(folder.glob(f"{season}_*.parquet"))
    if not files:
        raise BadInput(f"{folder} has no file of {season} ({season}_*.parquet)")
    found = pl.concat([pl.read_parquet(file) for file in files], how="diagonal_relaxed")
    if missing := [name for name in needed if name not in found.columns]:
        raise BadInput(f"{folder}: the columns {', '.join(missing)} are missing")
    return found


def _show(played: dict[str, list[Week]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("projected by", "week", "mean", "best", "above cash line", "best / winner"):
        table.add_column(column, justify="left" if column == "projected by" else "right")
    for name, weeks in played.items():
        for row in [*(asdict(week) for week in weeks), {"week": "all", **total(weeks)}]:
            figures = (
                f"{row['mean']:.2f}",
                f"{row['best']:.2f}",
                f"{row['above_cash']:.1%}",
                f"{row['best_of_winner']:.1%}",
            )
            table.add_row(name, str(row["week"]), *figures)
        table.add_section()
    out.print(table)
