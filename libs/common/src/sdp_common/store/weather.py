"""Weather: every forecast of a game's conditions, kept."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.reference import Game
from sdp_common.db.models.weather import WeatherForecast


def forget(session: Session, source: str, sport: str, since: datetime) -> None:
    """Delete a source's forecasts of a sport from a moment on, so that they can be told anew."""
    mine = select(Game.id).where(Game.sport == sport)
    told = WeatherForecast.known_at >= since
    session.execute(
        delete(WeatherForecast).where(WeatherForecast.source == source, WeatherForecast.game_id.in_(mine), told)
    )


def save(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Save forecasts (the columns of `weather_forecasts`) by game, source and moment."""
    return upsert(session, WeatherForecast, list(rows), key=["game_id", "source", "known_at"])
