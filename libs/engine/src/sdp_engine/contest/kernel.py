"""The compiled heart of the contest simulation: sums, counting ranks and payouts of a block of worlds.

Scores are whole numbers (hundredths of a point), so that a tie is a tie. A world is ranked by counting how many
entries stand on each score, from the highest down to the last that is paid: no sorting, time linear in the entries.
Sums are made for a tile of lineups and worlds at once (the worlds are contiguous, so the processor adds many in one
step) and written world by world, in the order in which they are counted.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

LINEUP_TILE, WORLD_TILE = 64, 32
MEASURES = ("won", "won_squared", "cashed", "top", "first")
"""Columns of a block's sums: cents won, their square, and in how many worlds an entry was paid, near the top, first."""


@njit(nogil=True, cache=True, boundscheck=False)
def add_up(
    points: NDArray[np.int16],
    lineups: NDArray[np.int32],
    low: int,
    first_world: int,
    worlds: int,
    tile: NDArray[Any],
    scores: NDArray[Any],
) -> None:
    """Write every lineup's score above `low` in `worlds` worlds from `first_world` into `scores`, (worlds, lineups).

    Arithmetic in the narrow type of `tile` wraps around on the way, and is right at the end, because the sum fits.
    """
    count, size = lineups.shape
    last_world = first_world + worlds
    odd = size % 2
    for start in range(0, count, LINEUP_TILE):
        stop = min(start + LINEUP_TILE, count)
        for i in range(start, stop):
            line = tile[i - start, :worlds]
            one = points[lineups[i, 0], first_world:last_world]
            for w in range(worlds):
                line[w] = one[w] * odd - low
            for r in range(odd, size, 2):
                one = points[lineups[i, r], first_world:last_world]
                two = points[lineups[i, r + 1], first_world:last_world]
                for w in range(worlds):
                    line[w] += one[w] + two[w]
        for w in range(worlds):
            row = scores[w]
            for i in range(start, stop):
                row[i] = tile[i - start, w]


@njit(nogil=True, cache=True, boundscheck=False)
def rank(
    row: NDArray[Any], copies: NDArray[np.int32], reach: int, counts: NDArray[np.int32], above: NDArray[np.int32]
) -> tuple[int, int, int]:
    """Rank one world down to the first `reach` entries: `counts` stand on a score, `above` beat it.

    Returns:
        The lowest score that is ranked, the lowest and the highest there is.
    """
    low = row[0]
    high = row[0]
    for i in range(row.shape[0]):
        low = min(low, row[i])
        high = max(high, row[i])
    for i in range(row.shape[0]):
        counts[row[i]] += copies[i]
    beaten_by = 0
    score = int(high)
    while score >= int(low) and beaten_by < reach:
        above[score] = beaten_by
        beaten_by += counts[score]
        score -= 1
    return score + 1, int(low), int(high)


@njit(nogil=True, cache=True, boundscheck=False)
def block(
    points: NDArray[np.int16],
    lineups: NDArray[np.int32],
    copies: NDArray[np.int32],
    prefix: NDArray[np.float64],
    reach: int,
    top: int,
    low: int,
    own: NDArray[np.int32],
    own_copies: NDArray[np.int32],
    first_world: int,
    last_world: int,
    tile: NDArray[Any],
    scores: NDArray[Any],
    counts: NDArray[np.int32],
    above: NDArray[np.int32],
    picked: NDArray[np.int32],
    sums: NDArray[np.float64],
    own_won: NDArray[np.float64],
) -> None:
    """Play the worlds from `first_world` to `last_world` and add what every lineup wins to `sums`.

    Args:
        points: Whole points on the grid of scores, (players, worlds).
        lineups: Rows of `points`, (lineups, size).
        copies: Entries of each lineup; 0: it is tried alone against the others, and moves nobody.
        prefix: Cents paid to the first n ranks together, (entries + 2,): one may be tried beside a full contest.
        reach: Ranks that are told apart: those that are paid, and those near the top.
        top: Ranks that count as near the top.
        low: No lineup scores below.
        own: The lineups of one user, whose winnings together are told world by world.
        own_copies: How many entries of each of these are his.
        first_world: First world of the block.
        last_world: First world behind it.
        tile: Working memory for `add_up`, (LINEUP_TILE, WORLD_TILE).
        scores: Working memory, (WORLD_TILE, lineups).
        counts: Working memory a score, zero before and after.
        above: Working memory a score.
        picked: Working memory, (lineups,).
        sums: MEASURES of each lineup, (lineups, 5).
        own_won: Cents the user wins, (worlds,).
    """
    for start in range(first_world, last_world, WORLD_TILE):
        worlds = min(WORLD_TILE, last_world - start)
        add_up(points, lineups, low, start, worlds, tile, scores)
        for w in range(worlds):
            row = scores[w]
            floor, lowest, highest = rank(row, copies, reach, counts, above)
            ranked = 0
            for i in range(row.shape[0]):  # without a branch that nobody can foresee
                picked[ranked] = i
                ranked += row[i] >= floor
            for k in range(ranked):
                i = picked[k]
                before = above[row[i]]
                sharing = counts[row[i]] + (copies[i] == 0)
                won = (prefix[before + sharing] - prefix[before]) / sharing
                sums[i, 0] += won
                sums[i, 1] += won * won
                sums[i, 2] += won > 0.0
                sums[i, 3] += before < top
                sums[i, 4] += before == 0
            total = 0.0
            for k in range(own.shape[0]):
                score = row[own[k]]
                if score >= floor:
                    before = above[score]
                    sharing = counts[score]
                    total += (prefix[before + sharing] - prefix[before]) / sharing * own_copies[k]
            own_won[start + w] = total
            counts[lowest : highest + 1] = 0


