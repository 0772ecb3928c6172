"""What Open-Meteo's forecasts, of the days to come and of the past, share: the request and the answer's shape."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sdp_common.errors import DriftedSource
from sdp_sports.venues import Place

from sdp_ingestion.documents import Document, moment, read
from sdp_ingestion.provider import Payload, Quality, Request, Upcoming
from sdp_ingestion.rows import ForecastRow, Rejected
from sdp_ingestion.wind import in_frame

_FIELDS = {
    "temp_f": "temperature_2m",
    "wind_mph": "wind_speed_10m",
    "gust_mph": "wind_gusts_10m",
    "wind_from_deg": "wind_direction_10m",
    "precipitation_in": "precipitation",
    "precipitation_prob": "precipitation_probability",
    "humidity_pct": "relative_humidity_2m",
    "weather_code": "weather_code",
}
_UNITS = {"temperature_2m": "°F", "wind_speed_10m": "mp/h", "wind_gusts_10m": "mp/h", "precipitation": "inch"}
_HOUR_S = 3600
_GAME = timedelta(hours=4)
_DAYS_BEFORE = (1, 2, 3)
_PUBLISHED = timedelta(hours=6)
"""A run is out at the latest this long after the moment that it starts from."""
QUALITY = Quality(
    terms="weather data by Open-Meteo.com, CC BY 4.0, free of charge for non-commercial use",
    rate_per_s=1.0,
    recorded=True,
    default_on=True,
)


def request(url: str, game: Upcoming, place: Place, tag: str = "forecast") -> Request:
    """Return the request for the hours of a game."""
    fields = list(_FIELDS.values())
    if tag == "earlier":
        fields = [_before(field, days) for days in _DAYS_BEFORE for field in fields]
    query = {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "hourly": ",".join(fields),
        "temperature_unit": "fahrenheit",
        "wind_speed_unit": "mph",
        "precipitation_unit": "inch",
        "timeformat": "unixtime",
        "timezone": "UTC",
        "start_hour": f"{game.starts_at:%Y-%m-%dT%H}:00",
        "end_hour": f"{game.starts_at + _GAME:%Y-%m-%dT%H}:00",
    }
    about = {"game": game.game_id, "starts_at": game.starts_at.isoformat()}
    if place.azimuth_deg is not None:
        about["azimuth_deg"] = str(place.azimuth_deg)
    return Request(f"{url}?{urlencode(query)}", tag, about)


def _before(field: str, days: int) -> str:
    """Return the name of a field as it was forecast whole days before; none before is the field itself."""
    return f"{field}_previous_day{days}" if days else field


def parse(payload: Payload) -> Iterator[ForecastRow | Rejected]:
    """Yield the conditions of the hour in which the game kicks off.

    A forecast of the past is dated by when its run was out, never earlier. What the tag `history` has of an hour comes
    from a run that began shortly before it: it is known at kick-off. What `earlier` has was forecast whole days before.

    Raises:
        DriftedSource: The answer is not a forecast, or in other units than were asked for.
    """
    body = read(payload, "hourly", "hourly_units")
    hourly, units = body["hourly"], body["hourly_units"]
    tag, kick_off = payload.request.tag, moment(payload.request.about["starts_at"])
    hour = int(kick_off.timestamp()) // _HOUR_S * _HOUR_S
    if hour not in hourly["time"]:
        yield Rejected("no forecast reaches the kick-off yet", payload.request.about["game"])
        return
    index = hourly["time"].index(hour)
    for days in _DAYS_BEFORE if tag == "earlier" else (0,):
        fields = {ours: _before(theirs, days) for ours, theirs in _FIELDS.items()}
        for theirs, unit in _UNITS.items():
            field = _before(theirs, days)
            if field in units and units[field] != unit:
                raise DriftedSource(f"Open-Meteo: {field} is in {units[field]}, not {unit}")
        known_at = payload.fetched_at
        if tag == "history":
            known_at = kick_off
        elif tag == "earlier":
            known_at = kick_off - timedelta(days=days) + _PUBLISHED
        values = {ours: _at(hourly, field, index) for ours, field in fields.items()}
        yield _row(payload.request.about, kick_off, known_at, values)


def _row(
    about: Mapping[str, str], kick_off: datetime, known_at: datetime, values: dict[str, float | None]
) -> ForecastRow | Rejected:
    if values["temp_f"] is None and values["wind_mph"] is None:
        return Rejected("no forecast reaches the kick-off yet", about["game"])
    code = values.pop("weather_code")
    chance = values.pop("precipitation_prob")
    azimuth = about.get("azimuth_deg")
    along, across = in_frame(values["wind_mph"], values["wind_from_deg"], float(azimuth) if azimuth else None)
    return ForecastRow(
        about["game"],
        forecast_for=kick_off,
        known_at=known_at,
        **values,
        precipitation_prob=None if chance is None else chance / 100,
        weather_code=None if code is None else int(code),
        lead_h=round((kick_off - known_at).total_seconds() / _HOUR_S, 2),
        wind_along_mph=along,
        wind_across_mph=across,
    )


def _at(hourly: Document, field: str, index: int) -> float | None:
    column = hourly.get(field) or ()
    value = column[index] if index < len(column) else None
    return None if value is None else float(value)
