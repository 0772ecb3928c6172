"""`sdp slates`, `sdp slate import`, `sdp build`: what can be drafted, and what is known of it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput
from sdp_common.settings import settings
from sdp_common.store import slates as store
from sdp_common.store.uploads import save_upload

from sdp_cli.commands.lineups import SlateId
from sdp_cli.console import out, print_json
from sdp_cli.pipeline import prepare, simulate
from sdp_cli.work import perform
from sdp_cli.workplace import workplace

slate = typer.Typer(help="One slate.", no_args_is_help=True)
BUILDERS = ["features", "training", "inference", "sim-engine"]


def slates(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """List slates, the latest lock first."""
    with workplace(["backend-api"]) as place, place.client() as client:
        page = client.get("/api/slates?limit=100")
    if as_json:
        print_json(page)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("id", "name", "contest", "lock (UTC)", "games", "players", "matched", "salaries", "projections"):
        table.add_column(column)
    for row in page["items"]:
        lock = row["starts_at"][:16].replace("T", " ")
        cells = (row["id"], row["name"], row["contest"], lock, row["games"], row["players"], row["matched"])
        table.add_row(*map(str, cells), row["salary_source"], "yes" if row["has_projections"] else "no")
    out.print(table)
    if not page["items"]:
        out.print("no slates yet: `sdp slate import FILE` reads a salary export, `sdp demo` makes one")


@slate.command("import")
def import_slate(
    file: Annotated[Path, typer.Argument(help="A salary export of the site, CSV.")],
    on: Annotated[str | None, typer.Option(help="The slate's day, where the file dates no game: 2024-11-24.")] = None,
) -> None:
    """Read a salary export; every player whose name cannot be matched is listed."""
    body = read_file(file, settings().upload_max_bytes)
    with workplace(["ingest-dfs"]) as place:
        with session_scope(place.engine) as session:
            upload_id = save_upload(session, kind="salaries", filename=file.name, body=body)
        result = perform(
            place.engine,
            "ingest-dfs",
            "import_slate",
            progress=lambda share, message: place.reporter.progress(f"import {file.name}", share, message),
            watch=place.watch,
            upload_id=upload_id,
            on=on,
        )
        place.reporter.clear()
    show_import(result)


def show_import(result: dict[str, Any]) -> None:
    """Print what became of a file: the slate, how many matched, and everybody who did not, by name."""
    unmatched = result["unmatched"]
    out.print(
        f"slate {result['slate_id']} ({result['contest']}): {result['rows']} players, {result['matched']} matched, "
        f"{len(unmatched)} not; {result['share_matched']:.1%} matched of those with a regular's salary",
        highlight=False,
    )
    for row in unmatched:
        out.print(f"  not matched: {row}", markup=False, highlight=False)
    for game in result["unknown_games"]:
        out.print(f"  no such game: {game}", markup=False, highlight=False)
    out.print(f"now `sdp build {result['slate_id']}`", highlight=False)


def read_file(file: Path, most_bytes: int) -> bytes:
    """Return the file's content.

    Raises:
        BadInput: It cannot be read, is empty or larger than allowed.
    """
    try:
        size = file.stat().st_size
        if size > most_bytes:
            raise BadInput(f"{file} has {size:,} bytes, {most_bytes:,} are allowed (SDP_UPLOAD_MAX_BYTES)")
        body = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from error
    if not body.strip():
        raise BadInput(f"{file} is empty")
    return body


def build(
    slate_id: SlateId,
    worlds: Annotated[int, typer.Option(min=100, help="Worlds to simulate.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Of the simulation: the same seed, the same draws.")] = 1,
    train: Annotated[bool, typer.Option(help="Train models as of the slate's lock, unless done already.")] = True,
) -> None:
    """Build features, train where needed, predict and simulate one slate."""
    with workplace(BUILDERS) as place:
        with session_scope(place.engine) as session:
            found = store.slate(session, slate_id)
            sport, name, until = found.sport, found.name, found.starts_at.isoformat()
        pipeline = place.pipeline()
        prepare(pipeline, sport, slate_id, until, train=train)
        set_id = simulate(pipeline, slate_id, worlds, seed)
    out.print(f"projection set {set_id} of {name}: now `sdp lineups {slate_id}`", highlight=False)
