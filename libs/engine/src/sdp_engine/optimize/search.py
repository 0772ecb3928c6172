"""The sequence of optima under rules that tie lineups together, by the fast way first and CP-SAT where it must be."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from sdp_sports.rules import Rules

from sdp_engine.optimize.bands import STEPS, WORK, Bands
from sdp_engine.optimize.bound import refute
from sdp_engine.optimize.clash import clash
from sdp_engine.optimize.faults import NoLineup
from sdp_engine.optimize.ledger import Items, Ledger
from sdp_engine.optimize.listing import Weary
from sdp_engine.optimize.program import Exposed, Ints, Program, Row, Task, row
from sdp_engine.optimize.together import together
from sdp_engine.optimize.turns import Turns
from sdp_engine.optimize.worlds import best_of_worlds

if TYPE_CHECKING:
    from sdp_engine.optimize.cpsat import Solver

_RETREATS = 60
"""How often a search that has run into a dead end may take a lineup back, before a small one weighs all together."""
_RETURNS = 20
"""How often lineups are given back for what was learned after them, before minima are spread instead."""
_PATIENCE = 150_000_000
"""Moves of a band while minima can still be spread: what takes longer is nearly a dead end."""
_SMALL = 2000
"""Lineups times items up to which a dead end is left by stepping back; above, minima are spread instead."""


class _Overtaken(Exception):
    """CP-SAT has taken the next lineups: what bands have listed since is of what was left before."""


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
        self.reached: list[Items] = []
        self._why: NoLineup | None = None
        self._stood = 0
        self._dead: set[frozenset[Items]] = set()
        self._ended: list[Items] | None = None
        self._retreats = self._returns = 0
        self._weighs_all = self._is_long = False
        self._steps, self._turns = STEPS, Turns()
        self._draftables = [int(program.of(i)["draftable_id"]) for i in range(program.items)]
        self._caps = {d: rules.cap(d) for d in set(self._draftables)}
        self._own = {e.draftable_id for e in rules.exposures}
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
        """Return the items of every lineup.

        Raises:
            NoLineup: There is no further lineup, or none was proven within the limit of work; `reached` holds those
                that were made.
        """
        ledger = self.ledger
        self._stood = len(ledger.chosen)
        self._take()
        if ledger.left and ledger.reserve.owed and ledger.reserve.rule_out(ledger.missing):
            self._clear()
        while ledger.left and not self._is_small and self._slow_down():
            self._take()
        if ledger.left:
            self._prove()
        return ledger.chosen

    def _prove(self) -> None:
        """Take the lineups that are left one by one, each proven by CP-SAT; step back where there is none."""
        while self._is_dead_end():
            self._retreat(self.task())
        from sdp_engine.optimize.cpsat import Solver, Undecided  # takes longer to load than most requests take

        solver = Solver()
        while self.ledger.left:
            task = self.task()
            try:
                best = solver.best(task)
            except Undecided:
                raise self._refusal() from None
            if best is None:
                self._retreat(task)
            else:
                self.ledger.add(best)
            self._report(len(self.ledger.chosen))

    def _is_dead_end(self) -> bool:
        """Return whether it is known without the integer program that no lineup is left beside those that stand."""
        if self.ledger.chosen == self._ended or self.ledger.shortfall() is not None:
            return True
        task = self.task()
        return refute(task.upper, task.rows) is not None

    def _take(self) -> None:
        """Take lineups as far as the compiled search goes."""
        try:
            if len(self._program.cases) > 1:  # each is compiled, which takes longer than to ask
                self._ask()
            if self._values is None:
                while self.ledger.left and self._take_band():
                    pass
            else:
                self._take_each(self._values)
        except Weary:  # what stands so far is exact
            pass

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
        floor = rules.min_salary_usd or 0
        work = WORK if self._is_small or not self.ledger.reserve.owed else _PATIENCE
        return Bands(
            replace(program, value=value), self.ledger.limits(), locked, floor, ceiling, earlier,
            steps=self._steps, work=work, tell=self._go_on,
        )  # fmt: skip

    def _go_on(self, moves: int) -> None:
        """Report that a step takes long, and let CP-SAT have its turn; first of all is asked if there is a lineup.

        Raises:
            Weary: There is none, which bands would tell only after the last of them.
            _Overtaken: CP-SAT has taken the next lineups.
        """
        self._report(len(self.ledger.chosen))
        if not self._is_long:
            self._is_long = True
            self._ask()
        # Where minima are owed bands would have to begin anew after a turn, which may take longer than it gains.
        solver = None if self.ledger.reserve.owed else self._turns.earn(moves)
        if solver is not None and self._overtake(solver):
            raise _Overtaken

    def _overtake(self, solver: "Solver") -> bool:
        """Take lineups by CP-SAT as far as its work goes; return whether there were any.

        Raises:
            Weary: There is no next lineup.
        """
        from sdp_engine.optimize.cpsat import Undecided

        ledger, before = self.ledger, len(self.ledger.chosen)
        with suppress(Undecided):
            while ledger.left:
                best = solver.best(self.task())
                if best is None:
                    raise Weary
                ledger.add(best)
                self._report(len(ledger.chosen))
        return len(ledger.chosen) > before

    def _ask(self) -> None:
        """Ask whether there is a next lineup at all.

        Raises:
            Weary: There is none.
        """
        from sdp_engine.optimize.cpsat import Undecided, feasible  # as above

        with suppress(Undecided):
            if not feasible(self.task()):
                self._note_end()
                raise Weary

    def _take_band(self) -> bool:
        """Take lineups until what minima ask of them changes; return whether that led any further."""
        ledger, before = self.ledger, len(self.ledger.chosen)
        if ledger.is_hopeless():
            return self._go_back()
        bands, seen = self._bands(self._program.value), 0
        while ledger.left:
            try:
                if not bands.take(ledger.left):
                    break
            except _Overtaken:
                bands.resume(ledger.chosen[before:], ledger.limits())
                seen = len(bands.chosen)
                continue
            for items in bands.chosen[seen:]:
                if not ledger.allows(items):
                    return self._settle(before)
                ledger.add(items)
                self._report(len(ledger.chosen))
            seen, self._steps = len(bands.chosen), bands.steps
            if ledger.is_hopeless():
                break
        if ledger.left and not bands.chosen:
            self._note_end()
        return self._settle(before)

    def _note_end(self) -> None:
        """Remember that there is no lineup beside those that stand, unless minima were only being spread."""
        if not self.ledger.reserve.is_paced:
            self._ended = list(self.ledger.chosen)

    def _go_back(self) -> bool:
        """Give back what a cut just learned forbids; return whether lineups remain to be taken another way."""
        depth, self._returns = len(self.ledger.chosen), self._returns + 1
        self._settle(self._stood)
        return len(self.ledger.chosen) < depth and self._returns <= _RETURNS and not self.ledger.is_broken()

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
                try:
                    items = bands.chosen[0] if bands.take(1) else None
                except _Overtaken:
                    continue
                finally:
                    self._steps = bands.steps
            if items is None:
                self._note_end()
                return
            ledger.add(items)
            if ledger.is_hopeless():
                ledger.pop()  # and again, by what was learned
                if ledger.is_broken():
                    return
                continue
            self._report(len(ledger.chosen))

    def _retreat(self, stuck: Task) -> None:
        """Remember these lineups as a dead end, or start again looking ahead; raise where nothing can be undone."""
        depth = len(self.ledger.chosen)
        if self._why is None or depth > len(self.reached):
            self.reached = list(self.ledger.chosen)
            self._why = self._reason(stuck)
        if depth <= self._stood or not self._ties:
            raise self._why
        if not (self._is_small or self.ledger.reserve.owed):
            raise NoLineup(f"{self._why} (others before them might have left room for more)", self._why.rules)
        if self._retreats >= _RETREATS:
            if self._weighs_all or not self._is_small:
                raise self._refusal()
            self._weighs_all = True
            self._clear()
            return
        self._retreats += 1
        if not self._looks_ahead:
            self._looks_ahead = True
            self._clear()
            return
        self._dead.add(frozenset(self.ledger.chosen))
        self.ledger.pop()

    def _reason(self, stuck: Task) -> NoLineup:
        """Return why there is no further lineup: more is owed than so many can count for, or rules that clash."""
        ledger, depth = self.ledger, len(self.ledger.chosen)
        cut = ledger.shortfall()
        if cut is None:
            return _no_lineup(clash(stuck), depth, self._rules.lineups)
        program, beyond = self._program, ledger.reserve.beyond(cut)
        upper = np.ones(program.items + program.auxiliary, np.int64)
        rules = clash(Task(0 * upper, upper, [*program.every_row, beyond], program.items))
        owed = [_owed(program.exposed[ledger.reserve.owed[x]]) for x in np.flatnonzero(cut.weights)]
        return _no_lineup((*(rule for rule in rules if rule != beyond.rule), *owed), depth, self._rules.lineups)

    def _ends(self) -> list[Items]:
        """Return the lineups after which the set is one that cannot be completed, in whatever order it was taken."""
        stand = frozenset(self.ledger.chosen)
        return [items for dead in self._dead if stand < dead and len(dead) == len(stand) + 1 for items in dead - stand]

    def _refusal(self) -> NoLineup:
        """Return why the search stops without a proof: where it was stuck before, else that it takes too long."""
        if self._why is not None and self._retreats >= _RETREATS:
            return NoLineup(f"{self._why} (nor was a way on found by {_RETREATS} other beginnings)", self._why.rules)
        if self._why is not None:
            return self._why
        self.reached, wanted = list(self.ledger.chosen), self._rules.lineups
        message = (
            f"After {len(self.reached)} of {wanted} lineups the next best could not be proven within the limit of work:"
            " ask for fewer lineups, or loosen what ties them together (exposures, unique players, groups)"
        )
        return NoLineup(message, ())

    def _clear(self) -> None:
        while len(self.ledger.chosen) > self._stood:
            self.ledger.pop()

    def _slow_down(self) -> bool:
        """Start again with minima spread over more lineups; return whether that can be."""
        ledger = self.ledger
        if not ledger.reserve.owed or self._ended == ledger.chosen[: self._stood]:  # nothing to spread, or over
            return False
        reached = ledger.chosen[self._stood :]
        self._clear()
        if ledger.shortfall() is None and ledger.reserve.slow_down(ledger.missing, ledger.left):
            return True
        self.stand(reached)
        ledger.reserve.hurry()
        return False

    def task(self) -> Task:
        """Return the program of the next lineup."""
        program, after = self._program, self._rules.lineups - len(self.ledger.chosen) - 1
        size = program.contest.roster_size
        shared = [*program.every_row, *self._full(), *self._distinct()]
        worth = program.value if self._values is None else self._values[len(self.ledger.chosen)]
        value = np.concatenate([worth, np.zeros(program.auxiliary, np.int64)])
        if self._weighs_all:
            return together(program, self.ledger, value, shared, self._rooms())
        dead = [row("a set that can be completed", i, high=size - 1) for i in self._ends()]
        dead += [self.ledger.reserve.asked(cut, least) for cut, least in self.ledger.demands()]
        exposures = self._exposures(after if self._looks_ahead else 0)
        upper = np.ones(len(value), np.int64)
        if not (self._looks_ahead and after):
            return Task(value, upper, [*shared, *dead, *exposures], program.items)
        # The lineups still to come, summed: each row holds for each of them, so its multiple holds for the sum.
        ahead = [_shifted(r, len(value), after) for r in shared]
        value, upper = np.concatenate([value, 0 * value]), np.concatenate([upper, after * upper])
        return Task(value, upper, [*shared, *dead, *ahead, *exposures], program.items)

    def _exposures(self, after: int) -> list[Row]:
        """Return the rows that keep every draftable within his share; `after` lineups come later, all counted."""
        later = self._program.items + self._program.auxiliary
        rows = []
        for columns, left in self._rooms().items():
            draftable = self._draftables[columns[0]]
            cap = self._caps[draftable]
            both = [*columns, *(c + later for c in columns)] if after else columns
            if left <= after:
                name = self._program.of(columns[0])["name"] if draftable in self._own else "no player"
                verb = "at most" if draftable in self._own else "more than"
                rows.append(row(f"{name} in {verb} {cap} lineups", both, high=left))
        for exposed, held in zip(self._program.exposed, self.ledger.held.tolist(), strict=True):
            missing = exposed.at_least - held
            if exposed.column is not None and missing > 0:
                both = [exposed.column, exposed.column + later] if after else [exposed.column]
                rows.append(row(_owed(exposed), both, low=missing))
        return rows

    def _rooms(self) -> dict[tuple[int, ...], int]:
        """Return in how many more lineups each draftable may stand, by its items."""
        used = Counter(d for items in self.ledger.chosen for d in {self._draftables[i] for i in items})
        items: dict[int, list[int]] = {}
        for i, draftable in enumerate(self._draftables):
            items.setdefault(draftable, []).append(i)
        return {tuple(columns): self._caps[d] - used[d] for d, columns in items.items()}

    def _distinct(self) -> list[Row]:
        """Return the rows that keep lineups apart from those that stand."""
        apart = f"lineups that differ in {self._rules.min_unique} players or more"
        most = self._program.contest.roster_size - self._rules.min_unique
        return [row(apart, items, high=most) for items in self.ledger.chosen]

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


def _owed(exposed: Exposed) -> str:
    return f"{exposed.name} in at least {exposed.at_least} lineups"


def _no_lineup(rules: tuple[str, ...], depth: int, lineups: int) -> NoLineup:
    where = "No lineup satisfies" if depth == 0 else f"After {depth} of {lineups} lineups no other satisfies"
    return NoLineup(f"{where} all of: {'; '.join(rules)}", rules)
