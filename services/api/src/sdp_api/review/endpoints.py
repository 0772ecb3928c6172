"""Review: the queue of what could not be matched, and decisions."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from sdp_api.deps import Admin, Caller, Database
from sdp_api.errors import refusals
from sdp_api.review import service
from sdp_api.review.schemas import ChoiceRead, DecisionRead, Kind, ReviewDecide, ReviewPage
from sdp_api.schema import Limit, Offset

router = APIRouter(prefix="/api/review", tags=["review"])


@router.get("", responses=refusals(401, 422))
def list_review(
    _: Caller,
    database: Database,
    status: Annotated[Literal["open", "decided", "dismissed"], Query(description="in this state")] = "open",
    sport: Annotated[str | None, Query(description="of this sport alone")] = None,
    kind: Annotated[Kind | None, Query(description="of this kind alone")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> ReviewPage:
    """List what waits for a person, the most often met first."""
    return service.page(database, status=status, sport=sport, kind=kind, limit=limit, offset=offset)


@router.post("/{item_id}", responses=refusals(401, 403, 404, 409, 422))
def decide_review(item_id: int, body: ReviewDecide, caller: Admin, database: Database) -> DecisionRead:
    """Say what a source means, or that nothing of ours is meant; the past is healed."""
    return service.decide(database, caller.user.id, item_id, body.target)


@router.get("/choices", responses=refusals(401, 404, 422))
def search_review_choices(
    _: Caller,
    database: Database,
    sport: Annotated[str, Query(description="code of a sport")],
    kind: Annotated[Kind, Query(description="what is looked for")],
    text: Annotated[str, Query(min_length=2, max_length=80, description="part of a name")],
) -> list[ChoiceRead]:
    """Find players, teams, games or markets by a part of their name."""
    return service.choices(database, sport, kind, text)
