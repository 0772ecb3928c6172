"""FanDuel's player lists: the quoted layout of old, the one with roster positions, and single games."""

from collections.abc import Iterable, Sequence

from sdp_sports.files.cells import Cells
from sdp_sports.files.grid import Line
from sdp_sports.files.refusal import Fault, Refused, check_faults
from sdp_sports.files.salaries import Game, Salary, note_duplicates

NEEDED = ("Id", "Position", "First Name", "Last Name", "Salary", "Team")
_HINT = "download the player list again from the contest's page and bring it as it is"
_CATCHER_OR_FIRST = "C/1B"
"""One slot of FanDuel's baseball, written with the sign that parts slots."""


def read_salaries(header: Sequence[str], lines: Iterable[Line]) -> list[Salary]:
    """Read a player list, from its header and the rows beneath.

    Raises:
        Refused: A column is missing or stands twice, or rows are wrong; names each row and column.
    """
    columns = {name: place for place, name in reversed(list(enumerate(header))) if name}
    faults = [Fault("the column is missing", 1, name) for name in NEEDED if name not in columns]
    faults += [Fault("the column stands twice", 1, name) for name in NEEDED if header.count(name) > 1]
    if faults:
        raise Refused(f"this is not the whole of FanDuel's player list: {_HINT}", faults)
    rows = [_row(Cells(row, cells, columns, faults), faults) for row, cells in lines]
    found = [row for row in rows if row is not None]
    note_duplicates(found, "Id", "Nickname", faults)
    check_faults(faults)
    if not found:
        raise Refused(f"the file has a header but no players: {_HINT}")
    return found


def _row(cells: Cells, faults: list[Fault]) -> Salary | None:
    """Read a row, or note what is wrong with it."""
    before = len(faults)
    external_id, position = cells.needed("Id"), cells.needed("Position")
    name = cells.text("Nickname") or " ".join(filter(None, (cells.text("First Name"), cells.text("Last Name"))))
    if not name:
        cells.fault("Nickname", "names nobody")
    listed, average = cells.dollars("Salary"), cells.number("FPPG")
    away, at, home = cells.text("Game").partition("@")
    batting = cells.whole("Batting Order")
    if len(faults) > before:
        return None
    team, probable = cells.text("Team"), cells.text("Probable Pitcher").lower()
    return Salary(
        row=cells.row,
        external_id=external_id,
        athlete=external_id,
        name=name,
        position=position,
        roster_slots=roster_slots(cells.text("Roster Position")) or _tier(cells.text("Tier")),
        salary_usd=listed,
        listed_usd=listed,
        team=team,
        opponent=cells.text("Opponent") or None,
        game=Game(cells.text("Game"), away.strip(), home.strip()) if at else None,
        average_points=average,
        injury=cells.text("Injury Indicator") or None,
        injury_note=cells.text("Injury Details") or None,
        batting_order=batting or None,
        is_probable=probable == "yes" if probable else None,
    )


def roster_slots(text: str) -> tuple[str, ...]:
    """Return the slots of a roster position.

    >>> roster_slots("C/1B/OF/UTIL"), roster_slots("MVP - 1.5X Points/AnyFLEX")
    (('C/1B', 'OF', 'UTIL'), ('MVP', 'FLEX'))
    """
    rest, slots = text, []
    if text.startswith(_CATCHER_OR_FIRST):
        rest, slots = text[len(_CATCHER_OR_FIRST) :].removeprefix("/"), [_CATCHER_OR_FIRST]
    return tuple(slots + [slot_name(part) for part in rest.split("/") if part.strip()])


def slot_name(label: str) -> str:
    """Return a slot's name without what it multiplies: `MVP - 1.5X Points` is `MVP`, `AnyFLEX` is `FLEX`."""
    plain = label.partition(" - ")[0].strip()
    return plain.removeprefix("Any") if plain.startswith("Any") else plain


def _tier(text: str) -> tuple[str, ...]:
    """Return the tier as a slot, where the player has one."""
    return (text if text.upper().startswith("T") else f"T{text}",) if text else ()
