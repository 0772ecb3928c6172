"""Starters: who began a game at quarterback, a fact of afterwards, and who was expected to, told before it."""

import polars as pl

PASSER = "QB"
STARTS = "is_starter"
"""The feature that tells who is to start (1) from who stands behind him (0); unknown where nothing tells."""
WHOLE = 0.85
"""Who throws this part of his team's passes began the game where a list names somebody who threw none."""
LIKELY = 0.5
"""How surely a player must be active to be expected to start."""
UNRANKED = 9.0
GONE = ("out", "doubtful", "injured_reserve")


def began(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines with `started`, of quarterbacks alone: null where neither passes nor a list tell.

    Lists of starters have mistakes: where whom they name threw no pass, and one player nearly every one, it was him.
    (A starter who is hurt early throws few.)

    Args:
        lines: Player games with `passing_attempts` and `started` as a list told it, null where none did.
    """
    mine = pl.col("position") == PASSER
    thrown = pl.when(mine).then(pl.col("passing_attempts"))
    team = ["team_id", "game_id"]
    marked = lines.with_columns(part=thrown / pl.max_horizontal(thrown.sum().over(team), 1.0))
    named = (pl.col("started").fill_null(value=False) & (pl.col("part") > 0)).any().over(team)
    alone = ~named & (pl.col("part") >= WHOLE).any().over(team)
    decided = pl.when(alone).then(pl.col("part") >= WHOLE).otherwise(pl.col("started"))
    return marked.with_columns(started=pl.when(mine).then(decided)).drop("part")


def expected(rows: pl.DataFrame, teams: pl.DataFrame) -> pl.DataFrame:
    """Return, by `team_id` and `game_id`, the quarterback who was `expected` to start and who did before.

    Further columns: `starter_before`, and `is_listed`, whether a roster said who was active.

    From what is known at the lock: of the active ones, in the first game of a season the first of the depth chart;
    later whoever is first there and comes back from missing the last game, else who started that one, else the next
    of the chart. Where no roster was known, who started the last game of the season unless he is reported to be out;
    null where nothing tells. Of the starts of 2021 to 2024 it names 94.7 % (the depth chart alone 92.6 %).

    Args:
        rows: A panel's rows.
        teams: A panel's teams: `starter`, the quarterback who began each game, null where not a known fact.
    """
    order = _order(teams)
    passers = rows.filter(pl.col("position") == PASSER).join(
        order.drop("starts_at", "season"), on=["team_id", "game_id"], how="left"
    )
    passers = passers.with_columns(out=pl.col("injury_status").is_in(GONE).fill_null(value=False))
    listed = passers.filter(
        pl.col("status").is_not_null() | ~pl.col("is_over"), pl.col("here") >= LIKELY, ~pl.col("out")
    )
    last = listed.select("player_id", "team_id", number=pl.col("number") + 1, was_here=pl.lit(value=True))
    rank = pl.col("depth").cast(pl.Float64).fill_null(UNRANKED)
    back = (pl.col("depth") == 1) & pl.col("was_here").is_null()
    place = (
        pl.when("is_first")
        .then(rank)
        .when(back)
        .then(-1.0)
        .when(pl.col("player_id") == pl.col("starter_before"))
        .then(0.0)
    ).otherwise(rank)
    named = (
        listed.join(last, on=["player_id", "team_id", "number"], how="left")
        .with_columns(place=place)
        .sort("team_id", "game_id", "place", "player_id")
        .group_by("team_id", "game_id", maintain_order=True)
        .agg(named=pl.col("player_id").first())
    )
    hurt = passers.filter("out").select("team_id", "game_id", starter_before="player_id", is_out=pl.lit(value=True))
    found = order.join(named, on=["team_id", "game_id"], how="left").join(
        hurt, on=["team_id", "game_id", "starter_before"], how="left"
    )
    again = pl.when(~pl.col("is_first") & pl.col("is_out").is_null()).then(pl.col("starter_before"))
    return found.select(
        "team_id",
        "game_id",
        "starter_before",
        expected=pl.coalesce("named", again),
        is_listed=pl.col("named").is_not_null(),
    )


def _order(teams: pl.DataFrame) -> pl.DataFrame:
    """Return each team's games in order, whether one is the first of its season, and who started the one before."""
    return teams.select(
        "team_id",
        "game_id",
        "starts_at",
        "season",
        number=pl.int_range(pl.len()).over("team_id"),
        is_over=pl.col("targets").is_not_null(),
        is_first=(pl.col("season") != pl.col("season").shift(1).over("team_id")).fill_null(value=True),
        starter_before=pl.col("starter").forward_fill().shift(1).over("team_id"),
    )
