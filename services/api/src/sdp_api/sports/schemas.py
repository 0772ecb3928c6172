"""The declared sports, as the web and scripts see them."""

from datetime import date
from typing import Literal

from sdp_sports.spec import Confidence

from sdp_api.schema import Answer


class MarketRead(Answer):
    """One player market."""

    key: str
    title: str
    stats: list[str]
    contest: str | None
    positions: list[str]
    line_step: float


class SlotRead(Answer):
    """A roster slot and how many of it a lineup holds."""

    name: str
    positions: list[str]
    count: int
    points_multiplier: float
    salary_multiplier: float


class ContestRead(Answer):
    """A contest format; `upload_limit` is the most lineups one upload file of the site may hold.

    `confidence` is how sure the format is, `scoring_confidence` how sure its points are; `salary_cap_usd` is null where
    the format has no cap, or none that is known.
    """

    key: str
    code: str
    site: str
    title: str
    mode: Literal["classic", "showdown", "captain", "single_game", "tiers"]
    confidence: Confidence
    scoring_confidence: Confidence
    valid_from: date | None
    valid_until: date | None
    is_open: bool
    note: str
    salary_cap_usd: int | None
    min_games: int
    min_teams: int
    max_per_team: int | None
    roster_size: int
    slots: list[SlotRead]
    scoring: dict[str, float]
    upload_limit: int


class StackNeedRead(Answer):
    """How many companions an anchor brings."""

    side: Literal["team", "opponent"]
    positions: list[str]
    at_least: int


class StackRead(Answer):
    """A declared correlation rule."""

    key: str
    title: str
    anchor: list[str]
    needs: list[StackNeedRead]


class SportRead(Answer):
    """Everything declared of one sport; `quantile_probs` are the probabilities of every stored distribution."""

    code: str
    name: str
    positions: list[str]
    stats: list[str]
    quantile_probs: list[float]
    markets: list[MarketRead]
    contests: list[ContestRead]
    stacks: list[StackRead]
