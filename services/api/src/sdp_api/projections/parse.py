"""A user's own projections: a file's rows against a slate's players, all of it or none."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sdp_common.intake import refusals_as_bad_input
from sdp_common.store.projections import BATTING_ORDER, COLUMN, LINE, OWNERSHIP, POOL
from sdp_sports.files import Fault, Refused
from sdp_sports.files.columns import no_longer, recalled
from sdp_sports.files.grid import read_lines, read_text
from sdp_sports.files.percentiles import at_levels
from sdp_sports.files.percentiles import told as percentiles
from sdp_sports.files.projections import MOST_ROWS, Projection, gather_projections
from sdp_sports.names import formal, normalise


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
    """What a file says: points and what else it tells by draftable, how its header was read, what was left out.

    `sds` are the points' standard deviations and `quantiles` their values at QUANTILES, of whom the file tells them;
    `besides` has ownership, batting order, line (a number for each name of a line) and every other column of numbers;
    `notes` say what was read in place of columns that the user once named.
    """

    means: dict[int, float] = field(default_factory=dict)
    sds: dict[int, float] = field(default_factory=dict)
    quantiles: dict[int, list[float]] = field(default_factory=dict)
    besides: dict[str, dict[int, float]] = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    rows: int = 0
    mapping: dict[str, str] | None = None
    notes: list[str] = field(default_factory=list)


def parse(
    body: bytes, candidates: Sequence[Candidate], mappings: Sequence[dict[str, str]] = (), *, must: bool = False
) -> Parsed:
    """Return the points that a file gives to a slate's players.

    A row whose points are blank says nothing of its player, as in a template half filled in.

    Args:
        body: The file.
        candidates: The slate's players.
        mappings: Ours to the file's columns, as the user said of this file or of earlier ones, the newest first.
        must: The first is said of this file: it is used whatever the file has.

    Raises:
        BadInput: Lists every fault with its row and column.
    """
    with refusals_as_bad_input():
        lines = read_lines(read_text(body), MOST_ROWS)
        header = next(lines).cells
        mapping, lost = (mappings[0], {}) if must else recalled(header, mappings)
        found, faults = gather_projections(header, lines, mapping, needed=("points",))
        used = {column: found.columns.header[column] for column in _USED if column in found.columns.header}
        matcher = _Matcher(used, candidates, faults)
        for row in found.rows:
            matcher.take(row)
        if not faults and not matcher.means:
            faults.append(Fault("no row gives a player points", column=used["points"]))
        if faults:
            count = f"{len(faults)} {'thing is' if len(faults) == 1 else 'things are'} wrong"
            raise Refused(f"nothing was saved: {count}", faults)
    besides = _besides(matcher.rows)
    kept = {*used.values(), *(stat.removeprefix(COLUMN) for stat in besides)}
    unused = [label for label in header if label and label not in kept]
    sds = {d: r.sd for d, r in matcher.rows.items() if r.sd is not None}
    levels = {d: at_levels(percentiles(r.more)) for d, r in matcher.rows.items()}
    quantiles = {d: values for d, values in levels.items() if values is not None}
    notes = no_longer(lost, found.columns.header)
    return Parsed(matcher.means, sds, quantiles, besides, used, unused, len(found.rows), mapping or None, notes)


_USED = ("points", "sd", "ownership", "batting_order", "line", "id", "name", "name_id", "salary", "position", "team")
"""Our columns that are kept of a file, or by which its players are found."""
_TAKEN = {*POOL, OWNERSHIP, BATTING_ORDER, LINE}
_COLUMNS, _LONGEST = 40, 100
"""Most columns of the user's own that are kept, and most letters of the name of one."""


def _besides(rows: Mapping[int, Projection]) -> dict[str, dict[int, float]]:
    """Return what rows tell of draftables beside their points, by stat; what nobody tells of is left out."""
    lines = {line: float(n) for n, line in enumerate(sorted({r.line for r in rows.values() if r.line is not None}), 1)}
    found: dict[str, dict[int, float]] = {
        OWNERSHIP: {d: r.ownership for d, r in rows.items() if r.ownership is not None},
        BATTING_ORDER: {d: float(r.batting_order) for d, r in rows.items() if r.batting_order is not None},
        LINE: {d: lines[r.line] for d, r in rows.items() if r.line is not None},
    }
    for label in list(dict.fromkeys(label for r in rows.values() for label in r.more))[:_COLUMNS]:
        if len(label) <= _LONGEST and label not in _TAKEN:
            found[COLUMN + label] = {d: r.more[label] for d, r in rows.items() if label in r.more}
    return {stat: values for stat, values in found.items() if values}


class _Matcher:
    """Gives rows' points to the slate's players, and notes what does not fit."""

    def __init__(self, header: Mapping[str, str], candidates: Sequence[Candidate], faults: list[Fault]) -> None:
        self.means: dict[int, float] = {}
        self.rows: dict[int, Projection] = {}
        self._header, self._faults = header, faults
        self._seen: dict[int, int] = {}
        self._by_id = {c.external_id: c for c in candidates}
        self._by_name: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            self._by_name[formal(normalise(candidate.name))].append(candidate)

    def take(self, row: Projection) -> None:
        """Give the player whom a row means his points."""
        if row.points is not None and row.points < 0:
            self._fault(row, self._header["points"], f"{row.points:g} is negative")
        for candidate in self._find(row):
            self._give(row, candidate)

    def _give(self, row: Projection, candidate: Candidate) -> None:
        """Give a player his points, once."""
        first = self._seen.setdefault(candidate.draftable_id, row.row)
        if first != row.row:
            self._fault(row, self._player_column(), f"{candidate.name} is there twice: already in row {first}")
        elif row.salary_usd is not None and row.salary_usd != candidate.salary_usd:
            told = f"{row.salary_usd} is not {candidate.name}'s salary of {candidate.salary_usd}"
            self._fault(row, self._header["salary"], f"{told}: is this another slate's file?")
        elif row.points is not None:
            self.means[candidate.draftable_id] = row.points
            self.rows[candidate.draftable_id] = row

    def _find(self, row: Projection) -> list[Candidate]:
        """Return the draftables a row means: several only where one player is offered in several roster places."""
        if row.external_id is not None:
            if row.external_id in self._by_id:
                return [self._by_id[row.external_id]]
            column = self._header.get("id", self._header.get("name_id"))
            self._fault(row, column, f"no player {row.external_id} on this slate")
            return []
        return self._narrow(row, row.name) if row.name is not None else []

    def _narrow(self, row: Projection, name: str) -> list[Candidate]:
        """Return the players of a name, told apart by position and team where the file has them."""
        found = self._by_name.get(formal(normalise(name)), [])
        if not found:
            self._fault(row, self._player_column(), f"no player {name!r} on this slate")
            return []
        for column in ("team", "position"):
            word = (getattr(row, column) or "").upper()
            same = [c for c in found if word and word in (getattr(c, column) or "").upper().split("/")]
            found = same or found
        who = {(c.player_id, normalise(c.name), c.team) for c in found}
        if len(who) > 1:
            self._fault(row, self._player_column(), f"{len(who)} players are called {name!r}: give their ids or teams")
            return []
        return found

    def _player_column(self) -> str:
        return next(self._header[c] for c in ("name", "id", "name_id") if c in self._header)

    def _fault(self, row: Projection, column: str | None, message: str) -> None:
        self._faults.append(Fault(message, row.row, column))
