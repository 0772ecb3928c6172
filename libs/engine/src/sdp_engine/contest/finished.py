"""A played contest as the field model learns from it and is judged by it: standings joined to what was known before."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.files.standings import Standings
from sdp_sports.names import normalise
from sdp_sports.spec import Contest, codes, load

from sdp_engine.contest.averages import expected
from sdp_engine.contest.fitting import Slate
from sdp_engine.contest.naming import keys_of
from sdp_engine.contest.source import Source

KNOWN_SHARE, PRICED_SHARE = 0.95, 0.98
"""A slate's own file knows so much of all that was drafted, and prices so many of the lineups within the cap."""
_SAMPLE = 2000
_HIDDEN_SHARE = 0.02
_BEST = 3


@dataclass(frozen=True, eq=False)
class Finished:
    """A finished contest.

    Attributes:
        name: What the standings file is called.
        source: What the file of its players is called.
        sport: The sport's code.
        mode: The format's mode (`classic`).
        slate: Pool and real lineups, for learning; lineups with somebody whom the pool does not know are left out.
        drafted: Real share of the entries that have each row of the pool, (rows,).
        scored: Real points of each row, NaN where the standings do not say, (rows,).
        entry_points: Points of every entry, (entries,).
        entries: How many entered, with or without a lineup.
        lost: Share of all that was drafted that the pool does not know.
        is_final: Nobody has minutes left, so that points are final, too.
        digest: What identifies the contest, whatever file it came in; `slate.digest` identifies the slate.
        is_average: The pool's points are what averages of earlier games let us expect: nobody projected this day.
    """

    name: str
    source: str
    sport: str
    mode: str
    slate: Slate
    drafted: NDArray[np.float64]
    scored: NDArray[np.float64]
    entry_points: NDArray[np.float64]
    entries: int
    lost: float
    is_final: bool
    digest: str = ""
    is_average: bool = False

    @property
    def has_ownership(self) -> bool:
        """Whether somebody's projected ownership is known."""
        return self.slate.pool["ownership"].null_count() < self.slate.pool.height


def assemble(name: str, standings: Standings, sources: Sequence[Source]) -> Finished:
    """Return a finished contest joined to the source that fits it best, whatever the files are called.

    A source fits by how much of what was drafted it knows, and by how many of the lineups it prices within the cap:
    another day's salaries do not. Of those that fit, projections come before averages; these become what they and the
    averages of earlier days' files let us expect.

    Raises:
        ValueError: Games have not started, the format is not declared, or no source fits; says which.
    """
    lineups = _lineups(name, standings)
    shape = Counter(slot for slot, _ in max(lineups, key=len))
    names = [player.name for player in standings.players]
    found: list[tuple[float, float, Source, str, Contest]] = []
    for source in sources:
        sport, contest = _format(shape, source)
        if contest is not None:
            keys = keys_of(names, source, sport)
            known = _known(standings, keys)
            priced = _priced(lineups, source, keys, contest) if known >= KNOWN_SHARE else 0.0
            found.append((known, priced, source, sport, contest))
    if not found:
        told = ", ".join(f"{n} {slot}" for slot, n in shape.items())
        raise ValueError(f"{name}: no projection or salary file beside it is of a contest with {told}")
    known, priced, source, sport, contest = max(found, key=_fit)
    if known < KNOWN_SHARE or priced < PRICED_SHARE:
        raise ValueError(f"{name}: no projection or salary file beside it is of this slate (best: {source.name})")
    keys = keys_of(names, source, sport)
    return _joined(name, standings, expected(source, sources, sport), keys, sport, contest)


def _fit(one: tuple[float, float, Source, str, Contest]) -> tuple[bool, bool, float, float]:
    known, priced, source, _, _ = one
    return priced >= PRICED_SHARE, not source.is_average, known * priced, known


