"""What the slate screens read: counts, games with their lines, the pool, one player's past."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from sdp_common.db.models.injuries import InjuryReport
from sdp_common.db.models.odds import OddsQuote, OddsSeries
from sdp_common.db.models.predictions import ModelVersion, Prediction
from sdp_common.db.models.projections import GameProjection, ProjectionSet
from sdp_common.db.models.reference import Game, Player, Team, Venue
from sdp_common.db.models.slates import Draftable, Slate
from sdp_common.db.models.stats import PlayerGameStats
from sdp_common.db.models.weather import WeatherForecast


def slates(
    session: Session, *, sport: str | None = None, slate_id: int | None = None, limit: int = 50, offset: int = 0
) -> tuple[Sequence[Any], int]:
    """Return slates with their counts, the latest lock first, and how many there are in all.

    Each row: `Slate`, games, players, matched, latest_projection_set_id (ours; null where none).
    """
    counts = (
        select(
            func.count(func.distinct(Draftable.game_id)).label("games"),
            func.count().label("players"),
            func.count(Draftable.player_id).label("matched"),
        )
        .where(Draftable.slate_id == Slate.id)
        .lateral("counts")
    )
    newest = (
        select(func.max(ProjectionSet.id))
        .where(ProjectionSet.slate_id == Slate.id, ProjectionSet.user_id.is_(None))
        .scalar_subquery()
    )
    query = select(Slate, counts.c.games, counts.c.players, counts.c.matched, newest.label("set_id"))
    query = query.join(counts, onclause=Slate.id.is_not(None)).order_by(Slate.starts_at.desc(), Slate.id.desc())
    total = select(func.count()).select_from(Slate)
    for column, value in ((Slate.sport, sport), (Slate.id, slate_id)):
        if value is not None:
            query, total = query.where(column == value), total.where(column == value)
    return session.execute(query.limit(limit).offset(offset)).all(), session.scalar(total) or 0


def games(session: Session, slate_id: int, set_id: int | None, *, as_of: datetime) -> Sequence[Any]:
    """Return a slate's games by kick-off.

    Each row: `Game`, home `Team`, away `Team`, `Venue`, players, spread (expected home margin), total,
    `WeatherForecast`, `GameProjection` of the set. Lines are the median over books of each book's latest quote
    known by `as_of`, where it is open; the forecast is the latest known by then. A final score is shown once known,
    whenever that is.
    """
    home, away = aliased(Team), aliased(Team)
    players = (
        select(Draftable.game_id, func.count().label("players"))
        .where(Draftable.slate_id == slate_id, Draftable.game_id.is_not(None))
        .group_by(Draftable.game_id)
        .subquery()
    )
    spreads, totals = _lines(slate_id, "spread", "home", as_of), _lines(slate_id, "total", "over", as_of)
    forecast = aliased(
        WeatherForecast,
        select(WeatherForecast)
        .where(WeatherForecast.known_at <= as_of)
        .ext(distinct_on(WeatherForecast.game_id))
        .order_by(WeatherForecast.game_id, WeatherForecast.known_at.desc(), WeatherForecast.source)
        .subquery(),
    )
    projected = and_(GameProjection.game_id == Game.id, GameProjection.set_id == set_id)
    query = (
        select(Game, home, away, Venue, players.c.players, -spreads.c.line, totals.c.line, forecast, GameProjection)
        .join(players, players.c.game_id == Game.id)
        .join(home, home.id == Game.home_team_id)
        .join(away, away.id == Game.away_team_id)
        .outerjoin(Venue, Venue.id == Game.venue_id)
        .outerjoin(spreads, spreads.c.game_id == Game.id)
        .outerjoin(totals, totals.c.game_id == Game.id)
        .outerjoin(forecast, forecast.game_id == Game.id)
        .outerjoin(GameProjection, projected)
        .order_by(Game.starts_at, Game.id)
    )
    return session.execute(query).all()


def _lines(slate_id: int, market: str, side: str, as_of: datetime) -> Any:
    """Return the median over books of where they stand open on a market's side, by game of the slate."""
    of_the_slate = select(Draftable.game_id).where(Draftable.slate_id == slate_id)
    latest = (
        select(OddsSeries.game_id, OddsQuote.line, OddsQuote.status)
        .join(OddsQuote, OddsQuote.series_id == OddsSeries.id)
        .where(
            OddsSeries.game_id.in_(of_the_slate),
            OddsSeries.market == market,
            OddsSeries.side == side,
            OddsSeries.player_id.is_(None),
            OddsQuote.known_at <= as_of,
        )
        .ext(distinct_on(OddsSeries.game_id, OddsSeries.source, OddsSeries.book))
        .order_by(OddsSeries.game_id, OddsSeries.source, OddsSeries.book, OddsQuote.known_at.desc())
        .subquery()
    )
    median = func.percentile_cont(0.5).within_group(latest.c.line).label("line")
    return select(latest.c.game_id, median).where(latest.c.status == "open").group_by(latest.c.game_id).subquery()


