"""The figures that go into a model's metadata."""

from typing import Any

import numpy as np

from sdp_engine.distributions import Array, Distribution
from sdp_engine.evaluate import calibration, scores


def report(predicted: Distribution, observed: Array) -> dict[str, float]:
    """Return every score of these forecasts, averaged; `mae` and `rmse` are of the mean, `mae_median` of the median."""
    mean = predicted.mean()
    pit = calibration.Pit.of(predicted, observed)
    figures = {
        "rows": float(observed.size),
        "mae": scores.mean_absolute_error(mean, observed),
        "mae_median": scores.mean_absolute_error(predicted.quantile([0.5])[:, 0], observed),
        "rmse": scores.root_mean_squared_error(mean, observed),
        "bias": float(np.mean(mean - observed)),
        "crps": float(np.mean(scores.crps(predicted, observed))),
        "log_score": float(np.mean(scores.log_score(predicted, observed))),
        "pit_error": pit.error(),
        "coverage_50": pit.coverage(0.5),
        "coverage_80": pit.coverage(0.8),
        "coverage_90": pit.coverage(0.9),
        "brier_any": scores.brier(1 - predicted.prob_zero(), (observed != 0).astype(np.float64)),
    }
    return {name: round(value, 6) for name, value in figures.items()}


def calibrated(predicted: Distribution, observed: Array, *, bins: int = 10) -> dict[str, Any]:
    """Return whether what was told happened as often, JSON-ready.

    Returns:
        `pit`: the share of outcomes in each tenth of the told distribution; `line`: the half number below which
        about half of the outcomes lie; `reliability`: by told chance of going over it, the mean chance `p`, how often
        it happened (`rate`) and the number of rows `n`.
    """
    line = float(np.floor(np.median(observed))) + 0.5
    chance, happened = predicted.prob_over(np.full(observed.size, line)), observed > line
    index = np.minimum((chance * bins).astype(int), bins - 1)
    groups = [index == each for each in np.unique(index)]
    return {
        "pit": calibration.Pit.of(predicted, observed).histogram(bins),
        "line": line,
        "reliability": [
            {"p": round(float(chance[g].mean()), 4), "rate": round(float(happened[g].mean()), 4), "n": int(g.sum())}
            for g in groups
        ],
    }
