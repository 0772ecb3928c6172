"""The distribution around a predicted mean, learnt from out-of-sample predictions and what happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import optimize, stats

from sdp_engine.distributions import Array, Distribution

LEVELS = np.array(
    [0, 0.005, 0.01, 0.025, *np.round(np.arange(0.05, 0.951, 0.05), 2), 0.975, 0.99, 0.995, 1], dtype=np.float64
)
KNOTS = 14
NEIGHBOURS, FEWEST_NEIGHBOURS = 500, 150
"""A knot is learnt from a fifth of the rows, but from no more and no fewer than so many."""
FEWEST = 60
"""A position with fewer rows shares the shape of all positions together."""
BEYOND = 2.0
"""Steps by which a whole number may exceed the largest seen."""
LEAST_MEAN = 0.005
MEMORY = timedelta(days=1_100)
"""Three seasons: older predictions were made from less, and missed by more, than those that are made now."""
FEWEST_REMEMBERED = 300
LARGEST_SIZE = 1_000.0
"""A negative binomial of this size is a Poisson for all purposes."""


@dataclass(frozen=True)
class Shape:
    """Outcomes near some means: at each knot a share of zeros and the quantiles of the rest."""

    means: Array
    zeros: Array
    values: Array

    def at(self, mean: Array, step: float) -> Distribution:
        """Return the distributions with these means: interpolated between knots, then scaled to the mean."""
        place = np.interp(mean, self.means, np.arange(self.means.size))
        low = np.minimum(place.astype(int), max(self.means.size - 2, 0))
        high = np.minimum(low + 1, self.means.size - 1)
        share = place - low
        zero = (1 - share) * self.zeros[low] + share * self.zeros[high]
        values = (1 - share)[:, None] * self.values[low] + share[:, None] * self.values[high]
        centre = (1 - zero) * (((values[:, :-1] + values[:, 1:]) / 2) @ np.diff(LEVELS))
        scale = np.where(centre > LEAST_MEAN, np.maximum(mean, LEAST_MEAN) / np.maximum(centre, LEAST_MEAN), 1.0)
        return Distribution.of("empirical", levels=LEVELS, values=values * scale[:, None], step=step, zero=zero)


@dataclass(frozen=True)
class Spread:
    """The distribution layer of one market.

    Attributes:
        family: The family of `Distribution` that it gives.
        step: The grid the quantity lives on (1 for whole numbers, 0 for none).
        shapes: For an empirical family: a shape a position code; -1 is all positions together.
        sizes: For a negative binomial: a size a position code.
    """

    family: str
    step: float
    shapes: dict[int, Shape]
    sizes: dict[int, float]

    def around(self, mean: Array, codes: NDArray[np.int64]) -> Distribution:
        """Return one distribution a mean; `codes` says each row's position."""
        if self.family == "poisson":
            return Distribution.of("poisson", mean=np.maximum(mean, LEAST_MEAN))
        if self.family == "bernoulli":
            return Distribution.of("bernoulli", prob=np.clip(mean, LEAST_MEAN, 1 - LEAST_MEAN))
        if self.family == "negative_binomial":
            size = np.array([self.sizes.get(int(code), self.sizes[-1]) for code in codes])
            return Distribution.of("negative_binomial", mean=np.maximum(mean, LEAST_MEAN), size=size)
        zero, values = np.zeros(mean.size), np.zeros((mean.size, LEVELS.size))
        for code in np.unique(codes):
            rows = codes == code
            found = self.shapes.get(int(code), self.shapes[-1]).at(mean[rows], self.step)
            zero[rows], values[rows] = found.zero, found.params["values"]
        return Distribution.of("empirical", levels=LEVELS, values=values, step=self.step, zero=zero)


def remembered(moments: pl.Series, until: datetime, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of the known rows lie within `MEMORY` before a moment; all of them where those are few."""
    late = known & (moments >= until - MEMORY).to_numpy()
    return late if late.sum() >= FEWEST_REMEMBERED else known


def learn(family: str, mean: Array, observed: Array, codes: NDArray[np.int64]) -> Spread:
    """Return the layer learnt from out-of-sample means and what happened.

    Args:
        family: Of `Distribution`.
        mean: Predicted out of sample.
        observed: What happened.
        codes: Each row's position.

    Raises:
        ValueError: There is nothing to learn from.
    """
    if mean.size == 0:
        raise ValueError("no out-of-sample predictions to learn a distribution from")
    step = 1.0 if np.all(observed == np.round(observed)) else 0.0
    groups = {-1: np.ones(mean.size, dtype=bool)}
    groups |= {int(c): codes == c for c in np.unique(codes) if np.sum(codes == c) >= FEWEST}
    shapes = {c: _shape(mean[g], observed[g], step) for c, g in groups.items()} if family == "empirical" else {}
    sizes = {c: _size(mean[g], observed[g]) for c, g in groups.items()} if family == "negative_binomial" else {}
    return Spread(family, step, shapes, sizes)


def _shape(mean: Array, observed: Array, step: float) -> Shape:
    """Read the outcomes of the nearest means at knots spread evenly over the rows."""
    order = np.argsort(mean, kind="stable")
    mean, observed = mean[order], observed[order]
    width = min(max(mean.size // 5, FEWEST_NEIGHBOURS), NEIGHBOURS, mean.size)
    starts = np.unique(np.linspace(0, mean.size - width, KNOTS).astype(int))
    centres, zeros, values = [], [], []
    for start in starts:
        near, happened = mean[start : start + width], observed[start : start + width]
        centre = float(near.mean())
        # Outcomes are moved to the knot's mean in proportion, so that zeros stay zeros and signs stay signs.
        ratio = np.clip(max(centre, LEAST_MEAN) / np.maximum(near, LEAST_MEAN), 0.7, 1.4)
        some = happened != 0
        centres.append(centre)
        zeros.append(1 - some.mean())
        values.append(np.quantile((happened * ratio)[some], LEVELS) if some.any() else np.zeros(LEVELS.size))
    keep = np.concatenate([[True], np.diff(centres) > 0])
    quantiles = np.array(values)[keep]
    quantiles[:, -1] += BEYOND * step
    return Shape(np.array(centres)[keep], np.array(zeros)[keep], quantiles)


def _size(mean: Array, observed: Array) -> float:
    """Return the size of the negative binomial that makes the outcomes likeliest given the means."""
    mean = np.maximum(mean, LEAST_MEAN)

    def cost(log_size: float) -> float:
        size = float(np.exp(log_size))
        return -float(np.sum(stats.nbinom.logpmf(observed, size, size / (size + mean))))

    found = optimize.minimize_scalar(cost, bounds=(np.log(0.2), np.log(LARGEST_SIZE)), method="bounded")
    return float(np.exp(found.x))
