"""Team volume: how many plays of each kind a team runs, and how many its opponent allows."""

import polars as pl

from sdp_engine.features.panel import Panel
from sdp_engine.features.windows import ewma

VOLUMES = ("passing_attempts", "rushing_attempts", "targets")
HALF_LIFE = 6.0


def build(panel: Panel) -> pl.DataFrame:
    """Return, by team and game, `team_<stat>` expected from own habit and the opponent's, and plays a game."""
    allowed = panel.teams.select(
        "game_id", pl.col("team_id").alias("opponent_id"), *(pl.col(s).alias(f"{s}_against") for s in VOLUMES)
    )
    teams = panel.teams.join(allowed, on=["game_id", "opponent_id"], how="left", maintain_order="left").with_columns(
        expression
        for stat in VOLUMES
        for expression in (
            ewma(stat, HALF_LIFE, "team_id").alias(f"own_{stat}"),
            ewma(f"{stat}_against", HALF_LIFE, "team_id").alias(f"allowed_{stat}"),
        )
    )
    faced = teams.select(
        "game_id",
        pl.col("team_id").alias("opponent_id"),
        *(pl.col(f"allowed_{s}").alias(f"faced_{s}") for s in VOLUMES),
    )
    teams = teams.join(faced, on=["game_id", "opponent_id"], how="left", maintain_order="left")
    expected = [
        (pl.mean_horizontal(f"own_{stat}", f"own_{stat}", f"faced_{stat}")).alias(f"team_{stat}") for stat in VOLUMES
    ]
    share = pl.col("own_passing_attempts") / (pl.col("own_passing_attempts") + pl.col("own_rushing_attempts"))
    return teams.with_columns(expected).select(
        "team_id", "game_id", *(f"team_{s}" for s in VOLUMES), team_pass_share=share
    )
