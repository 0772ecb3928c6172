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
FEW = 6
"""Up to how many values are counted one by one: comparing many draws with one value is done in a stroke."""


@inner
def compare(drawn: NDArray[Any], low: Any, span: Any) -> NDArray[np.int32]:
    """Return how often each of a few values was drawn."""
    often = np.zeros(span, np.int32)
    often[0] = drawn.size
    for k in range(1, span):
        value = drawn.dtype.type(low + k)
        found = np.int32(0)
        for w in range(drawn.size):
            found = np.int32(found + np.int32(drawn[w] == value))
        often[k] = found
        often[0] -= found
    return often


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
    if span <= FEW:
        return low, compare(drawn, low, span)
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
def blend(
    low: int, often: NDArray[Any], unit: int, levels: Floats, grid: Floats, weight: float, out: NDArray[np.int32]
) -> None:
    """Write tallied draws, lowest first, each as the weighted mean of itself and the target's value at its rank.

    Draws are tallied in multiples of `unit`. `grid` are the target's values at `levels`, which begin with 0 and end
    with 1; between them it is linear.
    """
    worlds = out.size
    at, cell = 0, 0
    for k in range(often.size):
        own = (1.0 - weight) * ((low + k) * unit) + 0.5
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
    unit: int,
    worlds: int,
    levels: NDArray[np.int64],
    widths: NDArray[np.int64],
    moments: Floats,
    quantiles: Floats,
    bins: Floats,
    shares: Floats,
) -> None:
    """Write what `readoff.Summary` tells of draws, tallied in multiples of `unit`."""
    least, high = low * unit, (low + often.size - 1) * unit
    width = widths[-1]
    for j in range(widths.size):
        if (high - least) // widths[j] < MOST_BINS - 1:
            width = widths[j]
            break
    start = (least // width) * width
    total, square, seen, level = 0.0, 0.0, 0, 0
    bin_, edge = 0, start + width
    for k in range(often.size):
        if often[k] == 0:
            continue
        x = (low + k) * unit
        times = np.float64(often[k])
        total += times * x
        square += times * x * x
        seen += often[k]
        while x >= edge and bin_ < shares.size - 1:
            edge += width
            bin_ += 1
        shares[bin_] += times / worlds
        while level < levels.size and seen >= levels[level]:
            quantiles[level] = x
            level += 1
    mean = total / worlds
    moments[0] = mean
    moments[1] = np.sqrt(max(square / worlds - mean * mean, 0.0))
    moments[2] = often[-low] / worlds if least <= 0 <= high else 0.0
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
    tell(low, often, 1, drawn.size, levels, widths, moments, quantiles, bins, shares)


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
