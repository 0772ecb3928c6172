"""Read distributions off the draws: one variable at a time, or a game's."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.spec import QUANTILES

from sdp_engine.simulate.draws import Draws

MOST_BINS = 40
_WIDTHS = (1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


@dataclass(frozen=True)
class Marginal:
    """The distribution of one variable over the worlds.

    Attributes:
        mean, sd, prob_zero: Moments, and the share of worlds in which it is 0.
        quantiles: At `sdp_sports.spec.QUANTILES`: the smallest drawn value that at least this share do not exceed.
        hist_from, hist_width, hist_counts: Equal bins `[from + i * width, from + (i + 1) * width)`; shares of the
            worlds, summing to 1.
    """

    mean: float
    sd: float
    prob_zero: float
    quantiles: list[float]
    hist_from: float
    hist_width: float
    hist_counts: list[float]


def marginal(values: NDArray[Any]) -> Marginal:
    """Summarise draws of one variable, (W,).

    Raises:
        ValueError: There are no draws.
    """
    if values.size == 0:
        raise ValueError("no draws to summarise")
    ordered = np.sort(values)
    level = np.ceil(np.array(QUANTILES) * ordered.size - 1e-9).astype(np.int64) - 1
    start, width, shares = _histogram(ordered)
    return Marginal(
        mean=float(ordered.mean(dtype=np.float64)),
        sd=float(ordered.std(dtype=np.float64)),
        prob_zero=float(np.mean(ordered == 0)),
        quantiles=[round(float(v), 4) for v in ordered[np.maximum(level, 0)]],
        hist_from=start,
        hist_width=width,
        hist_counts=shares,
    )


def _histogram(ordered: NDArray[Any]) -> tuple[float, float, list[float]]:
    """Return start, width and shares of at most MOST_BINS + 1 bins of a round width on its own grid."""
    low, high = float(ordered[0]), float(ordered[-1])
    width = next((w for w in _WIDTHS if (high - low) / w <= MOST_BINS), _WIDTHS[-1])
    start = float(np.floor(low / width) * width)
    bins = int(np.floor((high - start) / width)) + 1
    edges = start + width * np.arange(bins + 1)
    counts = np.diff(np.searchsorted(ordered, edges, side="left"))
    return start, width, [round(float(c), 6) for c in counts / ordered.size]


def prob_over(values: NDArray[Any], line: float) -> tuple[float, float]:
    """Return P(X > line) and P(X = line), the push."""
    return float(np.mean(values > line)), float(np.mean(values == line))


GAME_MARGINALS = {
    "game_id": pl.String,
    "home_score_mean": pl.Float64,
    "away_score_mean": pl.Float64,
    "total_sd": pl.Float64,
    "margin_sd": pl.Float64,
    "prob_home_win": pl.Float64,
    "line_source": pl.String,
}
"""Columns of `games`."""


def games(draws: Draws) -> pl.DataFrame:
    """Return GAME_MARGINALS, one row a game; a tie counts as half a win."""
    home, away = draws.scores[:, 0].astype(np.int64), draws.scores[:, 1].astype(np.int64)
    wins = (home > away).mean(axis=1) + (home == away).mean(axis=1) / 2
    return pl.DataFrame(
        {
            "game_id": draws.games["game_id"],
            "home_score_mean": home.mean(axis=1),
            "away_score_mean": away.mean(axis=1),
            "total_sd": (home + away).std(axis=1),
            "margin_sd": (home - away).std(axis=1),
            "prob_home_win": wins,
            "line_source": draws.games["line_source"],
        },
        schema=GAME_MARGINALS,
    )
