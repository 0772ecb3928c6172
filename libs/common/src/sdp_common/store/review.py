"""Review: whom a source means where we were not sure, and what a person decided; one decision heals the past."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from sdp_common.db.models.reference import Player, PlayerId
from sdp_common.db.models.review import ReviewItem
from sdp_common.db.models.slates import Draftable, Slate
from sdp_common.errors import Conflict, NotFound

STATUSES = ("open", "decided", "dismissed")


def save(session: Session, rows: Iterable[Mapping[str, Any]], seen_at: datetime) -> None:
    """Put unmatched players in the queue; one that waits already, or was dismissed, is only counted again.

    Args:
        session: An open session.
        rows: `sport`, `source`, `external_id`, `name`, `team`, `position`, `candidates`.
        seen_at: When they were met.
    """
    unique = {(row["sport"], row["source"], row["external_id"]): dict(row) for row in rows}
    for _, row in sorted(unique.items()):
        statement = insert(ReviewItem).values(**row, first_seen_at=seen_at, last_seen_at=seen_at, status="open", seen=1)
        later = {
            "seen": ReviewItem.seen + 1,
            "last_seen_at": func.greatest(ReviewItem.last_seen_at, seen_at),
            "first_seen_at": func.least(ReviewItem.first_seen_at, seen_at),
            "candidates": statement.excluded.candidates,
        }
        session.execute(statement.on_conflict_do_update(index_elements=["sport", "source", "external_id"], set_=later))


def page(
    session: Session, *, status: str = "open", sport: str | None = None, limit: int = 50, offset: int = 0
) -> tuple[Sequence[ReviewItem], int]:
    """Return a page of the queue, the most often met first, and how many there are."""
    query = select(ReviewItem).where(ReviewItem.status == status)
    if sport is not None:
        query = query.where(ReviewItem.sport == sport)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(ReviewItem.seen.desc(), ReviewItem.last_seen_at.desc(), ReviewItem.id)
    return session.scalars(ordered.limit(limit).offset(offset)).all(), total


def decide(session: Session, item_id: int, player_id: int | None, user_id: int | None, moment: datetime) -> ReviewItem:
    """Say whom a source means, or that nobody of ours is meant (None), and heal what hung on it.

    The source's id is the player's from now on; draftables that were kept without a player get him. What was
    rejected for want of him comes back with a replay of the source's bodies, which the caller asks for.

    Raises:
        NotFound: There is no such item or player.
        Conflict: The player is of another sport, or it was decided already.
    """
    item = session.get(ReviewItem, item_id, with_for_update=True)
    if item is None:
        raise NotFound(f"there is no review item {item_id}")
    if item.status == "decided":
        raise Conflict(f"{item.name} of {item.source} was decided already")
    if player_id is not None:
        _link(session, item, player_id)
    item.status, item.player_id = ("dismissed", None) if player_id is None else ("decided", player_id)
    item.decided_by, item.decided_at = user_id, moment
    session.flush()
    return item


def _link(session: Session, item: ReviewItem, player_id: int) -> None:
    player = session.get(Player, player_id)
    if player is None:
        raise NotFound(f"there is no player {player_id}")
    if player.sport != item.sport:
        raise Conflict(f"{player.name} plays {player.sport}, not {item.sport}")
    key = {"source": item.source, "external_id": item.external_id}
    link = insert(PlayerId).values(**key, player_id=player_id)
    session.execute(link.on_conflict_do_update(index_elements=["source", "external_id"], set_={"player_id": player_id}))
    slates = select(Slate.id).where(Slate.sport == item.sport)
    session.execute(
        update(Draftable)
        .where(Draftable.slate_id.in_(slates), Draftable.player_id.is_(None), Draftable.name == item.name)
        .where(Draftable.team_id.is_not_distinct_from(item.team))
        .values(player_id=player_id, match_score=1.0)
        .execution_options(synchronize_session=False)
    )


def find_players(session: Session, sport: str, text: str, limit: int = 20) -> Sequence[Player]:
    """Return players whose normalised name holds a text, for a person to choose from."""
    query = select(Player).where(Player.sport == sport, Player.normalised_name.contains(text, autoescape=True))
    return session.scalars(query.order_by(Player.normalised_name, Player.id).limit(limit)).all()
