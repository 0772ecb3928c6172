"""The frames every feature family reads: player rows and team rows in time order, facts up to a moment."""

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl
from sdp_sports import score
from sdp_sports.spec import Contest, Market, Sport

from sdp_engine import frames
from sdp_engine.features import squad, starters

ROLE = ("status", "depth", "started", "injury_status", "practice_status")
"""What `frames.ROLES` tells of a player's part in a game; `started` is a fact of afterwards."""


@dataclass(frozen=True)
class Sources:
    """What features are made from, as known at one moment; only games and lines are indispensable.

    Attributes:
        games: `frames.GAMES`, with scores where known.
        lines: `frames.PLAYER_GAMES` plus every stat of the sport.
        snaps: `frames.SNAPS`.
        roles: `frames.ROLES`: of every game what was told before its own kick-off.
        drafts: `frames.DRAFTS`.
    """

    games: pl.DataFrame
    lines: pl.DataFrame
    snaps: pl.DataFrame = field(default_factory=lambda: frames.empty(frames.SNAPS))
    roles: pl.DataFrame = field(default_factory=lambda: frames.empty(frames.ROLES))
    drafts: pl.DataFrame = field(default_factory=lambda: frames.empty(frames.DRAFTS))

    def check(self) -> "Sources":
        """Return itself where every frame has its columns.

        Raises:
            ValueError: Names each frame's columns that are missing or have another type.
        """
        frames.check(self.games, frames.GAMES, "games")
        frames.check(self.lines, frames.PLAYER_GAMES, "lines")
        frames.check(self.snaps, frames.SNAPS, "snaps")
        frames.check(self.roles, frames.ROLES, "roles")
        frames.check(self.drafts, frames.DRAFTS, "drafts")
        return self


@dataclass(frozen=True)
class Panel:
    """Everything a family may read.

    Attributes:
        sport: The sport's declaration.
        rows: One row a player and game, sorted by player and kick-off: keys, `starts_at`, `season`, `week`,
            `is_home`, `is_target` (a row to build features for), `here` (how surely he is active, null where the
            team's squad is not known), `ROLE`, `offense_share`, each stat and each market's quantity (`y_<market>`);
            outcomes are null where the game's is not a known fact, and where he was not on the field (a market that
            asks whether he was has his zero).
        facts: The same columns for every player of the sport, rows of those on the field only. A quarterback who
            came in for the starter has no outcomes here: they say nothing of a start.
        lines: As `facts`, relief appearances with their outcomes.
        teams: One row a team and game, sorted by team and kick-off: `opponent_id`, the game's circumstances,
            `points_for`, `points_against`, the team's sum of each stat and the `starter` at quarterback, null where
            not a known fact.
        drafts: `frames.DRAFTS`.
    """

    sport: Sport
    rows: pl.DataFrame
    facts: pl.DataFrame
    lines: pl.DataFrame
    teams: pl.DataFrame
    drafts: pl.DataFrame

    @property
    def keys(self) -> pl.DataFrame:
        """Return player, game and team of every row, in the rows' order."""
        return self.rows.select("player_id", "game_id", "team_id", "opponent_id", "position")


def quantity(sport: Sport, market: Market) -> pl.Expr:
    """Return the number the market settles on, from columns of stats and `position`.

    Summed stats, whether their sum reaches `at_least`, or the contest's fantasy points (`sdp_sports.score`, whose
    bands depend on the position). Null where one of `sport.plays` is asked for and unknown.
    """
    if market.contest is not None:
        return fantasy_points(sport, sport.contests[market.contest])
    weights = market.weights or (1.0,) * len(market.stats)
    parts = [pl.col(stat) * weight for stat, weight in zip(market.stats, weights, strict=True)]
    whole = pl.sum_horizontal(parts, ignore_nulls=not set(market.stats) & set(sport.plays))
    return whole if market.at_least is None else (whole >= market.at_least).cast(pl.Float64)


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


