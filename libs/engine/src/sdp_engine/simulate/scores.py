"""Score tables: how a game with this line ends, from how games with nearly this line ended."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sdp_engine.simulate import league
from sdp_engine.simulate.compiled import entry, inner
from sdp_engine.simulate.line import Line
from sdp_engine.simulate.past import Past

Floats = NDArray[np.float64]
GUIDE = 1024
"""Cells of the guide that leads a uniform number to its place in a table."""
FEATURES = 3
"""A side's touchdown passes, touchdown runs, and other points (points less 6.95 a touchdown)."""


class Scores(NamedTuple):
    """The tables of all games, one after the other; a game's rows are `first[g]` to `first[g + 1]`.

    Attributes:
        first: (games + 1,).
        chance: Cumulated chance within the game, (rows,).
        guide: Row (within the game) from which to look for each GUIDE-th, (games, GUIDE).
        result: Points, touchdown passes, touchdown runs of home, then of away, (rows, 6).
        mean: Means of FEATURES of home and away, (games, 2, FEATURES).
        got: Means of the table: margin, total, (games, 2).
    """

    first: NDArray[np.int64]
    chance: Floats
    guide: NDArray[np.int32]
    result: NDArray[np.uint8]
    mean: Floats
    got: Floats


def tables(lines: Sequence[Line], games: Past) -> Scores:
    """Return a table for each line.

    Past games are weighed by how near their line was and how long ago they were, then tilted exponentially so that
    the expected margin and total are exactly the line's, and touchdowns of defences as frequent as they were lately.

    Args:
        lines: What is expected of each game; points outside `league.POINTS_RANGE` are held within.
        games: Past games.
    """
    margin, points = games.own[0] - games.other[0], games.own[0] + games.other[0]
    columns = np.stack([games.spread, games.total, games.age, margin, points, games.defensive]).astype(np.float64)
    result = np.concatenate([games.own, games.other]).T.astype(np.uint8)
    band = np.array([league.SPREAD_BAND, league.TOTAL_BAND, league.AGE_YEARS, league.LEAST_GAMES])
    wide = np.empty(columns.shape[1])
    lately = np.exp(-games.age / league.RECENT_YEARS)
    defensive = 2 * league.DEFENSIVE_TDS if games.made else float(lately @ games.defensive / lately.sum())
    first, chances, rows, guides = [0], [], [], []
    got = np.zeros((len(lines), 2))
    for g, line in enumerate(lines):
        weigh(columns, np.array([*_held(line), defensive]), band, wide)
        kept = np.flatnonzero(wide)
        chance = wide[kept] / wide[kept].sum()
        got[g] = columns[3:5, kept] @ chance
        cumulated = np.cumsum(chance)
        cumulated[-1] = 2.0
        chances.append(cumulated)
        rows.append(result[kept])
        guides.append(np.searchsorted(cumulated, np.arange(GUIDE) / GUIDE, side="right").astype(np.int32))
        first.append(first[-1] + kept.size)
    table = Scores(
        np.array(first),
        np.concatenate(chances),
        np.stack(guides),
        np.concatenate(rows),
        np.zeros((len(lines), 2, FEATURES)),
        got,
    )
    return table._replace(mean=_means(table))


def wins(table: Scores) -> Floats:
    """Return the chance that home wins each game, a tie half a win, (games,)."""
    told = np.zeros(len(table.first) - 1)
    for g in range(told.size):
        part = slice(table.first[g], table.first[g + 1])
        chance = np.diff(np.minimum(table.chance[part], 1.0), prepend=0.0)
        home, away = table.result[part, 0], table.result[part, 3]
        told[g] = chance @ ((home > away) + 0.5 * (home == away))
    return told


def _held(line: Line) -> tuple[float, float]:
    """Return margin and total with both sides' points within the league's range, the margin kept where possible."""
    low, high = league.POINTS_RANGE
    spread = float(np.clip(line.spread, low - high, high - low))
    return spread, float(np.clip(line.total, 2 * low + abs(spread), 2 * high - abs(spread)))