def join(
    name: str, standings: Standings, source: Source, sport: str, contest: Contest, *, is_priced: bool = True
) -> Finished:
    """Return a finished contest joined to the slate that it is said to be of.

    Args:
        name: What the standings file is called.
        standings: The contest.
        source: Who could be drafted.
        sport: The sport's code.
        contest: The slate's format.
        is_priced: The source's salaries are the site's own, so that lineups which break the cap are another slate's.

    Raises:
        ValueError: Games have not started, or the contest is another slate's or of another format; says which.
    """
    lineups = _lineups(name, standings)
    shape, wanted = Counter(slot for slot, _ in max(lineups, key=len)), Counter(s.name for s in contest.expanded_slots)
    if shape != wanted:
        told, mine = (", ".join(f"{n} {slot}" for slot, n in one.items()) for one in (shape, wanted))
        raise ValueError(f"{name}: its lineups have {told}; those of {contest.title} have {mine}")
    keys = keys_of((player.name for player in standings.players), source, sport)
    known = _known(standings, keys)
    if known < KNOWN_SHARE:
        raise ValueError(
            f"{name}: this slate knows only {known:.0%} of what was drafted: choose the contest's own slate"
        )
    if is_priced and (kept := _priced(lineups, source, keys, contest)) < PRICED_SHARE:
        raise ValueError(
            f"{name}: {1 - kept:.0%} of the lineups break the cap at this slate's salaries: another slate's"
        )
    return _joined(name, standings, source, keys, sport, contest)


def _lineups(name: str, standings: Standings) -> list[tuple[tuple[str, str | None], ...]]:
    """Return the lineups that the standings show.

    Raises:
        ValueError: They show none, or no points, or games have not started.
    """
    lineups = [e.lineup for e in standings.entries if e.lineup]
    if not lineups:
        raise ValueError(f"{name}: the standings show no lineup")
    if all(e.points is None for e in standings.entries) or all(p.points is None for p in standings.players):
        raise ValueError(f"{name}: the standings tell no points: export them again once games have begun")
    hidden = sum(any(who is None for _, who in lineup) for lineup in lineups) / len(lineups)
    if hidden > _HIDDEN_SHARE:
        raise ValueError(f"{name}: games have not started; {hidden:.0%} of the lineups hide a player")
    return lineups


def _format(shape: Counter[str], source: Source) -> tuple[str, Contest | None]:
    """Return the declared contest with these slots that the source's positions fit best."""
    positions = {p for text in source.rows["position"].unique() for p in text.split("/")}
    found: tuple[float, str, Contest | None] = (0.0, "", None)
    for code in codes():
        sport = load(code)
        for contest in sport.contests.values():
            if contest.site != "draftkings" or Counter(s.name for s in contest.expanded_slots) != shape:
                continue
            known = {sport.position(p) for p in positions} & contest.positions
            share = len(known) / max(len(positions), 1) - 0.01 * contest.closed
            if share > found[0]:
                found = (share, code, contest)
    return found[1], found[2]


def _known(standings: Standings, keys: Mapping[str, str]) -> float:
    """Return how much of all that was drafted has a key in the source."""
    whole = sum(p.share_drafted for p in standings.players)
    return sum(p.share_drafted for p in standings.players if normalise(p.name) in keys) / max(whole, 1e-9)


