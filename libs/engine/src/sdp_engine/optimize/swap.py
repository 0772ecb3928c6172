"""Late swap: players whose games have started stay where they stand, the rest of every entry is built anew."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from sdp_sports.rules import Rules
from sdp_sports.spec import Contest, Stack

from sdp_engine.optimize.assign import assign
from sdp_engine.optimize.bands import Bands, Limits
from sdp_engine.optimize.build import build
from sdp_engine.optimize.check import check_lineup
from sdp_engine.optimize.faults import check_rules
from sdp_engine.optimize.listing import Weary
from sdp_engine.optimize.program import Ints, Program, Task, row, slot_groups

Place = tuple[int | None, bool]
"""The draftable in a roster place, None where nobody stands there yet, and whether he must stay."""
Ids = tuple[int | None, ...]
Key = tuple[int, tuple[float, float]]
"""A draftable and the multipliers of his slot: what two lineups share."""


@dataclass(frozen=True)
class Swap:
    """What became of an entry.

    Attributes:
        draftable_ids: The lineup, in the order of the contest's slots.
        outcome: `finished` where nobody could be exchanged, `swapped`, `same` where the lineup was the best already,
            `kept` where no lineup keeps the rules beside the others: it stays as it was.
    """

    draftable_ids: tuple[int | None, ...]
    outcome: str


def swap(
    contest: Contest,
    pool: pl.DataFrame,
    rules: Rules,
    stacks: Mapping[str, Stack],
    entries: Sequence[Sequence[Place]],
    open_ids: frozenset[int],
    *,
    starts: Mapping[str, datetime] | None = None,
    on_entry: Callable[[int], None] | None = None,
) -> list[Swap]:
    """Return every entry with its open places filled anew, one after another in their order.

    Each is the best lineup, on the pool's points, that holds its fixed players in their places and keeps the rules
    beside the entries before it and those that are finished: no duplicate, `min_unique` places apart where its fixed
    players allow it, nobody above his largest exposure (fixed players count, and stay). `locked`, minima and shares of
    stacks are not asked of single entries.

    Args:
        contest: The contest's declaration.
        pool: A POOL frame, fixed players included.
        rules: The request; `lineups` is the number of entries.
        stacks: The stacks declared for the sport.
        entries: The places of each entry in the order of the contest's slots.
        open_ids: Draftables who may still be drafted.
        starts: When each game starts, UTC; late starters go to the most flexible of the open slots.
        on_entry: Called with how many entries are done; may raise to stop.

    Raises:
        ValueError: The request is wrong, or an entry holds somebody who is not in the pool.
    """
    asked = rules.model_copy(
        update={"lineups": max(1, len(entries)), "locked": (), "exposures": tuple(
            e.model_copy(update={"at_least": 0.0}) for e in rules.exposures
        ), "team_exposures": (), "group_exposures": (), "stacks": tuple(s for s in rules.stacks if s.at_least == 1)}
    )  # fmt: skip
    if faults := check_rules(asked, contest, pool, stacks):
        raise ValueError("; ".join(f"{f.field}: {f.message}" for f in faults))
    known = set(pool["draftable_id"].to_list())
    for number, places in enumerate(entries, 1):
        if len(places) != contest.roster_size or not {i for i, _ in places} <= known | {None}:
            raise ValueError(f"entry {number} does not hold {contest.roster_size} players of the slate")
    work = _Work(contest, pool, asked, stacks, open_ids, starts or {})
    return work.run(entries, on_entry or (lambda _: None))


class _Work:
    """The entries so far, and what they leave for the next."""

    def __init__(
        self, contest: Contest, pool: pl.DataFrame, rules: Rules, stacks: Mapping[str, Stack],
        open_ids: frozenset[int], starts: Mapping[str, datetime],
    ) -> None:  # fmt: skip
        self._contest, self._pool, self._rules, self._stacks = contest, pool, rules, stacks
        self._open, self._starts = open_ids, starts
        self._slots = contest.expanded_slots
        self._caps = {i: rules.cap(i) for i in open_ids}
        self._models: dict[tuple[tuple[int, int | None], ...], _Model] = {}
        self._known: dict[Ids, frozenset[Key]] = {}

    def run(self, entries: Sequence[Sequence[Place]], report: Callable[[int], None]) -> list[Swap]:
        """Return what becomes of every entry."""
        done: dict[int, Ids] = {
            n: tuple(i for i, _ in places) for n, places in enumerate(entries) if all(fixed for _, fixed in places)
        }
        used: Counter[int | None] = Counter(i for ids in done.values() for i in ids)
        used.update(i for n, places in enumerate(entries) if n not in done for i, fixed in places if fixed)
        found: list[Swap] = []
        for n, places in enumerate(entries):
            before = tuple(i for i, _ in places)
            if n in done:
                found.append(Swap(before, "finished"))
            else:
                after = self._next(places, used, list(done.values()))
                outcome = "kept" if after is None else "same" if set(after) == set(before) else "swapped"
                done[n] = after if after is not None and outcome == "swapped" else before
                used.update(i for i, (_, fixed) in zip(done[n], places, strict=True) if not fixed)
                found.append(Swap(done[n], outcome))
            report(n + 1)
        return found

    def _next(
        self, places: Sequence[Place], used: Counter[int | None], others: Sequence[Ids]
    ) -> tuple[int, ...] | None:
        """Return the best lineup of an entry, None where none keeps the rules."""
        fixed = tuple((n, i) for n, (i, stays) in enumerate(places) if stays)
        if fixed not in self._models:
            self._models[fixed] = _Model(*self._opened(fixed), self._rules, self._stacks)
        model = self._models[fixed]
        stay = {i for _, i in fixed}
        full = {i for i in self._open - stay if used[i] >= self._caps[i]}
        apart = [self._rules.min_unique, 1] if self._rules.min_unique > 1 else [1]
        for unique in apart:  # fixed players may leave less room than the rule asks for
            items = model.best(full, [self._keys(ids) for ids in others], unique)
            if items is not None:
                return self._placed(model.program, places, items)
        return None

    def _opened(self, fixed: Sequence[tuple[int, int | None]]) -> tuple[Contest, pl.DataFrame]:
        """Return the contest with a slot of its own for each fixed player, and who may fill the others."""
        stays = {n for n, _ in fixed}
        left = Counter(slot.name for n, slot in enumerate(self._slots) if n not in stays)
        slots = [
            *(s.model_copy(update={"count": left[s.name]}) for s in self._contest.slots if left[s.name]),
            *(self._slots[n].model_copy(update={"name": _own(n), "count": 1}) for n in stays),
        ]
        contest = self._contest.model_copy(update={"slots": tuple(slots), "upload_header": ()})
        own = {i: [_own(n)] for n, i in fixed if i is not None}
        told = self._pool.filter(pl.col("draftable_id").is_in([*self._open, *own]))
        places = [own.get(i, s) for i, s in told.select("draftable_id", "roster_slots").iter_rows()]
        return contest, told.with_columns(roster_slots=pl.Series(places, dtype=pl.List(pl.String)))

    def _keys(self, ids: Ids) -> frozenset[Key]:
        if ids not in self._known:
            placed = [(i, s) for i, s in zip(ids, self._slots, strict=True) if i is not None]
            self._known[ids] = frozenset((i, (s.points_multiplier, s.salary_multiplier)) for i, s in placed)
        return self._known[ids]

    def _placed(self, program: Program, places: Sequence[Place], items: Sequence[int]) -> tuple[int, ...]:
        """Return the lineup in the order of the contest's slots."""
        ids = assign(program.contest, [(program.of(i), int(program.group[i])) for i in items], self._starts)
        waiting: dict[str, list[int]] = {}
        for slot, i in zip(program.contest.expanded_slots, ids, strict=True):
            waiting.setdefault(slot.name, []).append(i)
        lineup = tuple(
            i if stays and i is not None else waiting[slot.name].pop(0)
            for slot, (i, stays) in zip(self._slots, places, strict=True)
        )
        rows = pl.concat([self._pool.filter(pl.col("draftable_id") == i) for i in lineup])
        if faults := check_lineup(self._contest, rows):
            raise RuntimeError(f"the solver broke the contest's rules: {'; '.join(faults)}")
        return lineup


