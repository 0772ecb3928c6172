"""Stats: what players did in games, in the sport's declared vocabulary."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import polars as pl
from sdp_sports.spec import load
from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.reference import Game, Player
from sdp_common.db.models.stats import PlayerGamePlays, PlayerGameSnaps, PlayerGameStats

UTC_TIME = pl.Datetime("us", "UTC")
KEYS: dict[str, pl.DataType | type[pl.DataType]] = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "position": pl.String,
    "known_at": UTC_TIME,
}


def player_games(
    session: Session,
    sport: str,
    *,
    as_of: datetime,
    seasons: Sequence[int] | None = None,
    positions: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Return one wide row a player and game: the latest line known by a moment.

    Columns: `player_id`, `game_id`, `team_id`, `position`, `known_at`, then every stat of `sport.toml` as Float64
    (0.0 where the line does not name it), then every word of its `plays` (null where the play-by-play is not held).
    Where two sources knew a line at the same moment the one whose name sorts last speaks (`nflverse` before
    `nflgame`), so that the answer does not depend on the order of loading.

    Args:
        session: An open session.
        sport: The sport's code.
        as_of: The moment (UTC); lines known later are not visible.
        seasons: The seasons wanted; all where None.
        positions: The positions wanted; all where None.
    """
    line = PlayerGameStats
    position = func.coalesce(line.position, Player.position)
    statement = (
        select(
            line.player_id,
            line.game_id,
            line.team_id,
            position,
            func.to_char(func.timezone("UTC", line.known_at), "YYYY-MM-DD HH24:MI:SS.US"),
            cast(line.stats, Text),
        )
        .ext(distinct_on(line.player_id, line.game_id))
        .join(Game, Game.id == line.game_id)
        .join(Player, Player.id == line.player_id)
        .where(Game.sport == sport, line.known_at <= as_of)
        .order_by(line.player_id, line.game_id, line.known_at.desc(), line.source.desc())
    )
    if seasons is not None:
        statement = statement.where(Game.season == func.any(list(seasons)))
    if positions is not None:
        statement = statement.where(position == func.any(list(positions)))
    stats = load(sport).stats
    document = pl.Struct(dict.fromkeys(stats, pl.Float64))
    text = _copied(session, statement)
    lines = (
        text.with_columns(
            pl.col("known_at").str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us").dt.replace_time_zone("UTC"),
            pl.col("stats").str.json_decode(document),
        )
        .unnest("stats")
        .with_columns(pl.col(stats).fill_null(0.0))
        .select(*KEYS, *stats)
    )
    return _with_plays(lines, _plays(session, sport, as_of), load(sport).plays)


def _plays(session: Session, sport: str, as_of: datetime) -> pl.DataFrame:
    """Return what the play-by-play tells, as known by a moment: `player_id`, `game_id` and every word of `plays`."""
    line, words = PlayerGamePlays, load(sport).plays
    statement = (
        select(line.player_id, line.game_id, *(line.stats[word].as_float().label(word) for word in words))
        .join(Game, Game.id == line.game_id)
        .where(Game.sport == sport, line.known_at <= as_of)
    )
    schema = {"player_id": pl.Int64, "game_id": pl.String, **dict.fromkeys(words, pl.Float64)}
    rows = [tuple(row) for row in session.execute(statement)] if words else []
    return pl.DataFrame(rows, schema=schema, orient="row")


def _with_plays(lines: pl.DataFrame, told: pl.DataFrame, words: Sequence[str]) -> pl.DataFrame:
    """Join what the play-by-play tells; nothing of it is 0 in a game that it tells of, unknown in another."""
    if not words:
        return lines
    games = told.select("game_id").unique().with_columns(is_told=pl.lit(value=True))
    joined = lines.join(told, on=["player_id", "game_id"], how="left", maintain_order="left")
    joined = joined.join(games, on="game_id", how="left", maintain_order="left")
    known = [pl.when("is_told").then(pl.col(word).fill_null(0.0)).alias(word) for word in words]
    return joined.with_columns(known).drop("is_told")


SNAPS: dict[str, pl.DataType | type[pl.DataType]] = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "position": pl.String,
    "known_at": UTC_TIME,
    "offense_snaps": pl.Float64,
    "offense_share": pl.Float64,
}


def snaps(session: Session, sport: str, *, as_of: datetime) -> pl.DataFrame:
    """Return who was on the field in which game, as known by a moment: the columns of `SNAPS`.

    A row with zero offensive snaps played special teams alone; a game without rows was not counted by anybody.
    """
    names = [getattr(PlayerGameSnaps, name) for name in SNAPS]
    statement = (
        select(*names)
        .join(Game, Game.id == PlayerGameSnaps.game_id)
        .where(Game.sport == sport, PlayerGameSnaps.known_at <= as_of)
        .order_by(PlayerGameSnaps.game_id, PlayerGameSnaps.player_id)
    )
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=SNAPS, orient="row")


TOUCHDOWNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "game_id": pl.String,
    "team_id": pl.String,
    "passing_tds": pl.Int64,
    "rushing_tds": pl.Int64,
}


def team_touchdowns(session: Session, sport: str, *, as_of: datetime) -> pl.DataFrame:
    """Return each team's touchdown passes and runs in each game, from the latest lines known by a moment.

    Args:
        session: An open session.
        sport: The sport's code.
        as_of: The moment (UTC); lines known later are not visible.
    """
    line = PlayerGameStats
    latest = (
        select(
            line.game_id,
            line.team_id,
            line.stats["passing_tds"].as_float().label("passed"),
            line.stats["rushing_tds"].as_float().label("rushed"),
        )
        .ext(distinct_on(line.player_id, line.game_id))
        .join(Game, Game.id == line.game_id)
        .where(Game.sport == sport, line.known_at <= as_of)
        .order_by(line.player_id, line.game_id, line.known_at.desc(), line.source.desc())
        .subquery()
    )
    sums = [func.coalesce(func.sum(latest.c[name]), 0) for name in ("passed", "rushed")]
    statement = select(latest.c.game_id, latest.c.team_id, *sums).group_by(latest.c.game_id, latest.c.team_id)
    rows = [(game, team, int(a), int(b)) for game, team, a, b in session.execute(statement)]
    return pl.DataFrame(rows, schema=TOUCHDOWNS, orient="row")


def _copied(session: Session, statement: Any) -> pl.DataFrame:
    """Read a statement through COPY: five times as fast as row by row for 10^5 documents."""
    connection = session.connection()
    compiled = statement.compile(dialect=connection.dialect)
    body = BytesIO()
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the session's connection is closed")
    with driver.cursor() as cursor, cursor.copy(f"COPY ({compiled}) TO STDOUT (FORMAT csv)", compiled.params) as copy:
        for block in copy:
            body.write(block)
    columns = [*KEYS, "stats"]
    schema = {name: pl.Int64 if name == "player_id" else pl.String for name in columns}
    if not body.tell():
        return pl.DataFrame(schema=schema)
    body.seek(0)
    return pl.read_csv(body, has_header=False, schema=schema)


def save(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Save stat lines (the columns of `player_game_stats`) by player, game, source and moment."""
    return upsert(session, PlayerGameStats, list(rows), key=["player_id", "game_id", "source", "known_at"])


def save_plays(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Save what the play-by-play tells (the columns of `player_game_plays`) by player and game."""
    return upsert(session, PlayerGamePlays, list(rows), key=["player_id", "game_id"])


def save_snaps(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Save snaps (the columns of `player_game_snaps`) by player and game."""
    return upsert(session, PlayerGameSnaps, list(rows), key=["player_id", "game_id"])
