"""How the games of a slate end, read off the draws."""

import numpy as np
import polars as pl

from sdp_engine.simulate.draws import Draws

GAME_MARGINALS = {
    "game_id": pl.String,
    "home_score_mean": pl.Float64,
    "away_score_mean": pl.Float64,
    "total_sd": pl.Float64,
    "margin_sd": pl.Float64,
    "prob_home_win": pl.Float64,
    "line_source": pl.String,
}
"""Columns of `games`."""


def games(draws: Draws) -> pl.DataFrame:
    """Return GAME_MARGINALS, one row a game; a tie counts as half a win."""
    scores = draws.scores.astype(np.int64)
    home, away = scores[:, 0], scores[:, 1]
    wins = (home > away).mean(axis=1) + (home == away).mean(axis=1) / 2
    return pl.DataFrame(
        {
            "game_id": draws.games["game_id"],
            "home_score_mean": home.mean(axis=1),
            "away_score_mean": away.mean(axis=1),
            "total_sd": (home + away).std(axis=1),
            "margin_sd": (home - away).std(axis=1),
            "prob_home_win": wins,
            "line_source": draws.games["line_source"],
        },
        schema=GAME_MARGINALS,
    )
