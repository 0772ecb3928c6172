"""Every lineup of a value band: at once by one bound or, where that takes too long, part by part.

A part is the lineups that hold some players and are without others. Its own relaxation prices what ties lineups
together for just these, so its bound is tighter than the whole's: a lineup that holds two of an earlier one's players
has spent most of what it may share with that. Where a part is still too large to list, it is parted on the player who
pays most.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sdp_engine.optimize.automaton import Int32s
from sdp_engine.optimize.bound import Relaxer
from sdp_engine.optimize.kernels import WEARY, lineups_between
from sdp_engine.optimize.net import CELLS, Bools, Grid, Net, Tallies, priced
from sdp_engine.optimize.program import Case, Ints, Program, Row, person, row

_MOVES = 100_000
"""Moves after which a part is parted, beside as many as the work of its table of completions allows."""
_CELLS_A_MOVE = 8
"""Cells of a table that take as long as a move."""
_RELAXING = 250_000
"""Moves that take as long as the relaxation of a part."""


class Weary(Exception):
    """The bands would take too long; what stands so far is exact."""


@dataclass(frozen=True, eq=False)
class Band:
    """What is listed, and where to.

    Attributes:
        program: The program of a lineup.
        salaries: Its salaries on a grid.
        tallies: The rules that lineups are held against one by one, with `row_high`, their upper limits now.
        barred: Items that may not stand, shape (items,).
        earlier: Lineups of which at most `most_shared` items may stand, shape (items, lineups).
        low, high: A lineup is worth `low` or more and less than `high`.
        out, value: Where lineups (their items in order) and their values go, shapes (room, roster places), (room,).
    """

    program: Program
    salaries: Grid
    tallies: Tallies
    row_high: Ints
    barred: Bools
    earlier: "np.ndarray[tuple[int, int], np.dtype[np.int8]]"
    most_shared: int
    low: int
    high: int
    out: "np.ndarray[tuple[int, int], np.dtype[np.int16]]"
    value: Ints

    def at_once(self, net: Net, best: Int32s, bound: Ints, price: int, steps: Ints, found: int) -> int:
        """Append a net's lineups; return how many there are with the `found` before them, or why not.

        Args:
            net: The moves.
            best: Its table of completions.
            bound: What each item counts for in the table, shape (items,).
            price: What the rules without a place in the automaton add to every bound.
            steps: Moves after which to give up, shape (1,); then how many of them are left.
            found: How many lineups `out` holds.
        """
        t, layers = self.tallies, net.layers
        return int(
            lineups_between(
                self.low, self.high, price, steps,
                net.layer, net.first, net.way, self.salaries.cost[net.item], bound[net.item], net.forced,
                layers.take, layers.down, layers.start, self.salaries.budget, net.base, best,
                net.item, self.program.value[net.item], self.barred, self.program.contest.roster_size,
                t.row_first, t.row_of, t.row_weight, t.row_low, self.row_high, t.rising,
                t.choice_first, t.choice_least, t.option_first, t.term_row, t.term_least,
                self.earlier, self.most_shared, self.out, self.value, found,
            )
        )  # fmt: skip


class Parts:
    """The lineups of one case in a band, part by part."""

    def __init__(self, band: Band, case: Case, net: Net, ties: Sequence[Row], work: int, tell: Callable[[int], None]):
        """Take a case as the first part.

        Args:
            band: What is listed.
            case: The case.
            net: Its moves.
            ties: Rows that every lineup of the band keeps beside the program's own.
            work: Moves that all parts together may take; each counts as if it took all that it may.
            tell: Called with the moves of each part; may raise to stop.
        """
        program = band.program
        self._band, self._net, self._tell, self.work = band, net, tell, work
        own = [row("the case", items.tolist(), low=least) for items, least in case.terms]
        self._rules = [*program.rows, *ties, *own]
        skipped = [row.rule in program.split for row in program.rows]
        self._skip = [*skipped, *([False] * len(ties)), *([True] * len(own))]
        self._columns = program.items + program.auxiliary
        value = np.concatenate([program.value, np.zeros(program.auxiliary, np.int64)])
        self._relaxer = Relaxer(value, [*program.frame, *self._rules])
        self._person = np.unique([str(person(program.of(i))) for i in range(program.items)], return_inverse=True)[1]
        self._out: Bools = np.zeros(self._columns, np.bool_)
        self._out[: program.items] = band.barred
        self._out[case.excluded] = True
        self._out[np.setdiff1d(np.arange(program.items), net.item)] = True

    def list(self, found: int) -> int:
        """Append the lineups; return how many there are with the `found` before them, or why not."""
        todo, before = [(np.zeros(self._columns, np.bool_), self._out)], self.work
        while todo and found >= 0:
            self._tell(before - self.work)
            before = self.work
            held, out = todo.pop()
            found, parts = self._part(held, out, found)
            todo += parts
            if self.work < 0:
                return WEARY
        return found

    def _part(self, held: Bools, out: Bools, found: int) -> tuple[int, Sequence[tuple[Bools, Bools]]]:
        """Append the lineups that hold some items and are without others, or return these in two parts.

        Raises:
            Weary: There is nobody left to part them by.
        """
        band, items = self._band, self._band.program.items
        relaxed = self._relaxer.relax(held.astype(np.int64), (~out).astype(np.int64))
        out = out | (relaxed.bounds < band.low)
        net = None if (out & held).any() else self._net.holding(held[:items]).restrict(~out[:items])
        if net is None:
            self._spend(0)
            return found, ()
        bound, price = priced(band.program, self._rules, self._skip, relaxed.prices[len(band.program.frame) :])
        cells = net.cells(band.salaries)
        if cells <= CELLS:
            self._spend(cells)
            best = net.completions(bound, band.salaries)
            if net.top(best) + price < band.low:
                return found, ()
            listed = band.at_once(net, best, bound, price, np.array([_MOVES + cells // _CELLS_A_MOVE]), found)
            if listed != WEARY:
                return listed, ()
        else:
            self._spend(0)
        free = ~(held | out)[:items]
        if not free.any():
            raise Weary
        payer = self._payer(relaxed.mix[:items], np.abs(band.program.value - bound), free)
        with_him, without_him, others = held.copy(), out.copy(), out.copy()
        with_him[payer] = without_him[payer] = True
        others[:items] |= self._person == self._person[payer]
        others[payer] = False
        return found, ((held, without_him), (with_him, others))

    def _spend(self, cells: int) -> None:
        """Count the work of a part as if it took all the moves it may: the same wherever it ends."""
        self.work -= _RELAXING + _MOVES + 2 * cells // _CELLS_A_MOVE

    @staticmethod
    def _payer(mix: "np.ndarray[tuple[int], np.dtype[np.float64]]", paid: Ints, free: Bools) -> int:
        """Return the item of which the relaxation holds a part and which pays most for the rules; else the dearest."""
        split = mix * (1.0 - mix) * (paid + 1.0)
        score = np.where(free, np.maximum(split, 1e-9 * (paid + 1.0)), -1.0)
        return int(score.argmax())
