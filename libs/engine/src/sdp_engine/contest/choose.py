"""Which lineups to enter: one after the other, the one that adds most to what all of them win together."""

import heapq
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdp_engine.contest.kernel import LINEUP_TILE, WORLD_TILE, gain, join, places
from sdp_engine.contest.payouts import CENTS, Offer
from sdp_engine.contest.simulate import Int16s, Table, collapse


def choose(
    points: Int16s,
    candidates: NDArray[np.integer[Any]],
    field: NDArray[np.integer[Any]],
    offer: Offer,
    count: int,
    *,
    ticket_value: float = 1.0,
    fits: Callable[[Sequence[int], int], bool] | None = None,
    on_chosen: Callable[[int, int], None] | None = None,
) -> list[tuple[int, float]]:
    """Return the chosen candidates in order, each with the dollars that it adds to the expected winnings.

    Entries of one user take prizes from each other, so the next best alone is not the best beside those chosen. What a
    candidate adds only shrinks as others are chosen, but for ties; so it is worked out anew only while it might still
    be the best (lazy greedy).

    Args:
        points: Hundredths of fantasy points, (rows, worlds).
        candidates: Lineups as rows of `points`, (candidates, size).
        field: The others' lineups, (field, size).
        offer: The contest.
        count: How many are wanted; fewer come back where no more fit.
        ticket_value: What a dollar of a ticket is worth.
        fits: Whether a candidate may join the chosen (exposures, unique players), all may where None; who may not now
            may not later.
        on_chosen: Told who was chosen, and how many are; may raise to stop.
    """
    stood = placed_among(points, candidates, field, offer, ticket_value, count)
    waiting = [(-worth, k, 0) for k, worth in enumerate(stood.alone.tolist())]
    heapq.heapify(waiting)
    found: list[tuple[int, float]] = []
    while waiting and len(stood.chosen) < count:
        worth, k, told_at = heapq.heappop(waiting)
        if fits is not None and not fits(stood.chosen, k):
            continue
        if told_at < len(stood.chosen):
            heapq.heappush(waiting, (-stood.gain(k), k, len(stood.chosen)))
            continue
        stood.join(k)
        found.append((k, -worth))
        if on_chosen is not None:
            on_chosen(k, len(stood.chosen))
    return found


class Stood:
    """Candidates among the field of a contest, and those that were chosen so far.

    Args:
        standing: Where each candidate stands in every world, see `kernel.places`.
        prefix: The cents paid to the first n.
        count: How many may be chosen.
    """

    def __init__(self, standing: NDArray[np.int32], prefix: NDArray[np.float64], count: int) -> None:
        self._standing, self._prefix, self._worlds = standing, prefix, standing.shape[2]
        self._now = np.zeros((2, min(count, standing.shape[1]), self._worlds), np.int32)
        self.chosen: list[int] = []
        self.alone: NDArray[np.float64] = np.array([self.gain(k) for k in range(standing.shape[1])])

    def gain(self, k: int) -> float:
        """Return the dollars that a candidate adds to the expected winnings of those chosen."""
        beside = np.array(self.chosen, np.int64)
        cents: float = gain(self._standing, self._prefix, beside, self._now, k)
        dollars: float = cents / self._worlds / CENTS
        return dollars

    def join(self, k: int) -> None:
        """Choose a candidate."""
        join(self._standing, self._now, np.array(self.chosen, np.int64), k)
        self.chosen.append(k)

    def choose(self, candidates: Sequence[int]) -> list[float]:
        """Choose these instead of those chosen so far; returns what each adds in their order."""
        self.chosen = []
        self._now[:] = 0
        added = []
        for k in candidates:
            added.append(self.gain(k))
            self.join(k)
        return added


def placed_among(
    points: Int16s,
    candidates: NDArray[np.integer[Any]],
    field: NDArray[np.integer[Any]],
    offer: Offer,
    ticket_value: float,
    count: int,
) -> Stood:
    """Return candidates among a contest's field, of whom up to `count` may be chosen; see `choose`."""
    distinct = collapse(field)
    lineups = np.concatenate([distinct.lineups, np.asarray(candidates, np.int32)])
    copies = np.concatenate([distinct.copies, np.zeros(len(candidates), np.int32)])
    table = Table(points, lineups, copies, offer, np.zeros(len(lineups), np.int32), ticket_value)
    tried = np.arange(len(distinct.lineups), len(lineups), dtype=np.int32)
    standing = np.empty((3, len(candidates), points.shape[1]), np.int32)
    places(
        points,
        table.lineups,
        table.copies,
        table.reach,
        table.low,
        np.zeros(table.span + 1, np.int32),
        standing,
        tried,
        np.empty((LINEUP_TILE, WORLD_TILE), table.kind),
        np.empty((WORLD_TILE, len(lineups)), table.kind),
    )
    return Stood(standing, table.prefix, count)
