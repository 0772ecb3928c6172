"""DraftKings' salary exports: the layout of today, tiers without salaries, and the layout used until 2016."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sdp_sports.files.cells import Cells
from sdp_sports.files.grid import Line
from sdp_sports.files.refusal import Fault, Refused, check_faults
from sdp_sports.files.salaries import Game, Salary, note_duplicates, without_multiples

HEADER = (
    "Position",
    "Name + ID",
    "Name",
    "ID",
    "Roster Position",
    "Salary",
    "Game Info",
    "TeamAbbrev",
    "AvgPointsPerGame",
)
OLD_HEADER = ("Position", "Name", "Salary", "GameInfo", "AvgPointsPerGame", "teamAbbrev")
_NEEDED = ("Position", "Name", "ID", "Roster Position", "Game Info", "TeamAbbrev")
_STARTED = frozenset({"in progress", "final", "postponed", "cancelled", "canceled", "delayed", "suspended"})
_OFF = frozenset({"postponed", "cancelled", "canceled"})
_GAME = re.compile(r"^(.+?)\s*(@|\bvs\b\.?)\s*(.+?)(?:\s+(\d{2}/\d{2}/\d{4}))?\s+(\d{1,2}:\d{2}[AP]M)\s+ET$")
MOST_GAME = 100
"""Letters of a game or an event's title."""
_EASTERN = ZoneInfo("America/New_York")
_HINT = "download it again from the contest's lineup page (Export to CSV) and bring it as it is"


def read_salaries(header: Sequence[str], lines: Iterable[Line]) -> list[Salary]:
    """Read a salary export, from its header and the rows beneath.

    Raises:
        Refused: A column is missing or stands twice, or rows are wrong; names each row and column.
    """
    columns = {name: place for place, name in reversed(list(enumerate(header))) if name}
    faults = [Fault("the column is missing", 1, name) for name in _NEEDED if name not in columns]
    faults += [Fault("the column stands twice", 1, name) for name in (*_NEEDED, "Salary") if header.count(name) > 1]
    rows_told = list(lines)
    slots = [Cells(row, cells, columns, faults).text("Roster Position") for row, cells in rows_told]
    if "Salary" not in columns and not any(re.fullmatch(r"T\d+", slot) for slot in slots):
        faults.append(Fault("the column is missing: only tiers have none", 1, "Salary"))
    if faults:
        raise Refused(f"this is not the whole of DraftKings' salary export: {_HINT}", faults)
    rows = [_row(Cells(row, cells, columns, faults), len(cells), columns, faults) for row, cells in rows_told]
    return _checked([row for row in rows if row is not None], faults, "ID")


def read_old_salaries(header: Sequence[str], lines: Iterable[Line]) -> list[Salary]:
    """Read an export in the layout used until 2016: it has neither ids nor slots nor dates.

    Raises:
        Refused: Rows are wrong; names each row and column.
    """
    columns = {name: place for place, name in reversed(list(enumerate(header)))}
    faults: list[Fault] = []
    rows = [_old_row(Cells(row, cells, columns, faults), faults) for row, cells in lines]
    return _checked([row for row in rows if row is not None], faults, "Name")


def _checked(rows: list[Salary], faults: list[Fault], id_column: str) -> list[Salary]:
    if any(row.game and row.game.home for row in rows):
        example = "like TEN@CAR 11/03/2019 01:00PM ET, In Progress or Final"
        faults += [
            Fault(f"{row.game.text[:60]!r} is not {example}", row.row, "Game Info")
            for row in rows
            if row.game is not None and row.game.home is None
        ]
    note_duplicates(rows, id_column, "Name", faults)
    check_faults(faults)
    if not rows:
        raise Refused(f"the file has a header but no players: {_HINT}")
    return without_multiples(rows)


def _row(cells: Cells, width: int, columns: dict[str, int], faults: list[Fault]) -> Salary | None:
    """Read a row, or note what is wrong with it."""
    if max(columns[name] for name in _NEEDED) >= width:
        cells.fault(None, f"has {width} cells, the header needs {max(columns[name] for name in _NEEDED) + 1}")
        return None
    before = len(faults)
    position, name, slots = cells.needed("Position"), cells.needed("Name"), cells.needed("Roster Position")
    external_id, team = cells.needed("ID"), cells.needed("TeamAbbrev")
    tiered = not cells.text("Salary") and re.fullmatch(r"T\d+", slots) is not None
    listed = None if tiered else cells.dollars("Salary")
    average = cells.number("AvgPointsPerGame")
    game, is_off = read_game(cells, "Game Info")
    if len(faults) > before:
        return None
    return Salary(
        row=cells.row,
        external_id=external_id,
        athlete=f"{name}|{team}|{position}",
        name=name,
        position=position,
        roster_slots=tuple(slot.strip() for slot in slots.split("/")),
        salary_usd=listed,
        listed_usd=listed,
        team=team,
        opponent=_opponent(game, team),
        game=game,
        is_off=is_off,
        average_points=average,
        is_locked=cells.text("Name + ID").endswith("(LOCKED)"),
    )


def _old_row(cells: Cells, faults: list[Fault]) -> Salary | None:
    before = len(faults)
    position, name, team = cells.needed("Position"), cells.needed("Name"), cells.needed("teamAbbrev")
    listed, average = cells.dollars("Salary"), cells.number("AvgPointsPerGame")
    game, is_off = read_game(cells, "GameInfo")
    if len(faults) > before:
        return None
    return Salary(
        row=cells.row,
        external_id=None,
        athlete=f"{name}|{team}|{position}",
        name=name,
        position=position,
        roster_slots=(),
        salary_usd=listed,
        listed_usd=listed,
        team=team,
        opponent=_opponent(game, team),
        game=game,
        is_off=is_off,
        average_points=average,
    )


def _opponent(game: Game | None, team: str) -> str | None:
    """Return the other side of a game, where the team is one of its sides."""
    if game is None or team not in (game.away, game.home):
        return None
    return game.home if team == game.away else game.away


def read_game(cells: Cells, column: str) -> tuple[Game | None, bool]:
    """Return the game (None once it has started) and whether it is off.

    `TEN@CAR 11/03/2019 01:00PM ET`, `CEL vs LGN 03:00PM ET` (the home side first), `In Progress`, or the title of an
    event that has no teams.
    """
    text = cells.text(column)
    if text.lower() in _STARTED:
        return None, text.lower() in _OFF
    found = _GAME.match(text) if len(text) <= MOST_GAME else None
    if found is None:
        if not text:
            cells.fault(column, "is empty")
        elif "@" in text or len(text) > MOST_GAME:
            cells.fault(column, f"{text[:60]!r} is not like TEN@CAR 11/03/2019 01:00PM ET, In Progress or Final")
        return Game(text[:MOST_GAME]), False
    one, sign, other, day, clock = found.groups()
    away, home = (one, other) if sign == "@" else (other, one)
    starts_at = None
    if day is not None:
        try:
            moment = datetime.strptime(f"{day} {clock}", "%m/%d/%Y %I:%M%p").replace(tzinfo=_EASTERN)
            starts_at = moment.astimezone(UTC)
        except ValueError:
            cells.fault(column, f"{text[:60]!r} is not like TEN@CAR 11/03/2019 01:00PM ET: there is no such day")
    return Game(text, away, home, starts_at), False
