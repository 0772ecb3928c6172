"""Snaps: the share of his team's offensive plays that a player was on the field for, and his rank by it."""

import polars as pl

from sdp_engine.features.panel import Panel
from sdp_engine.features.windows import ewma, last

FAST, SLOW = 1.5, 5.0
"""Half-lives in games."""


def build(panel: Panel) -> pl.DataFrame:
    """Return the snap share's last, fast and slow average, its trend, and the rank in the squad's position group.

    `snap_rank` 1 is the player of the position with the largest fast average among those who are active;
    `snap_share_position` his part of the group's sum. Null where snaps are not known.
    """
    made = panel.rows.with_columns(
        snap_share_last=last("offense_share"),
        snap_share_fast=ewma("offense_share", FAST),
        snap_share_slow=ewma("offense_share", SLOW),
    )
    group = ["team_id", "game_id", "position"]
    counted = pl.when(pl.col("here") > 0).then(pl.col("snap_share_fast").fill_null(0.0) * pl.col("here"))
    made = made.with_columns(counted=counted).with_columns(
        snap_share_trend=pl.col("snap_share_last") - pl.col("snap_share_slow"),
        snap_rank=pl.col("counted").rank("min", descending=True).over(group).cast(pl.Float64),
        group_size=pl.col("here").sum().over(group),
        snap_share_position=pl.col("counted") / pl.max_horizontal(pl.col("counted").sum().over(group), 0.05),
    )
    return made.select(
        "player_id",
        "game_id",
        "snap_share_last",
        "snap_share_fast",
        "snap_share_slow",
        "snap_share_trend",
        "snap_rank",
        "snap_share_position",
        group_size=pl.when(pl.col("here").is_not_null()).then(pl.col("group_size")),
    )
