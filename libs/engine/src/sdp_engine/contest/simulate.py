"""What every entry of a contest wins in every simulated world."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdp_engine.contest.kernel import LINEUP_TILE, MEASURES, WORLD_TILE, block
from sdp_engine.contest.payouts import CENTS, Offer

BLOCK = 256
"""Worlds that are summed together before they are added to the rest: the same for any number of threads."""
TOP_SHARE = 0.01
GRAIN = 100
"""Whole numbers a point: scores are hundredths."""
_NARROW = 2**16 - 1
Int16s = NDArray[np.int16]
Int32s = NDArray[np.int32]
Floats = NDArray[np.float64]


def hundredths(points: NDArray[Any]) -> Int16s:
    """Return fantasy points as whole hundredths, (players, worlds).

    Raises:
        ValueError: Somebody scores more than 327.67 points, or a draw is no number.
    """
    scaled = np.rint(np.asarray(points, np.float32) * GRAIN)
    if scaled.size and not np.abs(scaled).max() <= np.iinfo(np.int16).max:
        raise ValueError("a draw of fantasy points is no number, or over 327.67: a player's points are no such number")
    return np.ascontiguousarray(scaled, np.int16)


@dataclass(frozen=True)
class Distinct:
    """Lineups without their duplicates.

    Attributes:
        lineups: (distinct, size), each in ascending order.
        copies: How often each stands, (distinct,).
        place: Where each of the lineups given went, (lineups,).
    """

    lineups: Int32s
    copies: Int32s
    place: NDArray[np.int64]


def collapse(lineups: NDArray[np.integer[Any]]) -> Distinct:
    """Return the distinct lineups of many, (lineups, size); the order within a lineup does not matter."""
    rows = np.sort(np.ascontiguousarray(lineups, np.int32), axis=1)
    keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    _, first, place, copies = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    return Distinct(rows[first], copies.astype(np.int32), place)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the simulation says of every lineup, and of all of a user's entries together.

    Attributes:
        offer: The contest.
        worlds: How many worlds were played.
        copies: Entries of each lineup, (lineups,).
        own: How many of these are the user's, (lineups,).
        sums: MEASURES over the worlds, (lineups, 5).
        own_won_usd: What all of the user's entries win together, (worlds,).
    """

    offer: Offer
    worlds: int
    copies: Int32s
    own: Int32s
    sums: Floats
    own_won_usd: Floats

    @cached_property
    def won_usd(self) -> Floats:
        """Expected winnings of one entry of each lineup."""
        return np.asarray(self.sums[:, 0] / self.worlds / CENTS)

    @cached_property
    def sd_usd(self) -> Floats:
        """Standard deviation of what one entry of each lineup wins."""
        mean = self.sums[:, 0] / self.worlds
        return np.asarray(np.sqrt(np.maximum(self.sums[:, 1] / self.worlds - mean**2, 0.0)) / CENTS)

    @property
    def profit_usd(self) -> Floats:
        """Expected profit of one entry of each lineup."""
        return np.asarray(self.won_usd - self.offer.fee_usd)

    @property
    def standard_error_usd(self) -> Floats:
        """Standard error of the expected profit that the number of worlds leaves; 1.96 of it is a 95 % interval."""
        return np.asarray(self.sd_usd / np.sqrt(self.worlds))

    def probability(self, measure: str) -> Floats:
        """Return how likely an entry of each lineup is `cashed`, `top` (the best 1 %) or `first` (ties included)."""
        return np.asarray(self.sums[:, MEASURES.index(measure)] / self.worlds)

    @property
    def own_entries(self) -> int:
        """How many entries are the user's."""
        return int(self.own.sum())

    @property
    def own_profit_usd(self) -> Floats:
        """Profit of all of the user's entries together, (worlds,): their joint distribution."""
        return np.asarray(self.own_won_usd - self.own_entries * self.offer.fee_usd)


