"""Tables that all slates share: binomial, Poisson, normal, and the yards of several touches."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from sdp_engine.simulate import league
from sdp_engine.simulate.compiled import entry, inner
from sdp_engine.simulate.makeup import Makeup, makeup
from sdp_engine.simulate.streams import alias, pack_alias

MOST = 60
"""Most targets, or carries of all but the quarterback, of a side."""
CELLS = (MOST + 1) * (MOST + 2) // 2
"""Alias cells of one beta-binomial: n from 0 to MOST, k from 0 to n."""
BINOMIAL_MOST = 24
BINOMIAL_CELLS = (BINOMIAL_MOST + 1) * (BINOMIAL_MOST + 2) // 2
BINOMIAL_GRID = 49
"""Chances .02, .04, ... .98; a chance in between is dithered, so that the mean is exact."""
POISSON_MOST = 16
POISSON_GRID = 200
"""Means 0, .04, ... 7.96, dithered likewise."""
LEVELS = 256
AIR_TOUCHES, GROUND_TOUCHES = 16, 32
AIR_ROWS = {"WR": 0, "TE": 1, "RB": 2, "QB": 2}
GROUND_ROWS = {"RB": 0, "TE": 0, "QB": 1, "WR": 2}


class Tables(NamedTuple):
    """What every slate is drawn with; arrays alone, for compiled code.

    Attributes:
        binomial, poisson: Packed alias cells.
        normal: Quantiles at LEVELS * 4 + 1 levels.
        air, ground: Quantiles of the yards of r touches in units of the player's own yards a touch, (rows, LEVELS + 1);
            row = position row * (touches + 1) + r.
        makeup: How points are made up.
    """

    binomial: NDArray[Any]
    poisson: NDArray[Any]
    normal: NDArray[Any]
    air: NDArray[Any]
    ground: NDArray[Any]
    makeup: Makeup


@cache
def tables() -> Tables:
    """Return the tables, computed once a process."""
    binomial = np.zeros(BINOMIAL_GRID * BINOMIAL_CELLS, np.uint32)
    poisson_cells = np.zeros(POISSON_GRID * POISSON_MOST, np.uint32)
    fill(binomial, poisson_cells)
    n = LEVELS * 4
    levels = np.concatenate([[0.05 / n], np.arange(1, n) / n, [1 - 0.05 / n]])
    air = [_yards(*league.CATCH_GAMMA[p], league.YARDS_A_CATCH[p], AIR_TOUCHES) for p in ("WR", "TE", "RB")]
    ground = [_yards(*league.CARRY_GAMMA[p], league.YARDS_A_CARRY[p], GROUND_TOUCHES) for p in ("RB", "QB", "WR")]
    return Tables(
        binomial,
        poisson_cells,
        ndtri(levels).astype(np.float32),
        np.concatenate(air),
        np.concatenate(ground),
        makeup(),
    )


def _yards(shift: float, shape: float, mean: float, touches: int) -> NDArray[np.float32]:
    """Return quantiles of the sum of 0 to `touches` touches over their mean: a gamma less a shift each.

    The ends are placed so that linear interpolation keeps the mean exact.
    """
    r = np.arange(1, touches + 1, dtype=np.float64)[:, None]
    levels = np.arange(1, LEVELS) / LEVELS
    inside = gammaincinv(r * shape, levels) * (mean + shift) / shape
    edges = gammaincinv(r * shape, np.array([0.15 / LEVELS, 1 - 0.15 / LEVELS])) * (mean + shift) / shape
    sums = np.concatenate([edges[:, :1], inside, edges[:, 1:]], axis=1) - r * shift
    sums += r * mean - ((sums[:, 1:] + sums[:, :-1]) / 2).mean(axis=1, keepdims=True)
    return np.concatenate([np.zeros((1, LEVELS + 1)), sums / mean]).astype(np.float32)


@entry
def fill(stamp: int) -> Callable[..., int]:
    """Close over the stamp."""

    def fill(binomial: NDArray[np.uint32], poisson_cells: NDArray[np.uint32]) -> int:
        """Fill the binomial and Poisson alias cells."""
        chances = np.empty(BINOMIAL_MOST + 1)
        small, large = np.empty(BINOMIAL_MOST + 1, np.int64), np.empty(BINOMIAL_MOST + 1, np.int64)
        for g in range(BINOMIAL_GRID):
            odds = 0.02 * (g + 1) / (1 - 0.02 * (g + 1))
            for n in range(BINOMIAL_MOST + 1):
                chances[0] = 1.0
                for k in range(n):
                    chances[k + 1] = chances[k] * (n - k) / (k + 1.0) * odds
                pack_alias(chances, n + 1, binomial, g * BINOMIAL_CELLS + n * (n + 1) // 2, small, large)
        for g in range(POISSON_GRID):
            chances[0] = 1.0
            for k in range(POISSON_MOST - 1):
                chances[k + 1] = chances[k] * 0.04 * g / (k + 1.0)
            pack_alias(chances, POISSON_MOST, poisson_cells, g * POISSON_MOST, small, large)
        return stamp

    return fill


@inner
def draw_poisson(table: NDArray[np.uint32], mean: Any, half: Any, dither: float) -> Any:
    """Draw a Poisson of any mean up to 7.9 with half a word; dither in [0, 1)."""
    g: Any = min(max(np.int64(mean * 25.0 + dither), 0), POISSON_GRID - 1)
    return alias(table, g * POISSON_MOST, POISSON_MOST, half)


@inner
def draw_binomial(table: NDArray[np.uint32], n: Any, p: Any, half: Any, dither: float) -> Any:
    """Draw a binomial with half a word; n beyond BINOMIAL_MOST counts as that."""
    g: Any = min(max(np.int64(p * 50.0 + dither) - 1, 0), BINOMIAL_GRID - 1)
    n = min(n, BINOMIAL_MOST)
    return alias(table, g * BINOMIAL_CELLS + n * (n + 1) // 2, n + 1, half)


@inner
def share_cells(
    a: float,
    b: float,
    table: NDArray[np.uint32],
    offset: int,
    chances: NDArray[np.float64],
    small: NDArray[np.int64],
    large: NDArray[np.int64],
) -> None:
    """Fill the CELLS alias cells of a beta-binomial; b of 0 gives everything to this one."""
    for n in range(MOST + 1):
        chances[0] = 0.0 if b <= 1e-9 else 1.0
        for k in range(n):
            chances[k + 1] = 0.0 if b <= 1e-9 else chances[k] * (n - k) / (k + 1.0) * (k + a) / (n - k - 1 + b)
        if b <= 1e-9:
            chances[n] = 1.0
        pack_alias(chances, n + 1, table, offset + n * (n + 1) // 2, small, large)
