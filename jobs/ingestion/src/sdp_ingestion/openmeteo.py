"""What Open-Meteo's forecasts, of the days to come and of the past, share: the request and the answer's shape."""

from collections.abc import Iterator
from datetime import timedelta
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
QUALITY = Quality(
    terms="weather data by Open-Meteo.com, CC BY 4.0, free of charge for non-commercial use",
    rate_per_s=1.0,
    recorded=True,
    default_on=True,
)


def request(url: str, game: Upcoming, place: Place, tag: str = "forecast") -> Request:
    """Return the request for the hours of a game."""
    query = {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "hourly": ",".join(_FIELDS.values()),
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


def parse(payload: Payload) -> Iterator[ForecastRow | Rejected]:
    """Yield the conditions of the hour in which the game kicks off.

    A forecast of the past (tag `history`) is what was known an hour before kick-off.

    Raises:
        DriftedSource: The answer is not a forecast, or in other units than were asked for.
    """
    body = read(payload, "hourly", "hourly_units")
    hourly, units = body["hourly"], body["hourly_units"]
    for field, unit in _UNITS.items():
        if field in units and units[field] != unit:
            raise DriftedSource(f"Open-Meteo: {field} is in {units[field]}, not {unit}")
    about = payload.request.about
    game, kick_off = about["game"], moment(about["starts_at"])
    known_at = kick_off - timedelta(hours=1) if payload.request.tag == "history" else payload.fetched_at
    hour = int(kick_off.timestamp()) // _HOUR_S * _HOUR_S
    times = hourly["time"]
    if hour not in times:
        yield Rejected("no forecast reaches the kick-off yet", game)
        return
    values = {ours: _at(hourly, theirs, times.index(hour)) for ours, theirs in _FIELDS.items()}
    if values["temp_f"] is None and values["wind_mph"] is None:
        yield Rejected("no forecast reaches the kick-off yet", game)
        return
    code = values.pop("weather_code")
    chance = values.pop("precipitation_prob")
    azimuth = about.get("azimuth_deg")
    along, across = in_frame(values["wind_mph"], values["wind_from_deg"], float(azimuth) if azimuth else None)
    yield ForecastRow(
        game,
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
