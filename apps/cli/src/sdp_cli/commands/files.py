"""`sdp import`: any file of a site, recognised by its content."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from sdp_common.errors import BadInput
from sdp_common.intake import refusals_as_bad_input
from sdp_sports.files import Recognised, SalaryFile, read
from sdp_sports.files.entries import Entries
from sdp_sports.files.grid import MOST_BYTES
from sdp_sports.files.payouts import Payouts
from sdp_sports.files.projections import Projections
from sdp_sports.files.recognition import Content
from sdp_sports.files.standings import Standings
from sdp_sports.spec import load

from sdp_cli.console import out, print_json

SHOWN = 10
"""Rows shown to a person."""
_COLUMNS = {
    "salaries": ("external_id", "name", "position", "roster_slots", "salary_usd", "listed_usd", "team", "opponent"),
    "entries": ("entry_id", "contest_id", "contest_name", "fee_usd"),
    "template": ("external_id", "name", "position", "roster_slots", "salary_usd", "team"),
    "lineups": ("lineup",),
    "standings": ("rank", "entry_id", "user", "points", "minutes_remaining"),
    "payouts": ("first", "last", "payout_usd"),
    "projections": ("name", "external_id", "position", "team", "salary_usd", "points", "ownership"),
}
_ELSEWHERE = {
    "entries": "an entries file is filled in (`sdp fill`), not imported",
    "template": "a template is filled in, not imported: bring the salary export beside it",
    "lineups": "lineups go into an entries file with `sdp fill`, not into the platform",
    "standings": "`sdp grade` says how its entries did; the platform keeps none",
    "payouts": "the platform keeps no payout tables yet",
    "projections": "upload it to its slate in the web app (Projections), where its players are matched",
}


def import_file(
    file: Annotated[Path, typer.Argument(help="A salary export, entries, standings, payouts or projections.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read only, without database or server.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --dry-run: one JSON object with every row.")] = False,
    on: Annotated[str | None, typer.Option(help="The slate's day, where the file dates no game: 2024-11-24.")] = None,
    named: Annotated[
        list[str] | None, typer.Option("--map", help="Projections: OURS=THEIRS, such as points=Median; repeatable.")
    ] = None,
) -> None:
    """Read any file of a site; a salary export becomes a slate, unless --dry-run."""
    body = read_bytes(file)
    with refusals_as_bad_input():
        found, content = read(body, mapping_of(named or []))
    if dry_run:
        told = {"file": file.name, **asdict(found), **_told(content)}
        print_json(told) if as_json else _show(found, told)
        return
    if found.kind != "salaries":
        raise BadInput(f"{file.name} has {found.layout}: {_ELSEWHERE[found.kind]}; --dry-run shows its rows")
    from sdp_cli.commands.slates import import_slate  # only this way needs a database

    import_slate(file, on)


def read_bytes(file: Path) -> bytes:
    """Return a file's content.

    Raises:
        BadInput: It cannot be read, or is larger than any site's file.
    """
    try:
        if (size := file.stat().st_size) > MOST_BYTES:
            raise BadInput(f"{file} has {size:,} bytes: no site writes such a file")
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from error


def read_object(file: Path, what: str) -> dict[str, Any]:
    """Return the object of a JSON file.

    Args:
        file: The file.
        what: What it should hold, for who brings another.

    Raises:
        BadInput: It cannot be read, or holds something else.
    """
    try:
        given = json.loads(read_bytes(file))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{file} is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise BadInput(f"{file} holds no JSON object of {what}")
    return given


def mapping_of(named: Sequence[str]) -> dict[str, str]:
    """Return `OURS=THEIRS` pairs as a mapping.

    Raises:
        BadInput: One is not such a pair.
    """
    pairs = [pair.partition("=") for pair in named]
    if wrong := [ours + sign + theirs for ours, sign, theirs in pairs if not (ours and sign and theirs)]:
        raise BadInput(f"--map {wrong[0]!r} is not like points=Median")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


def _told(content: Content) -> dict[str, Any]:
    """Return a file's content as plain values: what it is about, and its `rows`."""
    if isinstance(content, SalaryFile):
        return _about(content) | {"rows": [asdict(row) for row in content.rows]}
    if isinstance(content, Entries):
        pool = {"pool": [asdict(row) for row in content.pool]}
        lineups = [{"lineup": n, "places": [asdict(p) for p in one]} for n, one in enumerate(content.lineups, 1)]
        return {"slots": content.slots, "rows": [asdict(entry) for entry in content.entries] or lineups} | pool
    if isinstance(content, Standings):
        players = {"players": [asdict(player) for player in content.players]}
        return {"is_final": content.is_final, "rows": [asdict(entry) for entry in content.entries]} | players
    if isinstance(content, Payouts):
        rest = {"entries": content.entries, "fee_usd": content.fee_usd, "prize_pool_usd": content.prize_pool_usd}
        return rest | {"name": content.name, "rows": [asdict(prize) for prize in content.prizes]}
    return _projections(content)


def _about(content: SalaryFile) -> dict[str, Any]:
    """Return the contest that a salary file is for, or those it may be for."""
    codes = [load(sport).contests[key].code for sport, key in content.contests]
    return {"sport": content.sport, "contest": codes[0] if len(codes) == 1 else None, "contests": codes}


def _projections(content: Projections) -> dict[str, Any]:
    columns = {"header": dict(content.columns.header), "ignored_columns": content.columns.ignored}
    return columns | {"rows": [asdict(row) for row in content.rows]}


def _show(found: Recognised, told: dict[str, Any]) -> None:
    """Print what a file is and its first rows."""
    rows = told["pool"] if found.kind == "template" else told["rows"]
    named = [f"{key} {told[key]}" for key in ("sport", "contest", "entries", "fee_usd") if told.get(key) is not None]
    if not told.get("contest") and told.get("contests"):
        named.append(f"contest one of {', '.join(told['contests'])}")
    out.print(", ".join([found.layout, *named, f"{len(rows):,} rows"]), highlight=False, markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    columns = _COLUMNS[found.kind]
    for column in columns:
        table.add_column(column)
    for row in islice(rows, SHOWN):
        table.add_row(*(_cell(row[column]) for column in columns))
    out.print(table)
    if len(rows) > SHOWN:
        out.print(f"and {len(rows) - SHOWN:,} more: --json prints all")


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return "/".join(value) if isinstance(value, tuple) else str(value)
