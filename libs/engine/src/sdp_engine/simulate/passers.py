"""Passers: of every side in every game who was expected to throw, who did, and what he was worth."""

from datetime import datetime

import polars as pl
from sdp_sports.spec import Sport

from sdp_engine import frames
from sdp_engine.features import starters
from sdp_engine.features.panel import Panel, Sources, of_history, of_population
from sdp_engine.simulate.ratings import PASSERS

WORTH = {
    "passing_attempts": -2.2,
    "passing_completions": 3.7,
    "passing_yards": 0.2,
    "passing_tds": 11.3,
    "interceptions": -14.1,
    "sacks_taken": -8.0,
    "rushing_attempts": -1.1,
    "rushing_yards": 0.6,
    "rushing_tds": 15.9,
}
"""FiveThirtyEight's value of a quarterback's game (their NFL Elo, 2019), which is in tenths of points or so."""
SCALE = 0.1
"""Points a unit, as a rating takes it."""
FEWEST = 10.0
"""Attempts, sacks and carries below which a game says nothing of him."""
LEAST_PART = 0.3


def before(sport: Sport, sources: Sources, population: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return `ratings.PASSERS` of past games, and who is expected to start those of a population.

    Args:
        sport: The sport's declaration.
        sources: What is known at the moment; of others than quarterbacks nothing is read.
        population: POPULATION frame of the games to come.
        as_of: The moment.
    """
    if not set(WORTH) <= set(sport.stats):
        return pl.DataFrame(schema=dict(PASSERS))
    throwers = population.filter(pl.col("position") == starters.PASSER).select(list(frames.POPULATION))
    ahead = passers(of_population(sport, sources, throwers, as_of)).join(throwers, on="game_id", how="semi")
    past = passers(of_history(sport, sources)).join(ahead, on="game_id", how="anti")
    return pl.concat([past, ahead])


def passers(panel: Panel) -> pl.DataFrame:
    """Return `ratings.PASSERS` of a panel's teams and games; no rows for a sport without such stats.

    What he did is taken for the whole game: divided by his part of the side's plays at the position.
    """
    if not set(WORTH) <= set(panel.sport.stats):
        return pl.DataFrame(schema=dict(PASSERS))
    place = ["game_id", "team_id"]
    plays = pl.sum_horizontal("passing_attempts", "sacks_taken", "rushing_attempts")
    value = pl.sum_horizontal(pl.col(stat) * weight for stat, weight in WORTH.items())
    thrown = (
        panel.lines.filter(pl.col("position") == starters.PASSER)
        .select("player_id", *place, plays=plays, value=value)
        .with_columns(part=pl.col("plays") / pl.max_horizontal(pl.col("plays").sum().over(place), 1.0))
        .filter(pl.col("plays") >= FEWEST)
        .select(*place, starter="player_id", worth=SCALE * pl.col("value") / pl.col("part").clip(LEAST_PART))
    )
    told = starters.expected(panel.rows, panel.teams).select(*place, "expected")
    began = panel.teams.select(*place, "starter")
    joined = began.join(told, on=place, how="left").join(thrown, on=[*place, "starter"], how="left")
    return joined.select(pl.col(name).cast(kind) for name, kind in PASSERS.items())
