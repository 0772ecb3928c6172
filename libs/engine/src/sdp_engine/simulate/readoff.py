"""Read fantasy scores and distributions off the draws, all players at once.

Raw worlds are never changed. Where a price or a score is wanted as the market models see it, `mapped` puts the same
worlds, in the same order of luck, onto another distribution: correlations stay, marginals become the target's.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.spec import QUANTILES, Contest, Market

from sdp_engine.simulate.compiled import entry
from sdp_engine.simulate.draws import GROUPS, PLACE, Draws
from sdp_engine.simulate.histogram import MOST_BINS, WIDTHS, blend, count, tally
from sdp_engine.simulate.terms import Held, score, settle
from sdp_engine.simulate.worth import CENTS as CENTS
from sdp_engine.simulate.worth import Worth, is_plain, is_whole, of_contest, of_market

Floats = NDArray[np.float64]
FAR = 0.4
HALF = 0.5
"""How much the prediction weighs in what is read off beside the draws."""
LEVELS = np.array([0.0, *QUANTILES, 1.0])
"""Where a target's grid has its values."""
RAW = np.empty((0, LEVELS.size))
"""No target: the draws themselves."""
WIDE = 30
"""From how many values between the 1 % and the 99 % quantile on quantiles tell a whole-numbered distribution."""


@dataclass(frozen=True, eq=False)
class Summary:
    """Distributions of n variables.

    Attributes:
        mean, sd, prob_zero: Moments and the share of worlds in which it is 0, (n,).
        quantiles: At `sdp_sports.spec.QUANTILES`: the smallest drawn value that at least this share do not exceed,
            (n, 15).
        hist_from, hist_width: Start and width of equal bins, (n,).
        hist_shares: Shares of the worlds by bin, (n, MOST_BINS), zero beyond the last bin.
    """

    mean: Floats
    sd: Floats
    prob_zero: Floats
    quantiles: Floats
    hist_from: Floats
    hist_width: Floats
    hist_shares: Floats


def summarise(values: NDArray[Any], scale: float = 1.0) -> Summary:
    """Summarise whole-numbered draws, (n, W), each standing for `scale` of its unit.

    Raises:
        ValueError: There are no draws.
    """
    if values.ndim != 2 or values.shape[1] == 0:
        raise ValueError("no draws to summarise")
    return _told(lambda *into: count(values, *into), values.shape[0], values.shape[1], scale)


def _told(describe: Callable[..., int], n: int, worlds: int, scale: float) -> Summary:
    """Return the summary of n variables that `describe` writes into its last six arguments (`histogram.count`)."""
    levels = np.maximum(np.ceil(np.array(QUANTILES) * worlds - 1e-9).astype(np.int64), 1)
    widths = np.maximum(np.round(np.array(WIDTHS) / scale), 1).astype(np.int64)
    moments, quantiles = np.zeros((n, 3)), np.zeros((n, levels.size))
    bins, shares = np.zeros((n, 2)), np.zeros((n, MOST_BINS))
    if n:
        describe(levels, widths, moments, quantiles, bins, shares)
    return Summary(
        moments[:, 0] * scale,
        moments[:, 1] * scale,
        moments[:, 2],
        quantiles * scale,
        bins[:, 0] * scale,
        bins[:, 1] * scale,
        shares,
    )


def _held(draws: Draws) -> Held:
    """Return the sheets for compiled code, read-only as mapped ones are, so that there is one kind to compile for."""
    sheets = {group: draws.sheets[group].view() for group in GROUPS}
    for sheet in sheets.values():
        sheet.flags.writeable = False
    return Held(**sheets, places=np.stack([draws.places[group] for group in GROUPS]))


def settles(draws: Draws, market: Market) -> bool:
    """Return whether the draws say what a market settles on: all its stats are drawn, and weighed in hundredths."""
    drawn = "skill" in draws.sheets and all(stat in PLACE for stat in market.stats)
    return bool(market.stats) and drawn and is_whole(market.weights)


