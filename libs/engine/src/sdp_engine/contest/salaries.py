"""Modelled salaries: a documented price from past fantasy points, for slates of which no site's salaries are known.

form   = exponentially weighted mean of the player's past fantasy points (half-life `HALF_LIFE` games), pulled
         towards the `NEWCOMER` share of the position's average as if that had been seen `STRENGTH` games
salary = the position's floor + dollars a point x (form - replacement points), rounded to `GRAIN_USD` and held
         between the site's lowest and highest price of the position

The curves were set by hand, DraftKings' with the real prices of one week (2023, week 12) in view, so that prices run
over the range that the site uses; they are no site's prices.
"""

from dataclasses import dataclass

import polars as pl

HALF_LIFE = 5.0
STRENGTH = 1.5
NEWCOMER = 0.5
GRAIN_USD = 100


@dataclass(frozen=True)
class Curve:
    """A position's prices: `floor_usd` up to `replacement_points`, then `usd_per_point` more, up to `ceiling_usd`."""

    floor_usd: int
    ceiling_usd: int
    replacement_points: float
    usd_per_point: float


CURVES: dict[str, dict[str, Curve]] = {
    "draftkings": {
        "QB": Curve(4_000, 8_500, 5.0, 190.0),
        "RB": Curve(4_000, 9_500, 3.5, 250.0),
        "WR": Curve(3_000, 9_500, 4.0, 370.0),
        "TE": Curve(2_500, 8_500, 3.5, 390.0),
        "DST": Curve(2_000, 4_500, 3.0, 300.0),
    },
    "fanduel": {
        "QB": Curve(6_000, 9_500, 9.0, 220.0),
        "RB": Curve(4_000, 10_500, 2.0, 400.0),
        "WR": Curve(4_000, 9_500, 2.0, 400.0),
        "TE": Curve(4_000, 8_500, 1.5, 350.0),
        "DST": Curve(3_000, 5_000, 3.0, 250.0),
    },
}
"""By site and position."""


def price(site: str, past: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """Price players from their past.

    Args:
        site: A key of `CURVES`.
        past: `player_id`, `position`, `points`, `starts_at`: every game known by the lock, of everybody.
        chosen: `player_id`, `position`: whom to price.

    Returns:
        The chosen with `form` (points), `average_points` (plain mean of past games, null for a newcomer) and
        `salary_usd`, in the given order.

    Raises:
        ValueError: The site, or a position of it, has no curve.
    """
    if site not in CURVES:
        raise ValueError(f"no price curve for {site}; known: {', '.join(CURVES)}")
    curves = CURVES[site]
    if missing := sorted(set(chosen["position"].to_list()) - set(curves)):
        raise ValueError(f"{site} has no price curve for {', '.join(missing)}")
    decay = 0.5 ** (1 / HALF_LIFE)
    aged = past.sort("starts_at").with_columns(
        weight=pl.lit(decay).pow(pl.len() - 1 - pl.int_range(pl.len())).over("player_id")
    )
    own = aged.group_by("player_id").agg(
        worth=pl.col("weight").sum(),
        seen=(pl.col("weight") * pl.col("points")).sum(),
        average_points=pl.col("points").mean(),
    )
    league = past.group_by("position").agg(prior=pl.col("points").mean() * NEWCOMER)
    table = pl.DataFrame([{"position": position, **vars(curve)} for position, curve in curves.items()])
    floor = pl.col("floor_usd")
    form = (pl.col("seen").fill_null(0.0) + STRENGTH * pl.col("prior").fill_null(0.0)) / (
        pl.col("worth").fill_null(0.0) + STRENGTH
    )
    raw = floor + pl.col("usd_per_point") * (pl.col("form") - pl.col("replacement_points"))
    priced = chosen.join(own, on="player_id", how="left", maintain_order="left").join(
        league, on="position", how="left", maintain_order="left"
    )
    return (
        priced.join(table, on="position", how="left", maintain_order="left")
        .with_columns(form=form)
        .with_columns(
            salary_usd=((raw / GRAIN_USD).round() * GRAIN_USD).clip(floor, pl.col("ceiling_usd")).cast(pl.Int64)
        )
        .select(*chosen.columns, "form", "average_points", "salary_usd")
    )
