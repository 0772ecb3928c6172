"""Efficiency: what a player made of each opportunity, shrunk towards his position's average."""

import polars as pl

from sdp_engine.features.panel import Panel
from sdp_engine.features.windows import count, ewma, known_before, weight

RATES: dict[str, tuple[str, str, float]] = {
    "yards_per_attempt": ("passing_yards", "passing_attempts", 250.0),
    "completion_rate": ("passing_completions", "passing_attempts", 250.0),
    "passing_td_rate": ("passing_tds", "passing_attempts", 400.0),
    "interception_rate": ("interceptions", "passing_attempts", 600.0),
    "yards_per_carry": ("rushing_yards", "rushing_attempts", 120.0),
    "rushing_td_rate": ("rushing_tds", "rushing_attempts", 150.0),
    "catch_rate": ("receptions", "targets", 40.0),
    "yards_per_target": ("receiving_yards", "targets", 50.0),
    "receiving_td_rate": ("receiving_tds", "targets", 120.0),
}
"""Each rate: outcome, opportunity, and how many opportunities the position's average counts for."""
HALF_LIFE = 16.0


def build(panel: Panel) -> pl.DataFrame:
    """Return each rate, exponentially weighted over earlier games and shrunk (null: nobody there has tried)."""
    stats = sorted({stat for outcome, chance, _ in RATES.values() for stat in (outcome, chance)})
    sums = {f"league_{stat}": pl.col(stat) for stat in stats}
    league = known_before(panel.rows, panel.facts, sums, ["position"])
    rows = pl.concat([panel.rows, league], how="horizontal").with_columns(worth=weight(count("targets"), HALF_LIFE))
    rows = rows.with_columns(
        (ewma(stat, HALF_LIFE).fill_null(0.0) * pl.col("worth")).alias(f"own_{stat}") for stat in stats
    )
    made = []
    for name, (outcome, chance, strength) in RATES.items():
        tried = pl.col(f"league_{chance}")
        prior = pl.when(tried > 0).then(pl.col(f"league_{outcome}") / tried)
        rate = (pl.col(f"own_{outcome}") + strength * prior) / (pl.col(f"own_{chance}") + strength)
        made.append(rate.alias(name))
    return rows.with_columns(made).select("player_id", "game_id", *RATES)
