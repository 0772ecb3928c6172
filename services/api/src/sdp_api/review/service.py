"""Review: what a decision sets in motion."""

from datetime import UTC, datetime

from sdp_common import replays
from sdp_common.store import review
from sdp_sports.names import normalise
from sqlalchemy.orm import Session

from sdp_api.review.schemas import ChoiceRead, DecisionRead, Kind, ReviewPage, ReviewRead


def page(
    database: Session, *, status: str, sport: str | None, kind: Kind | None, limit: int, offset: int
) -> ReviewPage:
    """Return a page of the queue."""
    found, total = review.page(database, status=status, sport=sport, kind=kind, limit=limit, offset=offset)
    items = [ReviewRead.model_validate(row) for row in found]
    return ReviewPage(items=items, total=total, limit=limit, offset=offset)


def decide(database: Session, user_id: int, item_id: int, target: str | None) -> DecisionRead:
    """Decide an item; what was rejected for want of it is told again from the kept bodies."""
    item = review.decide(database, item_id, target, user_id, datetime.now(UTC))
    run_id = None
    if target is not None:
        run_id = replays.ask(database, item.source, item.sport, item.first_seen_at, user_id=user_id)
    return DecisionRead(item=ReviewRead.model_validate(item), run_id=run_id)


def choices(database: Session, sport: str, kind: Kind, text: str) -> list[ChoiceRead]:
    """Return what there is to choose from."""
    found = review.choices(database, sport, kind, normalise(text), datetime.now(UTC))
    return [ChoiceRead(**one._asdict()) for one in found]
