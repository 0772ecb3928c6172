"""The same simulation on several machines: worlds in parts on a Dask cluster's workers, bit for bit the same."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import polars as pl

from sdp_engine.simulate.draws import Draws
from sdp_engine.simulate.joint import MAX_WORLDS, simulate
from sdp_engine.simulate.slate import Slate

PART = 10_000
"""Worlds drawn by a worker at a time."""


class Client(Protocol):
    """What is used of `distributed.Client`: whoever has a cluster brings it, nothing here imports Dask."""

    def scatter(self, data: Any, *, broadcast: bool) -> Any:
        """Send data to the workers; return what stands for it."""

    def map(self, func: Callable[..., Any], *iterables: Any, pure: bool) -> Sequence[Any]:
        """Ask for a function of each item; return futures."""

    def gather(self, futures: Sequence[Any]) -> list[Any]:
        """Wait for futures and return what they give; raise what they raised."""


def simulate_on(
    client: Client, slate: Slate, predictions: pl.DataFrame, seed: int, worlds: int = 10_000, *, part: int = PART
) -> Draws:
    """Draw what `simulate` draws, `part` worlds at a time on a cluster's workers.

    A world is a hash of its number, so that the answer has the same bits for any workers and parts.

    Args:
        client: Of the cluster, whose workers have this package.
        slate: As of `simulate`, like the other arguments.
        predictions: PREDICTIONS frame.
        seed: From 0 to 2**64 - 1.
        worlds: How many, 1 to MAX_WORLDS.
        part: Worlds drawn at a time; of no consequence to what is drawn.

    Raises:
        ValueError: As of `simulate`; or a part is empty.
    """
    if not 1 <= worlds <= MAX_WORLDS or part < 1:
        raise ValueError(f"worlds: {worlds} in parts of {part} is not between 1 and {MAX_WORLDS}")
    given = client.scatter((slate, predictions, seed), broadcast=True)
    starts = list(range(0, worlds, part))
    sizes = [min(part, worlds - first) for first in starts]
    return join(client.gather(client.map(_part, [given] * len(starts), starts, sizes, pure=False)))


def _part(given: tuple[Slate, pl.DataFrame, int], first: int, worlds: int) -> Draws:
    slate, predictions, seed = given
    return simulate(slate, predictions, seed, worlds, first=first)


def join(parts: Sequence[Draws]) -> Draws:
    """Return the worlds of draws of one slate, one after another.

    Raises:
        ValueError: There are none, or they are not of the same players.
    """
    if not parts:
        raise ValueError("no draws to join")
    one = parts[0]
    if any(not part.players.equals(one.players) for part in parts[1:]):
        raise ValueError("these draws are not of the same players")
    sheets = {name: np.concatenate([part.sheets[name] for part in parts], axis=-1) for name in one.sheets}
    return Draws(sum(part.worlds for part in parts), one.games, one.players, sheets, one.places, one.expected)
