"""The frames every feature family reads: player rows and team rows in time order, facts up to a moment."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sdp_sports import score
from sdp_sports.spec import Contest, Market, Sport

from sdp_engine import frames


@dataclass(frozen=True)
class Panel:
    """Everything a family may read.

    Attributes:
        sport: The sport's declaration.
        rows: One row a player and game, sorted by player and kick-off: keys, `starts_at`, `season`, `week`,
            `is_home`, `is_target` (a row to build features for), each stat and each market's quantity
            (`y_<market>`); stats and quantities are null where the game's outcome is not a known fact.
        facts: The same columns for every player of the sport, known rows only.
        teams: One row a team and game, sorted by team and kick-off: `opponent_id`, the game's circumstances,
            `points_for`, `points_against` and the team's sum of each stat, null where not a known fact.
    """

    sport: Sport
    rows: pl.DataFrame
    facts: pl.DataFrame
    teams: pl.DataFrame

    @property
    def keys(self) -> pl.DataFrame:
        """Return player, game and team of every row, in the rows' order."""
        return self.rows.select("player_id", "game_id", "team_id", "opponent_id", "position")


def quantity(sport: Sport, market: Market) -> pl.Expr:
    """Return the number the market settles on, from columns of stats and `position`.

    Summed stats, or the contest's fantasy points (`sdp_sports.score`, whose bands depend on the position).
    """
    if market.contest is None:
        return pl.sum_horizontal(market.stats)
    return fantasy_points(sport, sport.contests[market.contest])


def fantasy_points(sport: Sport, contest: Contest) -> pl.Expr:
    """Return the contest's points, from columns of stats and `position`; null for a position it does not draft."""
    columns = {stat: pl.col(stat) for stat in sport.stats}
    whole: pl.Expr = pl.lit(None, dtype=pl.Float64)
    for position in sorted(contest.positions):
        worth = score.points(contest, columns, position)
        whole = pl.when(pl.col("position") == position).then(worth).otherwise(whole)
    return whole


def quantities(sport: Sport) -> list[pl.Expr]:
    """Return every market's quantity as a column `y_<market>`, null for positions that it is not offered for."""
    return [
        pl.when(pl.col("position").is_in(market.positions)).then(quantity(sport, market)).alias(f"y_{name}")
        for name, market in sport.markets.items()
    ]


def of_history(sport: Sport, games: pl.DataFrame, player_games: pl.DataFrame) -> Panel:
    """Return the panel in which every known player game is a row to build, its own outcome kept as a fact.

    A family must shift every outcome by at least one game; `tests` prove that it does.
    """
    keys = player_games.select("player_id", "game_id", "team_id", "position")
    return _panel(sport, games, player_games, _with_opponent(keys, _sides(games)), whole=True)


def of_population(
    sport: Sport, games: pl.DataFrame, player_games: pl.DataFrame, population: pl.DataFrame, as_of: datetime
) -> Panel:
    """Return the panel for a population, from facts known by `as_of`; the population's games have no outcome."""
    upcoming = population["game_id"].unique().to_list()
    unknown = (pl.col("known_at") > as_of) | pl.col("game_id").is_in(upcoming)
    hidden = pl.col("known_at").is_null() | unknown
    seen = games.with_columns(
        pl.when(hidden).then(None).otherwise(pl.col(side)).alias(side) for side in ("home_score", "away_score")
    )
    facts = player_games.filter(~unknown)
    targets = population.select("player_id", "game_id", "team_id", "opponent_id", "position")
    return _panel(sport, seen, facts, targets, whole=False)


def _panel(
    sport: Sport, games: pl.DataFrame, player_games: pl.DataFrame, targets: pl.DataFrame, *, whole: bool
) -> Panel:
    frames.check(games, frames.GAMES, "games")
    frames.check(player_games, frames.PLAYER_GAMES, "player_games")
    sides = _sides(games)
    context = sides.select("game_id", "team_id", "starts_at", "season", "week", "is_home")
    facts = (
        _with_opponent(player_games.drop("known_at"), sides)
        .join(context, on=["game_id", "team_id"], how="inner")
        .join(games.select("game_id", known_at=pl.col("starts_at") + pl.duration(hours=12)), on="game_id")
        .with_columns(quantities(sport))
        .sort("player_id", "starts_at", "game_id")
    )
    if whole:
        rows = facts.with_columns(is_target=pl.col("position").is_not_null())
    else:
        ahead = targets.join(context, on=["game_id", "team_id"], how="inner").with_columns(is_target=True)
        past = facts.filter(pl.col("player_id").is_in(ahead["player_id"].unique().to_list()))
        rows = pl.concat([past.with_columns(is_target=False), ahead], how="diagonal").sort(
            "player_id", "starts_at", "game_id"
        )
    totals = facts.group_by("team_id", "game_id").agg(pl.col(sport.stats).sum())
    teams = sides.join(totals, on=["team_id", "game_id"], how="left").sort("team_id", "starts_at", "game_id")
    return Panel(sport, rows, facts, teams)


def _sides(games: pl.DataFrame) -> pl.DataFrame:
    """Return one row a team and game: opponent, circumstances, points for and against."""
    shared = ("game_id", "season", "season_type", "week", "starts_at", "roof", "wind_mph", "temp_f", "total")
    halves = [
        games.select(
            *shared,
            team_id=f"{own}_team_id",
            opponent_id=f"{other}_team_id",
            is_home=pl.lit(own == "home"),
            margin=pl.col("spread") * (1 if own == "home" else -1),
            points_for=pl.col(f"{own}_score").cast(pl.Float64),
            points_against=pl.col(f"{other}_score").cast(pl.Float64),
        )
        for own, other in (("home", "away"), ("away", "home"))
    ]
    return pl.concat(halves)


def _with_opponent(rows: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    return rows.join(sides.select("game_id", "team_id", "opponent_id"), on=["game_id", "team_id"], how="inner")
