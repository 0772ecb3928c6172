"""Other people's projections and real prop lines, read from a folder, on our players and games.

The folder holds, by season, `nfl_nflcom_projections/<season>.parquet`, `nfl_projections_espn_ecr/<season>.parquet` and
`nfl_player_props_actionnetwork/<season>.parquet`; what is not there is left out.
"""

from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError
from sdp_common.errors import BadInput
from sdp_sports.names import normalise
from sdp_sports.spec import Sport

NFLCOM, ESPN = "nfl.com", "espn"
CLOSE = 15
"""Action Network's consensus close."""
ESPN_COLUMNS = {
    "passing_yards": ("projected_passing_yards",),
    "passing_attempts": ("projected_passing_attempts",),
    "passing_completions": ("projected_passing_completions",),
    "passing_tds": ("projected_passing_touchdowns",),
    "interceptions": ("projected_passing_interceptions",),
    "rushing_yards": ("projected_rushing_yards",),
    "rushing_attempts": ("projected_rushing_attempts",),
    "targets": ("projected_receiving_targets",),
    "receptions": ("projected_receiving_receptions",),
    "receiving_yards": ("projected_receiving_yards",),
    "anytime_touchdown": ("projected_rushing_touchdowns", "projected_receiving_touchdowns"),
}
BETS = {
    "passing_yards": "passing_yards",
    "passing_attempts": "attempts",
    "passing_completions": "completions",
    "rushing_yards": "rushing_yards",
    "rushing_attempts": "carries",
    "receptions": "receptions",
    "receiving_yards": "receiving_yards",
    "rushing_receiving_yards": "rushing_receiving_yards",
    "kicking_points": "kicking_points",
}
SUMS = {"rushing_receiving_yards": ("rushing_yards", "receiving_yards")}
AGREEING = (0.85, 1.25)
"""A line of a sum that lies outside of so many times its parts' lines was made in play: of 2023's such lines two in
three ended within a yard of the outcome, where one in forty does."""
UNTOLD = 5.0
"""What a sum's line may be beyond that for a part of which no line was offered, in yards: half of receivers' sums above
it ended within a yard."""
LEAST_CHANCE = 0.25
"""A side with a smaller chance is an alternate or a dead line, not the market's middle."""


def nflcom(folder: Path, seasons: list[int], who: pl.DataFrame, sport: Sport) -> pl.DataFrame:
    """Return NFL.com's half-PPR points: `player_id`, `game_id`, `nfl.com`.

    Only `PlayerWeekProjectedPts` is a projection there; a player is found by his name, position and week,
    and one of 0 is missing.

    Args:
        folder: The folder.
        seasons: The seasons wanted.
        who: Our rows: `player_id`, `game_id`, `season`, `week`, `team_id`, `position`, `normalised_name`.
        sport: The sport's declaration.
    """
    frame = _read(folder / "nfl_nflcom_projections", seasons)
    if frame is None:
        return _none(NFLCOM)
    told = frame.select(
        pl.col("season", "week").cast(pl.Int64),
        pl.col("PlayerName").map_elements(normalise, return_dtype=pl.String).alias("normalised_name"),
        pl.col("Team").map_elements(sport.team_id, return_dtype=pl.String).alias("team_id"),
        pl.col("Pos").map_elements(sport.position, return_dtype=pl.String).alias("position"),
        pl.col("PlayerWeekProjectedPts").cast(pl.Float64).alias(NFLCOM),
    ).filter(pl.col(NFLCOM) > 0)
    keys = ["season", "week", "normalised_name", "position"]
    # The files give the team of the day they were fetched: a name that one player of the week bears is enough.
    alone = told.filter(pl.len().over(keys) == 1).drop("team_id")
    return who.join(alone, on=keys).select("player_id", "game_id", NFLCOM).unique(["player_id", "game_id"])


