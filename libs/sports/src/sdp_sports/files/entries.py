"""Entries files and lineup templates: the lineups on the left, the player pool beside them on the right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sdp_sports.files import draftkings, fanduel
from sdp_sports.files.cells import Cells, word
from sdp_sports.files.grid import Line
from sdp_sports.files.refusal import Fault, Refused, check_faults
from sdp_sports.files.salaries import Salary
from sdp_sports.spec import codes, load

MOST_ENTRIES = 20_000
MOST_PLACE = 400
"""Letters of a cell that names a player: with more it is not looked at further."""
_HEADS = {"entry id": "entry_id", "contest name": "contest_name", "contest id": "contest_id", "entry fee": "entry_fee"}
_POOLS = ("Name + ID", "Player ID + Player Name")
_DRAFTKINGS = re.compile(r"^(?P<name>.*?)\s*\((?P<id>\d+)\)\s*(?P<locked>\(LOCKED\))?$")
_FANDUEL = re.compile(r"^(?P<id>\d+-\d+)(?::(?P<name>.*))?$")
_YAHOO = re.compile(r"^(?P<id>[a-z]+\.[pt]\.\d+(?:\$[a-z]+\.g\.\d+)?)(?: - (?P<name>.*))?$")
"""A player, or a team where it is drafted as a defence, and since 2020 his game."""
_CELLS = {
    "draftkings": (_DRAFTKINGS, "Name (12345678)"),
    "fanduel": (_FANDUEL, "12345-67890:Name"),
    "yahoo": (_YAHOO, "nfl.p.12345"),
}
SITES = tuple(_CELLS)
"""Sites whose lineups we read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Who stands in a roster place of an entry: nobody where both id and name are None."""

    slot: str
    text: str
    external_id: str | None = None
    name: str | None = None
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a contest: ids are text, for they outgrow a spreadsheet's numbers."""

    row: int
    entry_id: str
    contest_id: str
    contest_name: str
    fee_usd: float | None
    places: tuple[Place, ...]

    @property
    def is_reserved(self) -> bool:
        """Nobody is drafted yet."""
        return all(place.external_id is None for place in self.places)


@dataclass(frozen=True, slots=True)
class Entries:
    """An entries file, or a template or upload file, which has lineups without entries.

    Attributes:
        site: One of SITES.
        slots: The roster places in the file's order, by the contest's names for them.
        first_place: The column of the first roster place.
        entries: In the file's order.
        lineups: The lineups of a template or an upload file, in its order.
        pool: The players whom the file offers; empty where it has none.
    """

    site: str
    slots: tuple[str, ...]
    first_place: int
    entries: tuple[Entry, ...]
    lineups: tuple[tuple[Place, ...], ...]
    pool: tuple[Salary, ...]


def columns_of(header: Sequence[str]) -> tuple[dict[str, int], int, tuple[str, ...]]:
    """Return the columns that tell of an entry, the column of the first roster place, and the places' labels.

    Columns of the user's own are passed over: the places are those that declared contests call so, side by side; where
    none are, whatever follows what is told of the entry.
    """
    told: dict[str, int] = {}
    for place, label in enumerate(header):
        if (name := _HEADS.get(word(label))) is not None:
            told.setdefault(name, place)
    after = max(told.values(), default=-1) + 1
    known = [place for place in range(after, len(header)) if _is_slot(header[place])]
    first = known[0] if known else after
    labels = []
    for label in header[first:]:
        if not label or word(label) == "instructions" or (known and not _is_slot(label)):
            break
        labels.append(label)
    return told, first, tuple(labels)


def _is_slot(label: str) -> bool:
    return fanduel.slot_name(label) in _slots() or re.fullmatch(r"T\d+", label) is not None


@cache
def _slots() -> frozenset[str]:
    return frozenset(s.name for code in codes() for c in load(code).contests.values() for s in c.slots)


