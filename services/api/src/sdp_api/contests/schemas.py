"""Contests, as the web and scripts see them."""

from sdp_api.schema import Answer


class PrizeRead(Answer):
    """What each of the ranks from `first` to `last` is paid: money, and the face value of tickets."""

    first: int
    last: int
    cash_usd: float
    ticket_usd: float


class OfferRead(Answer):
    """A contest's money; null where the source does not say. `prize_pool_usd` is the sum of its prizes."""

    name: str | None
    fee_usd: float | None
    entries: int | None
    entries_max_per_user: int | None
    prize_pool_usd: float
    prizes: list[PrizeRead]


class ContestOfferRead(OfferRead):
    """A contest that a site offers on a slate."""

    id: int
    external_id: str


class StandingsRead(Answer):
    """A finished contest's standings that were kept, to be graded: `is_final` where nobody has minutes left."""

    upload_id: int
    slate_id: int
    filename: str
    entries: int
    users: int
    players: int
    is_final: bool