def offered(draws: Draws, market: Market | Contest) -> NDArray[np.int64]:
    """Return the rows of `draws.players` that a market or contest is for: the listed players of its positions."""
    rows = [draws.listed[position] for position in set(market.positions) if position in draws.listed]
    return np.sort(np.concatenate(rows)) if rows else np.empty(0, np.int64)


def settled(
    draws: Draws, market: Market, rows: NDArray[np.int64], predictions: pl.DataFrame | None = None, name: str = ""
) -> Summary:
    """Summarise what a market settles on for some rows of `draws.players`, without a copy of the draws.

    Args:
        draws: The draws.
        market: A declared market.
        rows: Of whom.
        predictions: PREDICTIONS frame: who is predicted there is read half off the draws, half off the prediction
            (`mapped`), where it spans WIDE values or more. Left out, the raw draws are told.
        name: The market's name in the predictions.

    Raises:
        ValueError: The draws do not say (`settles`).
    """
    if not settles(draws, market):
        raise ValueError(f"{market.title}: not among the stats that are drawn")
    unit = CENTS if market.weights else 1
    least = -1 if market.at_least is None else math.ceil(market.at_least * unit)
    worth = of_market(market, draws.players.height)
    raw = _read(draws, rows, worth, 1 / unit if market.at_least is None else 1.0, least=least)
    if predictions is None or market.at_least is not None:
        return raw
    return _blended(draws, rows, worth, raw, (predictions, name, unit), WIDE * unit)


def scored(
    draws: Draws,
    contest: Contest,
    rows: NDArray[np.int64],
    predictions: pl.DataFrame | None = None,
    name: str = "",
) -> Summary:
    """Summarise a contest's points for some rows of `draws.players`, without keeping them.

    Args:
        draws: The draws.
        contest: A declared contest.
        rows: Of whom.
        predictions: PREDICTIONS frame: who is predicted there is read half off the draws, half off the prediction
            (`mapped`). Left out, the raw draws are told.
        name: The name in the predictions of the market that is the contest's points.
    """
    if "points" in draws.sheets or not is_plain(contest):
        drawn = points(draws, contest)
        if predictions is not None:
            means = drawn.mean(axis=1) / CENTS
            drawn = mapped(drawn, targets(draws, predictions, name, means))
        return summarise(drawn[rows], 1 / CENTS)
    worth = of_contest(contest, draws.players["position"].to_list())
    raw = _read(draws, rows, worth, 1 / CENTS)
    return raw if predictions is None else _blended(draws, rows, worth, raw, (predictions, name, CENTS), 0)


def _read(
    draws: Draws,
    rows: NDArray[np.int64],
    worth: Worth,
    scale: float,
    grid: Floats = RAW,
    least: int = -1,
) -> Summary:
    """Return the summary of what some rows' stats are worth."""
    held = _held(draws)

    def read(*into: Any) -> int:
        return settle(held, rows, *worth, least, draws.worlds, LEVELS, grid, HALF, *into)

    return _told(read, rows.size, draws.worlds, scale)


def _blended(
    draws: Draws,
    rows: NDArray[np.int64],
    worth: Worth,
    raw: Summary,
    told: tuple[pl.DataFrame, str, int],
    span: int,
) -> Summary:
    """Read anew who is `told` of (predictions, market, parts of one) with quantiles that span so much, onto `raw`."""
    means = np.zeros(draws.players.height)
    means[rows] = raw.mean
    predictions, name, unit = told
    goals = targets(draws, predictions, name, means, unit)
    at = np.array([i for i, row in enumerate(rows.tolist()) if row in goals and np.ptp(goals[row][[0, -1]]) >= span])
    if at.size:
        better = _read(draws, rows[at], worth, 1 / unit, np.stack([_grid(goals[row]) for row in rows[at].tolist()]))
        for field in fields(Summary):
            getattr(raw, field.name)[at] = getattr(better, field.name)
    return raw


