"""Lineups of one pool given to the entries of several contests, each to where it earns most.

All contests bid at once. Each wants the candidate that adds most to what its entries earn together, within its own
exposures; where several want the same one, it goes to the contest that would lose most by taking its next best. At the
end lineups change places between contests wherever both together earn more.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sdp_sports.rules import Rules

from sdp_engine.contest import portfolio
from sdp_engine.contest.choose import Stood, placed_among
from sdp_engine.contest.compose import Slate, completed, moves, placed, propose
from sdp_engine.contest.field import Crowd
from sdp_engine.contest.groups import POINTS, ROI, Group
from sdp_engine.contest.habits import Habits
from sdp_engine.optimize.build import build
from sdp_engine.optimize.check import kept_alone
from sdp_engine.optimize.faults import NoLineup, check_rules
from sdp_engine.optimize.ledger import Items, Ledger
from sdp_engine.optimize.program import Program
from sdp_engine.optimize.search import Search
from sdp_engine.optimize.worlds import single

CHOICE_WORLDS = 2000
"""Most worlds in which lineups are chosen."""
_ROOM = 2.5e7
"""Lineup-worlds that all contests together keep in memory while choosing."""
_FEWEST_WORLDS = 200
_EXACT = 3
"""How many times a contest's entries its own best lineups are listed, for others may take some of them."""
_EXCHANGES = 300
"""Most exchanges between contests."""
_PROPOSED, _CHOSEN = 0.5, 0.8
"""How much of the work is done by then."""
_FEWEST = 50

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Filled:
    """What became of a group.

    Attributes:
        group: The group.
        lineups: Draftable ids in the order of the contest's slots, one for each of its entries.
        points: What each lineup is projected to score.
        earned_usd: What each adds to what the group earns: expected winnings, or where nobody says what is paid the fee
            times its worth beside the best candidate's. None where no candidate fitted and it was built for the rest.
        outcome: What the group may win in worlds that did not choose it; None without an offer.
        top: Who stands in most of the lineups, after in how many.
    """

    group: Group
    lineups: list[tuple[int, ...]]
    points: list[float]
    earned_usd: list[float | None]
    outcome: dict[str, Any] | None
    top: tuple[int, str]

    def summary(self) -> dict[str, Any]:
        """Return the group and what it may win, JSON-ready."""
        size, paid = len(self.lineups), None if self.outcome is None else self.outcome["portfolio"]
        return {
            "contest": self.group.contest,
            "name": self.group.name,
            "entries": size,
            "objective": self.group.objective,
            "fee_usd": self.group.fee_usd,
            "points_mean": round(sum(self.points) / size, 4),
            "earned_usd": round(sum(e or 0.0 for e in self.earned_usd), 4),
            "completed": sum(e is None for e in self.earned_usd),
            "top_player": {"name": self.top[1], "share": self.top[0] / size},
            "roi": None if paid is None else paid["roi"],
            "portfolio": paid,
        }


def divide(
    slate: Slate,
    groups: Sequence[Group],
    habits: Habits,
    *,
    candidates: int = 1000,
    repeats: bool = False,
    ticket_value: float = 1.0,
    threads: int = 1,
    on_share: Callable[[float, str], None] | None = None,
) -> list[Filled]:
    """Return a lineup for every entry of every group.

    Args:
        slate: Who may be drafted, and what they score in every world.
        groups: The contests.
        habits: How the fields draft.
        candidates: How many worlds, or means of worlds, propose a lineup, over all groups.
        repeats: Whether a lineup may stand in several groups; in one it stands once in any case.
        ticket_value: What a dollar of a ticket is worth.
        threads: How many blocks of worlds are played at once.
        on_share: Told how much is done, 0 to 1, and what; may raise to stop.

    Raises:
        ValueError: A group's rules, objective or contest cannot be used.
        NoLineup: The rules of a group cannot all hold.
    """
    tell = on_share or (lambda _share, _what: None)
    for group in groups:
        _check(group, slate)
    programs = [_program(slate, group) for group in groups]
    pool = _pool(slate, groups, programs, candidates, repeats=repeats, tell=tell)
    rows = np.array([placed(programs[0], slate, items) for items in pool])
    tell(_PROPOSED, "drafting the fields")
    crowd = Crowd(slate.contest, slate.pool, habits)
    largest = max((g.offer.entries for g in groups if g.offer is not None), default=0)
    field = crowd.draw(largest, np.random.default_rng(groups[0].rules.seed)) if largest else None
    sides = _sides(slate, groups, programs, pool, rows, crowd, field, ticket_value)
    _bid(sides, repeats=repeats, tell=tell)
    if not repeats:
        _exchange(sides)
    tell(_CHOSEN, "playing the contests")
    found = []
    for number, side in enumerate(sides):
        found.append(_filled(side, slate, crowd, field, ticket_value, threads))
        tell(_CHOSEN + (1 - _CHOSEN) * (number + 1) / len(sides), "playing the contests")
    return found


