"""Usage: the share of his team's attempts, carries and targets that a player had, shrunk towards his position's."""

import polars as pl

from sdp_engine.features.panel import Panel
from sdp_engine.features.windows import ROWS, count, ewma, known_before, last, shrunk, weight

SHARES = {"attempt_share": "passing_attempts", "carry_share": "rushing_attempts", "target_share": "targets"}
FAST, SLOW = 2.0, 6.0
STRENGTH = 1.0


def build(panel: Panel) -> pl.DataFrame:
    """Return each share's last, fast and slow (shrunk) average, and recent opportunities a game."""
    rows = with_shares(panel.rows, panel.teams)
    facts = with_shares(panel.facts, panel.teams)
    sums = {f"{name}_sum": pl.col(name) for name in SHARES}
    league = known_before(panel.rows, facts, {**sums, "league_games": ROWS}, ["position"])
    touches = pl.col("rushing_attempts") + pl.col("targets")
    rows = pl.concat([rows, league], how="horizontal").with_columns(
        games=count("targets"), touches_last=last(touches), touches_fast=ewma(touches, FAST)
    )
    made: list[pl.Expr] = []
    for name in SHARES:
        prior = pl.col(f"{name}_sum") / pl.col("league_games")
        slow = shrunk(ewma(name, SLOW), weight(pl.col("games"), SLOW), prior, STRENGTH)
        made += [
            last(name).alias(f"{name}_last"),
            ewma(name, FAST).alias(f"{name}_fast"),
            slow.alias(f"{name}_slow"),
        ]
    return rows.with_columns(made).select(
        "player_id",
        "game_id",
        "touches_last",
        "touches_fast",
        *(f"{name}_{kind}" for name in SHARES for kind in ("last", "fast", "slow")),
    )


def with_shares(rows: pl.DataFrame, teams: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with each share of the team's total in that game (null where the outcome is unknown)."""
    totals = teams.select("team_id", "game_id", *(pl.col(stat).alias(f"team_{stat}") for stat in SHARES.values()))
    return rows.join(totals, on=["team_id", "game_id"], how="left", maintain_order="left").with_columns(
        (pl.col(stat) / pl.max_horizontal(pl.col(f"team_{stat}"), 1.0)).alias(name) for name, stat in SHARES.items()
    )