def espn(folder: Path, seasons: list[int], market: str, players: dict[str, int]) -> pl.DataFrame:
    """Return ESPN's projections of a market: `player_id`, `season`, `week`, `espn`; one of 0 is missing."""
    columns = ESPN_COLUMNS.get(market)
    frame = _read(folder / "nfl_projections_espn_ecr", seasons) if columns else None
    if frame is None or columns is None or not {"player_id", *columns} <= set(frame.columns):
        return pl.DataFrame(schema={"player_id": pl.Int64, "season": pl.Int64, "week": pl.Int64, ESPN: pl.Float64})
    told = frame.with_columns(_player(players), pl.sum_horizontal(columns).alias(ESPN)).filter(
        pl.col(ESPN) > 0, pl.col("our_id").is_not_null()
    )
    made = told.select(pl.col("our_id").alias("player_id"), pl.col("season", "week").cast(pl.Int64), ESPN)
    return made.unique(["player_id", "season", "week"])


def props(folder: Path, seasons: list[int], market: str, players: dict[str, int]) -> pl.DataFrame:
    """Return the consensus close of a market: `player_id`, `season`, `week`, `line`, `market` (de-vigged P(over)).

    Whole-game bets alone; the margin is taken off in proportion; of several lines of a player the most even one. A
    line of a sum that contradicts those of its parts, or stands without any, is left out.
    """
    bet = BETS.get(market)
    frame = _read(folder / "nfl_player_props_actionnetwork", seasons) if bet else None
    schema = {"player_id": pl.Int64, "season": pl.Int64, "week": pl.Int64, "line": pl.Float64, "market": pl.Float64}
    if frame is None or bet is None:
        return pl.DataFrame(schema=schema)
    lines = _closing(frame, bet, players)
    if market not in SUMS:
        return lines
    parts = SUMS[market]
    for part in parts:
        told = _closing(frame, BETS[part], players).rename({"line": part}).drop("market")
        lines = lines.join(told, on=["player_id", "season", "week"], how="left", maintain_order="left")
    whole, is_told = pl.sum_horizontal(parts), pl.all_horizontal(pl.col(parts).is_not_null())
    most = AGREEING[1] * whole + pl.when(is_told).then(0.0).otherwise(UNTOLD)
    return lines.filter(whole > 0, pl.col("line").is_between(AGREEING[0] * whole, most)).drop(parts)


def _closing(frame: pl.DataFrame, bet: str, players: dict[str, int]) -> pl.DataFrame:
    """Return the consensus close of one kind of bet, as `props` does."""
    price = pl.when(pl.col("odds") > 0).then(pl.col("odds") / 100).otherwise(100 / -pl.col("odds")) + 1
    sides = frame.filter(
        pl.col("bet_type") == bet,
        pl.col("period") == "event",
        pl.col("book_id") == CLOSE,
        pl.col("side").is_in(["over", "under"]),
        pl.col("odds").abs() >= 100,
    ).with_columns(_player(players, "gsis_id"), chance=1 / price)
    keys = ["our_id", "season", "week", "value"]
    both = (
        sides.drop_nulls(keys)
        .group_by(keys)
        .agg(
            over=pl.col("chance").filter(pl.col("side") == "over").mean(),
            under=pl.col("chance").filter(pl.col("side") == "under").mean(),
        )
    )
    fair = both.drop_nulls().with_columns(market=pl.col("over") / (pl.col("over") + pl.col("under")))
    even = fair.filter(pl.col("market").is_between(LEAST_CHANCE, 1 - LEAST_CHANCE)).sort(
        (pl.col("market") - 0.5).abs(), "value"
    )
    return even.unique(["our_id", "season", "week"], keep="first", maintain_order=True).select(
        pl.col("our_id").alias("player_id"),
        pl.col("season", "week").cast(pl.Int64),
        pl.col("value").cast(pl.Float64).alias("line"),
        "market",
    )


def _player(players: dict[str, int], column: str = "player_id") -> pl.Expr:
    return pl.col(column).replace_strict(players, default=None, return_dtype=pl.Int64).alias("our_id")


def _none(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema={"player_id": pl.Int64, "game_id": pl.String, name: pl.Float64})


def _read(folder: Path, seasons: list[int]) -> pl.DataFrame | None:
    files = [folder / f"{season}.parquet" for season in seasons]
    found = [file for file in files if file.is_file()]
    try:
        return pl.concat([pl.read_parquet(file) for file in found], how="diagonal_relaxed") if found else None
    except (PolarsError, OSError) as error:
        raise BadInput(f"{folder} cannot be read: {error}") from error
