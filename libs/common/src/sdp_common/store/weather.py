"""Weather: every forecast of a game's conditions, kept."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.weather import WeatherForecast


def save(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Save forecasts (the columns of `weather_forecasts`) by game, source and moment."""
    return upsert(session, WeatherForecast, list(rows), key=["game_id", "source", "known_at"])
