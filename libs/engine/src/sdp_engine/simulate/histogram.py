"""How often each value was drawn, and what that says of a distribution."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdp_engine.simulate.compiled import entry, inner

Floats = NDArray[np.float64]
MOST_BINS = 41
WIDTHS = (1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
LANES = 4
"""Histograms that are counted side by side: a processor waits when it counts the same value twice in a row."""
NARROW = 1024
"""From how many values on, draws seldom repeat in a row, and one histogram does."""


@inner
def tally(drawn: NDArray[Any]) -> tuple[Any, Any]:
    """Return the least value drawn, and how often each value from there on was."""
    worlds = drawn.size
    least, most = drawn[0], drawn[0]
    for w in range(worlds):
        least = min(least, drawn[w])
        most = max(most, drawn[w])
    low = np.int64(least)
    span = np.int64(most) - low + 1
    if span >= NARROW:
        alone = np.zeros(span, np.int32)
        for w in range(worlds):
            alone[np.int64(drawn[w]) - low] += 1
        return low, alone
    lanes = np.zeros((LANES, span), np.int32)
    whole = worlds - worlds % LANES
    for w in range(0, whole, LANES):
        lanes[0, np.int64(drawn[w]) - low] += 1
        lanes[1, np.int64(drawn[w + 1]) - low] += 1
        lanes[2, np.int64(drawn[w + 2]) - low] += 1
        lanes[3, np.int64(drawn[w + 3]) - low] += 1
    for w in range(whole, worlds):
        lanes[0, np.int64(drawn[w]) - low] += 1
    often = lanes[0]
    for k in range(often.size):
        often[k] += lanes[1, k] + lanes[2, k] + lanes[3, k]
    return low, often


@inner
def blend(low: int, often: NDArray[Any], levels: Floats, grid: Floats, weight: float, out: NDArray[np.int32]) -> None:
    """Write tallied draws, lowest first, each as the weighted mean of itself and the target's value at its rank.

    `grid` are the target's values at `levels`, which begin with 0 and end with 1; between them it is linear.
    """
    worlds = out.size
    at, cell = 0, 0
    for k in range(often.size):
        own = (1.0 - weight) * (low + k) + 0.5
        for _ in range(often[k]):
            level = (at + 0.5) / worlds
            while levels[cell + 1] < level:
                cell += 1
            share = (level - levels[cell]) / (levels[cell + 1] - levels[cell])
            out[at] = np.int32(np.floor(own + weight * (grid[cell] + share * (grid[cell + 1] - grid[cell]))))
            at += 1


@inner
def tell(
    low: int,
    often: NDArray[np.int32],
    worlds: int,
    levels: NDArray[np.int64],
    widths: NDArray[np.int64],
    moments: Floats,
    quantiles: Floats,
    bins: Floats,
    shares: Floats,
) -> None:
    """Write what `readoff.Summary` tells of tallied draws."""
    high = low + often.size - 1
    width = widths[-1]
    for j in range(widths.size):
        if (high - low) // widths[j] < MOST_BINS - 1:
            width = widths[j]
            break
    start = (low // width) * width
    total, square, seen, level = 0.0, 0.0, 0, 0
    for k in range(often.size):
        if often[k] == 0:
            continue
        x = low + k
        times = np.float64(often[k])
        total += times * x
        square += times * x * x
        seen += often[k]
        shares[min((x - start) // width, shares.size - 1)] += times / worlds
        while level < levels.size and seen >= levels[level]:
            quantiles[level] = x
            level += 1
    mean = total / worlds
    moments[0] = mean
    moments[1] = np.sqrt(max(square / worlds - mean * mean, 0.0))
    moments[2] = often[-low] / worlds if low <= 0 <= high else 0.0
    bins[0] = start
    bins[1] = width


@inner
def describe(
    drawn: NDArray[Any],
    levels: NDArray[np.int64],
    widths: NDArray[np.int64],
    moments: Floats,
    quantiles: Floats,
    bins: Floats,
    shares: Floats,
) -> None:
    """Write what `readoff.Summary` tells of one variable's draws."""
    low, often = tally(drawn)
    tell(low, often, drawn.size, levels, widths, moments, quantiles, bins, shares)


@entry
def count(stamp: int) -> Callable[..., int]:
    """Close over the stamp."""

    def count(
        values: NDArray[Any],
        levels: NDArray[np.int64],
        widths: NDArray[np.int64],
        moments: Floats,
        quantiles: Floats,
        bins: Floats,
        shares: Floats,
    ) -> int:
        """Describe each row of draws, (n, W)."""
        for i in range(values.shape[0]):
            describe(values[i], levels, widths, moments[i], quantiles[i], bins[i], shares[i])
        return stamp

    return count