def points(draws: Draws, contest: Contest) -> NDArray[np.int32]:
    """Return the contest's fantasy points of every row of `draws.players`, in hundredths, (rows, W).

    The same numbers as `Draws.points`, to the hundredth.
    """
    if "points" in draws.sheets:
        return np.asarray(draws.sheets["points"][0], np.int32)
    out = np.empty((draws.players.height, draws.worlds), np.int32)
    if is_plain(contest):
        score(_held(draws), *of_contest(contest, draws.players["position"].to_list()), out)
        return out
    for row in range(draws.players.height):
        out[row] = np.round(draws.points(contest, row) * CENTS)
    return out


def mapped(values: NDArray[np.int32], targets: Mapping[int, Floats], weight: float = HALF) -> NDArray[np.int32]:
    """Put rows of draws onto target distributions, world by world in the order of their own values.

    Args:
        values: Draws, (rows, W).
        targets: By row, quantiles at `sdp_sports.spec.QUANTILES` in the unit of the draws; other rows stay.
        weight: Of the target against the row's own distribution: each quantile is the weighted mean of the two.

    Returns:
        (rows, W). Ties are broken by the number of the world.
    """
    out = values.copy()
    rows = np.array(sorted(targets), np.int64)
    if rows.size:
        grid = np.stack([_grid(np.asarray(targets[row], np.float64)) for row in rows])
        rank(values, rows, LEVELS, grid, weight, out)
    return out


def _grid(quantiles: Floats) -> Floats:
    """Return quantiles with both ends: half a step below the lowest, and beyond the highest."""
    rising = np.maximum.accumulate(quantiles)
    low = rising[0] - 0.5 * (rising[1] - rising[0])
    high = rising[-1] + 0.8 * (rising[-1] - rising[-2])
    return np.array([low, *rising, high])


@entry
def rank(stamp: int) -> Callable[..., int]:
    """Close over the stamp."""

    def rank(
        values: NDArray[Any], rows: NDArray[np.int64], levels: Floats, grid: Floats, weight: float, out: NDArray[Any]
    ) -> int:
        """Write each chosen row's mapped values, by counting ranks."""
        worlds = values.shape[1]
        rising = np.empty(worlds, np.int32)
        for i in range(rows.size):
            row = rows[i]
            low, often = tally(values[row])
            place = np.zeros(often.size, np.int64)
            for k in range(1, often.size):
                place[k] = place[k - 1] + often[k - 1]
            blend(low, often, 1, levels, grid[i], weight, rising)
            for w in range(worlds):
                at = np.int64(values[row, w]) - low
                out[row, w] = rising[place[at]]
                place[at] += 1
        return stamp

    return rank


def targets(
    draws: Draws, predictions: pl.DataFrame, market: str, means: Floats, unit: int = CENTS
) -> dict[int, Floats]:
    """Return, by row of `draws.players`, a market's predicted quantiles in parts of one, as `mapped` takes them.

    Left out are players who do not play, backups, and those of whom model and simulation think too differently for
    both to mean the same role: by more than FAR of the predicted mean.

    Args:
        draws: The draws.
        predictions: PREDICTIONS frame.
        market: Which market of it.
        means: Each row's simulated mean, (rows,).
        unit: How many parts of one the draws are counted in.
    """
    told = predictions.filter((pl.col("market") == market) & pl.col("mean").is_finite() & (pl.col("mean") > 0))
    known = {(p, g): (m, q) for p, g, m, q in told.select("player_id", "game_id", "mean", "quantiles").iter_rows()}
    found: dict[int, Floats] = {}
    for row, key in enumerate(draws.players.select("player_id", "game_id").iter_rows()):
        mean, quantiles = known.get(key, (0.0, []))
        if len(quantiles) == len(QUANTILES) and abs(means[row] - mean) <= FAR * mean:
            found[row] = np.asarray(quantiles, np.float64) * unit
    return found


def prob_over(values: NDArray[Any], line: float) -> tuple[float, float]:
    """Return P(X > line) and P(X = line), the push."""
    return float(np.mean(values > line)), float(np.mean(values == line))
