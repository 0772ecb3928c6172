"""Boards: what an answer tells whole, and so closes where it lists it no longer."""

from collections.abc import Callable, Iterable

import polars as pl
from sdp_common.store import odds

from sdp_ingestion.rows import OfMarket, Rejected

Market = tuple[str, str, str]
"""Our id of a game, a book and a market."""


class Board:
    """Gathers what one answer told of which markets, over the parts in which it is saved.

    A market is closed by what its last part leaves out: whoever is told in the part before is not gone. So an answer
    in several parts closes at its end, and until then what it told is kept, eight bytes a series.
    """

    def __init__(self, *, is_whole: bool = False) -> None:
        """Begin with nothing; an answer that tells no market whole closes nothing."""
        self.is_whole = is_whole
        self.is_at_end = False
        self._lacking: set[OfMarket] = set()
        self._unsure: set[Market] = set()
        self._markets: set[Market] = set()
        self._told: list[pl.Series] = []

    def reject(self, row: Rejected) -> None:
        """Note what is not whole for want of what was rejected."""
        if row.lacks == "any":
            self.is_whole = False
        elif row.lacks is not None:
            self._lacking.add(row.lacks)

    def tell(self, told: pl.DataFrame, markets: Iterable[Market], unsure: Iterable[Market]) -> bool:
        """Note a part's quotes, and return whether they are all that the answer holds.

        Args:
            told: What is saved of it.
            markets: Those that it is of.
            unsure: Those of which something was left out, as it is not known whom it is about.
        """
        if not self.is_whole:
            return False
        self._markets.update(markets)
        self._unsure.update(unsure)
        if self.is_at_end and not self._told:
            return True
        self._told.append(odds.identities(told))
        return False

    def told(self) -> pl.Series | None:
        """Return the identities of what was told in several parts, None where one part held it all."""
        return pl.concat(self._told) if self.is_whole and self._told else None

    def whole(self, ours: Callable[[OfMarket], Market | None]) -> set[Market]:
        """Return the markets of which nothing was left out, neither by the parser nor for want of knowing it.

        Args:
            ours: Which of ours a market is that the parser names.
        """
        return self._markets - self._unsure - set(map(ours, self._lacking)) if self.is_whole else set()
