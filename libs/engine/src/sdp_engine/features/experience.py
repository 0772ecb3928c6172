"""Experience: how much of the player was seen before, and how long ago."""

import polars as pl

from sdp_engine.features.panel import Panel
from sdp_engine.features.windows import count, last

LONGEST_ABSENCE = 20.0
"""Team games; a longer absence counts the same."""


def build(panel: Panel) -> pl.DataFrame:
    """Return `games_before`, `games_missed` since the last one, `games_with_team` and `days_away`."""
    order = panel.teams.select("team_id", "game_id", number=pl.int_range(pl.len()).over("team_id").cast(pl.Float64))
    rows = panel.rows.join(order, on=["team_id", "game_id"], how="left", maintain_order="left")
    seen = pl.when(pl.col("targets").is_not_null())
    latest = last(seen.then(pl.col("number")), ["player_id", "team_id"])
    away = (pl.col("starts_at") - last(seen.then(pl.col("starts_at")))).dt.total_hours() / 24
    return rows.select(
        "player_id",
        "game_id",
        games_before=count("targets"),
        games_with_team=count("targets", ["player_id", "team_id"]),
        games_missed=(pl.col("number") - latest - 1).clip(0.0, LONGEST_ABSENCE),
        days_away=away.clip(0.0, 400.0),
    )
