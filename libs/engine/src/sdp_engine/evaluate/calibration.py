"""Whether predicted probabilities happen as often as they say."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from sdp_engine.distributions import Array, Distribution

BOUND = 1.86
"""The 95 % quantile of the mean absolute distance of a uniform sample's distribution from the diagonal, at 19 edges,
over its mean; the same for 500 as for 10,000 outcomes."""


@dataclass(frozen=True)
class Pit:
    """Probability integral transforms of forecasts: uniform on [0, 1], taken together, where these are calibrated.

    Where a forecast jumps at what happened, its transform is the whole span from F(y-) to F(y), of which every value
    counts alike (the non-randomised transform of Czado, Gneiting and Held, 2009): the figures are what drawing a value
    of the span gives on average, without the noise of the draw.

    Attributes:
        low: F(y-), shape (n,).
        high: F(y), shape (n,).
    """

    low: Array
    high: Array

    @classmethod
    def of(cls, predicted: Distribution, observed: Array) -> Self:
        """Return the transforms of what happened."""
        high = predicted.cdf(observed)
        return cls(np.asarray(high - predicted.prob_push(observed)), high)

    def below(self, level: float) -> Array:
        """Return which part of each span lies below a level, shape (n,)."""
        width = np.maximum(self.high - self.low, 1e-12)
        return np.asarray(np.clip((level - self.low) / width, 0.0, 1.0))

    def error(self, bins: int = 20) -> float:
        """Return the mean absolute distance of the transforms' distribution from the diagonal, at the bins' edges."""
        return float(np.mean([abs(self.below(edge).mean() - edge) for edge in np.arange(1, bins) / bins]))

    def noise(self, bins: int = 20) -> float:
        """Return what `error` would be on average of a perfect forecast of so many independent outcomes."""
        sd = np.mean([self.below(edge).std() for edge in np.arange(1, bins) / bins])
        return float(np.sqrt(2 / np.pi) * sd / np.sqrt(max(self.low.size, 1)))

    def bound(self, bins: int = 20) -> float:
        """Return what `error` would exceed once in twenty times of a perfect forecast of so many outcomes."""
        return BOUND * self.noise(bins)

    def coverage(self, level: float) -> float:
        """Return how often the central interval of this level held what happened."""
        return float(np.mean(self.below((1 + level) / 2) - self.below((1 - level) / 2)))

    def histogram(self, bins: int) -> list[float]:
        """Return the share of the transforms in each of so many equal parts of [0, 1]."""
        reached = [float(self.below(edge).mean()) for edge in np.arange(bins + 1) / bins]
        return [round(share, 4) for share in np.diff(reached).tolist()]


def expected_calibration_error(chance: Array, happened: Array, bins: int = 10) -> float:
    """Return the mean distance of predicted and observed frequency over equal-width bins, weighted by size."""
    index = np.minimum((chance * bins).astype(int), bins - 1)
    size = np.bincount(index, minlength=bins)
    gap = np.abs(np.bincount(index, chance, bins) - np.bincount(index, happened, bins))
    return float(gap.sum() / max(size.sum(), 1))
