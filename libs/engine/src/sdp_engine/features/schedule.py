"""Schedule: home, rest and roof."""

import polars as pl

from sdp_engine.features.panel import Panel

INDOORS = ("dome", "closed")
LONGEST_REST = 21.0
"""Days; a longer break counts as a new season."""


def build(panel: Panel) -> pl.DataFrame:
    """Return, by team and game, `is_home`, `is_indoors`, `rest_days`, `week`, `is_postseason`."""
    rest = (pl.col("starts_at") - pl.col("starts_at").shift(1)).dt.total_hours().over("team_id") / 24
    return panel.teams.select(
        "team_id",
        "game_id",
        is_home=pl.col("is_home").cast(pl.Float64),
        is_indoors=pl.col("roof").is_in(INDOORS).cast(pl.Float64),
        rest_days=rest.clip(0.0, LONGEST_REST),
        week=pl.col("week").cast(pl.Float64),
        is_postseason=(pl.col("season_type") != "REG").cast(pl.Float64),
    )