def _means(table: Scores) -> Floats:
    """Return the means of FEATURES."""
    out = np.zeros((len(table.first) - 1, 2, FEATURES))
    for g in range(len(out)):
        part = slice(table.first[g], table.first[g + 1])
        chance = np.diff(np.minimum(table.chance[part], 1.0), prepend=0.0)
        points, passed, rushed = (chance @ table.result[part].astype(np.float64)).reshape(2, 3).T
        out[g] = np.stack([passed, rushed, points - league.POINTS_A_TD * (passed + rushed)], axis=1)
    return out


@inner
def solve(a: Floats, b: Floats) -> Floats:
    """Return the solution of three symmetric equations, by cofactors."""
    c0 = a[1, 1] * a[2, 2] - a[1, 2] * a[1, 2]
    c1 = a[0, 2] * a[1, 2] - a[0, 1] * a[2, 2]
    c2 = a[0, 1] * a[1, 2] - a[0, 2] * a[1, 1]
    c11 = a[0, 0] * a[2, 2] - a[0, 2] * a[0, 2]
    c12 = a[0, 1] * a[0, 2] - a[0, 0] * a[1, 2]
    c22 = a[0, 0] * a[1, 1] - a[0, 1] * a[0, 1]
    det = a[0, 0] * c0 + a[0, 1] * c1 + a[0, 2] * c2
    out = np.empty(3)
    out[0] = (c0 * b[0] + c1 * b[1] + c2 * b[2]) / det
    out[1] = (c1 * b[0] + c11 * b[1] + c12 * b[2]) / det
    out[2] = (c2 * b[0] + c12 * b[1] + c22 * b[2]) / det
    return out


@entry
def weigh(stamp: int) -> Callable[..., int]:
    """Close over the stamp."""

    def weigh(columns: Floats, goal: Floats, band: Floats, out: Floats) -> int:
        """Write the weights of past games for a goal of margin, total and defensive touchdowns.

        Args:
            columns: Spread, total, age, margin, points and defensive touchdowns of past games, (6, n).
            goal: The means wanted of the last three, (3,).
            band: Kernel widths of spread and total, decay of age, least effective number of games.
            out: The weights, (n,).
        """
        n = columns.shape[1]
        prior = np.empty(n)
        widen = 1.0
        for _ in range(12):
            total, square = 0.0, 0.0
            for i in range(n):
                a = (columns[0, i] - goal[0]) / (band[0] * widen)
                b = (columns[1, i] - goal[1]) / (band[1] * widen)
                far = 0.5 * (a * a + b * b)
                prior[i] = np.exp(-far - columns[2, i] / band[2]) if far < 9.0 else 0.0
                total += prior[i]
                square += prior[i] * prior[i]
            if total > 0.0 and total * total >= band[3] * square:
                break
            widen *= 1.5
        tilt = np.zeros(3)
        for _ in range(30):
            mean, second, mass = np.zeros(3), np.zeros((3, 3)), 0.0
            for i in range(n):
                if prior[i] > 0.0:
                    x0, x1, x2 = columns[3, i] - goal[0], columns[4, i] - goal[1], columns[5, i] - goal[2]
                    w = prior[i] * np.exp(min(max(tilt[0] * x0 + tilt[1] * x1 + tilt[2] * x2, -30.0), 30.0))
                    out[i] = w
                    mass += w
                    mean[0] += w * x0
                    mean[1] += w * x1
                    mean[2] += w * x2
                    second[0, 0] += w * x0 * x0
                    second[0, 1] += w * x0 * x1
                    second[0, 2] += w * x0 * x2
                    second[1, 1] += w * x1 * x1
                    second[1, 2] += w * x1 * x2
                    second[2, 2] += w * x2 * x2
                else:
                    out[i] = 0.0
            mean /= mass
            for i in range(3):
                for j in range(i, 3):
                    second[i, j] = second[i, j] / mass - mean[i] * mean[j]
                    second[j, i] = second[i, j]
                second[i, i] += 1e-9
            step = solve(second, mean)
            size = max(abs(step[0]) / 0.05, abs(step[1]) / 0.05, abs(step[2]) / 3.0, 1.0)
            tilt -= step / size
            if abs(mean[0]) < 1e-7 and abs(mean[1]) < 1e-7:
                break
        return stamp

    return weigh
