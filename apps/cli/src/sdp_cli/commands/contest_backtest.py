"""`sdp backtest contests`: the field model on real standings, each predicted by a model that has not seen it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table
from sdp_common.errors import BadInput, Problem
from sdp_common.intake import refusals_as_bad_input
from sdp_engine.contest.backtest import leave_one_out, summary
from sdp_engine.contest.finished import Finished, assemble
from sdp_engine.contest.source import Source, source_of
from sdp_sports.files import SalaryFile, read
from sdp_sports.files.grid import Line
from sdp_sports.files.projections import Projections
from sdp_sports.files.standings import HEADER, PLAYERS, Standings, read_standings

from sdp_cli.commands.files import read_bytes
from sdp_cli.console import Reporter, out, print_json

_ENTRIES = ("rank", "entry_id", "entry_name", "time_remaining", "points", "lineup")
_DRAFTED = ("player", "roster_position", "pct_drafted", "fpts")


def contests(
    standings: Annotated[
        Path, typer.Option(help="Folder of finished contests' standings, beside projections or salary files.")
    ],
    also: Annotated[
        list[Path] | None, typer.Option("--players", help="Further folder of projections or salary files; repeatable.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--json", help="Write every figure here; - prints it.")] = None,
) -> None:
    """Score the ownership and field model on real contests, each left out of what the model learned from.

    Files are recognised by content: a contest is joined to the projections or salaries of its slate, whatever their
    names are. The baseline is the projected ownership in the same files.
    """
    reporter = Reporter()
    found, skipped = gather(standings, also or [])
    for name, why in skipped.items():
        reporter.say(f"left out: {why if name in why else f'{name}: {why}'}")
    if not found:
        problems = [Problem(why) for why in skipped.values()]
        raise BadInput(f"{standings} has no finished contest with the players of its slate beside it", problems)
    done = 0

    def told(name: str) -> None:
        nonlocal done
        reporter.progress("contests", done / len(found), name)
        done += 1

    try:
        grades = leave_one_out(found, told)
    finally:
        reporter.clear()
    document = {"backtest": "contests", "summary": summary(grades), "contests": grades, "left_out": skipped}
    if file is not None and str(file) != "-":
        _write(file, document)
    if file is not None and str(file) == "-":
        print_json(document)
    else:
        show(document)


def gather(folder: Path, also: list[Path]) -> tuple[list[Finished], dict[str, str]]:
    """Return the finished contests of a folder, and by file why the others are left out.

    Raises:
        BadInput: A folder is none.
    """
    boards: list[tuple[str, Standings]] = []
    sources: list[Source] = []
    skipped: dict[str, str] = {}
    for where in (folder, *also):
        if not where.is_dir():
            raise BadInput(f"{where} is not a folder")
        for file in sorted(p for p in where.rglob("*") if p.suffix.lower() in {".csv", ".parquet", ".txt", ".zip"}):
            try:
                content = _content(file)
            except BadInput as error:
                skipped[file.name] = _first(error)
                continue
            if isinstance(content, Standings):
                boards.append((file.name, content))
            elif isinstance(content, Projections | SalaryFile) and (source := source_of(file.name, content)):
                sources.append(source)
    found: list[Finished] = []
    for name, board in boards:
        try:
            contest = assemble(name, board, sources)
        except ValueError as error:
            skipped[name] = str(error)
            continue
        if contest.digest in {c.digest for c in found}:
            skipped[name] = f"{name}: the same contest as another file"
        elif not len(contest.slate.lineups):
            skipped[name] = f"{name}: no lineup is known whole"
        else:
            found.append(contest)
    return found, skipped


def _first(error: BadInput) -> str:
    """Return what is wrong with a file, and where it is so first."""
    if not error.problems:
        return str(error)
    first = error.problems[0]
    return f"{error}; first" + (f" in row {first.row}" if first.row else "") + f": {first.message}"


def _content(file: Path) -> object:
    """Return a file's content; None for a table of something else.

    Raises:
        BadInput: It cannot be read.
    """
    if file.suffix.lower() == ".parquet":
        return _parquet(file)
    with refusals_as_bad_input():
        return read(read_bytes(file))[1]


def _parquet(file: Path) -> Standings | None:
    """Return standings kept as two tables, NAME_entries.parquet and NAME_players.parquet."""
    beside = file.with_name(re.sub(r"_entries\.parquet$", "_players.parquet", file.name))
    if beside == file or not beside.is_file():
        return None
    try:
        entries = pl.read_parquet(file).select(_ENTRIES)
        players = pl.read_parquet(beside).select(_DRAFTED)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadInput(f"{file.name}: these are not the entries and players of a contest: {error}") from error
    with refusals_as_bad_input():
        return read_standings((*HEADER, "", *PLAYERS), _lines(entries, players))


def _lines(entries: pl.DataFrame, players: pl.DataFrame) -> Iterator[Line]:
    """Yield the rows of the two tables side by side, as the site's own file has them."""
    left, right = entries.rows(), players.rows()
    for row in range(max(len(left), len(right))):
        cells = (*(left[row] if row < len(left) else (None,) * 6), None)
        cells += right[row] if row < len(right) else (None,) * 4
        yield Line(row + 2, ["" if cell is None else str(cell) for cell in cells])


def _write(file: Path, document: dict[str, Any]) -> None:
    try:
        file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from error


def show(document: dict[str, Any]) -> None:
    """Print the contests and their means."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("contest")
    for title in ("entries", "MAE", "projected", "rank corr.", "projected", "scores KS", "distinct", "real", "stacks"):
        table.add_column(title, justify="right")
    for grade in document["contests"]:
        mine, said = grade["ownership"], grade.get("projected_ownership")
        copies = grade["duplicates"]
        table.add_row(
            grade["contest"] + ("" if grade["is_final"] else " (in play)"),
            f"{grade['entries']:,}",
            f"{mine['mae']:.2f}",
            f"{said['mae']:.2f}" if said else "-",
            f"{mine['rank_correlation']:.3f}",
            f"{said['rank_correlation']:.3f}" if said else "-",
            f"{grade['field_scores']['ks']:.3f}",
            f"{copies['predicted']['distinct_share']:.0%}",
            f"{copies['real']['distinct_share']:.0%}",
            f"{grade['stacks']['distance']:.3f}",
        )
    out.print(table)
    means = document["summary"]
    beside = means["with_projected_ownership"]
    line = f"mean over {means['contests']} contests: MAE {means['mae']:.2f} points, rank correlation"
    line += f" {means['rank_correlation']:.3f}, field scores KS {means['field_score_ks']:.3f}, stacks"
    out.print(f"{line} {means['stack_distance']:.3f}", highlight=False)
    if beside["contests"]:
        out.print(
            f"where ownership was projected ({beside['contests']}): model {beside['model_mae']:.2f} and"
            f" {beside['model_rank_correlation']:.3f}, the projected {beside['projected_mae']:.2f} and"
            f" {beside['projected_rank_correlation']:.3f}, the model without them {beside['model_without_it_mae']:.2f}"
            f" and {beside['model_without_it_rank_correlation']:.3f}",
            highlight=False,
        )
