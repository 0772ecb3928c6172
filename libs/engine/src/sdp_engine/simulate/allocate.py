"""Hand events out among players, never more to one than he can have."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def allocate(events: Ints, weight: Floats, cap: Ints, rng: np.random.Generator) -> Ints:
    """Give every event of every world to one player.

    Args:
        events: How many there are, (W,); at most the sum of the world's caps.
        weight: How likely each player is to have one, (K, W); shrinks as his cap is used up.
        cap: How many a player can have, (K, W).
        rng: The stream to draw from.

    Returns:
        Events of each player, (K, W): the columns sum to `events`, no entry exceeds its cap.

    Raises:
        ValueError: A world has more events than its caps hold.
    """
    given = np.zeros_like(cap)
    if np.any(events > cap.sum(axis=0)):
        raise ValueError("more events than the caps hold")
    open_worlds = np.flatnonzero(events > 0)
    left = events[open_worlds]
    rate = np.where(cap > 0, weight / np.maximum(cap, 1) + 1e-9, 0.0)[:, open_worlds]
    free = cap[:, open_worlds].astype(np.float64)
    while open_worlds.size:
        edge = np.cumsum(rate * free, axis=0)
        u = rng.random(open_worlds.size) * edge[-1]
        who = np.minimum((edge <= u).sum(axis=0), len(cap) - 1)
        given[who, open_worlds] += 1
        free[who, np.arange(who.size)] -= 1.0
        left = left - 1
        keep = left > 0
        open_worlds, left, rate, free = open_worlds[keep], left[keep], rate[:, keep], free[:, keep]
    return given


def split(total: Ints, share: Floats, concentration: float, rng: np.random.Generator) -> Ints:
    """Split totals among players: a Dirichlet-multinomial around expected shares.

    Args:
        total: What is to be split, (W,).
        share: Expected shares, (K,), summing to 1.
        concentration: The Dirichlet's; smaller spreads more.
        rng: The stream to draw from.

    Returns:
        Parts, (K, W); the columns sum to `total`.
    """
    alpha = np.maximum(share * concentration, 1e-12)
    draws = rng.standard_gamma(alpha, (total.size, share.size)) + 1e-12 * share
    chance = draws / draws.sum(axis=1, keepdims=True)
    return np.ascontiguousarray(rng.multinomial(total, chance).T)
