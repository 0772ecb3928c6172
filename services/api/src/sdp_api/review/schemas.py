"""Review, as the web sees it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from sdp_api.schema import Answer, Request


class CandidateRead(Answer):
    """A player who may be meant; `score` is how well name, team and position agree (about 0 to 1)."""

    player_id: int
    name: str
    team: str | None
    position: str | None
    score: float


class ReviewRead(Answer):
    """A name of a source that nobody could be matched to; `seen` is how often it was met."""

    id: int
    sport: str
    source: str
    external_id: str
    name: str
    team: str | None
    position: str | None
    candidates: list[CandidateRead]
    seen: int
    first_seen_at: datetime
    last_seen_at: datetime
    status: Literal["open", "decided", "dismissed"]
    player_id: int | None
    decided_at: datetime | None


class ReviewPage(Answer):
    """A page of the queue."""

    items: list[ReviewRead]
    total: int
    limit: int
    offset: int


class ReviewDecide(Request):
    """Whom the source means; null where nobody of ours is meant."""

    player_id: int | None = Field(description="the player meant; null to dismiss the item")


class DecisionRead(Answer):
    """The item as it stands now, and the run that heals the past, where bodies are there to be parsed again."""

    item: ReviewRead
    run_id: int | None


class PlayerFound(Answer):
    """A player to choose from."""

    id: int
    name: str
    team: str | None
    position: str | None
