"""What drawn stats are worth in a market or a contest, in whole numbers for compiled code."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sdp_sports.spec import Contest, Market

from sdp_engine.simulate.draws import PLACE

CENTS = 100
"""Points are counted in hundredths."""
NEVER_LESS = -(2**31)
"""Below everything that is drawn."""


class Worth(NamedTuple):
    """Weighted stats and bonuses, as `terms` adds them up.

    Attributes:
        terms: Group, stat and weight, (terms, 3).
        steps: Group, stat, from which value on, and worth, (steps, 4).
        allowed: Whether each of some players has each step, (steps, players).
    """

    terms: NDArray[np.int64]
    steps: NDArray[np.int64]
    allowed: NDArray[np.bool_]


def is_whole(weights: Iterable[float]) -> bool:
    """Return whether all weights are whole hundredths."""
    return all(abs(weight * CENTS - round(weight * CENTS)) < 1e-9 for weight in weights)


def is_plain(contest: Contest) -> bool:
    """Return whether every stat of a contest counts by itself, and in hundredths."""
    whole = is_whole(contest.scoring.values())
    return whole and not contest.milestones and not any(bonus.plus for bonus in contest.bonuses)


def of_market(market: Market, players: int) -> Worth:
    """Return a market's: in hundredths where its stats are weighed, else in ones."""
    weights = [round(weight * CENTS) for weight in market.weights] or [1] * len(market.stats)
    return _worth(list(zip(market.stats, weights, strict=True)), [], [[]], players)


def of_contest(contest: Contest, positions: list[str]) -> Worth:
    """Return a plain contest's (`is_plain`), in hundredths, for players of these positions."""
    steps = [(stat, *step) for stat in PLACE for step in _steps(contest, stat)]
    climbed = {stat for stat, *_ in steps}
    weights = [(stat, round(contest.scoring.get(stat, 0.0) * CENTS)) for stat in PLACE]
    terms = [(stat, weight) for stat, weight in weights if weight or stat in climbed]
    played = np.array(positions)
    allowed = [np.isin(played, who) if who else np.ones(played.size, np.bool_) for *_, who in steps]
    return _worth(terms, [(stat, at_least, worth) for stat, at_least, worth, _ in steps], allowed, len(positions))


def _worth(
    terms: list[tuple[str, int]], steps: list[tuple[str, int, int]], allowed: Sequence[Any], players: int
) -> Worth:
    placed: list[list[Any]] = [[(*PLACE[stat], *rest) for stat, *rest in kind] for kind in (terms, steps)]
    return Worth(
        np.array(placed[0], np.int64).reshape(-1, 3),
        np.array(placed[1], np.int64).reshape(-1, 4),
        np.array(allowed, np.bool_).reshape(len(steps), players),
    )


def _steps(contest: Contest, stat: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return from which value on a stat adds how many hundredths, to whom (everybody where empty)."""
    steps: list[tuple[int, int, tuple[str, ...]]] = [
        (math.ceil(b.at_least), round(b.points * CENTS), ()) for b in contest.bonuses if b.stat == stat
    ]
    for band in contest.bands:
        if band.stat == stat:
            worth = round(band.points * CENTS)
            steps.append((NEVER_LESS if band.at_least is None else math.ceil(band.at_least), worth, band.positions))
            if band.below is not None:
                steps.append((math.ceil(band.below), -worth, band.positions))
    return steps
