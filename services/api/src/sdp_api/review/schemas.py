"""Review, as the web sees it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from sdp_api.schema import Answer, Request

Kind = Literal["player", "team", "game", "market"]


class ChoiceRead(Answer):
    """Something of ours to choose: `target` is the id of a player, team or game, or the name of a market."""

    target: str
    name: str
    team: str | None = None
    position: str | None = None
    starts_at: datetime | None = None


class CandidateRead(ChoiceRead):
    """What may be meant; `score` is how well names, teams, position or time agree (about 0 to 1)."""

    score: float


class ReviewRead(Answer):
    """What a source calls something that could not be matched to one of ours; `seen` is how often it was met."""

    id: int
    sport: str
    source: str
    kind: Kind
    external_id: str
    name: str
    team: str | None
    position: str | None
    candidates: list[CandidateRead]
    seen: int
    first_seen_at: datetime
    last_seen_at: datetime
    status: Literal["open", "decided", "dismissed"]
    target: str | None
    decided_at: datetime | None


class ReviewPage(Answer):
    """A page of the queue."""

    items: list[ReviewRead]
    total: int
    limit: int
    offset: int


class ReviewDecide(Request):
    """What the source means; null where nothing of ours is meant."""

    target: str | None = Field(
        max_length=200, description="the id of the player, team or game meant, or the market's name; null to dismiss"
    )


class DecisionRead(Answer):
    """The item as it stands now, and the run that heals the past, where bodies are there to be parsed again."""

    item: ReviewRead
    run_id: int | None
