"""Which player of a salary file each projection is of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from sdp_sports.files.projections import Projection
from sdp_sports.files.refusal import Fault
from sdp_sports.files.salaries import Salary
from sdp_sports.names import formal, normalise
from sdp_sports.spec import Contest, Sport

_Claim = tuple[int, Projection]
"""How weakly a projection names somebody, and the projection: 0 by the site's id, then by name with team, by name with
position, by name alone."""


class Matched(NamedTuple):
    """Each row's projection by the salary file's row, the projections that name nobody, and who is told of twice."""

    told: dict[int, Projection]
    unmatched: tuple[Projection, ...]
    twice: tuple[Fault, ...]


def match(sport: Sport, contest: Contest, rows: Sequence[Salary], projections: Iterable[Projection]) -> Matched:
    """Return which row each projection is of.

    The site's id decides, then the name with the team, the name with the position, and the name alone where one
    athlete bears it. Of several who are called alike the one who is named best is meant; the others play elsewhere.
    What is told of one copy of an athlete holds for his other copies; of a captain's own copy only his ownership is
    taken where his plain copy is told of, too, for tools list the captain's points multiplied. Two projections that
    name the same athlete equally well and differ are a fault of the second.
    """
    people = _People(sport, rows)
    claims: dict[str, list[_Claim]] = defaultdict(list)
    captains: dict[int, Projection] = {}
    unmatched: list[Projection] = []
    for projection in projections:
        claim = people.named(projection)
        if claim is None:
            unmatched.append(projection)
            continue
        rank, row = claim
        slots = row.roster_slots if rank == 0 else (projection.position or "",)
        copy = people.captain(contest, row.athlete, slots)
        if copy is None:
            claims[row.athlete].append((rank, projection))
        else:
            captains.setdefault(copy.row, projection)
    twice: list[Fault] = []
    found = {athlete: _best(people.names[athlete], told, unmatched, twice) for athlete, told in claims.items()}
    for row in rows:
        if row.row in captains:
            found.setdefault(row.athlete, captains[row.row])
    told = {row.row: found[row.athlete] for row in rows if row.athlete in found}
    for place, own in captains.items():
        told[place] = replace(told[place], ownership=own.ownership)
    return Matched(told, tuple(sorted(unmatched, key=lambda one: one.row)), tuple(twice))


def _best(name: str, claims: Sequence[_Claim], unmatched: list[Projection], twice: list[Fault]) -> Projection:
    """Return what is told of an athlete by who names him best; who names him worse means somebody else."""
    least = min(rank for rank, _ in claims)
    first, *others = [one for rank, one in claims if rank == least]
    twice += [
        Fault(f"{name} is told of twice, in rows {first.row} and {other.row}: keep one", other.row)
        for other in others
        if replace(other, row=first.row, name=first.name) != first
    ]
    unmatched += [one for rank, one in claims if rank > least]
    return first


class _People:
    """The athletes of a salary file by what may name them."""

    def __init__(self, sport: Sport, rows: Sequence[Salary]) -> None:
        self._sport = sport
        self._by_id = {row.external_id: row for row in rows if row.external_id}
        self._by_name: dict[tuple[str, str], dict[str, Salary]] = defaultdict(dict)
        self.names: dict[str, str] = {}
        self.copies: dict[str, list[Salary]] = defaultdict(list)
        for row in rows:
            self.names.setdefault(row.athlete, row.name)
            self.copies[row.athlete].append(row)
            name = formal(normalise(row.name))
            for more in ("", sport.team(row.team), *(sport.position(p) for p in row.positions)):
                self._by_name[name, more].setdefault(row.athlete, row)

    def named(self, projection: Projection) -> tuple[int, Salary] | None:
        """Return the row of the athlete whom a projection names and how weakly, None where it names none or several."""
        if projection.external_id in self._by_id:
            return 0, self._by_id[projection.external_id]
        for rank, key in self._keys(projection):
            found = self._by_name.get(key, {})
            if len(found) == 1:
                return rank, next(iter(found.values()))
        return None

    def captain(self, contest: Contest, athlete: str, slots: tuple[str, ...]) -> Salary | None:
        """Return the copy of an athlete that is listed for these slots, None where they are no captain's."""
        captains = {slot.name for slot in contest.slots if slot.points_multiplier > 1}
        if not contest.copy_per_slot or not set(slots) <= captains:
            return None
        return next((copy for copy in self.copies[athlete] if copy.roster_slots == slots), None)

    def _keys(self, projection: Projection) -> Iterator[tuple[int, tuple[str, str]]]:
        name = formal(normalise(projection.name or ""))
        if projection.team:
            yield 1, (name, self._sport.team(projection.team))
        for place in (projection.position or "").split("/"):
            if place:
                yield 2, (name, self._sport.position(place))
        yield 3, (name, "")
