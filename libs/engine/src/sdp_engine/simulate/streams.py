"""Random numbers by counter: any word of any stream, in any order, on any thread.

A stream is a 64-bit key; its i-th word is the splitmix64 hash (Steele, Lea, Flood 2014) of key + i * golden ratio.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdp_engine.simulate.compiled import inner

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
GAME_STEP = np.uint64(0xD1342543DE82EF95)
WORLD_STEP = np.uint64(0xDA942042E4DD58B5)
_M1, _M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S8, _S11, _S24, _S27 = np.uint64(8), np.uint64(11), np.uint64(24), np.uint64(27)
_S30, _S31, _S32 = np.uint64(30), np.uint64(31), np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_UNIT = 1.0 / 9007199254740992.0
_UNIT32 = np.float32(2.3283064e-10)
_BYTE = np.uint32(255)
CELL = 16777216
"""Resolution of a chance in a packed alias cell: 24 bits of chance, 8 bits of alias."""


@inner
def mix(z: Any) -> Any:
    """Return the splitmix64 hash of a word."""
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@inner
def word(key: Any, i: int) -> Any:
    """Return the i-th word of a stream."""
    return mix(key + np.uint64(i) * GOLDEN)


@inner
def world_key(seed: Any, game: Any, world: int) -> Any:
    """Return the stream of one world of one game."""
    return mix(seed ^ mix(game * GAME_STEP + np.uint64(world) * WORLD_STEP))


@inner
def team_key(key: Any, side: int) -> Any:
    """Return the stream of one side (0 home, 1 away) of a world."""
    return mix(key + np.uint64(side + 1) * GAME_STEP)


@inner
def high(z: Any) -> Any:
    """Return the upper half of a word."""
    return z >> _S32


@inner
def low(z: Any) -> Any:
    """Return the lower half of a word."""
    return z & _LOW


@inner
def unit(z: Any) -> float:
    """Return a word as a number in [0, 1), 53 bits."""
    return float(z >> _S11) * _UNIT


@inner
def unit32(half: Any) -> Any:
    """Return half a word as a number in [0, 1)."""
    return np.float32(half) * _UNIT32


@inner
def alias(table: NDArray[np.uint32], offset: int, n: Any, half: Any) -> Any:
    """Draw from n packed alias cells (Vose 1991) with half a word."""
    x = half * np.uint64(n)
    k = np.int64(x >> _S32)
    cell = table[np.uint64(offset + k)]
    other = np.int64(cell & _BYTE)
    return k if np.uint32(low(x) >> _S8) < (cell >> np.uint32(8)) else other


@inner
def normal(table: NDArray[np.float32], half: Any) -> Any:
    """Draw a standard normal with half a word, by interpolation in its quantile table."""
    return quantile(table, table.size - 1, half)


@inner
def quantile(row: NDArray[np.float32], cells: int, half: Any) -> Any:
    """Draw from a quantile function given at cells + 1 equally spaced levels, with half a word."""
    x = half * np.uint64(cells)
    k = np.int64(x >> _S32)
    below = row[k]
    return below + (row[k + 1] - below) * unit32(low(x))


@inner
def pack_alias(
    chances: NDArray[np.float64],
    n: int,
    table: NDArray[np.uint32],
    offset: int,
    small: NDArray[np.int64],
    large: NDArray[np.int64],
) -> None:
    """Write the n alias cells of chances (any positive scale; overwritten); small and large are scratch."""
    total = 0.0
    for i in range(n):
        total += chances[i]
    few, many = 0, 0
    for i in range(n):
        chances[i] *= n / total
        if chances[i] < 1:
            small[few] = i
            few += 1
        else:
            large[many] = i
            many += 1
    while few > 0 and many > 0:
        few -= 1
        a, b = small[few], large[many - 1]
        level: Any = min(np.int64(chances[a] * CELL), CELL - 1)
        table[offset + a] = np.uint32((level << 8) | b)
        chances[b] -= 1 - chances[a]
        if chances[b] < 1:
            many -= 1
            small[few] = b
            few += 1
    while many > 0:
        many -= 1
        table[offset + large[many]] = np.uint32(((CELL - 1) << 8) | large[many])
    while few > 0:
        few -= 1
        table[offset + small[few]] = np.uint32(((CELL - 1) << 8) | small[few])
