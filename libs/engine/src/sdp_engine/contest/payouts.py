"""A contest's money: its fee, its size and what each rank is paid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CENTS = 100


@dataclass(frozen=True)
class Prize:
    """What each of the ranks `first` to `last` (1-based, both included) is paid.

    Attributes:
        first, last: The ranks.
        cash_usd: Money.
        ticket_usd: Face value of a ticket to another contest, which is worth what its owner makes of it.
    """

    first: int
    last: int
    cash_usd: float
    ticket_usd: float = 0.0


@dataclass(frozen=True)
class Offer:
    """A contest as a site offers it.

    Attributes:
        name: The site's name of it.
        fee_usd: What one entry costs.
        entries: How many entries take part.
        prizes: What the ranks are paid; a rank that no prize names is paid nothing.
        entries_max_per_user: How many entries one user may have; None where nobody says.
    """

    name: str
    fee_usd: float
    entries: int
    prizes: tuple[Prize, ...]
    entries_max_per_user: int | None = None

    def __post_init__(self) -> None:
        """Refuse an offer that cannot be: no entries, a negative sum, a rank paid twice.

        Raises:
            ValueError: Says what is wrong with it.
        """
        if self.entries < 1:
            raise ValueError(f"a contest needs at least one entry, not {self.entries}")
        if self.fee_usd < 0:
            raise ValueError(f"the entry fee is {self.fee_usd}: it cannot be negative")
        taken = 0
        for prize in sorted(self.prizes, key=lambda p: p.first):
            if prize.first < 1 or prize.last < prize.first:
                raise ValueError(f"ranks {prize.first} to {prize.last} are no ranks: count from 1, the first first")
            if prize.first <= taken:
                raise ValueError(f"rank {prize.first} is paid twice")
            if prize.cash_usd < 0 or prize.ticket_usd < 0:
                raise ValueError(f"rank {prize.first} is paid a negative sum")
            taken = prize.last

    @property
    def paid(self) -> int:
        """How many ranks are paid at all."""
        return min(self.entries, max((p.last for p in self.prizes if p.cash_usd + p.ticket_usd > 0), default=0))

    @property
    def pool_usd(self) -> float:
        """What all ranks are paid together, tickets at their face value."""
        return float(self.prize_cents().sum()) / CENTS

    def prize_cents(self, ticket_value: float = 1.0) -> NDArray[np.int64]:
        """Return what each rank is paid in cents, (entries,), the first rank first.

        Args:
            ticket_value: What a dollar of a ticket's face value is worth to its owner, 0 to 1.
        """
        paid = np.zeros(self.entries, np.int64)
        for prize in self.prizes:
            worth = prize.cash_usd + ticket_value * prize.ticket_usd
            paid[prize.first - 1 : prize.last] = round(worth * CENTS)
        return paid

    def resized(self, entries: int) -> "Offer":
        """Return the offer with another number of entries, its prizes unchanged: what a contest pays is fixed."""
        return Offer(self.name, self.fee_usd, entries, self.prizes, self.entries_max_per_user)


def prizes_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Prize, ...]:
    """Return the prizes of rows with `from_rank`, `to_rank`, `amount_usd` and perhaps `ticket_usd`."""
    return tuple(
        Prize(int(r["from_rank"]), int(r["to_rank"]), float(r["amount_usd"]), float(r.get("ticket_usd") or 0.0))
        for r in rows
    )
