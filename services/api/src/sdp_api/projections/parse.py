"""A user's own projections: a file's rows against a slate's players."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sdp_common.intake import refusals_as_bad_input
from sdp_common.store.projections import BATTING_ORDER, COLUMN, LINE, OWNERSHIP, POOL
from sdp_sports.files import Fault, Refused
from sdp_sports.files.columns import no_longer, recalled
from sdp_sports.files.grid import read_lines, read_text
from sdp_sports.files.matched import match
from sdp_sports.files.percentiles import at_levels
from sdp_sports.files.percentiles import told as percentiles
from sdp_sports.files.projections import MOST_ROWS, Projection, gather_projections
from sdp_sports.files.salaries import Salary
from sdp_sports.spec import Contest, Sport


@dataclass(frozen=True)
class Candidate:
    """A player of the slate that a row may mean."""

    draftable_id: int
    external_id: str
    player_id: int | None
    name: str
    position: str
    roster_slots: tuple[str, ...]
    team: str | None
    salary_usd: int


@dataclass
class Parsed:
    """What a file says: points and what else it tells by draftable, how its header was read, what was left out.

    `sds` are the points' standard deviations and `quantiles` their values at QUANTILES, of whom the file tells them;
    `besides` has ownership, batting order, line (a number for each name of a line) and every other column of numbers;
    `notes` say what was read in place of columns that the user once named, `unmatched` are the rows that name nobody
    of the slate, or several who are called alike.
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
    unmatched: tuple[Projection, ...] = ()


def parse(
    body: bytes,
    sport: Sport,
    contest: Contest,
    candidates: Sequence[Candidate],
    mappings: Sequence[dict[str, str]] = (),
    *,
    must: bool = False,
) -> Parsed:
    """Return the points that a file gives to a slate's players.

    A row whose points are blank says nothing of its player, as in a template half filled in; one that names nobody of
    the slate is left out and told of.

    Args:
        body: The file.
        sport: The slate's sport.
        contest: The slate's contest.
        candidates: The slate's players.
        mappings: Ours to the file's columns, as the user said of this file or of earlier ones, the newest first.
        must: The first is said of this file: it is used whatever the file has.

    Raises:
        BadInput: Lists every fault with its row and column, or nobody of the slate is told of.
    """
    with refusals_as_bad_input():
        lines = read_lines(read_text(body), MOST_ROWS)
        header = next(lines).cells
        mapping, lost = (mappings[0], {}) if must else recalled(header, mappings)
        found, faults = gather_projections(header, lines, mapping, needed=("points",))
        used = {column: found.columns.header[column] for column in _USED if column in found.columns.header}
        told, unmatched = _matched(sport, contest, candidates, found.rows, used, faults)
        if not faults and not found.rows:
            faults.append(Fault("no row gives a player points", column=used["points"]))
        if faults:
            count = f"{len(faults)} {'thing is' if len(faults) == 1 else 'things are'} wrong"
            raise Refused(f"nothing was saved: {count}", faults)
        if not told:
            raise Refused("nothing was saved: the file names nobody of this slate", _strangers(unmatched, used))
    besides = _besides(told)
    kept = {*used.values(), *(stat.removeprefix(COLUMN) for stat in besides)}
    unused = [label for label in header if label and label not in kept]
    means = {d: r.points for d, r in told.items() if r.points is not None}
    sds = {d: r.sd for d, r in told.items() if r.sd is not None}
    levels = {d: at_levels(percentiles(r.more)) for d, r in told.items()}
    quantiles = {d: values for d, values in levels.items() if values is not None}
    notes = no_longer(lost, found.columns.header)
    return Parsed(means, sds, quantiles, besides, used, unused, len(found.rows), mapping or None, notes, unmatched)


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


def _matched(
    sport: Sport,
    contest: Contest,
    candidates: Sequence[Candidate],
    rows: Sequence[Projection],
    header: Mapping[str, str],
    faults: list[Fault],
) -> tuple[dict[int, Projection], tuple[Projection, ...]]:
    """Return what rows tell by draftable, and the rows that name nobody; note what cannot be."""
    told, unmatched, twice = match(sport, contest, [_listed(contest, one) for one in candidates], rows)
    faults += [replace(fault, column=_player_column(header)) for fault in twice]
    priced = ((one, told[one.draftable_id]) for one in candidates if one.draftable_id in told)
    wrong = {row.row: _misprice(row, one, contest) for one, row in priced}
    faults += [Fault(message, row, header["salary"]) for row, message in wrong.items() if message]
    return told, unmatched


def _listed(contest: Contest, one: Candidate) -> Salary:
    """Return a player as the row of a salary list, numbered by his draftable."""
    unknown = f"{one.name}/{one.team}" if contest.copy_per_slot else one.external_id
    return Salary(
        row=one.draftable_id,
        external_id=one.external_id,
        athlete=unknown if one.player_id is None else str(one.player_id),
        name=one.name,
        position=one.position,
        roster_slots=one.roster_slots,
        salary_usd=one.salary_usd,
        listed_usd=one.salary_usd,
        team=one.team or "",
    )


def _misprice(row: Projection, one: Candidate, contest: Contest) -> str:
    """Return, in words, how the salary of a row is none of its player's in any slot; empty where it is one."""
    prices = {math.ceil(one.salary_usd * slot.salary_multiplier) for slot in contest.slots} | {one.salary_usd}
    if row.salary_usd is None or row.salary_usd in prices:
        return ""
    return f"{row.salary_usd} is not {one.name}'s salary of {one.salary_usd}: is this another slate's file?"


def _strangers(unmatched: Sequence[Projection], header: Mapping[str, str]) -> list[Fault]:
    column = _player_column(header)
    return [Fault(f"no player {one.name or one.external_id!r} on this slate", one.row, column) for one in unmatched]


def _player_column(header: Mapping[str, str]) -> str:
    return next((header[c] for c in ("name", "id", "name_id") if c in header), "name")
