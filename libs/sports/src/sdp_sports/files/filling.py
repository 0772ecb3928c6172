"""New lineups in an entries file: every cell that is not changed stays as the site wrote it, sign by sign."""

import re
from collections.abc import Mapping, Sequence

from sdp_sports.files.entries import Entries, Entry, read_entries
from sdp_sports.files.grid import read_lines, read_text, separator
from sdp_sports.files.refusal import Fault, Refused, check_faults
from sdp_sports.files.upload import Pick, plain

_CELLS = {sign: re.compile(rf'("(?:[^"]|"")*"[^{sign}\r\n]*|[^{sign}\r\n]*)({sign}|\r\n|\n|\r|$)') for sign in ",;\t"}
"""A cell and the sign after it, by the sign that parts cells."""


def fill_entries(body: bytes, site: str, lineups: Mapping[str, Sequence[Pick | None]]) -> bytes:
    """Return the entries file with the lineups of some entries exchanged.

    Args:
        body: The file as the site exported it.
        site: `draftkings` or `fanduel`.
        lineups: By entry id, in the order of the file's roster places; None leaves a place as it is.

    Raises:
        Refused: The file cannot be read, has no such entry, a lineup has another size, or a locked place would change.
    """
    text = read_text(body)
    entries = read_entries(list(read_lines(text)), site)
    by_id = {entry.entry_id: entry for entry in entries.entries}
    faults = [Fault(f"the file has no entry {missing}") for missing in sorted(set(lineups) - set(by_id))]
    changes: dict[int, dict[int, str]] = {}
    for entry_id, lineup in lineups.items():
        if entry_id in by_id:
            entry = by_id[entry_id]
            changes[entry.row] = _changes(entries, entry, lineup, faults)
    check_faults(faults)
    mark = b"\xef\xbb\xbf" if body.startswith(b"\xef\xbb\xbf") else b""
    return mark + _rewritten(text, changes).encode()


def _changes(entries: Entries, entry: Entry, lineup: Sequence[Pick | None], faults: list[Fault]) -> dict[int, str]:
    """Return the new text of the cells of an entry that change, by column."""
    if len(lineup) != len(entry.places):
        told = f"entry {entry.entry_id} has {len(entry.places)} places, the lineup {len(lineup)}"
        faults.append(Fault(told, entry.row))
        return {}
    found = {}
    for number, (place, pick) in enumerate(zip(entry.places, lineup, strict=True)):
        if pick is None or pick.external_id == place.external_id:
            continue
        if place.is_locked:
            who = place.name or place.external_id or "LOCKED"
            faults.append(Fault(f"{who} is locked and must stay: not {pick.name}", entry.row, place.slot))
        found[entries.first_place + number] = written(entries.site, pick)
    return found


def written(site: str, pick: Pick) -> str:
    """Return how a site's entries file writes a player."""
    name, external_id = plain(pick.name), plain(pick.external_id)
    return f"{external_id}:{name}" if site == "fanduel" else f"{name} ({external_id})"


def _rewritten(text: str, changes: Mapping[int, Mapping[int, str]]) -> str:
    """Return the text with the changed cells exchanged; rows are the file's lines, quoted line ends counted."""
    parts: list[str] = []
    sign = separator(text)
    cell = _CELLS[sign]
    row, column, start, position = 1, 0, 1, 0
    while position < len(text):
        found = cell.match(text, position)
        if found is None:
            raise Refused("the file is not CSV", [Fault("cannot be read", row=row)])
        new = changes.get(start, {}).get(column)
        old = found[1]
        parts += [old if new is None else _quoted(new, sign, like=old), found[2]]
        row += found[0].count("\n") + (found[2] == "\r")
        column, start = (column + 1, start) if found[2] == sign else (0, row)
        position = found.end()
    return "".join(parts)


def _quoted(text: str, separator: str, *, like: str) -> str:
    """Return a cell's text, in quotes where it needs them or the old one had them."""
    needs = like.startswith('"') or any(sign in text for sign in f'{separator}"\r\n')
    return '"' + text.replace('"', '""') + '"' if needs else text
