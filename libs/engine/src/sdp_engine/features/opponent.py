"""Opponent: what a team allows to a position, against what the position makes everywhere."""

import polars as pl

from sdp_engine.features.panel import Panel
from sdp_engine.features.windows import ROWS, ewma, known_before

HALF_LIFE = 8.0
STRENGTH = 4.0
"""How many average games the league counts for."""


def build(panel: Panel) -> pl.DataFrame:
    """Return `allowed_<market>` by (opponent, position, game): allowed a game above the league's average."""
    markets = [name for name, market in panel.sport.markets.items() if market.contest is not None]
    markets += [name for name in ("passing_yards", "rushing_yards", "receiving_yards") if name in panel.sport.markets]
    columns = [f"y_{name}" for name in markets]
    made = panel.lines.group_by("game_id", "opponent_id", "position", maintain_order=True).agg(pl.col(columns).sum())
    positions = pl.DataFrame({"position": panel.sport.positions}, schema={"position": pl.String})
    grid = (
        panel.teams.select("game_id", "starts_at", pl.col("team_id").alias("opponent_id"), played="passing_attempts")
        .join(positions, how="cross")
        .join(made, on=["game_id", "opponent_id", "position"], how="left")
        .with_columns(pl.when(pl.col("played").is_not_null()).then(pl.col(c).fill_null(0.0)).alias(c) for c in columns)
        .with_columns(known_at=pl.col("starts_at") + pl.duration(hours=12))
        .sort("opponent_id", "position", "starts_at", "game_id")
    )
    played = grid.filter(pl.col("played").is_not_null())
    sums = {f"sum_{c}": pl.col(c) for c in columns}
    league = known_before(grid, played, {**sums, "league_games": ROWS}, ["position"])
    rows = pl.concat([grid, league], how="horizontal")
    over = ["opponent_id", "position"]
    pull = HALF_LIFE / (HALF_LIFE + STRENGTH)
    return rows.with_columns(
        (pull * (ewma(f"y_{name}", HALF_LIFE, over) - pl.col(f"sum_y_{name}") / pl.col("league_games"))).alias(
            f"allowed_{name}"
        )
        for name in markets
    ).select("opponent_id", "position", "game_id", *(f"allowed_{name}" for name in markets))
