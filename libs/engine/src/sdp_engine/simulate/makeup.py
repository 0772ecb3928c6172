"""How points are made up: every way to score so many points with so many offensive touchdowns, and its chance."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from sdp_engine.simulate import league

MOST_POINTS, MOST_TDS = 100, 16
DEFENSIVE, SAFETY, TWO, EXTRA, GOALS = range(5)


class Makeup(NamedTuple):
    """The ways; those of (points, touchdowns) are `first[points * MOST_TDS + touchdowns]` and the next `ways_of[...]`.

    Attributes:
        first, ways_of: (MOST_POINTS * MOST_TDS,).
        ways: Touchdowns of defence and special teams, safeties, two-point conversions, extra points, field goals,
            (ways, 5).
        threshold, alias: Alias cells of the chances among each key's ways, (ways,).
        defensive: Expected touchdowns of defence and special teams, by key.
    """

    first: NDArray[Any]
    ways_of: NDArray[Any]
    ways: NDArray[Any]
    threshold: NDArray[Any]
    alias: NDArray[Any]
    defensive: NDArray[Any]


@cache
def makeup() -> Makeup:
    """Enumerate the ways, each weighed by the league's rates.

    Touchdowns of defence and special teams, safeties and field goals are Poisson; each touchdown is followed by a
    try that ends in one point, two or none.
    """
    axes = np.meshgrid(np.arange(MOST_TDS), np.arange(4), np.arange(2), np.arange(5), np.arange(12), indexing="ij")
    tds, defensive, safety, two, goals = (axis.ravel() for axis in axes)
    rows, columns = np.divmod(np.arange(tds.size * (MOST_TDS + 4)), MOST_TDS + 4)
    parts = [part[rows] for part in (tds, defensive, safety, two, goals)]
    tds, defensive, safety, two, goals = parts
    extra = columns
    tries = tds + defensive
    points = 6 * tries + 2 * safety + 2 * two + extra + 3 * goals
    keep = (extra + two <= tries) & (points < MOST_POINTS)
    tds, defensive, safety, two, goals, extra, points = (
        part[keep] for part in (tds, defensive, safety, two, goals, extra, points)
    )
    key = points * MOST_TDS + tds
    weight = np.exp(_log_weight(tds + defensive, defensive, safety, two, goals, extra))
    order = np.lexsort((-weight, key))
    ways = np.stack([defensive, safety, two, extra, goals], axis=1)[order].astype(np.uint8)
    return _cells(key[order], weight[order], ways)


def _log_weight(
    tries: NDArray[np.int64],
    defensive: NDArray[np.int64],
    safety: NDArray[np.int64],
    two: NDArray[np.int64],
    goals: NDArray[np.int64],
    extra: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return each way's log chance but for a constant."""
    none = tries - extra - two
    made = (league.DEFENSIVE_TDS, league.SAFETIES, league.FIELD_GOALS)
    total = np.zeros(tries.size)
    for rate, number in zip(made, (defensive, safety, goals), strict=True):
        total += number * np.log(rate) - gammaln(number + 1.0)
    for chance, number in zip(league.TRIES, (extra, two, none), strict=True):
        total += number * np.log(chance) - gammaln(number + 1.0)
    return np.asarray(total + gammaln(tries + 1.0))


def _cells(key: NDArray[np.int64], weight: NDArray[np.float64], ways: NDArray[np.uint8]) -> Makeup:
    """Return the ways by key, each key's most likely 24, with alias cells."""
    size = MOST_POINTS * MOST_TDS
    start = np.searchsorted(key, np.arange(size))
    rank = np.arange(key.size) - start[key]
    key, weight, ways = key[rank < 24], weight[rank < 24], ways[rank < 24]
    first = np.searchsorted(key, np.arange(size))
    count = np.searchsorted(key, np.arange(size), side="right") - first
    total = np.bincount(key, weight, minlength=size)
    expected = np.bincount(key, weight * ways[:, DEFENSIVE], minlength=size) / np.maximum(total, 1e-300)
    threshold, other = np.zeros(key.size, np.uint32), np.arange(key.size)
    for k in np.flatnonzero(count):
        at, n = int(first[k]), int(count[k])
        chances = weight[at : at + n] / total[k] * n
        small, large = [list(np.flatnonzero(where)) for where in (chances < 1, chances >= 1)]
        threshold[at : at + n] = np.uint32(0xFFFFFFFF)
        while small and large:
            a, b = small.pop(), large[-1]
            threshold[at + a], other[at + a] = np.uint32(min(chances[a] * 2.0**32, 2.0**32 - 1)), at + b
            chances[b] -= 1 - chances[a]
            if chances[b] < 1:
                small.append(large.pop())
    return Makeup(first, count, ways, threshold, other, expected)
