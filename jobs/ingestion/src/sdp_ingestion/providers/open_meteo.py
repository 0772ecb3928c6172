"""Open-Meteo: the weather at kick-off of the games of the next days, where there is weather (no domes)."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from urllib.parse import urlencode

from sdp_common.errors import DriftedSource
from sdp_sports.venues import places

from sdp_ingestion.documents import Document, guarded, moment, read
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import ForecastRow, Rejected, Row

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


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the hours of each coming game in the open or under a roof that can be opened."""
    known = places(ask.sport)
    for game in ask.games:
        place = known.get(game.venue or "")
        if place is None or place.roof == "dome":
            continue
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
        yield Request(f"{ask.bases['open_meteo'].rstrip('/')}/v1/forecast?{urlencode(query)}", "forecast", about)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the conditions of the hour in which the game kicks off.

    Raises:
        DriftedSource: The answer is not a forecast, or in other units than were asked for.
    """
    body = read(payload, "hourly", "hourly_units")
    hourly, units = body["hourly"], body["hourly_units"]
    for field, unit in _UNITS.items():
        if field in units and units[field] != unit:
            raise DriftedSource(f"Open-Meteo: {field} is in {units[field]}, not {unit}")
    game, kick_off = payload.request.about["game"], moment(payload.request.about["starts_at"])
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
    yield ForecastRow(
        game,
        forecast_for=kick_off,
        known_at=payload.fetched_at,
        **values,
        precipitation_prob=None if chance is None else chance / 100,
        weather_code=None if code is None else int(code),
    )


def _at(hourly: Document, field: str, index: int) -> float | None:
    column = hourly.get(field) or ()
    value = column[index] if index < len(column) else None
    return None if value is None else float(value)


PROVIDER = Provider(
    name="open_meteo",
    feed="weather",
    sports=("nfl",),
    cron="40 */3 * * *",
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="weather data by Open-Meteo.com, CC BY 4.0, free of charge for non-commercial use",
        rate_per_s=1.0,
        recorded=True,
        default_on=True,
    ),
)
