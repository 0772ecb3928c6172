"""Proper scores and point errors of predicted distributions."""

import numpy as np
from scipy import stats

from sdp_engine.distributions import Array, Distribution

GRID = 200
"""Midpoints at which the CRPS of a continuous distribution is integrated."""
DENSITY_WIDTH = 1.0
"""Width of the window in which the log score of a continuous distribution counts probability, in its own unit."""


def crps(predicted: Distribution, observed: Array) -> Array:
    """Return the continuous ranked probability score of each forecast, in the variable's unit (lower is better).

    Counts: the sum over k of (F(k) - 1[y <= k])^2, exact. A normal without atom: the closed form of Gneiting and
    Raftery (2007). Anything else: twice the pinball loss averaged over `GRID` probabilities.
    """
    if predicted.is_discrete and not np.any(observed != np.round(observed)):
        return _crps_counts(predicted, observed)
    if predicted.family == "normal" and not np.any(predicted.zero):
        sd = predicted.params["sd"]
        z = (observed - predicted.params["mean"]) / sd
        return np.asarray(sd * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi)))
    levels = (np.arange(GRID) + 0.5) / GRID
    error = observed[:, None] - predicted.quantile(levels)
    return np.asarray(2 * np.mean(np.maximum(levels * error, (levels - 1) * error), axis=1))


def _crps_counts(predicted: Distribution, observed: Array) -> Array:
    top = int(max(observed.max(initial=0.0), predicted.quantile([1 - 1e-9]).max(initial=0.0))) + 1
    bottom = int(min(observed.min(initial=0.0), 0.0))
    k = np.arange(bottom, top + 1, dtype=np.float64)
    reached = predicted.cdf(np.broadcast_to(k, (len(predicted), k.size)))
    return np.asarray(np.sum((reached - (observed[:, None] <= k)) ** 2, axis=1))


def log_score(predicted: Distribution, observed: Array, floor: float = 1e-6) -> Array:
    """Return minus the log of the probability given to what happened (lower is better).

    Of a continuous distribution that is the probability of a window of `DENSITY_WIDTH` around it; on a variable
    of whole numbers this is the log score of the number. Probabilities below `floor` count as `floor`.
    """
    half = DENSITY_WIDTH / 2
    if predicted.is_discrete:
        chance = predicted.prob_push(observed)
    else:
        chance = predicted.cdf(observed + half) - predicted.cdf(observed - half)
    return np.asarray(-np.log(np.maximum(chance, floor)))


def brier(chance: Array, happened: Array) -> float:
    """Return the mean squared difference of a probability and what happened (0 or 1)."""
    return float(np.mean((chance - happened) ** 2))


def mean_absolute_error(predicted: Array, observed: Array) -> float:
    """Return the mean absolute error, in the variable's unit."""
    return float(np.mean(np.abs(predicted - observed)))


def root_mean_squared_error(predicted: Array, observed: Array) -> float:
    """Return the root of the mean squared error, in the variable's unit."""
    return float(np.sqrt(np.mean((predicted - observed) ** 2)))
