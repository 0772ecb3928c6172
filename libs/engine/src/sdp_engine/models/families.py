"""Every model family by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sdp_sports.spec import Market

from sdp_engine.distributions import Array
from sdp_engine.models import baseline, boosted, fitting, ridge, rolling, spread, starting
from sdp_engine.models.model import Again, Codes, Learn, Model

_LAYER = {
    "blocks": rolling.SHARES,
    "levels": spread.LEVELS.tolist(),
    "knots": spread.KNOTS,
    "neighbours": [spread.FEWEST_NEIGHBOURS, spread.NEIGHBOURS],
    "fewest": spread.FEWEST,
    "memory_days": spread.MEMORY.days,
    "beyond": spread.BEYOND,
    "starting": [*starting.BEFORE, starting.WEIGHT],
}


@dataclass(frozen=True)
class Family:
    """A way to learn a market's mean.

    Attributes:
        columns: Given all features and the market's key, those it reads.
        learn: Learns the mean.
        version: Raised where the same configuration gives another model.
        config: Everything that the fit depends on but the data, JSON-ready.
        again: Given a matrix, what was observed and the codes, learns from ever more of its rows; None where learning
            each time from the start is as quick.
    """

    columns: Callable[[tuple[str, ...], str], tuple[str, ...]]
    learn: Learn
    version: int
    config: Mapping[str, Any]
    again: Callable[[Array, Array, Codes], Again] | None = None

    def learning(self, matrix: Array, observed: Array, codes: Codes) -> Again:
        """Return what learns the mean from chosen rows, as `learn` would."""
        if self.again is not None:
            return self.again(matrix, observed, codes)
        return lambda rows: self.learn(matrix[rows], observed[rows], codes[rows])

    def fit(self, frame: pl.DataFrame, name: str, market: Market, as_of: datetime) -> Model:
        """Fit a market; see `fit_and_judge`."""
        return self.fit_and_judge(frame, name, market, as_of).model

    def fit_and_judge(self, frame: pl.DataFrame, name: str, market: Market, as_of: datetime) -> fitting.Judged:
        """Fit a market on all rows, and score on the latest of them a model that has seen the earlier ones alone.

        Args:
            frame: As `training.frame_of` gives it, one row a player game.
            name: The market's key.
            market: Its declaration.
            as_of: The moment the model is of: every outcome must have been known before it.

        Raises:
            fitting.Leak: An outcome was not.
            ValueError: There are too few rows, every outcome is the same, or a feature is missing.
        """
        return fitting.fit_and_judge(frame, market, as_of, self.learn, lambda features: self.columns(features, name))


FAMILIES: dict[str, Family] = {
    "baseline": Family(baseline.columns, baseline.learn, 5, {"averages": ["slow", "fast"], "layer": _LAYER}),
    "boosted": Family(
        boosted.columns,
        boosted.learn,
        6,
        {
            "rounds": boosted.ROUNDS,
            "parts": [boosted.FEW, boosted.TREES, boosted.TREES_OF_FEW],
            "trees": boosted.PARAMS,
            "ridge": {"alpha": ridge.ALPHA, "clip": ridge.CLIP},
            "layer": _LAYER,
        },
        boosted.Again,
    ),
}