def _priced(
    lineups: Sequence[tuple[tuple[str, str | None], ...]], source: Source, keys: Mapping[str, str], contest: Contest
) -> float:
    """Return the share of the lineups the source knows whose salaries keep the cap."""
    usd = dict(source.rows.select("key", "salary_usd").iter_rows())
    salary = {name: usd[key] for name, key in keys.items()}
    times = {slot.name: slot.salary_multiplier for slot in contest.slots}
    kept = seen = 0
    for lineup in lineups[:: max(1, len(lineups) // _SAMPLE)]:
        paid = [salary.get(normalise(who or ""), -1) * times[slot] for slot, who in lineup if slot in times]
        if len(paid) == contest.roster_size and min(paid) >= 0:
            seen += 1
            kept += sum(paid) <= contest.salary_cap_usd
    return kept / seen if seen else 0.0


def _joined(
    name: str, standings: Standings, source: Source, keys: Mapping[str, str], sport: str, contest: Contest
) -> Finished:
    position_of = load(sport).position
    told = ["/".join(position_of(p) for p in text.split("/")) for text in source.rows["position"]]
    slots = [[s.name for s in contest.slots if set(s.positions) & set(p.split("/"))] for p in told]
    frame = source.rows.with_columns(
        position=pl.Series(told, dtype=pl.String), roster_slots=pl.Series(slots, dtype=pl.List(pl.String))
    )
    pool = frame.filter(pl.col("roster_slots").list.len() > 0)
    row_by_key = {key: row for row, key in enumerate(pool["key"])}
    row_of = {name: row_by_key[key] for name, key in keys.items() if key in row_by_key}
    drafted, scored = np.zeros(pool.height), np.full(pool.height, np.nan)
    lost, points_of = 0.0, dict[str, float]()
    times = {slot.name: slot.points_multiplier for slot in contest.slots}
    # A captain's row tells what he counts; who stands in several slots is told by the plainest, which comes last here.
    for player in sorted(standings.players, key=lambda p: -times.get(p.slot, 1.0)):
        key = normalise(player.name)
        if player.points is not None:
            points_of[key] = player.points / times.get(player.slot, 1.0)
        row = row_of.get(key)
        if row is None:
            lost += player.share_drafted
            continue
        drafted[row] += player.share_drafted
        scored[row] = points_of.get(key, np.nan)
    whole = sum(p.share_drafted for p in standings.players)
    mine = contest.model_copy(update={"copy_per_slot": False})
    lineups = _rows(standings, contest, row_of)
    points = np.array([e.points for e in standings.entries if e.points is not None])
    slate = Slate(mine, pool.drop("key"), lineups, slate_digest(points_of))
    return Finished(
        name, source.name, sport, contest.mode, slate, drafted, scored, points, len(standings.entries),
        lost / max(whole, 1e-9), standings.is_final, contest_digest(standings), source.is_average,
    )  # fmt: skip


def _rows(standings: Standings, contest: Contest, row_of: dict[str, int]) -> NDArray[np.int64]:
    """Return every whole lineup as rows of the pool in the order of the contest's slots."""
    order = [slot.name for slot in contest.expanded_slots]
    number = {name: i for i, name in enumerate(dict.fromkeys(order))}
    lineups = [entry.lineup for entry in standings.entries if len(entry.lineup) == len(order)]
    code = {place: i for i, place in enumerate({place for lineup in lineups for place in lineup})}
    slot = np.array([number.get(slot, -1) for slot, _ in code], np.int64)
    row = np.array([row_of.get(normalise(who), -1) if who else -1 for _, who in code], np.int64)
    told = np.array([[code[place] for place in lineup] for lineup in lineups], np.int64).reshape(-1, len(order))
    wanted = np.array([number[name] for name in order])
    by_slot = np.argsort(slot[told], axis=1, kind="stable")
    whole = (np.take_along_axis(slot[told], by_slot, axis=1) == np.sort(wanted)).all(axis=1)
    whole &= (row[told] >= 0).all(axis=1)
    found = np.empty((int(whole.sum()), len(order)), np.int64)
    found[:, np.argsort(wanted, kind="stable")] = np.take_along_axis(row[told], by_slot, axis=1)[whole]
    return found


def contest_digest(standings: Standings) -> str:
    """Return what identifies a contest whatever file it came in: who was drafted how often, and the entries' number."""
    told = sorted(f"{normalise(p.name)} {p.slot} {p.share_drafted:.4f}" for p in standings.players)
    return _hashed([str(len(standings.entries)), *told])


def slate_digest(points_of: Mapping[str, float]) -> str:
    """Return what identifies a slate in any contest on it: its best scorers, whom somebody drafts everywhere.

    Args:
        points_of: Points by player, before a captain's are multiplied.
    """
    best = sorted(points_of.items(), key=lambda one: (-one[1], one[0]))[:_BEST]
    return _hashed(f"{name} {points:.2f}" for name, points in best)


def _hashed(told: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
