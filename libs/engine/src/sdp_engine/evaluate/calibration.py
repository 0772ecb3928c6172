"""Whether predicted probabilities happen as often as they say."""

import numpy as np

from sdp_engine.distributions import Array, Distribution


def pit(predicted: Distribution, observed: Array, rng: np.random.Generator) -> Array:
    """Return the randomised probability integral transform, uniform on [0, 1] where the forecast is calibrated.

    Where the distribution jumps, the value is drawn between F(y-) and F(y) (Czado, Gneiting and Held, 2009).
    """
    high = predicted.cdf(observed)
    return np.asarray(high - rng.random(len(predicted)) * predicted.prob_push(observed))


def pit_error(values: Array, bins: int = 20) -> float:
    """Return the mean absolute distance of the PIT's empirical distribution from the diagonal, at the bins' edges."""
    edges = np.arange(1, bins) / bins
    reached = np.searchsorted(np.sort(values), edges, side="right") / max(values.size, 1)
    return float(np.mean(np.abs(reached - edges)))


def coverage(predicted: Distribution, observed: Array, level: float) -> float:
    """Return how often the central interval of this level held what happened."""
    ends = predicted.quantile([(1 - level) / 2, (1 + level) / 2])
    return float(np.mean((observed >= ends[:, 0]) & (observed <= ends[:, 1])))


def expected_calibration_error(chance: Array, happened: Array, bins: int = 10) -> float:
    """Return the mean distance of predicted and observed frequency over equal-width bins, weighted by size."""
    index = np.minimum((chance * bins).astype(int), bins - 1)
    size = np.bincount(index, minlength=bins)
    gap = np.abs(np.bincount(index, chance, bins) - np.bincount(index, happened, bins))
    return float(gap.sum() / max(size.sum(), 1))
