"""Out-of-sample means: fit on the earlier part, predict the next, and so on through time."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sdp_engine.distributions import Array
from sdp_engine.models.model import MOMENT

SHARES = (0.5, 0.75)
"""Where in the rows, in order of time, the training part ends for each block that is predicted."""


def cut(frame: pl.DataFrame, share: float) -> datetime:
    """Return the moment before which this share of the rows lies; rows of one moment stay together."""
    moments: list[datetime] = frame[MOMENT].sort().to_list()
    return moments[min(int(len(moments) * share), len(moments) - 1)]


def blocks(frame: pl.DataFrame) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Return masks of (train, predict): each block after a cut is predicted from everything before it."""
    cuts = sorted({cut(frame, share) for share in SHARES})
    made = []
    for index, start in enumerate(cuts):
        end = cuts[index + 1] if index + 1 < len(cuts) else None
        ahead = pl.col(MOMENT) >= start if end is None else (pl.col(MOMENT) >= start) & (pl.col(MOMENT) < end)
        train = frame.select(pl.col(MOMENT) < start).to_series().to_numpy()
        predict = frame.select(ahead).to_series().to_numpy()
        if train.any() and predict.any():
            made.append((train, predict))
    return made


def out_of_sample(
    frame: pl.DataFrame, means: Callable[[NDArray[np.bool_], NDArray[np.bool_]], Array]
) -> tuple[NDArray[np.bool_], Array]:
    """Return which rows were predicted out of sample, and their means in the frame's order.

    Args:
        frame: The training frame.
        means: Given masks of rows to train on and to predict, the means of the latter.
    """
    seen = np.zeros(frame.height, dtype=bool)
    mean = np.full(frame.height, np.nan)
    for train, predict in blocks(frame):
        mean[predict] = means(train, predict)
        seen |= predict
    return seen, mean[seen]
