"""Quantiles that a projection file tells in columns such as `P10`, `75%` or `90th percentile`."""

import itertools
import re
from collections.abc import Iterable, Mapping
from statistics import NormalDist

from sdp_sports.spec import QUANTILES

_LABEL = re.compile(
    r"(?P<lead>p|q|pct|perc|percentile|quantile)?[ _]*(?P<level>0?\.\d{1,3}|\d{1,2}(?:\.\d+)?)[ _]*"
    r"(?P<tail>%|th|st|nd|rd|pct|percentile|quantile)*(?P<more>[ _]*(?:percentile|pct|quantile))?",
    re.IGNORECASE,
)
_NORMAL = NormalDist()


def level_of(label: str) -> float | None:
    """Return the level a column's name stands for, None where it is no quantile's.

    >>> [level_of(x) for x in ("P10", "75%", "90th percentile", "q0.25", "10", "Points", "p100")]
    [0.1, 0.75, 0.9, 0.25, None, None, None]
    """
    found = _LABEL.fullmatch(label.strip())
    if found is None or not (found["lead"] or found["tail"] or found["more"]):
        return None
    level = float(found["level"])
    level = level if found["level"].lstrip("0").startswith(".") else level / 100
    return level if 0 < level < 1 else None


def told(numbers: Mapping[str, float]) -> dict[float, float]:
    """Return value by level of the cells that are quantiles, by what the file calls their columns; levels rise."""
    found = {level: value for label, value in numbers.items() if (level := level_of(label)) is not None}
    return dict(sorted(found.items()))


def falls(values: Iterable[float]) -> bool:
    """Whether quantiles, in the order of their levels, fall anywhere: no distribution has such."""
    listed = list(values)
    return any(after < before for before, after in itertools.pairwise(listed))


def at_levels(quantiles: Mapping[float, float]) -> list[float] | None:
    """Return a distribution's values at `sdp_sports.spec.QUANTILES`, None where fewer than two are told.

    Between two levels, and beyond the outermost, values grow as those of a normal distribution do; nothing falls
    below zero where nothing told does.
    """
    if len(quantiles) < 2:
        return None
    places = [(_NORMAL.inv_cdf(level), value) for level, value in sorted(quantiles.items())]
    least = min(0.0, places[0][1])
    return [max(_at(places, _NORMAL.inv_cdf(level)), least) for level in QUANTILES]


def _at(places: list[tuple[float, float]], z: float) -> float:
    """Return the value at a normal score, on the line through the two places that are nearest around it."""
    right = next((i for i, (at, _) in enumerate(places) if at >= z), len(places) - 1)
    (a, low), (b, high) = places[max(right, 1) - 1], places[max(right, 1)]
    return low + (high - low) * (z - a) / (b - a)
