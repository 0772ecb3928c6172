"""Status: what was told of the player before the game: health, practice, depth chart, whether he is to start."""

import polars as pl

from sdp_engine.features import starters
from sdp_engine.features.panel import Panel

DOUBTS = {"probable": 0.2, "questionable": 1.0, "doubtful": 2.0, "out": 3.0, "injured_reserve": 3.0}
PRACTICE = {"did not": 2.0, "limited": 1.0, "full": 0.0}


def build(panel: Panel) -> pl.DataFrame:
    """Return `doubt` (0 to 3), `practice_missed` (0 full, 1 limited, 2 none), `depth_rank` and `is_starter`.

    A player of whom no report tells is healthy where reports tell of others in his game; else unknown. `is_starter`
    is 1 for the quarterback who is expected to start and 0 for the others of a roster that is known.
    """
    told = starters.expected(panel.rows, panel.teams).select("team_id", "game_id", "expected", "is_listed")
    rows = panel.rows.join(told, on=["team_id", "game_id"], how="left", maintain_order="left")
    is_named = pl.when(pl.col("player_id") == pl.col("expected")).then(1.0).when("is_listed").then(0.0)
    word = pl.col("practice_status").str.to_lowercase()
    missed = pl.lit(None, pl.Float64)
    for start, level in PRACTICE.items():
        missed = pl.when(word.str.starts_with(start)).then(level).otherwise(missed)
    reported = (pl.col("injury_status").is_not_null() | pl.col("practice_status").is_not_null()).any().over("game_id")
    doubt = pl.col("injury_status").replace_strict(DOUBTS, default=None, return_dtype=pl.Float64)
    return rows.with_columns(reported=reported).select(
        "player_id",
        "game_id",
        doubt=pl.when("reported").then(doubt.fill_null(0.0)),
        practice_missed=pl.when("reported").then(missed.fill_null(0.0)),
        depth_rank=pl.col("depth").cast(pl.Float64),
        is_starter=pl.when(pl.col("position") == starters.PASSER).then(is_named),
    )
