"""Passer: how good the quarterback is whom a team starts, and whether he is another than last time."""

import polars as pl

from sdp_engine.features import efficiency
from sdp_engine.features.panel import Panel
from sdp_engine.features.windows import ewma, last

TAKEN = ("yards_per_attempt", "completion_rate", "passing_td_rate")
HALF_LIFE = 8.0


def build(panel: Panel) -> pl.DataFrame:
    """Return, by team and game, the named starter's rates, his attempts a start, and `passer_is_new`.

    Null where nobody was named.
    """
    rows = panel.rows.with_columns(passer_attempts=ewma("passing_attempts", HALF_LIFE))
    named = rows.filter((pl.col("position") == "QB") & pl.col("is_starter").fill_null(value=False))
    rates = efficiency.build(panel).select("player_id", "game_id", *(pl.col(c).alias(f"passer_{c}") for c in TAKEN))
    named = named.join(rates, on=["player_id", "game_id"], how="left").unique(["team_id", "game_id"], keep="first")
    teams = panel.teams.select("team_id", "game_id").join(
        named.select("team_id", "game_id", "passer_attempts", *(f"passer_{c}" for c in TAKEN), passer="player_id"),
        on=["team_id", "game_id"],
        how="left",
        maintain_order="left",
    )
    before = last("passer", "team_id")
    return teams.select(
        "team_id",
        "game_id",
        "passer_attempts",
        *(f"passer_{c}" for c in TAKEN),
        passer_is_new=(pl.col("passer") != before).cast(pl.Float64),
    )