class _Model:
    """The program of all entries with the same fixed players, and how far down its lineups were looked through.

    Exposures are only used up and lineups only added, so that what was out of the question for one entry stays so for
    those after it: the search goes on where it stopped.
    """

    def __init__(self, contest: Contest, pool: pl.DataFrame, rules: Rules, stacks: Mapping[str, Stack]) -> None:
        self.program = build(contest, pool, rules, stacks)
        self._rules = rules
        cap, most = contest.salary_cap_usd, rules.max_salary_usd
        self._ceiling = cap if most is None else min(cap, most)
        groups = slot_groups(contest)
        owners = [
            (int(self.program.of(i)["draftable_id"]), groups[g]) for i, g in enumerate(self.program.group.tolist())
        ]
        self._item = {key: i for i, key in enumerate(owners)}
        self._bands: dict[int, tuple[Bands, Limits, list[Ints]] | None] = {}

    def best(self, full: set[int], others: Sequence[frozenset[Key]], unique: int) -> tuple[int, ...] | None:
        """Return the items of the best lineup that is `unique` apart from others and holds nobody of the full."""
        size = self.program.contest.roster_size
        earlier = [np.array(sorted(self._item[k] for k in lineup if k in self._item), np.int64) for lineup in others]
        room = np.array([int(row["draftable_id"]) not in full for row in self.program.pool], np.int64)
        try:
            if unique not in self._bands:
                self._bands[unique] = self._looked(size - unique, room, earlier)
            known = self._bands[unique]
            if known is not None:
                bands, limits, apart = known
                limits.room[:] = room
                apart[:] = earlier
                return bands.chosen[-1] if bands.take(1) else None
        except Weary:
            self._bands[unique] = None
        from sdp_engine.optimize.cpsat import Solver  # takes long to load

        upper = np.concatenate([room[self.program.owner], np.ones(self.program.auxiliary, np.int64)])
        worth = np.concatenate([self.program.value, np.zeros(self.program.auxiliary, np.int64)])
        distinct = [row("apart", items, high=size - unique) for items in earlier]
        return Solver().best(Task(worth, upper, [*self.program.every_row, *distinct], self.program.items))

    def _looked(self, most_shared: int, room: Ints, earlier: list[Ints]) -> tuple[Bands, Limits, list[Ints]]:
        limits = Limits(most_shared, self.program.owner, room.copy(), [], np.zeros(0, np.int64))
        bands = Bands(self.program, limits, set(), self._rules.min_salary_usd or 0, self._ceiling, earlier)
        return bands, limits, earlier


def _own(place: int) -> str:
    return f"place {place}"
