"""What the screen of runs reads."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from sdp_common.db.models.runs import Run


def page(
    session: Session,
    user_id: int,
    *,
    slate_id: int | None = None,
    status: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[Sequence[Run], int]:
    """Return a user's runs, the newest first, and how many there are in all."""
    query = select(Run).where(Run.user_id == user_id)
    if slate_id is not None:
        query = query.where(cast(Run.params["slate_id"].astext, BigInteger) == slate_id)
    if status is not None:
        query = query.where(Run.status == status)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return session.scalars(query.order_by(Run.id.desc()).limit(limit).offset(offset)).all(), total
