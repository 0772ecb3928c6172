"""Fitting a market: means out of sample, the distribution around them, figures on the latest rows, then everything."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from sdp_sports.spec import Market

from sdp_engine import frames
from sdp_engine.evaluate.report import calibrated, report
from sdp_engine.models import rolling, spread
from sdp_engine.models.model import EXPECTED, KNOWN, MOMENT, TARGET, Design, Learn, Model, ordered

FEWEST_ROWS = 200
"""Fewer are not enough to fit a market and to see how well it does."""


@dataclass(frozen=True)
class Judged:
    """A model fitted on all rows, and how one fitted the same way on the earlier ones did on the later ones.

    The judged model's mean and the distribution around it have seen nothing from `held_out_from` on.
    """

    model: Model
    metrics: dict[str, float]
    calibration: dict[str, Any]
    held_out_from: datetime


class Leak(ValueError):
    """A training row's outcome was not known when the model was to be fitted."""


def check_known(frame: pl.DataFrame, as_of: datetime) -> None:
    """Check that every outcome was known before a moment.

    Raises:
        Leak: One was not.
    """
    last = frame[KNOWN].max()
    if isinstance(last, datetime) and last >= as_of:
        raise Leak(f"a row's outcome was known at {last}: a model as of {as_of} must not see it")


def fit_and_judge(
    frame: pl.DataFrame,
    market: Market,
    as_of: datetime,
    learn: Learn,
    columns: Callable[[tuple[str, ...]], tuple[str, ...]],
) -> Judged:
    """Fit and judge a market.

    Args:
        frame: Features, `position`, `y`, `as_of` and `known_at`, one row a player game; perhaps `EXPECTED`.
        market: Its declaration.
        as_of: The moment the model is of: every outcome must have been known before it.
        learn: Learns the mean.
        columns: Chooses among the features.

    Raises:
        Leak: An outcome was not known before `as_of`.
        ValueError: There are too few rows, every outcome is the same, or a feature is missing.
    """
    check_known(frame, as_of)
    rows = ordered(frame, market)
    blocks = rolling.blocks(rows)
    if rows.height < FEWEST_ROWS or len(blocks) < len(rolling.SHARES):
        raise ValueError(f"{market.title}: {rows.height} player games are too few, {FEWEST_ROWS} are needed")
    if rows[TARGET].n_unique() == 1:
        raise ValueError(f"{market.title}: every outcome is the same, there is nothing to learn")
    skip = {*frames.FEATURE_KEYS, TARGET, MOMENT, KNOWN, EXPECTED}
    told = columns(tuple(name for name in rows.columns if name not in skip))
    known = rows.select(pl.col(told).is_not_null().any()).row(0)
    design = Design(tuple(name for name, is_known in zip(told, known, strict=True) if is_known), market.positions)
    matrix, codes, observed = design.matrix(rows), design.codes(rows), rows[TARGET].to_numpy()
    # Learnt from who started; predictions are made of who was expected to.
    started, expected = design.starters(rows), design.starters(rows, EXPECTED)
    seen, mean = np.zeros(rows.height, dtype=bool), np.zeros(rows.height)
    metrics: dict[str, float] = {}
    calibration: dict[str, Any] = {}
    for block in blocks:
        train, ahead = block.train, block.ahead
        learnt = learn(matrix[train], observed[train], codes[train])
        mean[ahead] = learnt.of(matrix[ahead], codes[ahead])
        if seen.any():
            late = spread.remembered(rows[MOMENT], block.since, seen)
            layer = spread.learn(market.family, mean[late], observed[late], codes[late])
            odds = design.odds(matrix[late], expected[late], started[late])
            predicted = Model(design, learnt, layer, odds).around(matrix[ahead], codes[ahead], expected[ahead])
            metrics = report(predicted, observed[ahead])
            calibration = calibrated(predicted, observed[ahead])
        seen |= ahead
    late = spread.remembered(rows[MOMENT], rows[MOMENT][-1], seen)
    layer = spread.learn(market.family, mean[late], observed[late], codes[late])
    odds = design.odds(matrix[late], expected[late], started[late])
    model = Model(design, learn(matrix, observed, codes), layer, odds)
    return Judged(model, metrics, calibration, blocks[-1].since)