def _check(group: Group, slate: Slate) -> None:
    if faults := check_rules(group.rules, slate.contest, slate.pool, slate.stacks):
        raise ValueError(f"{group.name}: " + "; ".join(f"{f.field}: {f.message}" for f in faults))
    if group.objective not in {POINTS, ROI} and group.quantile is None:
        column = slate.pool.get_column(group.objective, default=None)
        if column is None or not column.dtype.is_numeric():
            raise ValueError(
                f"{group.name}: {group.objective!r} is neither points, roi, a quantile like 0.9"
                " nor a column of numbers of the projections"
            )
    if group.offer is None:
        return
    size, most = len(group.entry_ids), group.offer.entries_max_per_user
    if size > group.offer.entries:
        raise ValueError(f"{group.name}: {size} entries do not fit into a contest of {group.offer.entries:,}")
    if most is not None and size > most:
        raise ValueError(f"{group.name}: {size} entries are more than the {most} that one user may enter")


def _program(slate: Slate, group: Group) -> Program:
    """Return the program of a group's lineups; items have the same numbers in every group's."""
    asked = group.rules.model_copy(update={"worlds_per_lineup": group.rules.worlds_per_lineup or 1})
    return build(slate.contest, _valued(slate, group).pool, asked, slate.stacks)


def _valued(slate: Slate, group: Group) -> Slate:
    """Return the slate with the column that the group maximises as points."""
    if group.objective in {POINTS, ROI} or group.quantile is not None:
        return slate
    points = slate.pool[group.objective].fill_null(0.0).cast(float)
    return replace(slate, pool=slate.pool.with_columns(points=points))


def _pool(
    slate: Slate,
    groups: Sequence[Group],
    programs: Sequence[Program],
    candidates: int,
    *,
    repeats: bool,
    tell: Callable[[float, str], None],
) -> list[Items]:
    """Return the lineups that any group proposes: the best of worlds, and of each objective of points its own best."""
    total = sum(len(g.entry_ids) for g in groups)
    found: dict[Items, None] = {}
    for number, (group, program) in enumerate(zip(groups, programs, strict=True)):
        size = len(group.entry_ids)
        start, span = _PROPOSED * number / len(groups), _PROPOSED / len(groups)
        rules = group.rules.model_copy(
            update={"worlds_per_lineup": group.rules.worlds_per_lineup or 1, "seed": group.rules.seed + number}
        )

        def told(share: float, what: str, start: float = start, span: float = span) -> None:
            tell(start + span * share, what)

        try:
            count = max(_FEWEST, round(candidates * size / total))
            found.update(dict.fromkeys(propose(program, slate, rules, count, told)))
            if group.objective != ROI and group.quantile is None:
                wanted = size if repeats else min(total, _EXACT * size)
                found.update(dict.fromkeys(_best(program, _valued(slate, group), rules, wanted)))
        except NoLineup as error:
            raise NoLineup(f"{group.name}: {error}", error.rules) from error
    return list(found)


def _best(program: Program, slate: Slate, rules: Rules, wanted: int) -> list[Items]:
    """Return the best lineups of a group by itself, and as many more as others may take of them."""
    alone = rules.model_copy(update={"worlds_per_lineup": None})
    found = list(Search(program, alone, None).run())
    if wanted > len(found):
        more = alone.model_copy(update={"lineups": wanted})
        search = Search(build(slate.contest, slate.pool, more, slate.stacks), more, None)
        try:
            found += search.run()
        except NoLineup:
            found += search.reached
    return found


