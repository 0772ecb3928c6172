"""Draft: where a player was drafted and how long he has been in the league; what newcomers are told apart by."""

import polars as pl

from sdp_engine.features.panel import Panel

UNDRAFTED = 300.0
"""The pick that an undrafted player counts as."""
LONGEST = 10.0


def build(panel: Panel) -> pl.DataFrame:
    """Return `draft_value` (minus the logarithm of the pick) and `seasons_in_league`; null where not known."""
    rows = panel.rows.select("player_id", "game_id", "season").join(panel.drafts, on="player_id", how="left")
    pick = pl.when(pl.col("first_season").is_not_null()).then(
        pl.col("draft_pick").cast(pl.Float64).fill_null(UNDRAFTED)
    )
    return rows.select(
        "player_id",
        "game_id",
        draft_value=-pick.log(),
        seasons_in_league=(pl.col("season") - pl.col("first_season")).cast(pl.Float64).clip(0.0, LONGEST),
    )
