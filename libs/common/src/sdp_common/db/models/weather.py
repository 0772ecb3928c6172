"""Weather: every forecast of a game's conditions, kept."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base


class WeatherForecast(Base):
    """What a source forecast, at `known_at`, for the hour of kick-off; each forecast is kept.

    `lead_h` is how many hours before kick-off the forecast was made. Along and across are the wind in the stadium's
    frame: its part along the field's long axis and its part across it, both without a sign; null where the
    field's direction is not known.
    """

    __tablename__ = "weather_forecasts"
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    known_at: Mapped[datetime] = mapped_column(primary_key=True)
    forecast_for: Mapped[datetime]
    temp_f: Mapped[float | None]
    wind_mph: Mapped[float | None]
    gust_mph: Mapped[float | None]
    wind_from_deg: Mapped[float | None]
    precipitation_in: Mapped[float | None]
    precipitation_prob: Mapped[float | None]
    humidity_pct: Mapped[float | None]
    weather_code: Mapped[int | None]
    lead_h: Mapped[float | None]
    wind_along_mph: Mapped[float | None]
    wind_across_mph: Mapped[float | None]
