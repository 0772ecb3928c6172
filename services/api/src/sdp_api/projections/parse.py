"""A user's own projections: a CSV file against a slate's players, all of it or none."""

import csv
import io
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sdp_common.errors import BadInput, Problem
from sdp_sports.names import normalise

ALIASES: Mapping[str, tuple[str, ...]] = {
    "points": (
        "points",
        "projection",
        "projected points",
        "proj points",
        "proj",
        "projected",
        "fpts",
        "fantasy points",
        "proj fpts",
        "projected fpts",
        "fpts proj",
        "dk points",
        "fd points",
        "dk proj",
        "fd proj",
        "fp",
        "mean",
    ),
    "id": ("id", "player id", "playerid", "draftable id", "draftableid", "dk id", "fd id", "dfs id", "site id"),
    "name": ("name", "player", "player name", "playername", "full name", "nickname"),
    "name_id": ("name id", "player name id"),
    "salary": ("salary", "sal", "cost", "price", "dk salary", "fd salary"),
    "position": ("position", "pos"),
    "team": ("team", "teamabbrev", "team abbrev", "tm", "team abbreviation"),
}
"""What files call our columns, the surest name first; compared in lower case, other signs read as one space."""
MOST_ROWS = 20_000
MOST_POINTS = 1_000.0
MOST_PROBLEMS = 200


@dataclass(frozen=True)
class Candidate:
    """A player of the slate that a row may mean."""

    draftable_id: int
    external_id: str
    player_id: int | None
    name: str
    position: str
    team: str | None
    salary_usd: int


@dataclass
class Parsed:
    """What a file says: points by draftable, how its header was read and which columns were left out."""

    means: dict[int, float] = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    rows: int = 0


def parse(text: str, candidates: Sequence[Candidate]) -> Parsed:
    """Return the points that a file gives to a slate's players.

    A row whose points are blank says nothing of its player, as in a template half filled in.

    Raises:
        BadInput: Lists every fault with its row and column.
    """
    lines = _lines(text)
    if not lines:
        raise BadInput("the file is empty", [Problem("there is nothing in it: export it again")])
    parsed, places = _header(lines[0][1])
    reader = _Reader(places, parsed.header, candidates)
    for row, cells in lines[1:]:
        reader.read(row, cells)
    if not reader.problems and not reader.means:
        reader.problems.append(Problem("no row gives a player points", column=parsed.header["points"]))
    if reader.problems:
        raise _refusal(reader.problems)
    parsed.means, parsed.rows = reader.means, reader.rows
    return parsed


def _refusal(problems: list[Problem]) -> BadInput:
    """Return the refusal of a file, with the first faults in full and the rest counted."""
    count = len(problems)
    shown = problems[:MOST_PROBLEMS]
    if count > len(shown):
        shown.append(Problem(f"and {count - len(shown)} more"))
    return BadInput(f"nothing was saved: {count} {'thing is' if count == 1 else 'things are'} wrong", shown)


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that hold anything, each with its 1-based line."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    while True:
        row = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return found
        except csv.Error as error:
            raise BadInput("the file is not CSV", [Problem(f"cannot be read: {error}", row=row)]) from error
        if any(cell.strip() for cell in cells):
            found.append((row, [cell.strip() for cell in cells]))
        if len(found) > MOST_ROWS:
            raise BadInput(f"the file has more than {MOST_ROWS} rows", [Problem("upload one slate's players")])


