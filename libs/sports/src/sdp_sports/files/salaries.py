"""What a site offers to draft: the rows of its salary files in one form."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sdp_sports.files.refusal import Fault

MOST_ROWS = 20_000
CAPTAINS: Mapping[str, float] = {"CPT": 1.5}
"""Slots whose copies DraftKings lists at a multiple of the athlete's salary."""


@dataclass(frozen=True, slots=True)
class Game:
    """A game, or an event without teams, as the file names it; `starts_at` in UTC, None where it has no date."""

    text: str
    away: str | None = None
    home: str | None = None
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Salary:
    """One row: an athlete, or his copy for one slot where the site lists one a slot.

    Attributes:
        row: The file's line.
        external_id: What the site calls this copy, and an upload names; None in layouts without ids.
        athlete: The same for every copy of one athlete in this file.
        name: As the site writes it.
        position: The positions, joined by `/`, as the site writes them.
        roster_slots: The slots it may fill; empty where the file does not say.
        salary_usd: The athlete's salary before a slot multiplies it; None in tiers.
        listed_usd: What the file says that this copy costs.
        team: As the site abbreviates it; empty where the sport has none.
        opponent: The other team, None where the file does not say.
        game: None once it has started, or where the file names none.
        is_off: The game is postponed or cancelled.
        average_points: Fantasy points a game, as the site counts them.
        injury: The site's mark (`Q`, `O`, `IR`, `DTD`), None where there is none.
        injury_note: What it says of it.
        batting_order: Place in the announced batting order.
        is_probable: A probable starter.
        is_locked: The file says that he can no longer be changed.
    """

    row: int
    external_id: str | None
    athlete: str
    name: str
    position: str
    roster_slots: tuple[str, ...]
    salary_usd: int | None
    listed_usd: int | None
    team: str
    opponent: str | None = None
    game: Game | None = None
    is_off: bool = False
    average_points: float | None = None
    injury: str | None = None
    injury_note: str | None = None
    batting_order: int | None = None
    is_probable: bool | None = None
    is_locked: bool = False

    @property
    def positions(self) -> tuple[str, ...]:
        """Each position on its own."""
        return tuple(part.strip() for part in self.position.split("/") if part.strip())


def without_multiples(rows: Sequence[Salary]) -> list[Salary]:
    """Return the rows with each captain's `salary_usd` that of his plain copy.

    A captain listed alone costs what he is listed at divided by the slot's multiple.
    """
    plain: dict[str, int] = {}
    for row in rows:
        if row.listed_usd is not None and not set(row.roster_slots) & set(CAPTAINS):
            plain.setdefault(row.athlete, row.listed_usd)
    return [_plain(row, plain) for row in rows]


def _plain(row: Salary, plain: Mapping[str, int]) -> Salary:
    captained = set(row.roster_slots) & set(CAPTAINS)
    if row.listed_usd is None or not captained:
        return row
    multiple = CAPTAINS[captained.pop()]
    return replace(row, salary_usd=plain.get(row.athlete, round(row.listed_usd / multiple)))


def note_duplicates(rows: Iterable[Salary], id_column: str, name_column: str, faults: list[Fault]) -> None:
    """Note an id that stands twice, and an athlete that stands twice for the same slots."""
    ids: dict[str, int] = {}
    people: dict[tuple[str, tuple[str, ...]], int] = {}
    for row in rows:
        if row.external_id is not None:
            first = ids.setdefault(row.external_id, row.row)
            if first != row.row:
                faults.append(Fault(f"{row.external_id} is in row {first} already", row.row, id_column))
                continue
        first = people.setdefault((row.athlete, row.roster_slots), row.row)
        if first != row.row:
            faults.append(Fault(f"{row.name} ({row.team}) is in row {first} already", row.row, name_column))


def teams_and_positions(rows: Iterable[Salary]) -> tuple[set[str], set[str], set[str]]:
    """Return the slots, positions and teams that a file speaks of."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found["slots"] |= set(row.roster_slots)
        found["positions"] |= set(row.positions)
        found["teams"] |= {row.team} - {""}
    return found["slots"], found["positions"], found["teams"]
