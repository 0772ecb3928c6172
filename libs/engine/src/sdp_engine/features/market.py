"""Market: the points a team is expected to score, from the betting line or, without one, from past scores."""

import polars as pl

from sdp_engine.features.panel import Panel
from sdp_engine.features.windows import ROWS, ewma, known_before

HALF_LIFE = 12.0
PULL = 0.55
"""How much of a past average above the league's persists; fitted on scores of 2009 to 2019."""
HOME_EDGE = 1.1
"""Points that a home team gains on average over a neutral site (its opponent loses as many)."""
LEAGUE_POINTS = 22.0
"""Expected points of a team before any game is known."""


def build(panel: Panel) -> pl.DataFrame:
    """Return, by team and game, `expected_points`, `expected_against`, `expected_margin`, `expected_total`.

    Line: total / 2 + margin / 2. Rating: the league's average, plus what the team scored and its opponent allowed
    above it, shrunk, plus home advantage. `rated_points` is the rating alone.
    """
    rated = ratings(panel)
    against = rated.select("game_id", pl.col("team_id").alias("opponent_id"), rated_against="rated_points")
    rows = panel.teams.join(rated, on=["team_id", "game_id"], how="left").join(
        against, on=["opponent_id", "game_id"], how="left"
    )
    rows = rows.with_columns(
        expected_points=pl.coalesce(pl.col("total") / 2 + pl.col("margin") / 2, "rated_points"),
        expected_against=pl.coalesce(pl.col("total") / 2 - pl.col("margin") / 2, "rated_against"),
    )
    return rows.select(
        "team_id",
        "game_id",
        "expected_points",
        "expected_against",
        "rated_points",
        expected_margin=pl.col("expected_points") - pl.col("expected_against"),
        expected_total=pl.col("expected_points") + pl.col("expected_against"),
    )


def ratings(panel: Panel) -> pl.DataFrame:
    """Return, by team and game, the points expected from past scores alone (`rated_points`)."""
    scored = panel.teams.with_columns(
        known_at=pl.col("starts_at") + pl.duration(hours=12), sport=pl.lit(panel.sport.code)
    )
    facts = scored.filter(pl.col("points_for").is_not_null())
    league = known_before(scored, facts, {"points": pl.col("points_for"), "games": ROWS}, ["sport"])
    teams = pl.concat([scored, league], how="horizontal").with_columns(
        league=(pl.col("points") / pl.col("games")).fill_null(LEAGUE_POINTS),
        scores=ewma("points_for", HALF_LIFE, "team_id"),
        allows=ewma("points_against", HALF_LIFE, "team_id"),
    )
    faced = teams.select("game_id", pl.col("team_id").alias("opponent_id"), faced="allows")
    teams = teams.join(faced, on=["game_id", "opponent_id"], how="left", maintain_order="left")
    own = (pl.col("scores") - pl.col("league")).fill_null(0.0)
    other = (pl.col("faced") - pl.col("league")).fill_null(0.0)
    edge = pl.when("is_home").then(HOME_EDGE).otherwise(-HOME_EDGE)
    return teams.select("team_id", "game_id", rated_points=pl.col("league") + PULL * (own + other) + edge)