def _word(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", label.lower()).strip()


def _header(cells: list[str]) -> tuple[Parsed, dict[str, int]]:
    """Return how the header is read: our columns, the file's names for them and their places.

    Raises:
        BadInput: A column that is needed is missing, or one is there twice.
    """
    words = [_word(cell) for cell in cells]
    problems = [
        Problem("this column is there twice: keep one", row=1, column=cells[i])
        for i, word in enumerate(words)
        if word and word in words[:i]
    ]
    places: dict[str, int] = {}
    for column, aliases in ALIASES.items():
        place = next((words.index(alias) for alias in aliases if alias in words), None)
        if place is not None:
            places[column] = place
    if "points" not in places:
        problems.append(Problem("there is no column of points: name one `points`", row=1, column="points"))
    if not {"id", "name", "name_id"} & places.keys():
        problems.append(Problem("there is no column of players: name one `name` or `id`", row=1, column="name"))
    if problems:
        raise BadInput("the file's first row does not name what is needed", problems)
    used = set(places.values())
    ignored = [cell for i, cell in enumerate(cells) if i not in used and cell]
    return Parsed(header={column: cells[i] for column, i in places.items()}, ignored=ignored), places


class _Reader:
    """Reads rows one by one and gathers points and faults."""

    def __init__(self, places: Mapping[str, int], header: Mapping[str, str], candidates: Sequence[Candidate]) -> None:
        self.means: dict[int, float] = {}
        self.problems: list[Problem] = []
        self.rows = 0
        self._places, self._header = places, header
        self._width = max(places.values()) + 1
        self._seen: dict[int, int] = {}
        self._by_id = {c.external_id: c for c in candidates}
        self._by_name: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            self._by_name[normalise(candidate.name)].append(candidate)

    def read(self, row: int, cells: list[str]) -> None:
        """Read one row."""
        values = {c: cells[i] if i < len(cells) else "" for c, i in self._places.items()}
        if not values["points"] and len(cells) >= self._width:
            return
        if len(cells) < self._width:
            self._fault(row, None, f"has {len(cells)} cells, the header needs {self._width}")
            return
        self.rows += 1
        points = self._number(row, "points", values["points"], most=MOST_POINTS)
        salary = self._salary(row, values.get("salary", ""))
        found = self._find(row, values)
        for candidate in found:
            self._take(row, candidate, points, salary)

    def _take(self, row: int, candidate: Candidate, points: float | None, salary: float | None) -> None:
        """Give a player his points, once."""
        first = self._seen.setdefault(candidate.draftable_id, row)
        if first != row:
            self._fault(row, self._player_column(), f"{candidate.name} is there twice: already in row {first}")
        elif salary is not None and salary != candidate.salary_usd:
            told = (
                f"{salary:g} is not {candidate.name}'s salary of {candidate.salary_usd}: is this another slate's file?"
            )
            self._fault(row, self._header["salary"], told)
        elif points is not None:
            self.means[candidate.draftable_id] = points

    def _find(self, row: int, values: Mapping[str, str]) -> list[Candidate]:
        """Return the draftables a row means: several only where one player is offered in several roster places."""
        key, name = values.get("id", ""), values.get("name", "")
        if labelled := re.fullmatch(r"(.*?)\s*\(([^()]+)\)", values.get("name_id", "")):
            name, key = name or labelled[1], key or labelled[2]
        if key:
            if key in self._by_id:
                return [self._by_id[key]]
            self._fault(row, self._header.get("id", self._header.get("name_id")), f"no player {key} on this slate")
            return []
        if not name:
            self._fault(row, self._player_column(), "names no player")
            return []
        return self._narrow(row, name, values)

    def _narrow(self, row: int, name: str, values: Mapping[str, str]) -> list[Candidate]:
        """Return the players of a name, told apart by position and team where the file has them."""
        found = self._by_name.get(normalise(name), [])
        if not found:
            self._fault(row, self._player_column(), f"no player {name!r} on this slate")
            return []
        for column in ("team", "position"):
            word = values.get(column, "").upper()
            same = [c for c in found if word and word in (getattr(c, column) or "").upper().split("/")]
            found = same or found
        who = {(c.player_id, normalise(c.name), c.team) for c in found}
        if len(who) > 1:
            self._fault(row, self._player_column(), f"{len(who)} players are called {name!r}: give their ids or teams")
            return []
        return found

    def _salary(self, row: int, text: str) -> float | None:
        return self._number(row, "salary", re.sub(r"[$,\s]", "", text)) if text else None

    def _number(self, row: int, column: str, text: str, most: float = math.inf) -> float | None:
        """Return a number that is not below zero, or note what is wrong with it."""
        label = self._header[column]
        try:
            value = float(text) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?\w+", text) else math.nan
        except ValueError:
            value = math.nan
        if math.isnan(value) or math.isinf(value):
            hint = ": write decimals with a point" if re.fullmatch(r"-?\d+,\d+", text) else ""
            self._fault(row, label, f"{text[:40]!r} is not a number{hint}")
        elif value < 0:
            self._fault(row, label, f"{text[:40]} is negative")
        elif value > most:
            self._fault(row, label, f"{text[:40]} is more than {most:g}")
        else:
            return value
        return None

    def _player_column(self) -> str:
        return next(self._header[c] for c in ("name", "id", "name_id") if c in self._header)

    def _fault(self, row: int, column: str | None, message: str) -> None:
        self.problems.append(Problem(message, row=row, column=column))
