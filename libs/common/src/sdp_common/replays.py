"""Replays: asking the feeds that read a source to tell the past again from the bodies they kept."""

from datetime import datetime

from sqlalchemy.orm import Session

from sdp_common.service import request
from sdp_common.store import ingests


def ask(session: Session, source: str, sport: str, since: datetime, *, user_id: int | None = None) -> int | None:
    """Ask for a replay of what came from a source since a moment, and return the first run's id.

    Several providers may read one source (ESPN's injuries and its news name the same people): each that kept a body
    is asked. None where no body is there to be parsed again.

    Args:
        session: Open session; the runs are asked for once it commits.
        source: As review items and ids of players name it.
        sport: The sport's code.
        since: From when on.
        user_id: For whom.
    """
    asked = [
        request(
            session,
            f"ingest-{feed}",
            "reparse",
            user_id=user_id,
            provider=provider,
            since=since.isoformat(),
            sport=sport,
        )
        for provider, feed in ingests.readers(session, source, sport, since)
    ]
    return asked[0] if asked else None
