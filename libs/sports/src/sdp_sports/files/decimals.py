"""Decimal commas, as spreadsheets of many countries write them, read as points where they can be nothing else."""

import re
from collections.abc import Iterable, Iterator, Sequence

_COMMA = re.compile(r"[+-]?\d+,\d+ ?%?", re.ASCII)
_POINT = re.compile(r"[+-]?\d*\.\d+ ?%?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3} ?%?", re.ASCII)
"""What may be a number of thousands as well: `12,500`."""


def with_points(rows: Sequence[list[str]]) -> Iterator[list[str]]:
    """Yield rows with the decimal commas of a column as points.

    A column has decimal commas where a number of it can be nothing else and none has a decimal point; every other
    column stays as it is, so that whoever reads it says what is wrong.

    >>> list(with_points([["Proj", "Pay"], ["12,5", "6,400"], ["9,125", "7,100"]]))
    [['Proj', 'Pay'], ['12.5', '6,400'], ['9.125', '7,100']]
    """
    width = max((len(row) for row in rows), default=0)
    decimal = {place for place in range(width) if _has_commas(row[place] for row in rows if place < len(row))}
    for row in rows:
        yield [_point(cell) if place in decimal else cell for place, cell in enumerate(row)]


def _has_commas(cells: Iterable[str]) -> bool:
    is_sure = False
    for cell in cells:
        if _POINT.fullmatch(cell):
            return False
        is_sure |= _COMMA.fullmatch(cell) is not None and _THOUSANDS.fullmatch(cell) is None
    return is_sure


def _point(cell: str) -> str:
    return cell.replace(",", ".") if _COMMA.fullmatch(cell) else cell
