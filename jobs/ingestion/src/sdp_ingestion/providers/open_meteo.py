"""Open-Meteo: the weather at kick-off of the coming games that are played in the open."""

from collections.abc import Iterable, Iterator

from sdp_ingestion.documents import guarded
from sdp_ingestion.leads import due
from sdp_ingestion.openmeteo import QUALITY, parse, request
from sdp_ingestion.provider import Ask, Provider, Request


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the hours of each game whose next forecast is due."""
    return _requests(ask)


def _requests(ask: Ask) -> Iterator[Request]:
    for game, place in due(ask):
        yield request(f"{ask.base('open_meteo')}/v1/forecast", game, place)


PROVIDER = Provider(
    name="open_meteo",
    feed="weather",
    sports=("nfl", "mlb"),
    cron="*/15 * * * *",
    start=start,
    parse=guarded(parse),
    quality=QUALITY,
)
