"""Reference: teams, venues, players with their ids at every source, games and rosters."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from sdp_sports.spec import load
from sqlalchemy import Float, Select, and_, case, cast, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.odds import OddsQuote, OddsSeries
from sdp_common.db.models.reference import Game, GameId, Team, Venue
from sdp_common.db.models.weather import WeatherForecast

UTC_TIME = pl.Datetime("us", "UTC")
GAMES: dict[str, pl.DataType | type[pl.DataType]] = {
    "game_id": pl.String,
    "season": pl.Int64,
    "season_type": pl.String,
    "week": pl.Int64,
    "starts_at": UTC_TIME,
    "home_team_id": pl.String,
    "away_team_id": pl.String,
    "roof": pl.String,
    "home_score": pl.Int64,
    "away_score": pl.Int64,
    "known_at": UTC_TIME,
    "spread": pl.Float64,
    "total": pl.Float64,
    "wind_mph": pl.Float64,
    "temp_f": pl.Float64,
}


def games(session: Session, sport: str, *, as_of: datetime, seasons: Sequence[int] | None = None) -> pl.DataFrame:
    """Return every game of a sport as it stood at a moment.

    Scores are null unless they were known by `as_of`. `spread` is the expected margin of the home team (positive:
    home favoured) and `total` the expected points of both: the median over books of each book's last quote known by
    `as_of` and not after kick-off, so that in-play prices never count. Wind and temperature come from the latest
    forecast known by `as_of`.

    Args:
        session: An open session.
        sport: The sport's code.
        as_of: The moment (UTC); facts known later are not visible.
        seasons: The seasons wanted; all where None.
    """
    lines = _lines(sport, as_of).subquery()
    weather = _forecasts(as_of).subquery()
    known = Game.known_at <= as_of
    statement = (
        select(
            Game.id,
            Game.season,
            Game.season_type,
            Game.week,
            Game.starts_at,
            Game.home_team_id,
            Game.away_team_id,
            Venue.roof,
            case((known, Game.home_score), else_=null()),
            case((known, Game.away_score), else_=null()),
            case((known, Game.known_at), else_=null()),
            lines.c.spread,
            lines.c.total,
            weather.c.wind_mph,
            weather.c.temp_f,
        )
        .outerjoin(Venue, Venue.id == Game.venue_id)
        .outerjoin(lines, lines.c.game_id == Game.id)
        .outerjoin(weather, weather.c.game_id == Game.id)
        .where(Game.sport == sport)
        .order_by(Game.starts_at, Game.id)
    )
    if seasons is not None:
        statement = statement.where(Game.season.in_(seasons))
    rows = [tuple(row) for row in session.execute(statement)]
    return pl.DataFrame(rows, schema=GAMES, orient="row")


def _lines(sport: str, as_of: datetime) -> Select[str, float, float]:
    """Select each game's median spread (home margin) and total over books."""
    game = aliased(Game)
    last = (
        select(
            OddsSeries.game_id,
            OddsSeries.market,
            OddsQuote.status,
            case((OddsSeries.side == "home", -OddsQuote.line), else_=OddsQuote.line).label("value"),
        )
        .ext(distinct_on(OddsSeries.game_id, OddsSeries.market, OddsSeries.source, OddsSeries.book))
        .join(game, game.id == OddsSeries.game_id)
        .join(OddsQuote, OddsQuote.series_id == OddsSeries.id)
        .where(
            game.sport == sport,
            OddsQuote.known_at <= func.least(literal(as_of), game.starts_at),
            OddsSeries.player_id.is_(None),
            or_(
                and_(OddsSeries.market == "spread", OddsSeries.side.in_(("home", "away"))),
                and_(OddsSeries.market == "total", OddsSeries.side.in_(("over", "under"))),
            ),
        )
        .order_by(
            OddsSeries.game_id,
            OddsSeries.market,
            OddsSeries.source,
            OddsSeries.book,
            OddsQuote.known_at.desc(),
            OddsSeries.id,
        )
        .subquery()
    )
    median = func.percentile_cont(0.5).within_group(last.c.value)
    return (
        select(
            last.c.game_id,
            cast(median.filter(last.c.market == "spread"), Float).label("spread"),
            cast(median.filter(last.c.market == "total"), Float).label("total"),
        )
        .where(last.c.status == "open", last.c.value.is_not(None))
        .group_by(last.c.game_id)
    )


def _forecasts(as_of: datetime) -> Select[str, float | None, float | None]:
    """Select the latest forecast of each game known by a moment."""
    return (
        select(WeatherForecast.game_id, WeatherForecast.wind_mph, WeatherForecast.temp_f)
        .ext(distinct_on(WeatherForecast.game_id))
        .where(WeatherForecast.known_at <= as_of)
        .order_by(WeatherForecast.game_id, WeatherForecast.known_at.desc(), WeatherForecast.source)
    )


