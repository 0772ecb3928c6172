"""Cutting rows along time: learn on the earlier part, predict the next, and so on."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sdp_engine.models.model import KNOWN, MOMENT

SHARES = (0.5, 0.8)
"""Where in the rows, in order of time, each block that is predicted begins; the last one is the held-out part."""


@dataclass(frozen=True)
class Block:
    """Rows to predict, and those whose outcome was known before the first of them."""

    since: datetime
    train: NDArray[np.bool_]
    ahead: NDArray[np.bool_]


def cut(frame: pl.DataFrame, share: float) -> datetime:
    """Return the moment before which this share of the rows lies; rows of one moment stay together."""
    moments = frame[MOMENT].sort()
    moment: datetime = moments[min(int(len(moments) * share), len(moments) - 1)]
    return moment


def blocks(frame: pl.DataFrame) -> list[Block]:
    """Return the blocks in order of time, those with rows on both sides."""
    cuts = sorted({cut(frame, share) for share in SHARES})
    ends = [*cuts[1:], None]
    made = []
    for since, end in zip(cuts, ends, strict=True):
        later = pl.col(MOMENT) >= since
        masks = frame.select(
            train=pl.col(KNOWN) < since, ahead=later if end is None else later & (pl.col(MOMENT) < end)
        )
        block = Block(since, masks["train"].to_numpy(), masks["ahead"].to_numpy())
        if block.train.any() and block.ahead.any():
            made.append(block)
    return made
