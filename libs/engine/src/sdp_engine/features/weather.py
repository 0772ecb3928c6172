"""Weather: the latest forecast known, calm and mild under a roof."""

import polars as pl

from sdp_engine.features.panel import Panel
from sdp_engine.features.schedule import INDOORS

ROOM_TEMP_F = 68.0


def build(panel: Panel) -> pl.DataFrame:
    """Return, by team and game, `wind_mph` and `temp_f` (null: no forecast)."""
    inside = pl.col("roof").is_in(INDOORS).fill_null(value=False)
    return panel.teams.select(
        "team_id",
        "game_id",
        wind_mph=pl.when(inside).then(0.0).otherwise(pl.col("wind_mph")),
        temp_f=pl.when(inside).then(ROOM_TEMP_F).otherwise(pl.col("temp_f")),
    )