class _Side:
    """A group at the table: its candidates by what they add, the best first."""

    def __init__(
        self, group: Group, program: Program, pool: list[Items], worth: Floats, legal: Sequence[bool],
        stood: Stood | None,
    ) -> None:  # fmt: skip
        self.group, self.program, self._pool, self.worth, self._stood = group, program, pool, worth, stood
        self.legal = np.array(legal, np.bool_)
        self.ledger = Ledger(program, group.rules)
        self.chosen: list[int] = []
        self.earned: list[float] = []
        self._waiting = [(-float(worth[k]), k, 0) for k in np.flatnonzero(self.legal).tolist()]
        heapq.heapify(self._waiting)

    @property
    def wants_more(self) -> bool:
        return self.ledger.left > 0 and bool(self._waiting)

    def best(self, taken: set[int]) -> tuple[int, float] | None:
        """Return the candidate that adds most, and how much; None where none fits any more."""
        while self._waiting:
            worth, k, told_at = self._waiting[0]
            if k in taken or not self.ledger.fits(self._pool[k]):
                heapq.heappop(self._waiting)
            elif told_at < len(self.chosen) and self._stood is not None:
                heapq.heapreplace(self._waiting, (-self._stood.gain(k), k, len(self.chosen)))
            else:
                return k, -worth
        return None

    def regret(self, taken: set[int]) -> float:
        """Return what the group would lose if its best candidate went to another."""
        first = heapq.heappop(self._waiting)
        second = self.best(taken)
        heapq.heappush(self._waiting, first)
        return -first[0] - (0.0 if second is None else second[1])

    def take(self, k: int, gain: float) -> None:
        """Enter a candidate."""
        self.ledger.add(self._pool[k])
        if self._stood is not None:
            self._stood.join(k)
        self.chosen.append(k)
        self.earned.append(gain)

    def would_earn(self, chosen: Sequence[int]) -> list[float] | None:
        """Return what each of other candidates would add in their order, None where the rules forbid them together."""
        ledger = Ledger(self.program, self.group.rules)
        for k in chosen:
            if not self.legal[k] or not ledger.fits(self._pool[k]):
                return None
            ledger.add(self._pool[k])
        if ledger.missing.any() and not ledger.left:
            return None
        return [float(self.worth[k]) for k in chosen] if self._stood is None else self._stood.choose(chosen)

    def replace(self, chosen: Sequence[int], earned: Sequence[float]) -> None:
        """Enter these candidates instead."""
        while self.ledger.chosen:
            self.ledger.pop()
        for k in chosen:
            self.ledger.add(self._pool[k])
        self.chosen, self.earned = list(chosen), list(earned)


def _sides(
    slate: Slate,
    groups: Sequence[Group],
    programs: Sequence[Program],
    pool: list[Items],
    rows: NDArray[np.int64],
    crowd: Crowd,
    field: NDArray[np.integer[Any]] | None,
    ticket_value: float,
) -> list[_Side]:
    """Return the groups with what every candidate would earn in each by itself."""
    paid = sum(g.objective == ROI for g in groups)
    worlds = int(np.clip(_ROOM / max(1, paid * len(pool)), _FEWEST_WORLDS, CHOICE_WORLDS))
    few = np.ascontiguousarray(slate.halves[0][:, :worlds])
    points = moves(crowd, few) if paid else None
    ids = np.array(slate.pool["draftable_id"].to_list())[rows].tolist()
    times = np.array([slot.points_multiplier for slot in slate.contest.expanded_slots])
    kept: dict[str, list[bool]] = {}
    found = []
    for group, program in zip(groups, programs, strict=True):
        alone = single(group.rules)
        key = alone.model_dump_json()
        if key not in kept:
            kept[key] = kept_alone(slate.contest, slate.pool, ids, alone, slate.stacks)
        stood, worth = None, np.zeros(0)
        if group.objective == ROI and group.offer is not None and points is not None and field is not None:
            others = field[: group.offer.entries - len(group.entry_ids)]
            own = crowd.roster.moves(slate.contest, rows)
            stood = placed_among(points, own, others, group.offer, ticket_value, len(group.entry_ids))
            worth = stood.alone
        else:
            told = _told(group, slate, rows, times, few)
            best = float(np.abs(told).max(initial=0.0)) or 1.0
            worth = told / best * (group.fee_usd or 1.0)
        found.append(_Side(group, program, pool, worth, kept[key], stood))
    return found


def _told(group: Group, slate: Slate, rows: NDArray[np.int64], times: Floats, few: NDArray[np.float32]) -> Floats:
    """Return each candidate's objective: the sum of a column, or the quantile of its points over the worlds."""
    if group.quantile is None:
        column = _valued(slate, group).pool["points"].to_numpy()
        return np.asarray((column[rows] * times).sum(1))
    return np.array(
        [np.quantile((few[lineup] * times[:, None].astype(np.float32)).sum(0), group.quantile) for lineup in rows]
    )


