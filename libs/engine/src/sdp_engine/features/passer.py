"""Passer: how good the quarterback is who is expected to start, and whether he is another than last time."""

import polars as pl

from sdp_engine.features import efficiency, starters
from sdp_engine.features.panel import Panel
from sdp_engine.features.windows import ewma

TAKEN = ("yards_per_attempt", "completion_rate", "passing_td_rate")
HALF_LIFE = 8.0


def build(panel: Panel) -> pl.DataFrame:
    """Return, by team and game, the expected starter's rates, his attempts a start, and `passer_is_new`.

    Null where nobody was expected.
    """
    names = [f"passer_{name}" for name in TAKEN]
    rows = panel.rows.with_columns(passer_attempts=ewma("passing_attempts", HALF_LIFE))
    rates = efficiency.build(panel).select("player_id", "game_id", *(pl.col(c).alias(f"passer_{c}") for c in TAKEN))
    throwers = rows.join(rates, on=["player_id", "game_id"], how="left").select(
        "team_id", "game_id", "passer_attempts", *names, expected="player_id"
    )
    told = starters.expected(panel.rows, panel.teams)
    found = told.join(throwers, on=["team_id", "game_id", "expected"], how="left", maintain_order="left")
    is_new = (pl.col("expected") != pl.col("starter_before")).cast(pl.Float64)
    return found.select("team_id", "game_id", "passer_attempts", *names, passer_is_new=is_new)
