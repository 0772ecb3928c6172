"""Why a file is refused: in words, with the row and column of each fault."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_FAULTS = 200
"""Faults told in full; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        message: What is wrong and what to do.
        row: 1-based line of the file, header included; None where the whole file is meant.
        column: The column's name as the file has it.
    """

    message: str
    row: int | None = None
    column: str | None = None


class Refused(ValueError):
    """A file that cannot be used; `faults` lists what was found, in the file's order."""

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.message = message
        shown = sorted(faults, key=lambda fault: fault.row or 0)[:MOST_FAULTS]
        if len(faults) > len(shown):
            shown.append(Fault(f"and {len(faults) - len(shown)} more"))
        self.faults = tuple(shown)


def check_faults(faults: Sequence[Fault]) -> None:
    """Refuse the whole file where there are faults.

    Raises:
        Refused: There are.
    """
    if faults:
        count = f"{len(faults)} {'thing is' if len(faults) == 1 else 'things are'} wrong"
        raise Refused(f"{count}: nothing was taken from the file", faults)
