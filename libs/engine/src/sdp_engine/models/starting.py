"""Who starts at quarterback: what a starter does and what a reserve does, each as likely as it was of such as he."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sdp_engine.distributions import Array, Distribution
from sdp_engine.models import ridge

BEFORE = (0.2, 0.97)
"""How likely who is not expected to start, and who is, starts, before anything was seen of such players; of those who
come to play."""
WEIGHT = 20.0
"""How many players' worth that is."""
BOUNDS = (0.02, 0.95)
"""What a chance told by features is held within."""
LEAST, WIDEST = 0.005, 1.2
"""A grid of quantiles is stretched by no more than so much to have the mixture's mean, one near nought not at all."""


@dataclass(frozen=True)
class Odds:
    """How likely a quarterback starts, given that he plays: of whom it was expected, and of whom it was not.

    Of the latter a line through the features tells more than one number for all (log loss .379 against .494, 2022 to
    2024 from the seasons before): a weak or new starter, and who was seen to play lately.
    """

    expected: float
    behind: ridge.Line | None

    def of(self, matrix: Array, expected: Array) -> Array:
        """Return the chances of a matrix's rows, by whether each was expected to start (1 or 0)."""
        told = np.full(expected.size, BEFORE[0])
        if self.behind is not None:
            told = self.behind.intercept + self.behind.effects(matrix).sum(axis=1)
        return np.where(expected > 0, self.expected, np.clip(told, *BOUNDS))


def learn(matrix: Array, expected: Array, started: Array) -> Odds:
    """Return the odds of past players, as if `WEIGHT` of each kind had done as `BEFORE` says.

    Args:
        matrix: Their features, who starts as it was expected.
        expected: Whether each was expected to start (1 or 0).
        started: Whether he did.
    """
    shares = []
    for kind, chance in enumerate(BEFORE):
        mine = started[expected == kind]
        shares.append(float((mine.sum() + WEIGHT * chance) / (mine.size + WEIGHT)))
    rows = expected == 0
    if not rows.any():
        return Odds(shares[1], None)
    line = ridge.fit(matrix[rows], started[rows], np.zeros(int(rows.sum()), dtype=np.int64)).lines[-1]
    return Odds(shares[1], replace(line, intercept=line.intercept + shares[0] - float(started[rows].mean())))


def mixed(
    plain: Distribution, rows: NDArray[np.int64], starts: Distribution, sits: Distribution, chance: Array
) -> Distribution:
    """Return the distributions, some rows replaced by what is mixed of two cases of a quarterback.

    Args:
        plain: One variable a row.
        rows: Which are replaced.
        starts: Theirs, given that each starts.
        sits: Theirs, given that each does not.
        chance: How likely each starts.
    """
    if plain.family == "empirical":
        zero, values = _blended(starts, sits, chance)
    else:
        # Of a yes or no that is the mixture; of a count, which no quarterback's market of passes is, its mean.
        name = "prob" if plain.family == "bernoulli" else "mean"
        zero, values = np.zeros(rows.size), chance * starts.params[name] + (1 - chance) * sits.params[name]
    key = "values" if plain.family == "empirical" else name
    replaced, atoms = plain.params[key].copy(), plain.zero.copy()
    replaced[rows], atoms[rows] = values, zero
    return Distribution(plain.family, {**plain.params, key: replaced}, atoms)


def _blended(starts: Distribution, sits: Distribution, chance: Array) -> tuple[Array, Array]:
    """Return the zeros and the quantile grids of empirical distributions' mixtures; the grids have their means."""
    first, second = chance * (1 - starts.zero), (1 - chance) * (1 - sits.zero)
    some = first + second
    part = (np.where(some > 0, first, 1.0) / np.where(some > 0, some, 1.0))[:, None]
    levels, none = starts.params["levels"], np.zeros(some.size)
    # Between its grid's points each is as it is, without a step and without zeros.
    one, two = (Distribution("empirical", {**each.params, "step": none}, none) for each in (starts, sits))
    points = np.sort(np.hstack([one.params["values"], two.params["values"]]), axis=1)
    reached = part * one.cdf(points) + (1 - part) * two.cdf(points)
    below = reached - part * one.prob_push(points) - (1 - part) * two.prob_push(points)
    # A jump of either is one of the mixture: each point is there with what lies below it, then with what it reaches.
    climbs, at = np.stack([below, reached], axis=2).reshape(some.size, -1), np.repeat(points, 2, axis=1)
    values = np.array([np.interp(levels, *pair) for pair in zip(climbs, at, strict=True)]).reshape(-1, levels.size)
    # The largest value is where all is reached, not the largest of a case that has no part in it.
    values[:, -1] = at[np.arange(some.size), np.argmax(climbs >= 1 - 1e-12, axis=1)]
    mean = part[:, 0] * one.mean() + (1 - part[:, 0]) * two.mean()
    coarse = Distribution("empirical", {**starts.params, "values": values}, none).mean()
    ratio = np.where(np.abs(coarse) > LEAST, mean / np.where(np.abs(coarse) > LEAST, coarse, 1.0), 1.0)
    return 1 - some, values * np.clip(ratio, 1 / WIDEST, WIDEST)[:, None]
