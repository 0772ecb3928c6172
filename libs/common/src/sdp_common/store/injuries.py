"""Injuries: who is hurt, how badly, who says so and since when."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.injuries import InjuryReport, LateChange
from sdp_common.db.models.reference import Game, Player
from sdp_common.store.events import tell

LATE = timedelta(minutes=90)
"""A change of status this long before a game's start, or less, is late."""


def standing(session: Session, players: Iterable[int], before: datetime) -> dict[int, str | None]:
    """Return the status of each player by his last report known before a moment; who has none is not there."""
    query = (
        select(InjuryReport.player_id, InjuryReport.status)
        .ext(distinct_on(InjuryReport.player_id))
        .where(InjuryReport.player_id.in_(sorted(set(players))), InjuryReport.known_at < before)
        .order_by(InjuryReport.player_id, InjuryReport.known_at.desc(), InjuryReport.source)
    )
    return {row.player_id: row.status for row in session.execute(query)}


def raise_late(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write down the reports that change a player's status shortly before his game, tell of each, and count them.

    Args:
        session: An open session, in which the reports are saved already.
        rows: The columns of `injury_reports`.
    """
    raised = 0
    for row in sorted(rows, key=lambda row: row["known_at"]):
        if row["status"] is None or row["team_id"] is None:
            continue
        game = session.scalars(
            select(Game)
            .where(or_(Game.home_team_id == row["team_id"], Game.away_team_id == row["team_id"]))
            .where(Game.starts_at >= row["known_at"], Game.starts_at <= row["known_at"] + LATE)
            .limit(1)
        ).first()
        was = standing(session, [row["player_id"]], row["known_at"]).get(row["player_id"]) if game else None
        if game is None or was == row["status"] or (was is None and row["status"] == "active"):
            continue
        values = {name: row[name] for name in ("player_id", "known_at", "source", "status")}
        raised += _raise(session, {**values, "game_id": game.id, "was": was, "starts_at": game.starts_at})
    return raised


def _raise(session: Session, values: Mapping[str, Any]) -> int:
    added = session.execute(insert(LateChange).values(**values).on_conflict_do_nothing().returning(LateChange.status))
    if added.first() is None:
        return 0
    told = ("player_id", "game_id", "status", "was", "source")
    tell(session, "late_change", {name: values[name] for name in told})
    return 1


def late_changes(session: Session, since: datetime, limit: int = 100) -> Sequence[Any]:
    """Return (`LateChange`, `Player`) of the changes since a moment, the latest first."""
    query = (
        select(LateChange, Player)
        .join(Player, Player.id == LateChange.player_id)
        .where(LateChange.known_at >= since)
        .order_by(LateChange.known_at.desc(), Player.name)
        .limit(limit)
    )
    return session.execute(query).all()


def save(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Save reports (the columns of `injury_reports` but `recorded_at`) by player, source and moment."""
    return upsert(session, InjuryReport, list(rows), key=["player_id", "source", "known_at"])


def forget(session: Session, source: str, sport: str, since: datetime) -> None:
    """Delete a source's reports of a sport from a moment on, so that they can be told anew."""
    mine = select(Player.id).where(Player.sport == sport)
    told = InjuryReport.known_at >= since
    session.execute(delete(InjuryReport).where(InjuryReport.source == source, InjuryReport.player_id.in_(mine), told))
