"""Other tools' projections: points and what else a file tells of each player."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sdp_sports.files import percentiles
from sdp_sports.files.cells import NUMBER, Cells, word
from sdp_sports.files.columns import ALIASES, PLAYERS, Columns, find_columns
from sdp_sports.files.entries import read_place
from sdp_sports.files.grid import Line
from sdp_sports.files.refusal import Fault, Refused, check_faults

MOST_ROWS = 20_000
MOST_POINTS = 1_000.0
MOST_LINE = 40
TOLD = ("points", "ownership", "ceiling", "floor", "sd", "optimal")
"""What a file may be about: a file with none of these is no projection."""
NOTHING = frozenset({"-", "--", "\N{EN DASH}", "\N{EM DASH}", "n/a", "na", "nan", "none", "null"})
"""How tools write that they have no number."""
_SHARES = ("ownership", "optimal")


@dataclass(frozen=True, slots=True)
class Projection:
    """What a file says of one player: points are fantasy points, shares run from 0 to 1; None where it says nothing.

    `field_points` is what the file's author takes others to expect of him; `batting_order` runs from 1 to 9, `line`
    is as the file writes it; `more` holds every other column of the file in which his cell is a number.
    """

    row: int
    name: str | None
    external_id: str | None
    position: str | None
    team: str | None
    opponent: str | None
    salary_usd: int | None
    points: float | None
    ownership: float | None
    floor: float | None
    ceiling: float | None
    sd: float | None
    minutes: float | None
    optimal: float | None
    field_points: float | None = None
    batting_order: int | None = None
    line: str | None = None
    more: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Projections:
    """A projection file: how its header was read, and its rows."""

    columns: Columns
    rows: tuple[Projection, ...]


def is_projections(header: Sequence[str]) -> bool:
    """Whether a header names players and something that is projected of them."""
    words = {word(label) for label in header}

    def named(columns: Iterable[str]) -> bool:
        return any(words & set(ALIASES[column]) for column in columns)

    return named(PLAYERS) and named(TOLD)


def read_projections(
    header: Sequence[str], lines: Iterable[Line], mapping: Mapping[str, str] | None = None
) -> Projections:
    """Read projections; a row that tells nothing of its player (a template half filled in) is left out.

    Raises:
        Refused: A needed column is missing, or rows are wrong; names each row and column.
    """
    found, faults = gather_projections(header, lines, mapping)
    check_faults(faults)
    if not found.rows:
        named = ", ".join(found.columns.header[column] for column in TOLD if column in found.columns.header)
        raise Refused(f"no row tells anything of a player in {named}")
    return found


def gather_projections(
    header: Sequence[str],
    lines: Iterable[Line],
    mapping: Mapping[str, str] | None = None,
    needed: Sequence[str] = TOLD,
) -> tuple[Projections, list[Fault]]:
    """Return the rows that can be read, and what is wrong with the others.

    Args:
        header: The file's first row.
        lines: The rows beneath.
        mapping: Our column to the file's, where the user says so.
        needed: Our columns of which the file must have one, and a row tell of one.

    Raises:
        Refused: A needed column is missing.
    """
    columns = find_columns(header, mapping, needed)
    faults: list[Fault] = []
    width = max(columns.places.values()) + 1
    used = set(columns.places.values())
    others = {place: label for place, label in enumerate(header) if label and place not in used}
    percent = dict.fromkeys(_SHARES, False)
    rows = []
    for line in lines:
        cells = Cells(line.row, line.cells, columns.places, faults, NOTHING)
        if len(line.cells) < width:
            cells.fault(None, f"has {len(line.cells)} cells, the header needs {width}")
        elif any(cells.text(column) for column in needed):
            rows.append(replace(_row(cells, columns), more=_numbers(line.cells, others)))
            _check_spread(cells, rows[-1])
            percent |= {column: True for column in _SHARES if _is_percent(cells.text(column), rows[-1], column)}
    told = [row for row in rows if any(getattr(row, column) is not None for column in needed)]
    found = Projections(columns, tuple(_in_shares(row, percent) for row in told))
    return found, [replace(fault, column=columns.header.get(fault.column or "", fault.column)) for fault in faults]


def _row(cells: Cells, columns: Columns) -> Projection:
    name, external_id = cells.text("name") or None, cells.text("id") or None
    if name is None:
        name = " ".join(filter(None, (cells.text("first_name"), cells.text("last_name")))) or None
    both = cells.text("name_id")
    place = (read_place("", both, "draftkings") or read_place("", both, "fanduel")) if both else None
    if place is not None:
        name, external_id = name or place.name, external_id or place.external_id
    if name is None and external_id is None:
        named = ("name", "id", "name_id", "last_name")
        cells.fault(next(column for column in named if column in columns.places), "names no player")
    points = cells.number("points")
    if points is not None and points > MOST_POINTS:
        cells.fault("points", f"{points:g} is more than {MOST_POINTS:g}")
    return Projection(
        row=cells.row,
        name=name,
        external_id=external_id,
        position=cells.text("position") or None,
        team=cells.text("team") or None,
        opponent=cells.text("opponent").lstrip("@") or None,
        salary_usd=cells.dollars("salary") if cells.text("salary") else None,
        points=points,
        ownership=_percent(cells, "ownership"),
        floor=cells.number("floor"),
        ceiling=cells.number("ceiling"),
        sd=cells.number("sd"),
        minutes=cells.number("minutes"),
        optimal=_percent(cells, "optimal"),
        field_points=cells.number("field_points"),
        batting_order=_order(cells.text("batting_order")),
        line=cells.text("line")[:MOST_LINE] or None,
    )


def _check_spread(cells: Cells, row: Projection) -> None:
    """Note a standard deviation or quantiles that no distribution of points has."""
    if row.sd is not None and row.sd < 0:
        cells.fault("sd", f"{row.sd:g} is negative: a standard deviation never is")
    elif row.sd is not None and row.sd > MOST_POINTS:
        cells.fault("sd", f"{row.sd:g} is more than {MOST_POINTS:g}")
    levels = percentiles.told(row.more)
    if percentiles.falls(levels.values()):
        told = ", ".join(f"{value:g} at {level:.0%}" for level, value in levels.items())
        cells.fault("points", f"the quantiles fall: {told}")
    elif len(levels) > 1 and max(map(abs, levels.values())) > MOST_POINTS:
        cells.fault("points", f"a quantile is more than {MOST_POINTS:g}")


def _order(text: str) -> int | None:
    """Return a place in the batting order; whoever does not bat has none, however the file writes that."""
    return int(text[0]) if re.fullmatch(r"[1-9](\.0)?", text, re.ASCII) else None


def _numbers(cells: Sequence[str], columns: Mapping[int, str]) -> dict[str, float]:
    """Return the cells that hold a number, by what the file calls their columns; a percent sign is left out."""
    texts = {label: cells[place].strip().removesuffix("%") for place, label in columns.items() if place < len(cells)}
    return {label: float(text) for label, text in texts.items() if NUMBER.fullmatch(text)}


def _is_percent(text: str, row: Projection, column: str) -> bool:
    return text.endswith("%") or (getattr(row, column) or 0) > 1


def _percent(cells: Cells, column: str) -> float | None:
    value = cells.number(column, cells.text(column).removesuffix("%").strip())
    if value is not None and not 0 <= value <= 100:
        cells.fault(column, f"{value:g} is no share of the lineups")
        return None
    return value


def _in_shares(row: Projection, is_percent: Mapping[str, bool]) -> Projection:
    """Return the row with percentages as shares: a column is in percent where any of it is above one, or says so."""
    values = {column: getattr(row, column) for column in is_percent}
    changed = {c: round(v / 100, 6) for c, v in values.items() if v is not None and is_percent[c]}
    return replace(row, **changed) if changed else row
