"""Roles: what part each player was to have in a game, as told before its kick-off."""

from datetime import datetime

import polars as pl
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from sdp_common.db.models.injuries import InjuryReport
from sdp_common.db.models.reference import Game, Player, RosterEntry, Starter

KEYS: dict[str, pl.DataType | type[pl.DataType]] = {"player_id": pl.Int64, "game_id": pl.String}
ROLES: dict[str, pl.DataType | type[pl.DataType]] = {
    **KEYS,
    "team_id": pl.String,
    "position": pl.String,
    "status": pl.String,
    "depth": pl.Int64,
    "started": pl.Boolean,
    "injury_status": pl.String,
    "practice_status": pl.String,
}
DRAFTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "player_id": pl.Int64,
    "draft_pick": pl.Int64,
    "first_season": pl.Int64,
}


def roles(session: Session, sport: str, *, as_of: datetime) -> pl.DataFrame:
    """Return one row a player and game of which a roster, a list of starters or an injury report tells: `ROLES`.

    Everything in a row was known by `as_of`, and before that game's kick-off but for `started`: whether a list, which
    is written afterwards, says that he began the game (null: it names nobody of his position). `status` is the week's
    roster status (null: no roster told of him), `depth` his rank in the depth chart.
    """
    listed, named, hurt = (
        _rosters(session, sport, as_of),
        _starters(session, sport, as_of),
        _reports(session, sport, as_of),
    )
    told = listed.join(named, on=["player_id", "game_id"], how="full", coalesce=True, suffix="_named")
    told = told.join(hurt, on=["player_id", "game_id"], how="full", coalesce=True, suffix="_hurt")
    decided = named.select("game_id", "team_id", "position", pl.lit(value=True).alias("decided")).unique()
    told = told.with_columns(
        pl.coalesce("team_id", "team_id_named", "team_id_hurt").alias("team_id"),
        pl.coalesce("position", "position_named", "position_hurt").alias("position"),
    ).join(decided, on=["game_id", "team_id", "position"], how="left")
    started = pl.coalesce("started", pl.when("decided").then(statement=False))
    return told.with_columns(started=started).select(*ROLES).sort("game_id", "player_id")


def _rosters(session: Session, sport: str, as_of: datetime) -> pl.DataFrame:
    entry = RosterEntry
    statement = (
        select(entry.player_id, Game.id, entry.team_id, entry.position, entry.status, entry.depth)
        .join(
            Game,
            (Game.sport == entry.sport)
            & (Game.season == entry.season)
            & (Game.week == entry.week)
            & or_(Game.home_team_id == entry.team_id, Game.away_team_id == entry.team_id),
        )
        .where(entry.sport == sport, entry.known_at <= as_of)
    )
    schema = {name: ROLES[name] for name in ("player_id", "game_id", "team_id", "position", "status", "depth")}
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=schema, orient="row")


def _starters(session: Session, sport: str, as_of: datetime) -> pl.DataFrame:
    statement = (
        select(Starter.player_id, Starter.game_id, Starter.team_id, Starter.position)
        .join(Game, Game.id == Starter.game_id)
        .where(Game.sport == sport, Starter.known_at <= as_of)
    )
    schema = {name: ROLES[name] for name in ("player_id", "game_id", "team_id", "position")}
    found = pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=schema, orient="row")
    return found.with_columns(started=pl.lit(value=True))


def _reports(session: Session, sport: str, as_of: datetime) -> pl.DataFrame:
    """Return the last report of each player for a week's game that came before its kick-off."""
    report = InjuryReport
    statement = (
        select(report.player_id, Game.id, report.team_id, Player.position, report.status, report.practice_status)
        .ext(distinct_on(report.player_id, Game.id))
        .join(Player, Player.id == report.player_id)
        .join(
            Game,
            (Game.sport == Player.sport)
            & (Game.season == report.season)
            & (Game.week == report.week)
            & or_(Game.home_team_id == report.team_id, Game.away_team_id == report.team_id),
        )
        .where(Game.sport == sport, report.known_at <= as_of, report.known_at <= Game.starts_at)
        .order_by(report.player_id, Game.id, report.known_at.desc(), report.source)
    )
    names = ("player_id", "game_id", "team_id", "position", "injury_status", "practice_status")
    schema = {name: ROLES[name] for name in names}
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=schema, orient="row")


def drafts(session: Session, sport: str) -> pl.DataFrame:
    """Return where players were drafted and when they came in (`DRAFTS`), those of whom either is known."""
    statement = select(Player.id, Player.draft_pick, Player.first_season).where(
        Player.sport == sport, or_(Player.draft_pick.is_not(None), Player.first_season.is_not(None))
    )
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=DRAFTS, orient="row")
