"""Weighted sums of drawn stats, world by world, for compiled code."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sdp_engine.simulate.compiled import entry, inner
from sdp_engine.simulate.histogram import blend, describe, tally

Array = NDArray[Any]


class Held(NamedTuple):
    """The sheets of `Draws` by the order of `draws.GROUPS`, each (stats, rows, W), and who has which row of them.

    `places` is (groups, players), -1 where a player has none.
    """

    skill: Array
    yards: Array
    passer: Array
    passed: Array
    kicker: Array
    defence: Array
    places: Array


@inner
def add(stat: Array, weight: int, out: Array) -> None:
    """Add a weighted stat."""
    for w in range(out.size):
        out[w] += np.int32(weight) * np.int32(stat[w])


@inner
def step(stat: Array, at_least: int, worth: int, out: Array) -> None:
    """Add a bonus where a stat reaches a value."""
    for w in range(out.size):
        out[w] += np.int32(worth) if np.int32(stat[w]) >= at_least else np.int32(0)


@inner
def total(held: Held, row: int, terms: Array, out: Array) -> bool:
    """Write the sum of a player's terms, (group, stat, weight) each, in every world; return whether he has any."""
    out[:] = 0
    has = False
    for t in range(terms.shape[0]):
        group, i, weight = terms[t, 0], terms[t, 1], terms[t, 2]
        place = held.places[group, row]
        if place < 0:
            continue
        has = True
        if group == 0:
            add(held.skill[i, place], weight, out)
        elif group == 1:
            add(held.yards[i, place], weight, out)
        elif group == 2:
            add(held.passer[i, place], weight, out)
        elif group == 3:
            add(held.passed[i, place], weight, out)
        elif group == 4:
            add(held.kicker[i, place], weight, out)
        else:
            add(held.defence[i, place], weight, out)
    return has


@inner
def climb(held: Held, row: int, steps: Array, allowed: Array, out: Array) -> None:
    """Add a player's bonuses: (group, stat, from which value on, worth) each, where they are `allowed` him."""
    for t in range(steps.shape[0]):
        group, i = steps[t, 0], steps[t, 1]
        at_least, worth = steps[t, 2], steps[t, 3]
        place = held.places[group, row]
        if place < 0 or not allowed[t, row]:
            continue
        if group == 0:
            step(held.skill[i, place], at_least, worth, out)
        elif group == 1:
            step(held.yards[i, place], at_least, worth, out)
        elif group == 2:
            step(held.passer[i, place], at_least, worth, out)
        elif group == 3:
            step(held.passed[i, place], at_least, worth, out)
        elif group == 4:
            step(held.kicker[i, place], at_least, worth, out)
        else:
            step(held.defence[i, place], at_least, worth, out)


@entry
def score(stamp: int) -> Callable[..., int]:
    """Close over the stamp."""

    def score(held: Held, terms: Array, steps: Array, allowed: Array, out: Array) -> int:
        """Write every player's sum of terms and bonuses, (players, W)."""
        for row in range(out.shape[0]):
            total(held, row, terms, out[row])
            climb(held, row, steps, allowed, out[row])
        return stamp

    return score


@entry
def settle(stamp: int) -> Callable[..., int]:
    """Close over the stamp."""

    def settle(
        held: Held,
        rows: Array,
        terms: Array,
        at_least: int,
        worlds: int,
        cuts: Array,
        grid: Array,
        weight: float,
        levels: Array,
        widths: Array,
        moments: Array,
        quantiles: Array,
        bins: Array,
        shares: Array,
    ) -> int:
        """Describe some players' sums of terms; with `at_least`, unless negative, whether they reach it.

        Where `grid` has rows, one a player, the sums are put that far onto its distributions first (`blend`).
        """
        drawn = np.empty(worlds, np.int32)
        for i in range(rows.size):
            some = total(held, rows[i], terms, drawn)
            if at_least >= 0:
                for w in range(worlds):
                    drawn[w] = 1 if drawn[w] >= at_least else 0
            if some and grid.shape[0]:
                low, often = tally(drawn)
                blend(low, often, cuts, grid[i], weight, drawn)
            # whoever has none of the stats has nought in every world, and in one as well
            seen, often = (drawn, levels) if some else (drawn[:1], np.ones_like(levels))
            describe(seen, often, widths, moments[i], quantiles[i], bins[i], shares[i])
        return stamp

    return settle
