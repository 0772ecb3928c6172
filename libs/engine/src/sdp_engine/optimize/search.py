"""The sequence of optima under rules that tie lineups together, by the fast way first and CP-SAT where it must be."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from sdp_sports.rules import Rules

from sdp_engine.optimize.bands import STEPS, Bands, Weary
from sdp_engine.optimize.faults import NoLineup
from sdp_engine.optimize.ledger import Items, Ledger
from sdp_engine.optimize.program import Exposed, Ints, Program, Row, Task, row
from sdp_engine.optimize.worlds import best_of_worlds

_RETREATS = 60
"""How often a search that has run into a dead end may take a lineup back."""
_PATIENCE = 10_000_000
"""Moves of a band while minima can still be spread: what takes longer is nearly a dead end."""
_SMALL = 2000
"""Lineups times items up to which a dead end is left by stepping back; above, minima are spread instead."""


class Search:
    """The lineups one after another; steps back where it has run into a dead end, so that a set is found if one is.

    Args:
        program: The program of one lineup.
        rules: The request.
        on_lineup: Called with how many lineups stand.
        values: What each item is worth to each lineup of the set, shape (lineups, items); `program.value` to all where
            None.
    """

    def __init__(
        self, program: Program, rules: Rules, on_lineup: Callable[[int], None] | None, values: Ints | None = None
    ) -> None:
        self._program, self._rules, self._values = program, rules, values
        self._report = on_lineup or (lambda _: None)
        self.ledger = Ledger(program, rules)
        self._dead: dict[int, list[Items]] = {}
        self._retreats = 0
        self._draftables = [int(program.of(i)["draftable_id"]) for i in range(program.items)]
        self._caps = {d: rules.cap(d) for d in set(self._draftables)}
        self._looks_ahead = any(e.at_least for e in program.exposed)
        # Without rules that tie lineups together a dead end means that every legal lineup is already taken.
        self._ties = bool(
            program.exposed or rules.min_unique > 1 or min(self._caps.values(), default=0) < rules.lineups
        )
        self._is_small = rules.lineups * program.items <= _SMALL
        self._locked = {i for i, d in enumerate(self._draftables) if d in set(rules.locked)}

    def stand(self, chosen: Sequence[Items]) -> None:
        """Take these lineups as those that stand."""
        for items in chosen:
            self.ledger.add(items)

    def run(self) -> list[Items]:
        """Return the items of every lineup."""
        ledger, stood = self.ledger, len(self.ledger.chosen)
        self._take()
        while ledger.left and not self._is_small and self._slow_down(stood):
            self._take()
        if not ledger.left:
            return ledger.chosen
        from sdp_engine.optimize.cpsat import Solver  # takes longer to load than most requests take

        solver = Solver()
        while ledger.left:
            task = self.task()
            best = solver.best(task)
            if best is None:
                self._retreat(task)
            else:
                ledger.add(best)
            self._report(len(ledger.chosen))
        return ledger.chosen

    def _take(self) -> None:
        """Take lineups as far as the compiled search goes."""
        try:
            if self._values is None:
                while self.ledger.left and self._take_band():
                    pass
            else:
                self._take_each(self._values)
        except Weary:
            return  # what stands so far is exact

    def _bands(self, value: Ints) -> Bands:
        """Return the bands of the next lineups, by what must stand in them now."""
        rules, program = self._rules, self._program
        demands, locked = self.ledger.demands(), self._locked
        if demands:
            program, more = self.ledger.reserve.demanded(demands)
            locked = locked | more
        cap = program.contest.salary_cap_usd
        ceiling = cap if rules.max_salary_usd is None else min(cap, rules.max_salary_usd)
        earlier = [np.array(items, np.int64) for items in self.ledger.chosen]
        steps = STEPS if self._is_small or not self.ledger.reserve.owed else _PATIENCE
        floor = rules.min_salary_usd or 0
        return Bands(replace(program, value=value), self.ledger.limits(), locked, floor, ceiling, earlier, steps)

    def _take_band(self) -> bool:
        """Take lineups until what minima ask of them changes; return whether that led any further."""
        ledger, before = self.ledger, len(self.ledger.chosen)
        if ledger.is_hopeless():
            return False
        bands, seen = self._bands(self._program.value), 0
        while ledger.left and bands.take(ledger.left):
            for items in bands.chosen[seen:]:
                if not ledger.allows(items):
                    return self._settle(before)
                ledger.add(items)
                self._report(len(ledger.chosen))
            seen = len(bands.chosen)
        return self._settle(before)

    def _settle(self, before: int) -> bool:
        """Give back what stands in the way of the minima; return whether anything was taken or learned."""
        ledger, known = self.ledger, len(self.ledger.reserve.cuts)
        while len(ledger.chosen) > before and ledger.is_hopeless():
            while len(ledger.chosen) > before and ledger.is_broken():
                ledger.pop()
        return len(ledger.chosen) > before or len(ledger.reserve.cuts) > known

    def _take_each(self, values: Ints) -> None:
        """Take the best lineup of each row of values in turn, as far as it goes."""
        ledger = self.ledger
        try:
            alone = best_of_worlds(self._program, self._rules, values[len(ledger.chosen) :].astype(np.int32))
        except LookupError:
            return
        while ledger.left:
            step = len(ledger.chosen)
            items: Items | None = tuple(alone[step - len(values)].tolist())
            if items is None or not ledger.fits(items):
                bands = self._bands(values[step])
                items = bands.chosen[0] if bands.take(1) else None
            if items is None:
                return
            ledger.add(items)
            if ledger.is_hopeless():
                ledger.pop()  # and again, by what was learned
                if ledger.is_broken():
                    return
                continue
            self._report(len(ledger.chosen))

    def _retreat(self, stuck: Task) -> None:
        """Forbid the last lineup in its place, or start again looking ahead; raise where there is nothing to undo."""
        depth = len(self.ledger.chosen)
        if depth == 0 or not self._ties or self._retreats >= _RETREATS:
            raise _no_lineup(stuck, depth, self._rules.lineups)
        self._dead.pop(depth, None)
        self._retreats += 1
        if not self._looks_ahead:
            self._looks_ahead = True
            self._clear()
            return
        self._dead.setdefault(depth - 1, []).append(self.ledger.pop())

    def _clear(self, stood: int = 0) -> None:
        while len(self.ledger.chosen) > stood:
            self.ledger.pop()

    def _slow_down(self, stood: int) -> bool:
        """Start again with minima spread over more lineups; return whether that can be."""
        if not self.ledger.reserve.owed:
            return False
        reached = list(self.ledger.chosen)
        self._clear(stood)
        if self.ledger.reserve.slow_down(self.ledger.missing, self.ledger.left):
            return True
        self.stand(reached[stood:])
        return False

    def task(self) -> Task:
        """Return the program of the next lineup."""
        program, after = self._program, self._rules.lineups - len(self.ledger.chosen) - 1
        size = program.contest.roster_size
        apart = f"lineups that differ in {self._rules.min_unique} players or more"
        distinct = [row(apart, items, high=size - self._rules.min_unique) for items in self.ledger.chosen]
        dead = [
            row("a set that can be completed", i, high=size - 1) for i in self._dead.get(len(self.ledger.chosen), [])
        ]
        shared = [*program.every_row, *self._full(), *distinct]
        exposures = self._exposures(after if self._looks_ahead else 0)
        worth = program.value if self._values is None else self._values[len(self.ledger.chosen)]
        value = np.concatenate([worth, np.zeros(program.auxiliary, np.int64)])
        upper = np.ones(len(value), np.int64)
        if not (self._looks_ahead and after):
            return Task(value, upper, [*shared, *dead, *exposures], program.items)
        # The lineups still to come, summed: each row holds for each of them, so its multiple holds for the sum.
        ahead = [_shifted(r, len(value), after) for r in shared]
        value, upper = np.concatenate([value, 0 * value]), np.concatenate([upper, after * upper])
        return Task(value, upper, [*shared, *dead, *ahead, *exposures], program.items)

    def _exposures(self, after: int) -> list[Row]:
        """Return the rows that keep every draftable within his share; `after` lineups come later, all counted."""
        used = Counter(d for items in self.ledger.chosen for d in {self._draftables[i] for i in items})
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
        for exposed, held in zip(self._program.exposed, self.ledger.held.tolist(), strict=True):
            missing = exposed.at_least - held
            if exposed.column is not None and missing > 0:
                both = [exposed.column, exposed.column + later] if after else [exposed.column]
                rows.append(row(f"{exposed.name} in at least {exposed.at_least} lineups", both, low=missing))
        return rows

    def _full(self) -> list[Row]:
        """Return the rows that keep out what stands in as many lineups as it may."""
        return [
            found
            for exposed, held in zip(self._program.exposed, self.ledger.held.tolist(), strict=True)
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
