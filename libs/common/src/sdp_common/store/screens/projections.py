"""What the projection screens read and write: sets with their counts, a set's numbers, an uploaded set."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from sdp_common.db.models.projections import Projection, ProjectionSet
from sdp_common.errors import NotFound


def sets(session: Session, user_id: int, slate_id: int, *, set_id: int | None = None) -> Sequence[Any]:
    """Return the sets of a slate that a user may see, ours and his own, the newest first.

    Each row: `ProjectionSet`, players, stats (sorted names, null where the set is empty).
    """
    names = func.array_agg(aggregate_order_by(Projection.stat.distinct(), Projection.stat))
    counts = (
        select(func.count(func.distinct(Projection.draftable_id)).label("players"), names.label("stats"))
        .where(Projection.set_id == ProjectionSet.id)
        .lateral("counts")
    )
    query = (
        select(ProjectionSet, counts.c.players, counts.c.stats)
        .join(counts, onclause=ProjectionSet.id.is_not(None))
        .where(
            ProjectionSet.slate_id == slate_id,
            or_(ProjectionSet.user_id.is_(None), ProjectionSet.user_id == user_id),
        )
        .order_by(ProjectionSet.id.desc())
    )
    if set_id is not None:
        query = query.where(ProjectionSet.id == set_id)
    return session.execute(query).all()


def visible_set(session: Session, user_id: int, set_id: int) -> ProjectionSet:
    """Return a set that is ours or the user's own.

    Raises:
        NotFound: There is no such set, or it is another user's.
    """
    found = session.get(ProjectionSet, set_id)
    if found is None or found.user_id not in (None, user_id):
        raise NotFound(f"there is no projection set {set_id}")
    return found


def latest_set(session: Session, slate_id: int) -> int | None:
    """Return our newest set of a slate."""
    query = select(func.max(ProjectionSet.id)).where(
        ProjectionSet.slate_id == slate_id, ProjectionSet.user_id.is_(None)
    )
    return session.scalar(query)


def numbers(
    session: Session, set_id: int, *, stat: str | None = None, draftable_id: int | None = None
) -> Sequence[Projection]:
    """Return the projections of a set, of one stat or one draftable where given."""
    query = select(Projection).where(Projection.set_id == set_id).order_by(Projection.draftable_id, Projection.stat)
    for column, value in ((Projection.stat, stat), (Projection.draftable_id, draftable_id)):
        if value is not None:
            query = query.where(column == value)
    return session.scalars(query).all()


def save_uploaded_set(
    session: Session,
    *,
    slate_id: int,
    user_id: int,
    name: str,
    stats: Mapping[str, Mapping[int, float]],
    as_of: datetime,
    inputs: Mapping[str, Any],
    sds: Mapping[str, Mapping[int, float]] | None = None,
    quantiles: Mapping[str, Mapping[int, list[float]]] | None = None,
) -> int:
    """Keep a user's own projections by stat and draftable and return the set's id.

    `stats` has the means; `sds` and `quantiles` (at `sdp_sports.spec.QUANTILES`) tell more of some.
    """
    spread, shape = sds or {}, quantiles or {}
    row = ProjectionSet(
        slate_id=slate_id, user_id=user_id, kind="uploaded", name=name, as_of=as_of, inputs=dict(inputs)
    )
    session.add(row)
    session.flush()
    rows = [
        {
            "set_id": row.id,
            "draftable_id": draftable_id,
            "stat": stat,
            "mean": mean,
            "sd": spread.get(stat, {}).get(draftable_id),
            "quantiles": shape.get(stat, {}).get(draftable_id),
        }
        for stat, means in stats.items()
        for draftable_id, mean in means.items()
    ]
    session.execute(insert(Projection), rows)
    return row.id


def delete_set(session: Session, user_id: int, set_id: int) -> bool:
    """Delete a user's own set with the lineups built from it; False where he has no such set."""
    gone = delete(ProjectionSet).where(ProjectionSet.id == set_id, ProjectionSet.user_id == user_id)
    return session.scalar(gone.returning(ProjectionSet.id)) is not None
