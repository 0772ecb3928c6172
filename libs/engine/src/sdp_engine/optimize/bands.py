"""The greedy sequence of exact optima, by value bands.

Every lineup worth at least a threshold is listed, the best are taken in order under the limits that tie lineups
together, and the threshold falls. A list is complete because it is cut by an upper bound of what each beginning can
still become: salaries and slots are exact in it, stacks are where they are counters of the automaton, other rules enter
with their price in the linear relaxation and are checked on each lineup. Nothing is approximate: a step of the
sequence is the best lineup there is, whatever the bounds; they decide only how long it takes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sdp_engine.optimize.automaton import Int32s
from sdp_engine.optimize.bound import relax
from sdp_engine.optimize.kernels import NEVER, WEARY, pick
from sdp_engine.optimize.listing import Band, Parts, Weary
from sdp_engine.optimize.net import CELLS, Bools, Grid, Net, Tallies, compile_case, grid, priced, tallies
from sdp_engine.optimize.program import Case, Ints, Program, Row, Terms, row

_ROOM = 1 << 19
"""Most lineups of one band."""
STEPS = 80_000_000
"""Moves after which a case is listed part by part; beside many earlier lineups, each of which costs a little, fewer."""
SOON = 8_000_000
"""Moves of a band after which it is told how many it takes, a tenth of a second or so."""
WORK = 2_000_000_000
"""Moves that all parts of a band may take, half a minute or so, and twice as many at each try of a narrower band."""
_NARROW, _TRIES = 4, 3
"""How much narrower a band is tried that was given up, and how often it is given up."""
_BESIDE = 250
"""Earlier lineups that cost as much as the move itself."""
_FEW, _PLENTY = 400, 40_000
"""Lineups of a band below which the next is wider, and above which it is narrower."""
_ENOUGH = 1000
"""Lineups of a band that is listed part by part: a deeper one takes much longer, and few of many are far apart."""
_FIRST_WIDTH = 0.004
"""Width of the first band, as a share of the best value."""
_AHEAD = 4
"""Bands for which items are kept at once: a table is made for all that may reach so far down."""


@dataclass
class Limits:
    """What ties lineups together, counted down as they are taken.

    Attributes:
        most_shared: Items that two lineups may share.
        owner: Whom each item stands for, an index into `room`.
        room: In how many more lineups each may stand.
        counted: What else stands in a limited number of lineups: ways to count, each of terms that all hold.
        counted_room: How many more lineups may count for each.
    """

    most_shared: int
    owner: Ints
    room: Ints
    counted: Sequence[tuple[Terms, ...]]
    counted_room: Ints


@dataclass
class _Side:
    """A case with its table of completions for the items now kept."""

    case: Case
    whole: Net
    net: Net | None = None
    best: Int32s | None = None
    top: int = NEVER


class Bands:
    """The lineups of a program, the best first."""

    def __init__(
        self,
        program: Program,
        limits: Limits,
        locked: set[int],
        floor: int,
        ceiling: int,
        earlier: Sequence[Ints] = (),
        *,
        steps: int = STEPS,
        work: int = WORK,
        tell: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Compile a program for lineups that cost from `floor` to `ceiling`.

        The limits are counted down as lineups are taken; `locked` are items of people who stand in every lineup;
        `earlier` are the items of lineups from which these must differ, too. A band is listed part by part after
        `steps` moves, and given up after parts that take `work`, as are several together that hold no lineup; `tell` is
        called with the moves of what takes long and of each part, and may raise to stop.

        Raises:
            Weary: The program has too many states.
        """
        self._program, self._limits, self._earlier, self._tell = program, limits, earlier, tell
        self.steps, self._work = steps, work
        self._chosen = np.zeros((0, program.contest.roster_size), np.int64)
        self._watched: list[tuple[int, tuple[Ints, int]]] = []
        self._grid: Grid = grid(program, floor, ceiling)
        value = np.concatenate([program.value, np.zeros(program.auxiliary, np.int64)])
        relaxed = relax(value, np.ones(len(value), np.int64), program.every_row)
        self._items_bound = relaxed.bounds[: program.items]
        skip = [row.rule in program.split for row in program.rows]
        self._bound, self._price = priced(program, program.rows, skip, relaxed.prices[len(program.frame) :])
        # Of what counts by a single term a full limit is seen while a lineup is built, of the rest once it stands.
        watched = [(x, o[0]) for x, options in enumerate(limits.counted) for o in options if len(o) == 1]
        self._watched = watched if all(len(o) == 1 for options in limits.counted for o in options) else []
        self._tallies: Tallies = tallies(
            program, skip, tuple(term for _, term in self._watched), self._grid, floor, ceiling
        )
        self._sides: list[_Side] = []
        if relaxed.feasible:
            for case in program.cases or [Case(np.zeros(0, np.int64), ())]:
                net = compile_case(program, case, program.value, locked)
                if net is None:
                    raise Weary
                self._sides.append(_Side(case, net))
        self._kept: Bools = np.zeros(program.items, np.bool_)
        size = program.contest.roster_size
        ordered = np.sort(program.value)
        self._worst = int(ordered[:size].sum()) if len(ordered) >= size else 0
        self._terms = _terms(limits.counted, program.items)
        self._out = np.empty((0, size), np.int16)
        self._value = np.empty(0, np.int64)
        self._high = int(min(self._items_bound.max(initial=self._worst - 1), 1 << 40)) + 1
        self._reach = self._high
        self._width = max(1, int(_FIRST_WIDTH * max(abs(self._high), 1)))
        self._leap = _AHEAD
        self._prepare(self._high - 2 * self._width)

    @property
    def chosen(self) -> list[tuple[int, ...]]:
        """The items of every lineup taken so far."""
        return [tuple(int(i) for i in lineup) for lineup in self._chosen]

    def take(self, wanted: int) -> int:
        """Take the next lineups from the next band, at most so many; return how many, none where there is none.

        Raises:
            Weary: The band is too large; nothing of it was taken.
        """
        tries, empty = 0, self._work
        while self._high > self._worst:
            low = max(self._high - self._width, self._worst)
            if not self.is_parted and self._prepare(low):
                continue
            found, spent = self._list(low, wanted, self._work << tries)
            is_given_up = found < 0 and (spent or not self.is_parted)  # else a narrower one is listed part by part
            tries = tries + 1 if found == WEARY and spent else 0
            empty -= spent if found == 0 else 0
            if empty < 0 or (is_given_up and (self._width == 1 or tries == _TRIES)):
                raise Weary
            if found < 0:
                self._width = max(1, self._width // _NARROW)
                continue
            taken = self._pick(found, wanted)
            if taken < wanted or found == 0:
                self._high = low
            growth = min((_ENOUGH / max(found, 1)) ** (1 / 3), 2.5) if self.is_parted else _growth(found)
            self._width = max(1, int(self._width * growth) + 1)
            if taken:
                return taken
        return 0

    def resume(self, chosen: Sequence[tuple[int, ...]], limits: Limits) -> None:
        """Go on with the band where lineups of it were taken otherwise: with all so far, of which the last is worst."""
        self._chosen, self._limits = np.array(chosen, np.int64), limits
        low = self._high - self._width
        self._high = int(self._program.value[self._chosen[-1]].sum()) + 1
        self._width = max(1, self._high - low)

    @property
    def is_parted(self) -> bool:
        """Whether bands are listed part by part: once that was needed it is from then on."""
        return self.steps == 0

    def _barred(self) -> Bools:
        barred: Bools = self._limits.room[self._limits.owner] <= 0
        if self._limits.most_shared <= 0:
            for lineup in (*self._earlier, *self._chosen):
                barred[lineup] = True
        for x, (items, least) in self._watched:
            if least == 1 and self._limits.counted_room[x] <= 0:
                barred[items] = True
        return barred

    def _row_high(self) -> Ints:
        """Return the upper limits of the tallies, those of full counts one below what would count."""
        high = self._tallies.row_high.copy()
        for place, (x, (_, least)) in enumerate(self._watched):
            if self._limits.counted_room[x] <= 0:
                high[place] = least - 1
        return high

    def _prepare(self, low: int) -> bool:
        """Make the tables again where the band reaches below them; return whether it begins lower than was known."""
        if low >= self._reach:  # items barred meanwhile only leave the bounds looser
            return False
        self._reach = max(low - self._leap * self._width, self._worst)
        kept = (self._items_bound >= self._reach) & ~self._barred()
        if not np.array_equal(kept, self._kept) or any(s.best is None and s.top >= self._reach for s in self._sides):
            self._tabulate(kept)
            if self.is_parted:
                return False
        # Items that are not kept have no lineup above `_reach`; where nothing reaches so far, look further at once.
        top, high = max((s.top for s in self._sides), default=NEVER), self._high
        self._leap = _AHEAD if top >= self._reach else 2 * self._leap
        self._high = min(high, max(self._reach - 1, top) + 1)
        return self._high < high

    def _tabulate(self, kept: Bools) -> None:
        """Make the tables of completions for lineups of some items; where one is too large, leave them to parts."""
        self._kept, room = kept, CELLS
        for side in self._sides:
            side.net, side.best, side.top = side.whole.restrict(kept), None, NEVER
            if side.net is None:
                continue
            if (cells := side.net.cells(self._grid)) > CELLS:
                self.steps = 0
                return
            best = side.net.completions(self._bound, self._grid)
            side.top = side.net.top(best) + self._price
            if side.top >= self._reach and cells <= room:
                side.best, room = best, room - cells

    def _list(self, low: int, wanted: int, work: int) -> tuple[int, int]:
        """List the lineups of a band; return how many, or why not, and the work its parts took, `work` at most."""
        room = min(_ROOM, max(20_000, 40 * wanted)) if self._loose else _ROOM
        if len(self._out) < room:
            self._out = np.empty((room, self._program.contest.roster_size), np.int16)
            self._value = np.empty(room, np.int64)
        others = [*self._earlier, *([] if self._loose else self._chosen)]
        earlier = np.zeros((self._program.items, len(others)), np.int8)
        for a, lineup in enumerate(others):
            earlier[lineup, a] = 1
        band = Band(
            self._program, self._grid, self._tallies, self._row_high(), self._barred(), earlier,
            self._limits.most_shared, low, self._high, self._out, self._value,
        )  # fmt: skip
        if not self.is_parted:
            found = self._at_once(band, self.steps // (1 + len(others) // _BESIDE))
            self.steps = 0 if found == WEARY else self.steps
            return found, 0
        return self._in_parts(band, work)

    def _at_once(self, band: Band, most: int) -> int:
        """List a band by the bounds that hold for all of it, with so many moves for each case."""
        found, silent = 0, SOON
        for side in self._sides:
            if side.net is None or side.top < band.low:
                continue
            best = side.net.completions(self._bound, self._grid) if side.best is None else side.best
            for steps in dict.fromkeys((min(most, silent), most)):
                left = np.array([steps])
                listed = band.at_once(side.net, best, self._bound, self._price, left, found)
                silent = max(silent - steps + int(left[0]), 0)
                if silent == 0:
                    self._tell(steps - int(left[0]))
                if listed != WEARY:
                    break
            if listed < 0:
                return listed
            found = listed
        return found

    def _in_parts(self, band: Band, work: int) -> tuple[int, int]:
        """List a band part by part."""
        ties, found, left = self._ties(), 0, work
        for side in self._sides:
            parts = Parts(band, side.case, side.whole, ties, left, self._tell)
            found, left = parts.list(found), parts.work
            if found < 0:
                break
        return found, work - left

    def _ties(self) -> list[Row]:
        """Return rows that every later lineup keeps because of those before it; of what counts in several ways none."""
        limits = self._limits
        apart = [row("lineups apart", x, high=limits.most_shared) for x in (*self._earlier, *self._chosen)]
        full = [
            row("in no more lineups", items, high=least - 1)
            for ways, room in zip(limits.counted, limits.counted_room, strict=True)
            for option in ways
            for items, least in option
            if room <= 0 and len(option) == 1
        ]
        return [*apart, *full]

    @property
    def _loose(self) -> bool:
        """Whether lineups need only be different, which bands see to by themselves."""
        return self._limits.most_shared >= self._program.contest.roster_size - 1

    def _pick(self, found: int, wanted: int) -> int:
        value, limits = self._value[:found], self._limits
        chosen = np.empty(wanted, np.int64)
        taken = pick(
            self._out[:found], value, np.argsort(-value, kind="stable"), wanted, limits.most_shared,
            limits.owner, limits.room, *self._terms, limits.counted_room, chosen,
        )  # fmt: skip
        self._chosen = np.concatenate([self._chosen, self._out[chosen[:taken]].astype(np.int64)])
        return taken


def _growth(found: int) -> float:
    """Return how much wider the next band should be: their number grows many times over as the threshold falls."""
    if found < _FEW:
        return 2.5 if found < _FEW // 10 else 1.6
    return 1.0 if found < _PLENTY else 0.5


def _terms(counted: Sequence[tuple[Terms, ...]], items: int) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """Return what `kernels.pick` reads of limits: `term_first` to `option_limit`."""
    options = [(x, option) for x, ways in enumerate(counted) for option in ways]
    terms = [(o, members, least) for o, (_, option) in enumerate(options) for members, least in option]
    columns = np.concatenate([np.zeros(0, np.int64), *(members for _, members, _ in terms)])
    numbers = np.repeat(np.arange(len(terms)), [len(members) for _, members, _ in terms])
    order = np.argsort(columns, kind="stable")
    first = np.searchsorted(columns[order], np.arange(items + 1)).astype(np.int64)
    return (
        first,
        numbers[order].astype(np.int64),
        np.array([least for _, _, least in terms], np.int64),
        np.array([o for o, _, _ in terms], np.int64),
        np.array([len(option) for _, option in options], np.int64),
        np.array([x for x, _ in options], np.int64),
    )
