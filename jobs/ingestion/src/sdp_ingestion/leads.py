"""When the weather of a game is asked for, and which hours of a forecast are a game's."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sdp_sports.venues import Place, places

from sdp_ingestion.provider import Ask, Upcoming

LEADS_H = (168, 72, 48, 24, 12, 6, 3, 1)
"""Hours before kick-off at which a forecast is taken; each is kept."""


def due(ask: Ask) -> Iterator[tuple[Upcoming, Place]]:
    """Yield the games in the open, or under a roof that can be opened, whose next forecast is due, with their stadium.

    A forecast is due where one of the leads has passed since the last one was taken; so a tick that was missed is
    made up for by the next.
    """
    known = places(ask.sport)
    for game in ask.games:
        place = known.get(game.venue or "")
        if place is None or place.roof == "dome" or game.roof in ("dome", "closed"):
            continue
        if is_due(game.starts_at, game.forecast_at, ask.now):
            yield game, place


def is_due(starts_at: datetime, last: datetime | None, now: datetime) -> bool:
    """Return whether a lead has passed since the last forecast."""
    passed = [starts_at - timedelta(hours=hours) for hours in LEADS_H]
    reached = [moment for moment in passed if moment <= now <= starts_at]
    return bool(reached) and (last is None or last < max(reached))
