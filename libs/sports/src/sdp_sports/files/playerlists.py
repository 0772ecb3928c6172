"""The salary files of Yahoo and FantasyDraft."""

from collections.abc import Iterable, Sequence

from sdp_sports.files.cells import Cells
from sdp_sports.files.grid import Line
from sdp_sports.files.refusal import Fault, Refused, check_faults
from sdp_sports.files.salaries import Game, Salary, note_duplicates

YAHOO = ("ID", "First Name", "Last Name", "Position", "Team", "Salary")
FANTASYDRAFT = ("Position", "Name", "Team", "Game", "Salary")


def read_yahoo(header: Sequence[str], lines: Iterable[Line]) -> list[Salary]:
    """Read Yahoo's player list; salaries are small whole dollars under a cap of 200.

    Raises:
        Refused: A column is missing, or rows are wrong; names each row and column.
    """
    return _read(header, lines, YAHOO, "Yahoo's player list")


def read_fantasydraft(header: Sequence[str], lines: Iterable[Line]) -> list[Salary]:
    """Read FantasyDraft's salary export; it has no ids, and teams by their names.

    Raises:
        Refused: A column is missing, or rows are wrong; names each row and column.
    """
    return _read(header, lines, FANTASYDRAFT, "FantasyDraft's salary export")


def _read(header: Sequence[str], lines: Iterable[Line], needed: Sequence[str], what: str) -> list[Salary]:
    columns = {name: place for place, name in reversed(list(enumerate(header))) if name}
    faults = [Fault("the column is missing", 1, name) for name in needed if name not in columns]
    faults += [Fault("the column stands twice", 1, name) for name in needed if header.count(name) > 1]
    if faults:
        raise Refused(f"this is not the whole of {what}", faults)
    rows = [_row(Cells(row, cells, columns, faults), faults) for row, cells in lines]
    found = [row for row in rows if row is not None]
    note_duplicates(found, "ID", "Name", faults)
    check_faults(faults)
    if not found:
        raise Refused("the file has a header but no players")
    return found


def _row(cells: Cells, faults: list[Fault]) -> Salary | None:
    """Read a row, or note what is wrong with it."""
    before = len(faults)
    position, team, listed = cells.needed("Position"), cells.needed("Team"), cells.dollars("Salary")
    name = cells.text("Name") or " ".join(filter(None, (cells.text("First Name"), cells.text("Last Name"))))
    if not name:
        cells.fault("Name", "names nobody")
    average = cells.number("FPPG", cells.text("FPPG") or cells.text("Avg FPPG"))
    if len(faults) > before:
        return None
    external_id = cells.text("ID") or None
    away, at, home = (part.strip() for part in cells.text("Game").partition("@"))
    injury = cells.text("Injury Status").strip()
    return Salary(
        row=cells.row,
        external_id=external_id,
        athlete=external_id or f"{name}|{team}|{position}",
        name=name,
        position=position,
        roster_slots=(),
        salary_usd=listed,
        listed_usd=listed,
        team=team,
        opponent=cells.text("Opponent") or None,
        game=Game(" ".join(filter(None, (cells.text("Game"), cells.text("Time")))), away, home) if at else None,
        average_points=average,
        injury=None if injury in {"", "-", "N/A"} else injury,
        is_probable=True if cells.text("Starting").lower() in {"yes", "y", "true"} else None,
    )