def draftables(session: Session, slate_id: int, draftable_ids: Sequence[int] | None = None) -> Sequence[Any]:
    """Return draftables, the dearest first: `Draftable`, `Game`, own, home and away team's abbreviations."""
    query = _draftables().where(Draftable.slate_id == slate_id)
    if draftable_ids is not None:
        query = query.where(Draftable.id.in_(draftable_ids))
    return session.execute(query).all()


def _draftables() -> Any:
    team, home, away = aliased(Team), aliased(Team), aliased(Team)
    return (
        select(Draftable, Game, team.abbreviation, home.abbreviation, away.abbreviation)
        .outerjoin(Game, Game.id == Draftable.game_id)
        .outerjoin(team, team.id == Draftable.team_id)
        .outerjoin(home, home.id == Game.home_team_id)
        .outerjoin(away, away.id == Game.away_team_id)
        .order_by(Draftable.salary_usd.desc(), Draftable.id)
    )


def injury_statuses(session: Session, slate_id: int, *, as_of: datetime) -> dict[int, str | None]:
    """Return the latest injury status known by a moment of each of a slate's players, for the slate's own week."""
    query = (
        select(InjuryReport.player_id, InjuryReport.status)
        .join(Draftable, Draftable.player_id == InjuryReport.player_id)
        .join(Game, Game.id == Draftable.game_id)
        .where(
            Draftable.slate_id == slate_id,
            InjuryReport.known_at <= as_of,
            func.coalesce(InjuryReport.season, Game.season) == Game.season,
            func.coalesce(InjuryReport.week, Game.week) == Game.week,
        )
        .ext(distinct_on(InjuryReport.player_id))
        .order_by(InjuryReport.player_id, InjuryReport.known_at.desc(), InjuryReport.source)
    )
    return {row.player_id: row.status for row in session.execute(query)}


def results(session: Session, slate_id: int, *, as_of: datetime) -> dict[tuple[int, str], PlayerGameStats]:
    """Return the stat lines of a slate's players in the slate's games, known by a moment, by (player, game)."""
    line = PlayerGameStats
    query = (
        select(line)
        .join(Draftable, and_(Draftable.player_id == line.player_id, Draftable.game_id == line.game_id))
        .where(Draftable.slate_id == slate_id, line.known_at <= as_of)
        .ext(distinct_on(line.player_id, line.game_id))
        .order_by(line.player_id, line.game_id, line.known_at.desc(), line.source.desc())
    )
    return {(found.player_id, found.game_id): found for found in session.scalars(query)}


def final_games(session: Session, slate_id: int, *, as_of: datetime) -> set[str]:
    """Return the slate's games whose final score is known: in them a player without a line scored nothing."""
    query = (
        select(Game.id)
        .join(Draftable, Draftable.game_id == Game.id)
        .where(Draftable.slate_id == slate_id, Game.home_score.is_not(None), Game.known_at <= as_of)
    )
    return set(session.scalars(query))


def past_games(session: Session, player_id: int, *, until: datetime, limit: int) -> Sequence[Any]:
    """Return a player's latest games whose line was known by a moment, the newest first.

    Each row: `PlayerGameStats`, `Game`, own, home and away abbreviations.
    """
    line = PlayerGameStats
    known = aliased(
        line,
        select(line)
        .where(line.player_id == player_id, line.known_at <= until)
        .ext(distinct_on(line.game_id))
        .order_by(line.game_id, line.known_at.desc(), line.source.desc())
        .subquery(),
    )
    team, home, away = aliased(Team), aliased(Team), aliased(Team)
    query = (
        select(known, Game, team.abbreviation, home.abbreviation, away.abbreviation)
        .join(Game, Game.id == known.game_id)
        .join(team, team.id == known.team_id)
        .join(home, home.id == Game.home_team_id)
        .join(away, away.id == Game.away_team_id)
        .where(Game.starts_at < until)
        .order_by(Game.starts_at.desc())
        .limit(limit)
    )
    return session.execute(query).all()


def predictions(session: Session, player_id: int, game_id: str, *, as_of: datetime) -> Sequence[Any]:
    """Return the newest prediction of each market and mode, made as of a moment or before, with its `ModelVersion`."""
    promoted = case((ModelVersion.stage == "promoted", 0), else_=1)
    query = (
        select(Prediction, ModelVersion)
        .join(ModelVersion, ModelVersion.id == Prediction.model_version_id)
        .where(Prediction.player_id == player_id, Prediction.game_id == game_id, Prediction.as_of <= as_of)
        .ext(distinct_on(Prediction.market, Prediction.mode))
        .order_by(
            Prediction.market,
            Prediction.mode.desc(),
            promoted,
            Prediction.as_of.desc(),
            Prediction.model_version_id.desc(),
        )
    )
    return session.execute(query).all()


def player(session: Session, player_id: int) -> Player | None:
    """Return a player as we know him now."""
    return session.get(Player, player_id)
