"""`sdp lineups` and `sdp settle`: build lineups, write the site's upload file, compare with what happened."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from sdp_common.errors import BadInput, Conflict

from sdp_cli.console import out
from sdp_cli.pipeline import optimize
from sdp_cli.pipeline import settle as settle_lineups
from sdp_cli.workplace import Workplace, workplace


class Form(StrEnum):
    """How lineups are written to a file."""

    UPLOAD = "upload"
    CSV = "csv"
    JSON = "json"


_PATHS = {Form.UPLOAD: "/upload.csv", Form.CSV: "/lineups.csv", Form.JSON: ""}
SlateId = Annotated[int, typer.Argument(help="Id of the slate, as `sdp slates` lists it.")]


def lineups(
    slate_id: SlateId,
    count: Annotated[int, typer.Option("--lineups", min=1, max=500, help="How many lineups.")] = 20,
    stack: Annotated[str | None, typer.Option(help="Key of a declared stack, e.g. qb_two.")] = None,
    max_exposure: Annotated[float, typer.Option(min=0.01, max=1.0, help="Largest share of one player.")] = 1.0,
    min_unique: Annotated[int, typer.Option(min=1, help="Players in which any two lineups differ.")] = 1,
    file: Annotated[Path | None, typer.Option("--out", help="Write the site's upload file here.")] = None,
    form: Annotated[Form, typer.Option("--format", help="Of --out: the site's own, plain CSV, or JSON.")] = Form.UPLOAD,
) -> None:
    """Build lineups from the newest simulation of a slate."""
    check_writable(file)
    rules: dict[str, Any] = {"lineups": count, "max_exposure": max_exposure, "min_unique": min_unique}
    rules |= {"stack": stack} if stack else {}
    with workplace(["backend-api", "optimizer"]) as place:
        with place.client() as client:
            slate = client.get(f"/api/slates/{slate_id}")
        if slate["latest_projection_set_id"] is None:
            raise Conflict(f"slate {slate_id} has no projections yet: `sdp build {slate_id}` makes them")
        set_id = optimize(place.pipeline(), slate_id, slate["latest_projection_set_id"], rules)
        detail = show_set(place, set_id)
        if file is not None:
            write_lineups(place, set_id, file, form)
        out.print(f"lineup set {detail['id']} of {slate['name']}", highlight=False)


def settle(
    lineup_set_id: Annotated[int, typer.Argument(help="Id of the lineup set.")],
) -> None:
    """Score lineups by what really happened, and print projected and realised points."""
    with workplace(["backend-api", "optimizer"]) as place:
        settle_lineups(place.pipeline(), lineup_set_id)
        show_set(place, lineup_set_id)


def check_writable(file: Path | None, *brought: Path | None) -> None:
    """Refuse an output file that cannot be written, before the work is done.

    Args:
        file: The output file.
        brought: Files that are read, of which it must be none.

    Raises:
        BadInput: Its folder is missing or closed, or it is one of those that are read.
    """
    if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
        raise BadInput(f"{file} cannot be written: it should be a file in a folder that exists")
    if file is not None and any(one is not None and one.resolve() == file.resolve() for one in brought):
        raise BadInput(f"--out {file} would overwrite a file that is read: name another")


def read_set(place: Workplace, set_id: int) -> dict[str, Any]:
    """Return a lineup set, slot by slot, as the web app shows it."""
    with place.client() as client:
        detail: dict[str, Any] = client.get(f"/api/lineup-sets/{set_id}")
    return detail


def write_lineups(place: Workplace, set_id: int, file: Path, form: Form = Form.UPLOAD) -> None:
    """Write a lineup set to a file.

    Raises:
        BadInput: The file cannot be written.
    """
    with place.client() as client:
        text = client.text(f"/api/lineup-sets/{set_id}{_PATHS[form]}")
    try:
        with file.open("w", encoding="utf-8", newline="") as target:
            target.write(text)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from error
    place.reporter.say(f"wrote {file}")


def show_set(place: Workplace, set_id: int) -> dict[str, Any]:
    """Print a lineup set with its sums, and return it."""
    detail = read_set(place, set_id)
    modelled = detail["salary_source"] == "modelled"
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right")
    table.add_column("salary (modelled)" if modelled else "salary", justify="right")
    table.add_column("projected", justify="right")
    table.add_column("realised", justify="right")
    table.add_column("players")
    rows = detail["lineup_list"]
    for row in rows:
        players = ", ".join(player["name"] for player in row["players"])
        table.add_row(
            str(row["rank"]),
            f"{row['salary_usd']:,}",
            points(row["projected_points"]),
            points(row["realised_points"]),
            players,
        )
    table.add_section()
    table.add_row("sum", "", points(total(rows, "projected_points")), points(total(rows, "realised_points")), "")
    out.print(table)
    return detail


def points(value: float | None) -> str:
    """Return points for a table; `-` where not known yet."""
    return "-" if value is None else f"{value:.2f}"


def total(rows: list[dict[str, Any]], column: str) -> float | None:
    """Return the sum of a column over lineups; None where one is not known."""
    values = [row[column] for row in rows]
    return None if not values or any(value is None for value in values) else float(sum(values))
