"""Populations: whose predictions are judged, and the simplest projections of the same rows."""

import polars as pl
from sdp_sports.spec import Market, Sport

from sdp_engine.features.panel import fantasy_points
from sdp_engine.features.squad import OFFENCE
from sdp_engine.models.model import TARGET

SINCE = 2016
"""The first season whose rows count as a player's earlier ones, as in the published baselines."""
PRIOR = 4
"""Earlier rows that a player of the baseline population has."""
CONTEST = "draftkings_classic"
LEAST = {"rushing": ("rushing_attempts", 5.0), "receiving": ("targets", 3.0), "scoring": ("touches", 4.0)}
"""The least mean over his last four rows that a set's baseline population asks for; every other set asks for fantasy
points: at least 5."""
HALF_LIFE = 3.0


def rows(sport: Sport, games: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return one row a player and regular-season game with an attempt, a carry, a target or a sack.

    `prior` counts his earlier rows, `prior_of_season` those of the season, `last_<stat>` is the mean
    of the last four of them before the game.
    """
    dated = lines.join(games.select("game_id", "season", "season_type", "starts_at"), on="game_id")
    used = pl.sum_horizontal("passing_attempts", "rushing_attempts", "targets", "sacks_taken") > 0
    chosen = dated.filter(
        pl.col("season") >= SINCE, pl.col("season_type") == "REG", pl.col("position").is_in(OFFENCE), used
    ).sort("player_id", "starts_at", "game_id")
    points = fantasy_points(sport, sport.contests[CONTEST]) if CONTEST in sport.contests else pl.lit(0.0)
    counted = chosen.with_columns(points=points, touches=pl.col("rushing_attempts") + pl.col("targets"))
    return counted.with_columns(
        *(
            pl.col(name).rolling_mean(4, min_samples=1).shift(1).over("player_id").alias(f"last_{name}")
            for name in ("rushing_attempts", "targets", "touches", "points")
        ),
        prior=pl.int_range(pl.len()).over("player_id"),
        prior_of_season=pl.int_range(pl.len()).over("player_id", "season"),
    )


def baseline(market: Market, judged: pl.DataFrame, past: pl.DataFrame, starters: pl.DataFrame) -> pl.Series:
    """Return which judged rows are of the published baselines' population.

    Args:
        market: The market.
        judged: `player_id`, `game_id`, `position`.
        past: As `rows` gives it.
        starters: `player_id`, `game_id` of the quarterbacks who started, as listed.
    """
    stat, least = LEAST.get(market.features, ("points", 5.0))
    told = past.select("player_id", "game_id", "prior", listed="position", recent=f"last_{stat}")
    named = starters.select("player_id", "game_id", is_named=pl.lit(value=True))
    joined = judged.select("player_id", "game_id", "position").join(
        told, on=["player_id", "game_id"], how="left", maintain_order="left"
    )
    joined = joined.join(named, on=["player_id", "game_id"], how="left", maintain_order="left")
    thrown = (pl.col("listed") == "QB") & pl.col("is_named")
    others = pl.col("listed").is_in(["RB"] if market.features == "rushing" else ["RB", "WR", "TE"])
    used = others & (pl.col("recent") >= least)
    if market.features == "passing":
        kept = thrown
    elif market.features == "all":
        kept = thrown | used
    else:
        kept = used
    if market.features in ("kicking", "defence"):
        return joined.select(pl.lit(value=True).repeat_by(1).list.first().alias("kept")).to_series()
    return joined.select(kept=((pl.col("prior") >= PRIOR) & kept).fill_null(value=False))["kept"]


def averages(judged: pl.DataFrame, involved: pl.DataFrame) -> pl.DataFrame:
    """Return what the player's own average would have said: `season_mean`, `last_four`, `ewma`, in the rows' order.

    Args:
        judged: `player_id`, `game_id`.
        involved: Every row of players who were involved: keys, `as_of`, `season`, `y`.
    """
    ordered = involved.sort("player_id", "as_of", "game_id")
    over = ["player_id", "season"]
    season = (pl.col(TARGET).cum_sum() - pl.col(TARGET)).over(over) / pl.int_range(pl.len()).over(over)
    career = (pl.col(TARGET).cum_sum() - pl.col(TARGET)).over("player_id") / pl.int_range(pl.len()).over("player_id")
    made = ordered.with_columns(
        season_mean=pl.coalesce(season.fill_nan(None), career.fill_nan(None)),
        last_four=pl.col(TARGET).rolling_mean(4, min_samples=1).shift(1).over("player_id"),
        ewma=pl.col(TARGET).ewm_mean(half_life=HALF_LIFE).shift(1).over("player_id"),
    ).select("player_id", "game_id", "season_mean", "last_four", "ewma")
    keys = ["player_id", "game_id"]
    return judged.select(keys).join(made, on=keys, how="left", maintain_order="left").drop(keys)
