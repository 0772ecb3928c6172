"""Cells to values: one row's reader, which notes every fault instead of stopping at the first."""

import re
from collections.abc import Mapping, Sequence

from sdp_sports.files.refusal import Fault

MOST_NAME = 200
MOST_SALARY = 1_000_000
MOST_NOTED = 10_000
NUMBER = re.compile(r"[+-]?(\d{1,12}\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


class Cells:
    """The cells of one row by column, read with their faults noted; `nothing` are words that say there is no number."""

    def __init__(
        self,
        row: int,
        cells: Sequence[str],
        columns: Mapping[str, int],
        faults: list[Fault],
        nothing: frozenset[str] = frozenset(),
    ) -> None:
        self.row, self._nothing = row, nothing
        self._cells, self._columns, self._faults = cells, columns, faults

    def text(self, column: str) -> str:
        """Return a cell, empty where the row or the file has none."""
        place = self._columns.get(column)
        return self._cells[place].strip() if place is not None and place < len(self._cells) else ""

    def needed(self, column: str) -> str:
        """Return a cell that must not be empty or overlong."""
        text = self.text(column)
        if not text:
            self.fault(column, "is empty")
        elif len(text) > MOST_NAME:
            self.fault(column, f"is longer than {MOST_NAME} letters")
        return text

    def dollars(self, column: str) -> int | None:
        """Return a salary in whole dollars: 6400, $6,400 or $6,400.00."""
        text = self.text(column)
        plain = re.sub(r"\.0+$", "", text.removeprefix("$").replace(",", "").strip())
        if re.fullmatch(r"-\d+", plain, re.ASCII):
            self.fault(column, f"{text[:40]!r} is negative")
        elif not re.fullmatch(r"\d+", plain, re.ASCII):
            self.fault(column, f"{text[:40]!r} is not a whole number of dollars")
        elif len(plain) > 9 or int(plain) > MOST_SALARY:
            self.fault(column, f"{text[:40]!r} is more than any salary")
        else:
            return int(plain)
        return None

    def number(self, column: str, text: str | None = None) -> float | None:
        """Return a number, None where the cell says nothing; `text` is read in its place where given."""
        told = self.text(column) if text is None else text
        if not told or told.lower() in self._nothing:
            return None
        if not NUMBER.fullmatch(told):
            hint = ": write decimals with a point" if re.fullmatch(r"-?\d+,\d+", told) else ""
            self.fault(column, f"{told[:40]!r} is not a number{hint}")
            return None
        value = float(told)
        if abs(value) > 1e12:
            self.fault(column, f"{told[:40]!r} is more than any number of this kind")
            return None
        return value

    def whole(self, column: str) -> int | None:
        """Return a whole number, None where the cell is empty."""
        text = self.text(column)
        if not text:
            return None
        if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
            self.fault(column, f"{text[:40]!r} is not a whole number")
            return None
        return int(text)

    def fault(self, column: str | None, message: str) -> None:
        """Note what is wrong with a cell, or with the row; of endlessly many the first are enough."""
        if len(self._faults) < MOST_NOTED:
            self._faults.append(Fault(message, self.row, column))


def word(label: str) -> str:
    """Return a column's name as it is compared: lower case, any other sign read as one space.

    >>> word("Proj. Points"), word("Own%"), word("Proj+/-")
    ('proj points', 'own', 'proj difference')
    """
    return re.sub(r"[^a-z0-9]+", " ", label.lower().replace("+/-", " difference ")).strip()