def _bid(sides: Sequence[_Side], *, repeats: bool, tell: Callable[[float, str], None]) -> None:
    """Give candidates to groups, round by round, until every group is full or has none that fits."""
    total, taken = sum(s.ledger.left for s in sides), set[int]()
    while any(side.wants_more for side in sides):
        wanted: dict[int, list[tuple[_Side, float]]] = defaultdict(list)
        for number, side in enumerate(sides):
            if side.wants_more and (best := side.best(taken)) is not None:
                wanted[best[0] if not repeats else -1 - number].append((side, best[1]))
        for key, bidders in wanted.items():
            side, gain = bidders[0]
            if len(bidders) > 1:
                side, gain = max(bidders, key=lambda one: one[0].regret(taken))
            k = key if key >= 0 else (side.best(taken) or (0, 0.0))[0]
            side.take(k, gain)
            if not repeats:
                taken.add(k)
        done = sum(len(s.chosen) for s in sides)
        tell(_PROPOSED + (_CHOSEN - _PROPOSED) * done / total, f"{done} of {total} entries")


def _exchange(sides: Sequence[_Side]) -> None:
    """Let two groups exchange lineups wherever both together earn more."""
    left, refused = _EXCHANGES, set[tuple[int, int]]()
    while left and (pair := _promising(sides, refused)) is not None:
        left -= 1
        (one, a), (other, b) = pair
        mine = [b if k == a else k for k in one.chosen]
        theirs = [a if k == b else k for k in other.chosen]
        first, second = one.would_earn(mine), other.would_earn(theirs)
        before = sum(one.earned) + sum(other.earned)
        if first is None or second is None or sum(first) + sum(second) <= before + 1e-9:
            refused.add((a, b))
            continue
        one.replace(mine, first)
        other.replace(theirs, second)


def _promising(
    sides: Sequence[_Side], refused: set[tuple[int, int]]
) -> tuple[tuple[_Side, int], tuple[_Side, int]] | None:
    """Return the exchange of two lineups that gains most by what they earn alone."""
    best, found = 1e-9, None
    for number, one in enumerate(sides):
        for other in sides[number + 1 :]:
            if not (one.chosen and other.chosen):
                continue
            a, b = np.array(one.chosen), np.array(other.chosen)
            gain = (other.worth[a] - one.worth[a])[:, None] + (one.worth[b] - other.worth[b])[None]
            for i, j in refused:
                gain[np.ix_(a == i, b == j)] = -np.inf
            at = int(np.argmax(gain))
            if float(gain.flat[at]) > best:
                best = float(gain.flat[at])
                found = (one, int(a[at // len(b)])), (other, int(b[at % len(b)]))
    return found


def _filled(
    side: _Side,
    slate: Slate,
    crowd: Crowd,
    field: NDArray[np.integer[Any]] | None,
    ticket_value: float,
    threads: int,
) -> Filled:
    """Return a group's lineups and what they may win; where candidates ran out, the rest are built for what is left."""
    group, earned = side.group, list[float | None](side.earned)
    if side.ledger.left:
        try:
            _complete(side, slate)
        except NoLineup as error:
            raise NoLineup(f"{group.name}: {error}", error.rules) from error
        earned += [None] * (len(group.entry_ids) - len(earned))
    rows = np.array([placed(side.program, slate, items) for items in side.ledger.chosen])
    times = np.array([slot.points_multiplier for slot in slate.contest.expanded_slots])
    points = (slate.pool["points"].to_numpy()[rows] * times).sum(1)
    ids = slate.pool["draftable_id"].to_list()
    outcome = None
    if group.offer is not None and field is not None:
        judges = moves(crowd, np.ascontiguousarray(slate.halves[1]))
        own = crowd.roster.moves(slate.contest, rows)
        outcome = portfolio.simulate(judges, own, field, group.offer, ticket_value=ticket_value, threads=threads)
    lineups = [tuple(ids[r] for r in lineup) for lineup in rows.tolist()]
    used = np.bincount(rows.ravel(), minlength=len(ids))
    top = int(used.argmax())
    return Filled(group, lineups, points.tolist(), earned, outcome, (int(used[top]), slate.pool["name"][top]))


def _complete(side: _Side, slate: Slate) -> None:
    """Build the lineups for which no candidate fits any more: the best that the rules still allow.

    Raises:
        NoLineup: There is none beside those that were chosen.
    """
    group, ledger = side.group, side.ledger
    if group.objective == ROI or group.quantile is not None:
        worlds = group.rules.worlds_per_lineup or 1
        completed(side.program, slate, group.rules.model_copy(update={"worlds_per_lineup": worlds}), ledger)
        return
    search = Search(side.program, group.rules.model_copy(update={"worlds_per_lineup": None}), None)
    search.stand(ledger.chosen)
    for items in search.run()[len(ledger.chosen) :]:
        ledger.add(items)


def by_entry(filled: Sequence[Filled]) -> Mapping[str, tuple[int, ...]]:
    """Return the lineup of every entry, the one that earns most to the first of its contest."""
    return {entry: lineup for one in filled for entry, lineup in zip(one.group.entry_ids, one.lineups, strict=True)}
