"""Injuries: who is hurt, how badly, who says so and since when."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.injuries import InjuryReport


def save(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Save reports (the columns of `injury_reports` but `recorded_at`) by player, source and moment."""
    return upsert(session, InjuryReport, list(rows), key=["player_id", "source", "known_at"])
