"""What the lineup screens read: sets with their points, and the lineups of one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from sdp_common.db.models.lineups import Lineup, LineupSet
from sdp_common.db.models.projections import ProjectionSet
from sdp_common.db.models.slates import Slate


def sets(session: Session, user_id: int, *, slate_id: int | None = None, set_id: int | None = None) -> Sequence[Any]:
    """Return a user's lineup sets, the newest first.

    Each row: `LineupSet`, `Slate`, projection_set_name, lineups, projected_best, projected_mean, realised_best,
    realised_mean. Points are null for an empty set, realised points also until settled.
    """
    summary = (
        select(
            func.count().label("lineups"),
            func.max(Lineup.projected_points).label("projected_best"),
            func.avg(Lineup.projected_points).label("projected_mean"),
            func.max(Lineup.realised_points).label("realised_best"),
            func.avg(Lineup.realised_points).label("realised_mean"),
        )
        .where(Lineup.set_id == LineupSet.id)
        .lateral("summary")
    )
    query = (
        select(LineupSet, Slate, ProjectionSet.name.label("projection_set_name"), *summary.c)
        .join(Slate, Slate.id == LineupSet.slate_id)
        .join(ProjectionSet, ProjectionSet.id == LineupSet.projection_set_id)
        .join(summary, onclause=LineupSet.id.is_not(None))
        .where(LineupSet.user_id == user_id)
        .order_by(LineupSet.id.desc())
    )
    for column, value in ((LineupSet.slate_id, slate_id), (LineupSet.id, set_id)):
        if value is not None:
            query = query.where(column == value)
    return session.execute(query).all()


def lineups(session: Session, set_id: int) -> Sequence[Lineup]:
    """Return the lineups of a set by rank."""
    return session.scalars(select(Lineup).where(Lineup.set_id == set_id).order_by(Lineup.rank)).all()


def delete_set(session: Session, user_id: int, set_id: int) -> bool:
    """Delete a user's lineup set; False where he has no such set."""
    gone = delete(LineupSet).where(LineupSet.id == set_id, LineupSet.user_id == user_id).returning(LineupSet.id)
    return session.scalar(gone) is not None
