"""Weighted sums of drawn stats, world by world, for compiled code."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sdp_engine.simulate.compiled import entry, inner
from sdp_engine.simulate.histogram import blend, tally, tell

Array = NDArray[Any]
STRETCH = 2048
"""Worlds that are added up at a time: what is summed stays in the processor's nearest cache."""


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
    has = False
    for t in range(terms.shape[0]):
        has = has or held.places[terms[t, 0], row] >= 0
    for since in range(0, out.size, STRETCH):
        until = min(since + STRETCH, out.size)
        part = out[since:until]
        part[:] = 0
        for t in range(terms.shape[0]):
            group, i, weight = terms[t, 0], terms[t, 1], terms[t, 2]
            place = held.places[group, row]
            if place < 0:
                continue
            if group == 0:
                add(held.skill[i, place, since:until], weight, part)
            elif group == 1:
                add(held.yards[i, place, since:until], weight, part)
            elif group == 2:
                add(held.passer[i, place, since:until], weight, part)
            elif group == 3:
                add(held.passed[i, place, since:until], weight, part)
            elif group == 4:
                add(held.kicker[i, place, since:until], weight, part)
            else:
                add(held.defence[i, place, since:until], weight, part)
    return has


@inner
def divisor(held: Held, row: int, terms: Array, column: int, found: int) -> int:
    """Return the greatest number that divides the worth (at `column`) of all that a player has, and `found`."""
    for t in range(terms.shape[0]):
        if held.places[terms[t, 0], row] >= 0:
            a, b = found, abs(terms[t, column])
            while b > 0:
                a, b = b, a % b
            found = a
    return found


@inner
def reduce(terms: Array, column: int, by: int, out: Array) -> None:
    """Copy terms or bonuses with their worth divided."""
    for t in range(terms.shape[0]):
        for i in range(terms.shape[1]):
            out[t, i] = terms[t, i]
        out[t, column] = terms[t, column] // by


@inner
def plain(held: Held, group: int, i: int, place: int) -> tuple[Any, Any]:
    """Tally one stat of one player as it was drawn."""
    if group == 0:
        return tally(held.skill[i, place])
    if group == 1:
        return tally(held.yards[i, place])
    if group == 2:
        return tally(held.passer[i, place])
    if group == 3:
        return tally(held.passed[i, place])
    if group == 4:
        return tally(held.kicker[i, place])
    return tally(held.defence[i, place])


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
        steps: Array,
        allowed: Array,
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
        """Describe some players' sums of terms and bonuses; with `at_least`, unless negative, whether they reach it.

        Where `grid` has rows, one a player, the sums are put that far onto its distributions first (`blend`). Sums
        are counted in the greatest unit that all a player has comes in: fewer values are told apart.
        """
        parts, rungs = np.empty_like(terms), np.empty_like(steps)
        drawn = np.empty(worlds, np.int32)
        mapped = grid.shape[0] > 0
        alone = terms.shape[0] == 1 and terms[0, 2] == 1 and steps.shape[0] == 0
        for i in range(rows.size):
            row, unit = rows[i], 1
            place = held.places[terms[0, 0], row]
            if alone and at_least < 0 and place >= 0 and not mapped:
                low, often = plain(held, terms[0, 0], terms[0, 1], place)
                tell(low, often, 1, worlds, levels, widths, moments[i], quantiles[i], bins[i], shares[i])
                continue
            if at_least < 0:
                unit = max(divisor(held, row, steps, 3, divisor(held, row, terms, 2, 0)), 1)
            reduce(terms, 2, unit, parts)
            reduce(steps, 3, unit, rungs)
            if total(held, row, parts, drawn):
                climb(held, row, rungs, allowed, drawn)
                if at_least >= 0:
                    low, often = 0, np.zeros(2, np.int32)
                    for w in range(worlds):
                        often[1] += 1 if drawn[w] >= at_least else 0
                    often[0] = worlds - often[1]
                else:
                    low, often = tally(drawn)
                if mapped:
                    blend(low, often, unit, cuts, grid[i], weight, drawn)
                    unit = 1
                    low, often = tally(drawn)
            else:
                low, often = 0, np.full(1, worlds, np.int32)
            tell(low, often, unit, worlds, levels, widths, moments[i], quantiles[i], bins[i], shares[i])
        return stamp

    return settle