def read_entries(lines: Sequence[Line], site: str) -> Entries:
    """Read an entries file or a lineup template, from all its rows.

    Raises:
        Refused: A row or cell cannot be understood, or an entry stands twice; names each row and column.
    """
    header = lines[0].cells
    told, first, labels = columns_of(header)
    if not labels:
        raise Refused("this file names no roster places: export it again from the site")
    slots = tuple(fanduel.slot_name(label) if site == "fanduel" else label for label in labels)
    faults: list[Fault] = []
    entered = [line for line in lines[1:] if Cells(line.row, line.cells, told, faults).text("entry_id")]
    found = [_entry(line, told, first, slots, site, faults) for line in entered]
    seen: dict[str, int] = {}
    faults += [
        Fault(f"entry {entry.entry_id} is in row {row} already", entry.row, header[0])
        for entry in found
        if (row := seen.setdefault(entry.entry_id, entry.row)) != entry.row
    ]
    filled = [] if told else [line for line in lines[1:] if any(line.cells[first : first + len(slots)])]
    lineups = [_places(line, first, slots, site, faults) for line in filled]
    check_faults(faults)
    if len(found) + len(lineups) > MOST_ENTRIES:
        raise Refused(f"the file has more than {MOST_ENTRIES:,} entries or lineups")
    pool = tuple(_pool(lines, first + len(slots), site))
    return Entries(site, slots, first, tuple(found), tuple(lineups), pool)


def _entry(
    line: Line, told: dict[str, int], first: int, slots: tuple[str, ...], site: str, faults: list[Fault]
) -> Entry:
    cells = Cells(line.row, line.cells, told, faults)
    if re.fullmatch(r"\d(\.\d+)?E\+\d+", cells.text("entry_id")):
        cells.fault(
            "entry_id", "a spreadsheet has shortened this number: download the file again and bring it as it is"
        )
    fee = cells.text("entry_fee").lstrip("$").replace(",", "").strip()
    return Entry(
        row=line.row,
        entry_id=cells.needed("entry_id"),
        contest_id=cells.text("contest_id"),
        contest_name=cells.text("contest_name"),
        fee_usd=cells.number("entry_fee", fee),
        places=_places(line, first, slots, site, faults),
    )


def _places(line: Line, first: int, slots: Sequence[str], site: str, faults: list[Fault]) -> tuple[Place, ...]:
    """Return who stands in a row's roster places, or note the cells that cannot be read."""
    row = [*line.cells, *[""] * max(0, first + len(slots) - len(line.cells))]
    places = []
    for slot, text in zip(slots, row[first:], strict=False):
        place = read_place(slot, text, site)
        if place is None:
            faults.append(Fault(f"{text[:60]!r} is not like {_CELLS[site][1]}", line.row, slot))
        else:
            places.append(place)
    return tuple(places)


def read_place(slot: str, text: str, site: str) -> Place | None:
    """Return who stands in a cell: `Name (ID)`, `Name(ID) (LOCKED)`, `ID:Name`, `ID - Name` or the id alone; None if
    unreadable.
    """
    if not text or text.upper() == "LOCKED":
        return Place(slot, text, is_locked=bool(text))
    if text.isascii() and text.isdigit():
        return Place(slot, text, text)
    found = _CELLS[site][0].match(text) if len(text) <= MOST_PLACE else None
    if found is None:
        return None
    parts = found.groupdict()
    return Place(slot, text, parts["id"], (parts["name"] or "").strip() or None, bool(parts.get("locked")))


def _pool(lines: Sequence[Line], after: int, site: str) -> list[Salary]:
    """Return the players of the table to the right, whose header stands some rows down."""
    for number, line in enumerate(lines):
        where = next((i for i, cell in enumerate(line.cells) if i >= after and cell in _POOLS), None)
        if where is None:
            continue
        start = where - (line.cells[where] == "Name + ID" and line.cells[where - 1] == "Position")
        cropped = [Line(row, cells[start:]) for row, cells in lines[number + 1 :] if any(cells[start:])]
        if not cropped:
            return []
        reader = fanduel.read_salaries if site == "fanduel" else draftkings.read_salaries
        return reader(line.cells[start:], cropped)
    return []
