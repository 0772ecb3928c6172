"""Averages over the games before a row: the one place where outcomes are shifted."""

import polars as pl


def ewma(column: str | pl.Expr, half_life: float, over: str | list[str] = "player_id") -> pl.Expr:
    """Return the exponentially weighted mean of the earlier rows of the group (unknown outcomes skipped).

    Rows must be in time order; the row's own outcome never enters.
    """
    values = pl.col(column) if isinstance(column, str) else column
    return values.ewm_mean(half_life=half_life, ignore_nulls=True).forward_fill().shift(1).forward_fill().over(over)


def last(column: str | pl.Expr, over: str | list[str] = "player_id") -> pl.Expr:
    """Return the latest known value of the earlier rows of the group."""
    values = pl.col(column) if isinstance(column, str) else column
    return values.forward_fill().shift(1).over(over)


def count(column: str | pl.Expr, over: str | list[str] = "player_id") -> pl.Expr:
    """Return how many earlier rows of the group have a known value."""
    values = pl.col(column) if isinstance(column, str) else column
    return values.is_not_null().cum_sum().shift(1, fill_value=0).over(over).cast(pl.Float64)


def weight(games: pl.Expr, half_life: float) -> pl.Expr:
    """Return how many games an exponentially weighted mean over so many games is worth: the sum of its weights."""
    decay = float(0.5 ** (1 / half_life))
    return (pl.lit(1.0) - pl.lit(decay).pow(games)) / (1 - decay)


def shrunk(mean: pl.Expr, worth: pl.Expr, prior: pl.Expr, strength: float) -> pl.Expr:
    """Return the mean pulled towards the prior as if that had been seen `strength` times."""
    return (mean.fill_null(0.0) * worth + prior * strength) / (worth + strength)


ROWS = pl.col("known_at").is_not_null().cast(pl.Float64)
"""Summed by `known_before`: how many facts there are."""


def known_before(rows: pl.DataFrame, facts: pl.DataFrame, sums: dict[str, pl.Expr], by: list[str]) -> pl.DataFrame:
    """Return, in the rows' order, running sums over all facts of the group known before each row's kick-off.

    Args:
        rows: Has `starts_at` and the columns of `by`.
        facts: Has `known_at` and the columns of `by`.
        sums: The name of each sum and what is summed.
        by: The group, for instance position.
    """
    running = (
        facts.group_by(*by, "known_at", maintain_order=True)  # else a sum of fractions differs by the run
        .agg(expression.sum().alias(name) for name, expression in sums.items())
        .sort("known_at")
        .with_columns(pl.col(name).cum_sum().over(by) for name in sums)
    )
    return (
        rows.select("starts_at", *by)
        .with_row_index("order")
        .sort("starts_at")
        .join_asof(running, left_on="starts_at", right_on="known_at", by=by, check_sortedness=False)
        .sort("order")
        .select(*sums)
    )