def save_teams(session: Session, sport: str) -> Counts:
    """Save every team that the sport declares."""
    declared = load(sport).teams
    there = {row.abbreviation: row.name for row in session.scalars(select(Team).where(Team.sport == sport))}
    rows = [
        {"id": f"{sport}:{code}", "sport": sport, "abbreviation": code, "name": name}
        for code, name in declared.items()
        if there.get(code) != name
    ]
    return upsert(session, Team, rows, key=["id"]) + Counts(unchanged=len(declared) - len(rows))


def save_open_teams(session: Session, sport: str, named: Mapping[str, str]) -> Counts:
    """Save teams of a sport that declares none: id to the name that a source gave."""
    rows = [
        {"id": team, "sport": sport, "abbreviation": team.partition(":")[2], "name": name}
        for team, name in named.items()
    ]
    return upsert(session, Team, rows, key=["id"], update=())


def save_venues(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Save venues (the columns of `venues`); a fact that the row leaves null stays as it was."""
    listed = [dict(row) for row in rows]
    known = {
        venue.id: venue for venue in session.scalars(select(Venue).where(Venue.id.in_([row["id"] for row in listed])))
    }
    for row in listed:
        if row["id"] in known:
            row.update({name: getattr(known[row["id"]], name) for name, value in row.items() if value is None})
    return upsert(session, Venue, listed, key=["id"])


def save_games(session: Session, rows: Iterable[Mapping[str, Any]], ids: Iterable[Mapping[str, str]] = ()) -> Counts:
    """Save games (the columns of `games`) and what other sources call them (`source`, `external_id`, `game_id`).

    A score that is known stays where a later row does not have it, and so does a venue.
    """
    listed = [dict(row) for row in rows]
    columns = ("home_score", "away_score", "known_at", "status", "venue_id", "week")
    statement = select(Game.id, *(getattr(Game, name) for name in columns)).where(
        Game.id.in_([row["id"] for row in listed])
    )
    known = {row.id: row for row in session.execute(statement)}
    for row in listed:
        before = known.get(row["id"])
        if before is None:
            continue
        row["venue_id"] = row.get("venue_id") or before.venue_id
        row["week"] = before.week if row.get("week") is None else row["week"]
        if row.get("home_score") is None and before.home_score is not None:
            row.update({name: getattr(before, name) for name in columns[:4]})
    counts = upsert(session, Game, listed, key=["id"])
    upsert(session, GameId, list(ids), key=["source", "external_id"])
    return counts


def game_index(session: Session, sport: str) -> pl.DataFrame:
    """Return every game's `id`, `season`, `week`, `starts_at`, `home_team_id`, `away_team_id` and scores.

    For finding the game that a source speaks of; scores are as we know them now, so that this is no read for
    features.
    """
    names = ("id", "season", "week", "starts_at", "home_team_id", "away_team_id", "home_score", "away_score")
    schema = {
        name: UTC_TIME
        if name == "starts_at"
        else pl.Int64
        if name in ("season", "week", "home_score", "away_score")
        else pl.String
        for name in names
    }
    statement = select(*(getattr(Game, name) for name in names)).where(Game.sport == sport)
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=schema, orient="row")


def game_ids(session: Session, sport: str) -> dict[tuple[str, str], str]:
    """Return the game behind every id of every source."""
    statement = (
        select(GameId.source, GameId.external_id, GameId.game_id)
        .join(Game, Game.id == GameId.game_id)
        .where(Game.sport == sport)
    )
    return {(source, external): game for source, external, game in session.execute(statement)}


def upcoming(
    session: Session, sport: str, since: datetime, until: datetime
) -> list[tuple[Game, Venue | None, datetime | None]]:
    """Return the games that kick off in a span of time, their venues and when their weather was last forecast."""
    last = (
        select(WeatherForecast.game_id, func.max(WeatherForecast.known_at).label("known_at"))
        .where(WeatherForecast.lead_h.is_not(None))  # an observation is no forecast
        .group_by(WeatherForecast.game_id)
        .subquery()
    )
    statement = (
        select(Game, Venue, last.c.known_at)
        .outerjoin(Venue, Venue.id == Game.venue_id)
        .outerjoin(last, last.c.game_id == Game.id)
        .where(Game.sport == sport, Game.starts_at >= since, Game.starts_at <= until)
        .order_by(Game.starts_at, Game.id)
    )
    return [(game, venue, known_at) for game, venue, known_at in session.execute(statement)]
