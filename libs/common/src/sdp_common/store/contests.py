"""Contests: what a site offers on a slate, with fees and payouts."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.contests import ContestOffer


def save(session: Session, rows: Iterable[Mapping[str, Any]], *, keep_payouts: bool = False) -> Counts:
    """Save offers (the columns of `contest_offers` but `id`) by source and the source's id.

    Args:
        session: An open session.
        rows: The offers.
        keep_payouts: Leave the payouts of an offer that is there already as they are.
    """
    listed = list(rows)
    kept = {"source", "external_id", "payouts"}
    update = [name for name in (listed[0] if listed else ()) if name not in kept] if keep_payouts else None
    return upsert(session, ContestOffer, listed, key=["source", "external_id"], update=update)


def offers(session: Session, slate_id: int) -> list[ContestOffer]:
    """Return the contests of a slate, the largest prize pool first."""
    statement = (
        select(ContestOffer)
        .where(ContestOffer.slate_id == slate_id)
        .order_by(ContestOffer.prize_pool_usd.desc().nulls_last(), ContestOffer.id)
    )
    return list(session.scalars(statement))
