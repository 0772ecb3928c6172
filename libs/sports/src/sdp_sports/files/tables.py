"""A plain table of players as a salary file: for sites whose export is not known, and for lists that people keep."""

from sdp_sports.files.projections import Projection, Projections
from sdp_sports.files.refusal import Fault, Refused, check_faults
from sdp_sports.files.salaries import Game, Salary, note_duplicates

NEEDED = ("position", "salary")


def salaries_of(table: Projections) -> list[Salary]:
    """Return the rows of a table that tells each player's position and salary; its points count as his average.

    Slots are left to the contest. A game is known where the opponent is; who is at home is not.

    Raises:
        Refused: There is no such column, or a cell of it is empty; names each row and column.
    """
    if missing := [column for column in NEEDED if column not in table.columns.header]:
        faults = [Fault(f"there is no column of {column}: name one `{column}`", 1, column) for column in missing]
        raise Refused("neither a site's salary export nor a table of players with their positions and salaries", faults)
    faults = []
    for row in table.rows:
        for column, value in (("position", row.position), ("salary", row.salary_usd)):
            if value is None:
                faults.append(Fault("is empty", row.row, table.columns.header[column]))
    check_faults(faults)
    rows = [_salary(row) for row in table.rows]
    note_duplicates(rows, table.columns.header.get("id", "id"), table.columns.header.get("name", "name"), faults)
    check_faults(faults)
    return rows


def _salary(row: Projection) -> Salary:
    name, team = row.name or row.external_id or "", row.team or ""
    one, other = sorted((team, row.opponent or ""))
    return Salary(
        row=row.row,
        external_id=row.external_id,
        athlete=row.external_id or f"{name}|{team}|{row.position}",
        name=name,
        position=row.position or "",
        roster_slots=(),
        salary_usd=row.salary_usd,
        listed_usd=row.salary_usd,
        team=team,
        opponent=row.opponent,
        game=Game(f"{one}@{other}", one, other) if one else None,
        average_points=row.points,
    )
