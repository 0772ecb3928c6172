"""Files that people bring: what `sdp_sports.files` refuses, told as bad input."""

from collections.abc import Iterator
from contextlib import contextmanager

from sdp_sports.files import Refused

from sdp_common.errors import BadInput, Problem


@contextmanager
def refusals_as_bad_input() -> Iterator[None]:
    """Turn a refusal of a file into the error that crosses a room's door.

    Raises:
        BadInput: The file was refused; `problems` has the row and column of every fault.
    """
    try:
        yield
    except Refused as refusal:
        problems = [Problem(fault.message, row=fault.row, column=fault.column) for fault in refusal.faults]
        raise BadInput(refusal.message, problems) from refusal
