"""Review: what a decision sets in motion."""

from datetime import UTC, datetime

from sdp_common.service import request
from sdp_common.store import ingests, review
from sdp_sports.names import normalise
from sqlalchemy.orm import Session

from sdp_api.review.schemas import DecisionRead, PlayerFound, ReviewPage, ReviewRead


def page(database: Session, *, status: str, sport: str | None, limit: int, offset: int) -> ReviewPage:
    """Return a page of the queue."""
    found, total = review.page(database, status=status, sport=sport, limit=limit, offset=offset)
    items = [ReviewRead.model_validate(row) for row in found]
    return ReviewPage(items=items, total=total, limit=limit, offset=offset)


def decide(database: Session, user_id: int, item_id: int, player_id: int | None) -> DecisionRead:
    """Decide an item; what was rejected for want of the player is told again from the kept bodies."""
    item = review.decide(database, item_id, player_id, user_id, datetime.now(UTC))
    run_id = None
    feed = ingests.feed_of(database, item.source) if player_id is not None else None
    if feed is not None:
        run_id = request(
            database,
            f"ingest-{feed}",
            "reparse",
            user_id=user_id,
            provider=item.source,
            since=item.first_seen_at.isoformat(),
            sport=item.sport,
        )
    return DecisionRead(item=ReviewRead.model_validate(item), run_id=run_id)


def find_players(database: Session, sport: str, text: str) -> list[PlayerFound]:
    """Return players to choose from."""
    found = review.find_players(database, sport, normalise(text))
    return [PlayerFound(id=row.id, name=row.name, team=row.team_id, position=row.position) for row in found]
