"""Injuries: who is hurt, how badly, who says so and since when."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.injuries import InjuryReport
from sdp_common.db.models.reference import Player


def save(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Save reports (the columns of `injury_reports` but `recorded_at`) by player, source and moment."""
    return upsert(session, InjuryReport, list(rows), key=["player_id", "source", "known_at"])


def forget(session: Session, source: str, sport: str, since: datetime) -> None:
    """Delete a source's reports of a sport from a moment on, so that they can be told anew."""
    mine = select(Player.id).where(Player.sport == sport)
    told = InjuryReport.known_at >= since
    session.execute(delete(InjuryReport).where(InjuryReport.source == source, InjuryReport.player_id.in_(mine), told))
