"""Consensus: of all books' lines of a player's market, one line and the fair chance of going over it."""

from collections.abc import Collection

import polars as pl

from sdp_engine import frames

EVEN = (0.25, 0.75)
"""A fair chance outside is of an alternate or a dead line, not of the market's middle."""
OPEN = "open"
KEYS = ["player_id", "game_id", "market"]


def consensus(quotes: pl.DataFrame, markets: Collection[str]) -> pl.DataFrame:
    """Return the line that most books offer, and the chance of going over it that they agree on.

    The margin is taken off each book's pair of prices in proportion; the chance is the mean of the log-odds of those
    who offer the line. Of lines offered equally often the most even one. Sides without their counterpart, without a
    price, or not open, say nothing.

    Args:
        quotes: `frames.PROP_QUOTES`, as they stood at one moment.
        markets: The markets asked for.

    Returns:
        `player_id`, `game_id`, `market`, `line`, `chance` (given that it is no push) and `books`.
    """
    frames.check(quotes, frames.PROP_QUOTES, "quotes")
    offered = quotes.filter(
        pl.col("market").is_in(list(markets)),
        pl.col("player_id").is_not_null(),
        pl.col("line").is_not_null(),
        pl.col("status") == OPEN,
        pl.col("price_decimal") > 1,
    )
    side = {name: (1 / pl.col("price_decimal")).filter(pl.col("side") == name).mean() for name in ("over", "under")}
    pairs = offered.group_by(*KEYS, "source", "book", "line").agg(**side).drop_nulls(["over", "under"])
    fair = pairs.with_columns(chance=pl.col("over") / (pl.col("over") + pl.col("under")))
    fair = fair.filter(pl.col("chance").is_between(*EVEN))
    odds = (pl.col("chance") / (1 - pl.col("chance"))).log().mean()
    agreed = fair.group_by(*KEYS, "line").agg(odds=odds, books=pl.col("book").n_unique().cast(pl.Int64))
    best = agreed.sort(*KEYS, -pl.col("books"), pl.col("odds").abs(), "line").unique(KEYS, keep="first")
    return best.select(*KEYS, "line", chance=1 / (1 + (-pl.col("odds")).exp()), books="books").sort(KEYS)