def play(
    points: Int16s,
    lineups: Int32s,
    copies: Int32s,
    offer: Offer,
    *,
    own: Int32s | None = None,
    ticket_value: float = 1.0,
    threads: int = 1,
    on_worlds: Callable[[int], None] | None = None,
) -> Outcome:
    """Play a contest in every world: exact ranks, ties sharing what their ranks are paid.

    The same numbers come out, bit for bit, for any number of threads.

    Args:
        points: Hundredths of fantasy points, (players, worlds); see `hundredths`.
        lineups: Distinct lineups as rows of `points`, (lineups, size).
        copies: Entries of each lineup, (lineups,). One with none is tried alone: it moves nobody else.
        offer: The contest; its `entries` are those of `copies`, or more where not all have entered.
        own: How many entries of each lineup are the user's, (lineups,).
        ticket_value: What a dollar of a ticket is worth.
        threads: How many blocks of worlds are played at once.
        on_worlds: Told how many worlds are played; may raise to stop.

    Raises:
        ValueError: Lineups name rows that do not exist, or more take part than the contest has entries.
    """
    _check(points, lineups, copies, offer)
    mine = np.zeros(len(lineups), np.int32) if own is None else np.ascontiguousarray(own, np.int32)
    table = Table(points, lineups, copies, offer, mine, ticket_value)
    worlds = points.shape[1]
    sums, own_won = np.zeros((len(lineups), len(MEASURES))), np.zeros(worlds)
    waiting: deque[tuple[int, Future[Floats]]] = deque()
    with ThreadPoolExecutor(threads) as executor:
        starts = iter(range(0, worlds, BLOCK))
        try:
            while True:
                while len(waiting) <= threads and (start := next(starts, None)) is not None:
                    stop = min(start + BLOCK, worlds)
                    waiting.append((stop, executor.submit(table.block, start, stop, own_won)))
                if not waiting:
                    break
                done, future = waiting.popleft()
                sums += future.result()  # in the order of the worlds: the sum does not depend on who was faster
                if on_worlds is not None:
                    on_worlds(done)
        finally:
            for _, future in waiting:
                future.cancel()
    return Outcome(offer, worlds, copies, mine, sums, own_won / CENTS)


def _check(points: Int16s, lineups: Int32s, copies: Int32s, offer: Offer) -> None:
    if points.dtype != np.int16 or not points.flags.c_contiguous or points.shape[1] == 0:
        raise ValueError("points are hundredths in int16, player by player, of at least one world")
    if lineups.ndim != 2 or not lineups.size or lineups.min() < 0 or lineups.max() >= len(points):
        raise ValueError(f"lineups are rows 0 to {len(points) - 1} of the points, at least one lineup")
    if len(copies) != len(lineups) or copies.min() < 0:
        raise ValueError("every lineup needs its number of copies")
    if (entered := int(copies.sum())) > offer.entries:
        raise ValueError(f"{entered:,} entries do not fit into a contest of {offer.entries:,}")


class Table:
    """What every block of one contest shares."""

    def __init__(
        self, points: Int16s, lineups: Int32s, copies: Int32s, offer: Offer, own: Int32s, ticket_value: float
    ) -> None:
        self.points = points
        self.lineups = np.ascontiguousarray(lineups, np.int32)
        self.copies = np.ascontiguousarray(copies, np.int32)
        cents = offer.prize_cents(ticket_value)
        paid = np.cumsum(np.concatenate([[0], cents, [0]]))  # nobody is paid behind the last
        self.prefix = paid.astype(np.float64)
        self.top = max(1, int(np.ceil(offer.entries * TOP_SHARE)))
        self.reach = max(int(np.flatnonzero(cents).max(initial=-1)) + 1, self.top)
        self.own = np.flatnonzero(own).astype(np.int32)
        self.own_copies = own[self.own]
        lows, highs = points.min(axis=1).astype(np.int64), points.max(axis=1).astype(np.int64)
        self.low = int(lows[self.lineups].sum(axis=1).min())
        self.span = int(highs[self.lineups].sum(axis=1).max()) - self.low
        self.kind = np.uint16 if self.span <= _NARROW else np.int32

    def block(self, start: int, stop: int, own_won: Floats) -> Floats:
        """Play some worlds; returns their sums, writes `own_won` in their places."""
        sums = np.zeros((len(self.lineups), len(MEASURES)))
        block(
            self.points,
            self.lineups,
            self.copies,
            self.prefix,
            self.reach,
            self.top,
            self.low,
            self.own,
            self.own_copies,
            start,
            stop,
            np.empty((LINEUP_TILE, WORLD_TILE), self.kind),
            np.empty((WORLD_TILE, len(self.lineups)), self.kind),
            np.zeros(self.span + 1, np.int32),
            np.empty(self.span + 1, np.int32),
            np.empty(len(self.lineups), np.int32),
            sums,
            own_won,
        )
        return sums


def warm() -> None:
    """Compile, or load from the cache, what `play` runs; a service does it before it takes work."""
    offer = Offer("warm", 1.0, 2, ())
    lineups, copies = np.zeros((1, 1), np.int32), np.ones(1, np.int32)
    play(np.zeros((1, 1), np.int16), lineups, copies, offer)
    wide = np.array([[-(2**15), 2**15 - 1]], np.int16)
    play(wide, np.zeros((1, 2), np.int32), copies, offer)
