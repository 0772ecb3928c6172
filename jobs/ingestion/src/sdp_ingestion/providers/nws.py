"""The US National Weather Service: the fallback for games whose forecast nobody else gave.

A point leads to a grid cell; the cell's raw values last for a span of time (`.../PT2H`), in metric units. Where the
raw values are not there the hourly forecast stands in, whose wind is text.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sdp_ingestion.documents import Document, guarded, items, moment, read
from sdp_ingestion.leads import due
from sdp_ingestion.prices import number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import ForecastRow, Rejected, Row
from sdp_ingestion.wind import in_frame

_SPAN = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$")
_MPH_OF_KMH, _INCH_OF_MM = 0.621371, 0.0393701
_POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the grid cell of each game whose next forecast is due."""
    return _requests(ask)


def _requests(ask: Ask) -> Iterator[Request]:
    for game, place in due(ask):
        about = {"game": game.game_id, "starts_at": game.starts_at.isoformat()}
        if place.azimuth_deg is not None:
            about["azimuth_deg"] = str(place.azimuth_deg)
        # a fifth decimal is answered with a redirect; a place outside the US with 404
        url = f"{ask.base('nws')}/points/{round(place.latitude, 4)},{round(place.longitude, 4)}"
        yield Request(url, "point", about, optional=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the request that a point leads to, then the conditions at kick-off.

    Raises:
        DriftedSource: The answer is not what its tag says.
    """
    properties = read(payload, "properties")["properties"]
    about = payload.request.about
    if payload.request.tag == "point":
        hourly = Request(_here(payload, properties["forecastHourly"]), "hourly", about, optional=True)
        url = _here(payload, properties["forecastGridData"])
        yield Request(url, "grid", about, optional=True, otherwise=hourly)
        return
    kick_off = moment(about["starts_at"])
    found = (_grid if payload.request.tag == "grid" else _hourly)(properties, kick_off)
    if found is None:
        yield Rejected("no forecast reaches the kick-off yet", about["game"])
        return
    azimuth = number_of(about.get("azimuth_deg"))
    along, across = in_frame(found.get("wind_mph"), found.get("wind_from_deg"), azimuth)
    yield ForecastRow(
        about["game"],
        kick_off,
        payload.fetched_at,
        **found,
        lead_h=round((kick_off - payload.fetched_at).total_seconds() / 3600, 2),
        wind_along_mph=along,
        wind_across_mph=across,
    )


def _here(payload: Payload, url: object) -> str:
    """Return an address that an answer names, which must be at the source itself."""
    if not isinstance(url, str) or urlsplit(url).netloc != urlsplit(payload.request.url).netloc:
        raise ValueError(f"{url!r} is no address of the service")
    return url


def _grid(properties: Document, kick_off: datetime) -> dict[str, Any] | None:
    """Return the conditions at a moment out of raw values, None where they do not reach so far."""
    values = {
        name: _standing(properties.get(name), kick_off)
        for name in (
            "temperature",
            "windSpeed",
            "windGust",
            "windDirection",
            "probabilityOfPrecipitation",
            "relativeHumidity",
            "quantitativePrecipitation",
        )
    }
    if values["temperature"] is None and values["windSpeed"] is None:
        return None
    celsius, chance = values["temperature"], values["probabilityOfPrecipitation"]
    return {
        "temp_f": None if celsius is None else round(celsius * 9 / 5 + 32, 2),
        "wind_mph": _times(values["windSpeed"], _MPH_OF_KMH),
        "gust_mph": _times(values["windGust"], _MPH_OF_KMH),
        "wind_from_deg": values["windDirection"],
        "precipitation_in": _times(values["quantitativePrecipitation"], _INCH_OF_MM),
        "precipitation_prob": _times(chance, 0.01),
        "humidity_pct": values["relativeHumidity"],
    }


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, 4)


def _standing(series: Document | None, at: datetime) -> float | None:
    """Return the value whose span of time holds a moment."""
    for value in (series or {}).get("values") or ():
        begins, _, lasts = str(value["validTime"]).partition("/")
        if moment(begins) <= at < moment(begins) + _span(lasts):
            return number_of(value.get("value"))
    return None


def _span(text: str) -> timedelta:
    found = _SPAN.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no span of time")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def _hourly(properties: Document, kick_off: datetime) -> dict[str, Any] | None:
    """Return the conditions of the hourly forecast's period at a moment; it has no gusts."""
    for period in items(properties, "periods", "the hourly forecast"):
        if not period.get("startTime") or not period.get("endTime"):
            continue
        if moment(period["startTime"]) <= kick_off < moment(period["endTime"]):
            temperature = number_of(period.get("temperature"))
            if temperature is not None and period.get("temperatureUnit") == "C":
                temperature = temperature * 9 / 5 + 32
            direction = period.get("windDirection")
            chance = number_of((period.get("probabilityOfPrecipitation") or {}).get("value"))
            return {
                "temp_f": temperature,
                "wind_mph": _wind(period.get("windSpeed")),
                "wind_from_deg": _POINTS.index(direction) * 22.5 if direction in _POINTS else None,
                "precipitation_prob": _times(chance, 0.01),
                "humidity_pct": number_of((period.get("relativeHumidity") or {}).get("value")),
            }
    return None


def _wind(text: object) -> float | None:
    """Return the speed of `10 to 15 mph` (its upper end) in miles an hour."""
    if isinstance(text, dict):
        speed = number_of(text.get("maxValue") or text.get("value"))
        return _times(speed, _MPH_OF_KMH)
    numbers = [float(found) for found in re.findall(r"\d+(?:\.\d+)?", str(text or ""))]
    if not numbers:
        return None
    return _times(max(numbers), _MPH_OF_KMH if "km/h" in str(text) else 1.0)


PROVIDER = Provider(
    name="nws",
    feed="weather",
    sports=("nfl", "mlb"),
    cron="7-59/15 * * * *",
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="US National Weather Service, public domain; asks for an identifying User-Agent",
        rate_per_s=1.0,
        recorded=True,
        default_on=True,
    ),
)
