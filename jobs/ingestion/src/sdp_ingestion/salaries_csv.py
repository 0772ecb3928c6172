"""DraftKings' salary export: bytes to rows, or every problem with its row and column."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

from sdp_common.errors import BadInput, Problem

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
_NEEDED = ("Position", "Name", "ID", "Roster Position", "Salary", "Game Info", "TeamAbbrev")
_STARTED = frozenset({"in progress", "final", "postponed", "cancelled", "canceled", "delayed", "suspended"})
_OFF = frozenset({"postponed", "cancelled", "canceled"})
_GAME = re.compile(r"^(\S+?)@(\S+)\s+(\d{2}/\d{2}/\d{4})\s+(\d{1,2}:\d{2}[AP]M)\s+ET$")
_EASTERN = ZoneInfo("America/New_York")
_MAX_ROWS, _MAX_SALARY, _MAX_NAME, _MAX_PROBLEMS = 20_000, 1_000_000, 200, 100
_HINT = "download it again from the contest's lineup page (Export to CSV) and upload it as it is"


@dataclass(frozen=True, slots=True)
class Listed:
    """A game as `Game Info` names it; times in UTC."""

    away: str
    home: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Salary:
    """One row; `game` is None once the game has started, `row` is the file's line."""

    row: int
    external_id: str
    name: str
    position: str
    roster_slots: tuple[str, ...]
    salary_usd: int
    team: str
    game: Listed | None
    is_off: bool
    average_points: float | None


def parse(body: bytes) -> list[Salary]:
    """Read a salary export.

    Raises:
        BadInput: It is no such file, or rows are wrong; `problems` names each row (1 is the header) and column.
    """
    table = list(_records(_text(body)))
    if not table:
        raise BadInput(f"the file is empty: {_HINT}")
    columns = _columns(table[0][1])
    problems: list[Problem] = []
    rows = [row for line, cells in table[1:] if (row := _salary(line, cells, columns, problems)) is not None]
    _check_duplicates(rows, problems)
    if problems:
        shown = sorted(problems, key=lambda problem: (problem.row or 0, problem.column or ""))
        raise BadInput(f"the file has {len(problems)} problem(s): nothing was imported", shown[:_MAX_PROBLEMS])
    if not rows:
        raise BadInput(f"the file has a header but no players: {_HINT}")
    return rows


def _text(body: bytes) -> str:
    if b"\x00" in body[:4096] or body[:4] in (b"PK\x03\x04", b"\x89PNG", b"%PDF"):
        raise BadInput(f"the file is not text (a spreadsheet or another binary file): {_HINT}")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = body[: error.start].count(b"\n") + 1
        problem = Problem("is not UTF-8 text: save it as CSV UTF-8", row=row)
        raise BadInput("the file's encoding is not UTF-8", [problem]) from error


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        for count, cells in enumerate(reader):
            if count > _MAX_ROWS:
                raise BadInput(f"the file has more than {_MAX_ROWS:,} rows: no slate has")
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        problem = Problem(f"cannot be read as CSV: {error}", row=reader.line_num)
        raise BadInput("the file is not a CSV file", [problem]) from error


def _columns(header: list[str]) -> dict[str, int]:
    """Return where each column is.

    Raises:
        BadInput: A column is missing; says which, and which other file of the site this seems to be.
    """
    columns = {name: index for index, name in reversed(list(enumerate(header)))}
    missing = [name for name in _NEEDED if name not in columns]
    if not missing:
        return columns
    if {"GameInfo", "teamAbbrev"} <= columns.keys():
        reason = (
            "this is the layout that DraftKings used until 2016: it has neither player ids nor dates, "
            "so that the slate cannot be placed in time nor entered"
        )
    elif "Instructions" in columns:
        reason = f"this is a lineup upload template, not a salary export: {_HINT}"
    elif "Entry ID" in columns or "EntryId" in columns:
        reason = f"this is a list of entries or standings, not a salary export: {_HINT}"
    elif {"Id", "Nickname", "FPPG"} <= columns.keys():
        reason = "this is FanDuel's player list: only DraftKings' salary export can be imported"
    else:
        reason = f"this is not DraftKings' salary export: {_HINT}"
    problems = [Problem("the column is missing", row=1, column=name) for name in missing]
    raise BadInput(reason, problems)


