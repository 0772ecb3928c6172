"""Open-Meteo's past forecasts, for back-tests: of the hour of a game (2021 on), and of the days before (2024 on)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sdp_sports.venues import places

from sdp_ingestion.documents import guarded
from sdp_ingestion.openmeteo import QUALITY, parse, request
from sdp_ingestion.provider import Ask, Provider, Request

_FIRST_YEAR = 2021
_EARLIER_SINCE = datetime(2024, 2, 1, tzinfo=UTC)
"""From when on the forecasts of the days before are kept there."""


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the hours of each past game of the seasons that was played in the open."""
    return _requests(ask)


def _requests(ask: Ask) -> Iterator[Request]:
    known = places(ask.sport)
    for game in ask.games:
        place = known.get(game.venue or "")
        if place is None or place.roof == "dome" or game.starts_at > ask.now or game.starts_at.year < _FIRST_YEAR:
            continue
        yield request(f"{ask.base('open_meteo_history')}/v1/forecast", game, place, "history")
        if game.starts_at >= _EARLIER_SINCE:
            yield request(f"{ask.base('open_meteo_previous')}/v1/forecast", game, place, "earlier")


PROVIDER = Provider(
    name="open_meteo_history",
    feed="weather",
    sports=("nfl", "mlb"),
    cron=None,
    start=start,
    parse=guarded(parse),
    quality=replace(QUALITY, default_on=False),
)