@njit(nogil=True, cache=True, boundscheck=False)
def places(
    points: NDArray[np.int16],
    lineups: NDArray[np.int32],
    copies: NDArray[np.int32],
    reach: int,
    low: int,
    counts: NDArray[np.int32],
    standing: NDArray[np.int32],
    tried: NDArray[np.int32],
    tile: NDArray[Any],
    scores: NDArray[Any],
) -> None:
    """Place lineups among a field in every world, as if each entered alone.

    `standing` is (3, tried, worlds): the score above `low`, how many of the field beat it and how many stand level; its
    second row is -1 where it is not among the first `reach`. The others are as in `block`.
    """
    above = np.empty(len(counts), np.int32)
    for start in range(0, points.shape[1], WORLD_TILE):
        worlds = min(WORLD_TILE, points.shape[1] - start)
        add_up(points, lineups, low, start, worlds, tile, scores)
        for w in range(worlds):
            row = scores[w]
            floor, lowest, highest = rank(row, copies, reach, counts, above)
            for k in range(len(tried)):
                score = row[tried[k]]
                standing[0, k, start + w] = score
                standing[1, k, start + w] = above[score] if score >= floor else -1
                standing[2, k, start + w] = counts[score]
            counts[lowest : highest + 1] = 0


@njit(nogil=True, cache=True, boundscheck=False)
def shared(prefix: NDArray[np.float64], before: int, level: int) -> float:
    """Return what each of `level` entries wins that stand behind `before` others."""
    last = prefix.shape[0] - 1
    return float((prefix[min(before + level, last)] - prefix[min(before, last)]) / level)


@njit(nogil=True, cache=True, boundscheck=False)
def join(standing: NDArray[np.int32], now: NDArray[np.int32], chosen: NDArray[np.int64], one: int) -> None:
    """Enter `one` beside the chosen: `now`, (2, chosen + 1 or more, worlds), says how many beat each and stand level.

    Itself counts among those level; in worlds in which it is not among the first (`places`) its places mean nothing.
    """
    last = len(chosen)
    for w in range(standing.shape[2]):
        score = standing[0, one, w]
        before, level = standing[1, one, w], standing[2, one, w] + 1
        for k in range(last):
            other = standing[0, chosen[k], w]
            before += other > score
            level += other == score
            now[0, k, w] += score > other
            now[1, k, w] += score == other
        now[0, last, w], now[1, last, w] = before, level


@njit(nogil=True, cache=True, boundscheck=False)
def gain(
    standing: NDArray[np.int32],
    prefix: NDArray[np.float64],
    chosen: NDArray[np.int64],
    now: NDArray[np.int32],
    one: int,
) -> float:
    """Return the cents that entering `one` beside the chosen adds to what they win together, over all worlds.

    What it takes from the chosen, by ranking above or level with them, is taken off. `now` is as `join` left it.
    """
    total = 0.0
    for w in range(standing.shape[2]):
        if standing[1, one, w] < 0:
            continue
        score = standing[0, one, w]
        before, level = standing[1, one, w], standing[2, one, w] + 1
        for k in range(len(chosen)):
            other = standing[0, chosen[k], w]
            if other > score:
                before += 1
                continue
            level += other == score
            if standing[1, chosen[k], w] < 0:
                continue
            mine, beside = now[0, k, w], now[1, k, w]
            was = shared(prefix, mine, beside)
            total += (shared(prefix, mine + 1, beside) if other < score else shared(prefix, mine, beside + 1)) - was
        total += shared(prefix, before, level)
    return total
