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
    standing, prefix = _placed(points, candidates, field, offer, ticket_value)
    worlds = points.shape[1]
    none = np.zeros(0, np.int64)
    now = np.zeros((2, min(count, len(candidates)), worlds), np.int32)
    waiting = [(-gain(standing, prefix, none, now, k), k, 0) for k in range(len(candidates))]
    heapq.heapify(waiting)
    chosen: list[int] = []
    found: list[tuple[int, float]] = []
    while waiting and len(chosen) < count:
        worth, k, told_at = heapq.heappop(waiting)
        if fits is not None and not fits(chosen, k):
            continue
        if told_at < len(chosen):
            again = gain(standing, prefix, np.array(chosen, np.int64), now, k)
            heapq.heappush(waiting, (-again, k, len(chosen)))
            continue
        join(standing, now, np.array(chosen, np.int64), k)
        chosen.append(k)
        found.append((k, -worth / worlds / CENTS))
        if on_chosen is not None:
            on_chosen(k, len(chosen))
    return found


def _placed(
    points: Int16s,
    candidates: NDArray[np.integer[Any]],
    field: NDArray[np.integer[Any]],
    offer: Offer,
    ticket_value: float,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return where each candidate stands in every world (see `kernel.places`), and the cents paid to the first n."""
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
    return standing, table.prefix