def _salary(line: int, cells: list[str], columns: dict[str, int], problems: list[Problem]) -> Salary | None:
    """Read a row, or note what is wrong with it."""
    if len(cells) < len(_NEEDED) or max(columns[name] for name in _NEEDED) >= len(cells):
        problems.append(Problem(f"has {len(cells)} cells where the header has {len(columns)}", row=line))
        return None
    cell = {name: cells[index] for name, index in columns.items() if index < len(cells)}
    before = len(problems)
    for name in ("Position", "Name", "ID", "Roster Position", "TeamAbbrev"):
        if not cell[name]:
            problems.append(Problem("is empty", row=line, column=name))
        elif len(cell[name]) > _MAX_NAME:
            problems.append(Problem(f"is longer than {_MAX_NAME} characters", row=line, column=name))
    salary = _whole(cell["Salary"], line, problems)
    average = _average(cell.get("AvgPointsPerGame", ""), line, problems)
    game, is_off = _game(cell["Game Info"], line, problems)
    if len(problems) > before:
        return None
    return Salary(
        row=line,
        external_id=cell["ID"],
        name=cell["Name"],
        position=cell["Position"],
        roster_slots=tuple(slot.strip() for slot in cell["Roster Position"].split("/")),
        salary_usd=salary,
        team=cell["TeamAbbrev"],
        game=game,
        is_off=is_off,
        average_points=average,
    )


def _whole(text: str, line: int, problems: list[Problem]) -> int:
    digits = text.removeprefix("$").replace(",", "")
    if re.fullmatch(r"-\d+", digits):
        problems.append(Problem(f"{text!r} is negative", row=line, column="Salary"))
    elif not (digits.isascii() and digits.isdigit()):
        problems.append(Problem(f"{text!r} is not a whole number of dollars", row=line, column="Salary"))
    elif int(digits) > _MAX_SALARY:
        problems.append(Problem(f"{text!r} is more than any salary", row=line, column="Salary"))
    else:
        return int(digits)
    return 0


def _average(text: str, line: int, problems: list[Problem]) -> float | None:
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,6}(\.\d+)?", text, re.ASCII):
        problems.append(Problem(f"{text!r} is not a number", row=line, column="AvgPointsPerGame"))
        return None
    return float(text)


def _game(text: str, line: int, problems: list[Problem]) -> tuple[Listed | None, bool]:
    if text.lower() in _STARTED:
        return None, text.lower() in _OFF
    found = _GAME.match(text)
    moment = _moment(f"{found[3]} {found[4]}") if found else None
    if found is None or moment is None:
        example = "like TEN@CAR 11/03/2019 01:00PM ET, In Progress or Final"
        problems.append(Problem(f"{text!r} is not {example}", row=line, column="Game Info"))
        return None, False
    return Listed(found[1], found[2], moment), False


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%m/%d/%Y %I:%M%p").replace(tzinfo=_EASTERN).astimezone(UTC)
    except ValueError:
        return None


def _check_duplicates(rows: list[Salary], problems: list[Problem]) -> None:
    ids: dict[str, int] = {}
    people: dict[tuple[str, str, str, tuple[str, ...]], int] = {}
    for row in rows:
        first = ids.setdefault(row.external_id, row.row)
        if first != row.row:
            problems.append(Problem(f"{row.external_id} is in row {first} already", row=row.row, column="ID"))
            continue
        first = people.setdefault((row.name, row.team, row.position, row.roster_slots), row.row)
        if first != row.row:
            problems.append(Problem(f"{row.name} ({row.team}) is in row {first} already", row=row.row, column="Name"))
