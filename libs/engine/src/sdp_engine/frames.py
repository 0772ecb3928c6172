"""The columns of every frame that crosses a border, and one check.

Keys: `player_id` i64, `game_id` and `team_id` text. Times are UTC. A team's `spread` is the expected margin of
the home team (positive: home favoured), in points; `total` the expected points of both.
"""

from collections.abc import Mapping

import polars as pl

UTC = pl.Datetime("us", "UTC")
Schema = Mapping[str, pl.DataType | type[pl.DataType]]

GAMES: Schema = {
    "game_id": pl.String,
    "season": pl.Int64,
    "season_type": pl.String,
    "week": pl.Int64,
    "starts_at": UTC,
    "home_team_id": pl.String,
    "away_team_id": pl.String,
    "roof": pl.String,
    "home_score": pl.Int64,
    "away_score": pl.Int64,
    "known_at": UTC,
    "spread": pl.Float64,
    "total": pl.Float64,
    "wind_mph": pl.Float64,
    "temp_f": pl.Float64,
}
"""One row a game as of a moment: scores are null unless known by then; lines and weather the latest known."""

PLAYER_GAMES: Schema = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "position": pl.String,
    "known_at": UTC,
}
"""One row a player and game he has a stat line in; every stat of the sport follows as a Float64 column."""

SNAPS: Schema = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "position": pl.String,
    "known_at": UTC,
    "offense_snaps": pl.Float64,
    "offense_share": pl.Float64,
}
"""One row a player and game he was on the field in; zero offensive snaps is special teams alone."""

ROLES: Schema = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "position": pl.String,
    "status": pl.String,
    "depth": pl.Int64,
    "started": pl.Boolean,
    "injury_status": pl.String,
    "practice_status": pl.String,
}
"""What was told of a player before a game: roster status (`ACT` is active), rank in the depth chart, the game's injury
report; and afterwards, in `started`, whether he began it. Null is not told."""

DRAFTS: Schema = {"player_id": pl.Int64, "draft_pick": pl.Int64, "first_season": pl.Int64}
"""Where players were drafted (overall pick) and the season they came in."""

PROP_QUOTES: Schema = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "source": pl.String,
    "book": pl.String,
    "market": pl.String,
    "side": pl.String,
    "line": pl.Float64,
    "price_decimal": pl.Float64,
    "status": pl.String,
}
"""One side of one player market at one book, as it stood at a moment."""

POPULATION: Schema = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "opponent_id": pl.String,
    "position": pl.String,
    "injury_status": pl.String,
}
"""Who is to be predicted in which game."""

FEATURE_KEYS: Schema = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "opponent_id": pl.String,
    "position": pl.String,
}
"""The key columns of a feature frame; every other column is a Float64 feature (null = unknown)."""

PREDICTIONS: Schema = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "position": pl.String,
    "market": pl.String,
    "mean": pl.Float64,
    "sd": pl.Float64,
    "prob_zero": pl.Float64,
    "quantiles": pl.List(pl.Float64),
}
"""One row a player, game and market; quantiles at `sdp_sports.spec.QUANTILES`."""

POOL: Schema = {
    "draftable_id": pl.Int64,
    "player_id": pl.Int64,
    "name": pl.String,
    "team_id": pl.String,
    "opponent_id": pl.String,
    "game_id": pl.String,
    "position": pl.String,
    "roster_slots": pl.List(pl.String),
    "salary_usd": pl.Int64,
    "points": pl.Float64,
}
"""What the optimizer may draft; `points` is the number to maximise."""


def check(frame: pl.DataFrame, schema: Schema, name: str = "frame") -> pl.DataFrame:
    """Return the frame where it has every declared column in the declared type.

    Raises:
        ValueError: Names each column that is missing or has another type.
    """
    faults = [
        f"{column}: missing" if column not in frame.columns else f"{column}: {frame.schema[column]}, not {dtype}"
        for column, dtype in schema.items()
        if column not in frame.columns or frame.schema[column] != dtype
    ]
    if faults:
        raise ValueError(f"{name}: {'; '.join(faults)}")
    return frame


def empty(schema: Schema) -> pl.DataFrame:
    """Return a frame of the schema without rows."""
    return pl.DataFrame(schema=dict(schema))
