"""`sdp fill`: lineups into the entries file of a site, on files alone."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from sdp_common.errors import BadInput
from sdp_common.intake import refusals_as_bad_input
from sdp_sports.files import read
from sdp_sports.files.entries import Entries, Entry
from sdp_sports.files.filling import fill_entries
from sdp_sports.files.upload import Pick

from sdp_cli.commands.files import read_bytes
from sdp_cli.commands.lineups import check_writable
from sdp_cli.console import out

Slotted = list[tuple[str, Pick]]
"""A lineup: slot and player of each place."""


def fill(
    entries: Annotated[Path, typer.Argument(help="The entries file, as the site exported it.")],
    lineups: Annotated[Path, typer.Argument(help="Lineups: an upload file, or the JSON of `sdp optimize`.")],
    file: Annotated[Path, typer.Option("--out", help="Write the filled entries file here.")],
    reserved: Annotated[bool, typer.Option("--reserved", help="Only entries that hold nobody yet.")] = False,
) -> None:
    """Put lineups into entries, one after another; every other cell stays as the site wrote it."""
    check_writable(file, entries, lineups)
    body = read_bytes(entries)
    with refusals_as_bad_input():
        found, content = read(body)
    if not isinstance(content, Entries) or found.kind != "entries":
        raise BadInput(f"{entries.name} has {found.layout}, not entries")
    open_entries = [entry for entry in content.entries if not reserved or entry.is_reserved]
    brought = read_lineups(lineups, content.site)
    if not open_entries:
        raise BadInput(f"{entries.name} has no {'reserved ' if reserved else ''}entry to fill")
    given = {
        entry.entry_id: _placed(entry, one, number)
        for number, (entry, one) in enumerate(zip(open_entries, brought, strict=False), start=1)
    }
    with refusals_as_bad_input():
        filled = fill_entries(body, content.site, given)
    try:
        file.write_bytes(filled)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from error
    out.print(f"{len(given)} of {len(content.entries)} entries filled from {len(brought)} lineups: {file}")


def read_lineups(file: Path, site: str) -> list[Slotted]:
    """Return the lineups of a site's upload file or filled template, or of a JSON document with `lineups`.

    Raises:
        BadInput: It holds none, or another site's.
    """
    body = read_bytes(file)
    if body.lstrip()[:1] == b"{":
        return _document(file, body)
    with refusals_as_bad_input():
        found, content = read(body)
    if not isinstance(content, Entries) or not content.lineups:
        raise BadInput(f"{file.name} has {found.layout}, and no lineups")
    if content.site != site:
        raise BadInput(
            f"{file.name} has {found.layout}, the entries are of {site}: ids of one mean nothing to the other"
        )
    return [
        [(place.slot, Pick(place.external_id or "", place.name or "")) for place in lineup]
        for lineup in content.lineups
    ]


def _document(file: Path, body: bytes) -> list[Slotted]:
    try:
        told: Any = json.loads(body)
        found = [
            [(str(p["slot"]), Pick(str(p["id"]), str(p["name"]))) for p in lineup["players"]]
            for lineup in told["lineups"]
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(
            f"{file.name} is no document of lineups, as `sdp optimize --out lineups.json` writes it"
        ) from error
    if not found:
        raise BadInput(f"{file.name} holds no lineup")
    return found


def _placed(entry: Entry, lineup: Slotted, number: int) -> list[Pick]:
    """Return a lineup's players in the order of an entry's places.

    Raises:
        BadInput: The lineup has other slots, or leaves a place empty.
    """
    left = list(lineup)
    ordered = []
    for place in entry.places:
        at = next((i for i, (slot, _) in enumerate(left) if slot == place.slot), None)
        if at is None or not left[at][1].external_id:
            theirs, ours = " ".join(p.slot for p in entry.places), " ".join(slot for slot, _ in lineup)
            raise BadInput(f"lineup {number} has the slots {ours}, entry {entry.entry_id} {theirs}: they do not fit")
        ordered.append(left.pop(at)[1])
    return ordered
