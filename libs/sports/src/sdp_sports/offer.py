"""A contest that is entered: its fee, its size and what the ranks are paid; one schema for the API and the service."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST_ENTRIES = 500_000


class Prize(BaseModel):
    """What each of the ranks from `first` to `last` is paid: money, and the face value of tickets."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    first: int = Field(ge=1)
    last: int = Field(ge=1)
    cash_usd: float = Field(ge=0, le=1e8)
    ticket_usd: float = Field(0.0, ge=0, le=1e8)


class Offer(BaseModel):
    """A contest's money. `entries` is its size; `entries_max_per_user` is None where nobody says."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field("Contest", min_length=1, max_length=200)
    fee_usd: float = Field(ge=0, le=1e6)
    entries: int = Field(ge=2, le=MOST_ENTRIES)
    prizes: tuple[Prize, ...] = Field(min_length=1, max_length=20_000)
    entries_max_per_user: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _ranks_are_paid_once(self) -> Self:
        taken = 0
        for prize in sorted(self.prizes, key=lambda p: p.first):
            if prize.last < prize.first:
                raise ValueError(f"ranks {prize.first} to {prize.last} are no ranks: the first comes first")
            if prize.first <= taken:
                raise ValueError(f"rank {prize.first} is paid twice")
            taken = prize.last
        return self