def of_history(sport: Sport, sources: Sources) -> Panel:
    """Return the panel of every past game: its targets are those who were expected to be active, or who have a line.

    Where a roster or snaps tell of some games, only those games have targets: the active players of the roster, or
    without one everybody who was on the field. Where nothing tells of any game, targets are the stat lines and the
    players who had one lately. Each row's own outcome is kept as a fact: a family must shift every outcome by at
    least one game; `tests` prove that it does.
    """
    sources.check()
    chosen = squad.of_history(sport, sources.games, sources.snaps, sources.roles, sources.lines)
    return _panel(sport, sources, chosen, whole=True)


def of_relief(sport: Sport, sources: Sources) -> Panel | None:
    """Return the panel whose targets are quarterbacks who relieved a starter in games without a roster; None: nobody.

    It ends with the last such game.
    """
    chosen = squad.of_relief(sources.snaps, sources.roles)
    if not chosen["is_target"].any():
        return None
    games = sources.games.join(chosen, on="game_id", how="semi")
    until = pl.col("starts_at") <= games["starts_at"].max()
    past = sources.games.filter(until)
    lines, snaps, roles = (
        frame.join(past, on="game_id", how="semi", maintain_order="left")
        for frame in (sources.lines, sources.snaps, sources.roles)
    )
    return _panel(sport, Sources(past, lines, snaps, roles, sources.drafts), chosen, whole=True)


def of_population(sport: Sport, sources: Sources, population: pl.DataFrame, as_of: datetime) -> Panel:
    """Return the panel for a population, from facts known by `as_of`; the population's games have no outcome."""
    sources.check()
    upcoming = population["game_id"].unique().to_list()
    unknown = (pl.col("known_at") > as_of) | pl.col("game_id").is_in(upcoming)
    hidden = pl.col("known_at").is_null() | unknown
    seen = sources.games.with_columns(
        pl.when(hidden).then(None).otherwise(pl.col(side)).alias(side) for side in ("home_score", "away_score")
    )
    told = sources.roles.with_columns(started=pl.when(~pl.col("game_id").is_in(upcoming)).then(pl.col("started")))
    past = Sources(seen, sources.lines.filter(~unknown), sources.snaps.filter(~unknown), told, sources.drafts)
    ahead = squad.of_population(population, seen, past.roles)
    before = past.roles.filter(~pl.col("game_id").is_in(upcoming))
    once = squad.of_history(sport, past.games, past.snaps, before, past.lines)
    once = once.with_columns(is_target=pl.lit(value=False))
    mine = once.filter(pl.col("player_id").is_in(ahead["player_id"].unique().to_list()))
    return _panel(sport, past, pl.concat([mine, ahead]), whole=False)


