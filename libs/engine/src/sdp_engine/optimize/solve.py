"""The best lineups one after another, each proven optimal given those before it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from sdp_sports.rules import Rules
from sdp_sports.spec import Contest, Stack

from sdp_engine.optimize.assign import assign
from sdp_engine.optimize.bands import Bands, Limits, Weary
from sdp_engine.optimize.build import build
from sdp_engine.optimize.faults import check_rules
from sdp_engine.optimize.program import Exposed, Program, Row, Task, row, slot_groups

_RETREATS = 60
"""How often a search that has run into a dead end may take a lineup back."""


class NoLineup(Exception):
    """No set of lineups satisfies the request; `rules` names, in words, rules that cannot all hold.

    Removing any one of them would let the search go on. The shell turns this into its own `Infeasible`.
    """

    def __init__(self, message: str, rules: Sequence[str]) -> None:
        super().__init__(message)
        self.rules = tuple(rules)


@dataclass(frozen=True)
class Lineup:
    """One lineup.

    Attributes:
        draftable_ids: One a roster place, in the order of `Contest.expanded_slots`.
        salary_usd: What it costs, slot multipliers counted.
        points: What it is projected to score, slot multipliers counted, from points to the thousandth.
    """

    draftable_ids: tuple[int, ...]
    salary_usd: int
    points: float


def solve(
    contest: Contest,
    pool: pl.DataFrame,
    rules: Rules,
    stacks: Mapping[str, Stack],
    *,
    starts: Mapping[str, datetime] | None = None,
    on_lineup: Callable[[int], None] | None = None,
) -> list[Lineup]:
    """Return the lineups, the best first.

    Each is the best that satisfies every rule given those before it and leaves a way to complete the set; among
    equals the first by sorted draftable ids. The same request always has the same answer.

    Args:
        contest: The contest's declaration.
        pool: A POOL frame; `points` is maximised.
        rules: The request.
        stacks: The stacks declared for the sport.
        starts: When each game starts, UTC; late starters then go to the most flexible slots.
        on_lineup: Called with how many lineups stand after each step (fewer than before where the search has run
            into a dead end and stepped back); may raise to stop.

    Raises:
        ValueError: The pool or the request is wrong (`check_rules` lists all of a request's faults).
        NoLineup: The rules cannot all hold.
    """
    if faults := check_rules(rules, contest, pool, stacks):
        raise ValueError("; ".join(f"{f.field}: {f.message}" for f in faults))
    program = build(contest, pool, rules, stacks)
    chosen = _Search(program, rules, on_lineup).run()
    return [_lineup(program, items, starts or {}) for items in chosen]


def best_after(
    contest: Contest, pool: pl.DataFrame, rules: Rules, stacks: Mapping[str, Stack], lineups: Sequence[Sequence[int]]
) -> float | None:
    """Return the points of the best next lineup by CP-SAT, None without one: the oracle of what `solve` returns.

    Args:
        contest: The contest's declaration.
        pool: A POOL frame.
        rules: The request.
        stacks: The stacks declared for the sport.
        lineups: Those that stand, the draftable ids of each in the order of the contest's slots.
    """
    from sdp_engine.optimize.cpsat import Solver  # see `_Search.run`

    program = build(contest, pool, rules, stacks)
    groups = slot_groups(contest)
    slots = [groups.index((s.points_multiplier, s.salary_multiplier)) for s in contest.expanded_slots]
    where = {(int(program.of(i)["draftable_id"]), int(program.group[i])): i for i in range(program.items)}
    search = _Search(program, rules, None)
    search.stand([tuple(sorted(where[key] for key in zip(ids, slots, strict=True))) for ids in lineups])
    found = Solver().best(search.task())
    return None if found is None else int(program.value[list(found)].sum()) / program.scale


def _lineup(program: Program, items: Sequence[int], starts: Mapping[str, datetime]) -> Lineup:
    index = list(items)
    return Lineup(
        assign(program.contest, [(program.of(i), int(program.group[i])) for i in items], starts),
        int(program.salary[index].sum()),
        int(program.value[index].sum()) / program.scale,
    )


Items = tuple[int, ...]


class _Search:
    """The sequence of optima; steps back where it has run into a dead end, so that a set is found if one exists."""

    def __init__(self, program: Program, rules: Rules, on_lineup: Callable[[int], None] | None) -> None:
        self._program = program
        self._rules = rules
        self._report = on_lineup or (lambda _: None)
        self._chosen: list[Items] = []
        self._dead: dict[int, list[Items]] = {}
        self._retreats = 0
        draftables = [int(program.of(i)["draftable_id"]) for i in range(program.items)]
        self._draftables = draftables
        self._caps = {d: rules.cap(d) for d in set(draftables)}
        self._looks_ahead = any(e.at_least for e in program.exposed)
        # Without rules that tie lineups together a dead end means that every legal lineup is already taken.
        self._ties = bool(
            program.exposed or rules.min_unique > 1 or min(self._caps.values(), default=0) < rules.lineups
        )

    def stand(self, chosen: Sequence[Items]) -> None:
        """Take these lineups as those that stand."""
        self._chosen = list(chosen)

    def run(self) -> list[Items]:
        """Return the items of every lineup."""
        if not self._looks_ahead:
            self._run_bands()
        if len(self._chosen) == self._rules.lineups:
            return self._chosen
        from sdp_engine.optimize.cpsat import Solver  # takes longer to load than most requests take

        solver = Solver()
        while len(self._chosen) < self._rules.lineups:
            task = self.task()
            best = solver.best(task)
            if best is None:
                self._retreat(task)
            else:
                self._chosen.append(best)
            self._report(len(self._chosen))
        return self._chosen

    def _run_bands(self) -> None:
        """Take lineups as far as the compiled bands go: to the end, to a dead end, or until they would take long."""
        rules, program = self._rules, self._program
        limits = Limits(
            program.contest.roster_size - rules.min_unique,
            program.owner,
            np.array([self._caps.get(int(r["draftable_id"]), 0) for r in program.pool], np.int64),
            [e.options for e in program.exposed],
            np.array([e.at_most for e in program.exposed], np.int64),
        )
        locked = {i for i in range(program.items) if self._draftables[i] in set(rules.locked)}
        cap = program.contest.salary_cap_usd
        ceiling = cap if rules.max_salary_usd is None else min(cap, rules.max_salary_usd)
        try:
            bands = Bands(program, limits, locked, rules.min_salary_usd or 0, ceiling)
            while len(self._chosen) < rules.lineups and bands.take(rules.lineups - len(self._chosen)):
                for items in bands.chosen[len(self._chosen) :]:
                    self._chosen.append(items)
                    self._report(len(self._chosen))
        except Weary:
            return

    def _retreat(self, stuck: Task) -> None:
        """Forbid the last lineup in its place, or start again looking ahead; raise where there is nothing to undo."""
        depth = len(self._chosen)
        if depth == 0 or not self._ties or self._retreats >= _RETREATS:
            raise _no_lineup(stuck, depth, self._rules.lineups)
        self._dead.pop(depth, None)
        self._retreats += 1
        if not self._looks_ahead:
            self._looks_ahead = True
            self._chosen.clear()
            return
        self._dead.setdefault(depth - 1, []).append(self._chosen.pop())

    def task(self) -> Task:
        """Return the program of the next lineup."""
        program, after = self._program, self._rules.lineups - len(self._chosen) - 1
        size = program.contest.roster_size
        apart = f"lineups that differ in {self._rules.min_unique} players or more"
        distinct = [row(apart, items, high=size - self._rules.min_unique) for items in self._chosen]
        dead = [row("a set that can be completed", i, high=size - 1) for i in self._dead.get(len(self._chosen), [])]
        shared = [*program.every_row, *self._full(), *distinct]
        exposures = self._exposures(after if self._looks_ahead else 0)
        value = np.concatenate([program.value, np.zeros(program.auxiliary, np.int64)])
        upper = np.ones(len(value), np.int64)
        if not (self._looks_ahead and after):
            return Task(value, upper, [*shared, *dead, *exposures], program.items)
        # The lineups still to come, summed: each row holds for each of them, so its multiple holds for the sum.
        ahead = [_shifted(r, len(value), after) for r in shared]
        value, upper = np.concatenate([value, 0 * value]), np.concatenate([upper, after * upper])
        return Task(value, upper, [*shared, *dead, *ahead, *exposures], program.items)

    def _exposures(self, after: int) -> list[Row]:
        """Return the rows that keep every draftable within his share; `after` lineups come later, all counted."""
        used = Counter(d for items in self._chosen for d in {self._draftables[i] for i in items})
        later = self._program.items + self._program.auxiliary
        items: dict[int, list[int]] = {}
        for i, draftable in enumerate(self._draftables):
            items.setdefault(draftable, []).append(i)
        rows = []
        for draftable, columns in items.items():
            name, left = self._program.of(columns[0])["name"], self._caps[draftable] - used[draftable]
            both = [*columns, *(c + later for c in columns)] if after else columns
            if left <= after:
                rows.append(row(f"{name} in at most {self._caps[draftable]} lineups", both, high=left))
        for exposed, held in zip(self._program.exposed, self._counts(), strict=True):
            missing = exposed.at_least - held
            if exposed.column is not None and missing > 0:
                both = [exposed.column, exposed.column + later] if after else [exposed.column]
                rows.append(row(f"{exposed.name} in at least {exposed.at_least} lineups", both, low=missing))
        return rows

    def _counts(self) -> list[int]:
        """Return how many lineups count so far for what stands in some of them."""
        return [sum(exposed.counts(lineup) for lineup in self._chosen) for exposed in self._program.exposed]

    def _full(self) -> list[Row]:
        """Return the rows that keep out what stands in as many lineups as it may."""
        return [
            found
            for exposed, held in zip(self._program.exposed, self._counts(), strict=True)
            if held >= exposed.at_most
            for found in _without(exposed)
        ]


def _without(exposed: Exposed) -> list[Row]:
    """Return the rows of a lineup that does not count for what is exposed."""
    rule = f"{exposed.name} in at most {exposed.at_most} lineups"
    if exposed.broken:
        return [row(rule, ends, low=1) for ends in exposed.broken]
    return [row(rule, items, high=least - 1) for ((items, least),) in exposed.options]


def _shifted(rule: Row, by: int, times: int) -> Row:
    low, high = (None if end is None else end * times for end in (rule.low, rule.high))
    return Row(rule.rule, rule.columns + by, rule.weights, low, high)


def _no_lineup(task: Task, depth: int, lineups: int) -> NoLineup:
    from sdp_engine.optimize.clash import clash  # loads OR-Tools

    rules = clash(task)
    where = "No lineup satisfies" if depth == 0 else f"After {depth} of {lineups} lineups no other satisfies"
    return NoLineup(f"{where} all of: {'; '.join(rules)}", rules)
