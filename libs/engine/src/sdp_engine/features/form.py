"""Form: what the player made of each market's own quantity in his earlier games."""

import polars as pl

from sdp_engine.features.panel import Panel
from sdp_engine.features.windows import ROWS, count, ewma, known_before, shrunk, weight

FAST, SLOW = 2.0, 8.0
"""Half-lives in games."""
STRENGTH = 2.0
"""How many games the position's average counts for."""


def build(panel: Panel) -> pl.DataFrame:
    """Return `<market>_fast`, `<market>_slow` (shrunk towards the position's mean) of each market."""
    names = list(panel.sport.markets)
    sums = {f"{name}_sum": pl.col(f"y_{name}") for name in names}
    # What the play-by-play alone tells is known of some of the games.
    some = [name for name in names if set(panel.sport.markets[name].stats) & set(panel.sport.plays)]
    told = {f"{name}_told": pl.col(f"y_{name}").is_not_null().cast(pl.Float64) for name in some}
    of = {name: f"{name}_told" if name in some else "league_games" for name in names}
    league = known_before(panel.rows, panel.facts, {**sums, **told, "league_games": ROWS}, ["position"])
    rows = pl.concat([panel.rows, league], how="horizontal")
    made = rows.with_columns(count(f"y_{name}").alias(f"{name}_games") for name in names)
    made = made.with_columns(
        expression
        for name in names
        for expression in (
            ewma(f"y_{name}", FAST).alias(f"{name}_fast"),
            shrunk(
                ewma(f"y_{name}", SLOW),
                weight(pl.col(f"{name}_games"), SLOW),
                pl.col(f"{name}_sum") / pl.col(of[name]),
                STRENGTH,
            ).alias(f"{name}_slow"),
        )
    )
    offered = [
        pl.when(pl.col("position").is_in(market.positions)).then(pl.col(f"{name}_{kind}")).alias(f"{name}_{kind}")
        for name, market in panel.sport.markets.items()
        for kind in ("fast", "slow")
    ]
    return made.with_columns(offered).select("player_id", "game_id", *(e.meta.output_name() for e in offered))