def _panel(sport: Sport, sources: Sources, chosen: pl.DataFrame, *, whole: bool) -> Panel:
    sides = _sides(sources.games)
    context = sides.select("game_id", "team_id", "opponent_id", "starts_at", "season", "week", "is_home")
    known = pl.col("starts_at") + pl.duration(hours=12)
    told = sources.roles.select("player_id", "game_id", *ROLE)
    lines = (
        _placed(sources, on_field(sport, sources.lines, sources.snaps))
        .join(context, on=["game_id", "team_id"], how="inner")
        .join(told, on=["player_id", "game_id"], how="left")
        .with_columns(*quantities(sport), known_at=known)
        .sort("player_id", "starts_at", "game_id")
    )
    lines = starters.began(lines)
    words = {*sport.stats, *sport.plays}
    outcomes = [name for name in lines.columns if name in words or name.startswith("y_")]
    relief = (pl.col("position") == starters.PASSER) & ~pl.col("started").fill_null(value=True)
    facts = lines.with_columns(pl.when(~relief).then(pl.col(outcomes)))
    ahead = chosen.join(context, on=["game_id", "team_id"], how="inner")
    past = facts
    if not whole:
        past = facts.filter(pl.col("player_id").is_in(ahead["player_id"].unique().to_list()))
    keys = ("player_id", "game_id")
    flags = ahead.select(*keys, "is_target", "here")
    placed = past.join(flags, on=keys, how="left").with_columns(pl.col("is_target").fill_null(value=False))
    fresh = ahead.join(past, on=keys, how="anti").drop("opponent_id").join(told, on=keys, how="left")
    fresh = fresh.join(context.select("game_id", "team_id", "opponent_id"), on=["game_id", "team_id"])
    over = lines.select("game_id", "team_id").unique().with_columns(is_over=pl.lit(value=True))
    fresh = fresh.join(over, on=["game_id", "team_id"], how="left").with_columns(
        pl.when(pl.col("is_over") & pl.col("position").is_in(market.positions)).then(0.0).alias(f"y_{name}")
        for name, market in sport.markets.items()
        if market.given == "active"
    )
    rows = pl.concat([placed, fresh.drop("is_over")], how="diagonal").sort("player_id", "starts_at", "game_id")
    starter = pl.col("player_id").filter(pl.col("started").fill_null(value=False)).first()
    totals = lines.group_by("team_id", "game_id", maintain_order=True).agg(pl.col(sport.stats).sum(), starter=starter)
    teams = sides.join(totals, on=["team_id", "game_id"], how="left").sort("team_id", "starts_at", "game_id")
    return Panel(sport, rows, facts, lines, teams, sources.drafts)


def on_field(sport: Sport, lines: pl.DataFrame, snaps: pl.DataFrame) -> pl.DataFrame:
    """Return a line for everybody on the field: who has snaps and no stat line did nothing that is counted.

    Columns: `player_id`, `game_id`, `team_id`, `position` (the line's, else that of the snaps), every stat, what the
    play-by-play tells (null in a game of which it tells nothing), `offense_share` (null where snaps are not known).
    One with a line and no known snaps had one snap at least.
    """
    keys = ["player_id", "game_id"]
    told = snaps.select(*keys, "team_id", "position", "offense_share", counted="offense_snaps")
    joined = with_plays(sport, lines).drop("known_at").join(told, on=keys, how="full", coalesce=True, suffix="_snaps")
    joined = joined.with_columns(
        team_id=pl.coalesce("team_id", "team_id_snaps"),
        position=pl.coalesce("position", "position_snaps"),
        has_line=pl.col("team_id").is_not_null(),
    )
    played = pl.col("has_line") | ((pl.col("counted") > 0) & pl.col("position").is_in(squad.OFFENCE))
    seen = joined.filter(played, pl.col("position").is_in(sport.positions)).with_columns(
        pl.col(sport.stats).fill_null(0.0)
    )
    seen = filled(sport, seen)
    if "offense_snaps" in sport.stats:
        seen = seen.with_columns(offense_snaps=pl.max_horizontal(pl.col("counted").fill_null(0.0), 1.0))
    return seen.select(*keys, "team_id", "position", *sport.stats, *sport.plays, "offense_share")


def with_plays(sport: Sport, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines with a column for each of `sport.plays`, unknown where they came without."""
    missing = [name for name in sport.plays if name not in lines.columns]
    return lines.with_columns(pl.lit(None, pl.Float64).alias(name) for name in missing)


def filled(sport: Sport, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with 0 for who did nothing in a game of which the play-by-play tells."""
    told = [
        pl.when(pl.col(name).is_not_null().any().over("game_id")).then(pl.col(name).fill_null(0.0)).alias(name)
        for name in sport.plays
    ]
    return rows.with_columns(told)


def _placed(sources: Sources, seen: pl.DataFrame) -> pl.DataFrame:
    """Put the position of the game's roster over that of the line, where the roster has one."""
    listed = sources.roles.filter(pl.col("status").is_not_null()).select("player_id", "game_id", listed="position")
    joined = seen.join(listed, on=["player_id", "game_id"], how="left")
    return joined.with_columns(position=pl.coalesce("listed", "position")).drop("listed")


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
