"""Bytes to rows of cells: what is no text, no CSV or too large is refused before its content is understood."""

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

from sdp_sports.files.archive import MOST_UNPACKED, unpacked
from sdp_sports.files.decimals import with_points
from sdp_sports.files.refusal import Fault, Refused

MOST_BYTES = 100 * 2**20
MOST_ROWS = 2_000_000
MOST_CELL = 20_000
"""Letters of one cell: no site writes more."""
_SAVE = "save it as CSV (UTF-8) and bring that"
_SIGNS = (
    (b"PK\x03\x04", "this is a spreadsheet or a ZIP archive, not a CSV file", f"unpack it, or {_SAVE}"),
    (b"\xd0\xcf\x11\xe0", "this is a spreadsheet, not a CSV file", _SAVE),
    (b"\xff\xfe", "the file is UTF-16", _SAVE),
    (b"\xfe\xff", "the file is UTF-16", _SAVE),
    (b"\x1f\x8b", "this is a compressed file, not a CSV file", "unpack it first"),
    (b"PAR1", "this is a Parquet file, not a CSV file", "bring the site's own export"),
    (b"%PDF", "this is a PDF, not a CSV file", "bring the site's own export"),
    (b"\x89PNG", "this is a picture, not a CSV file", "bring the site's own export"),
)
_PAGE = ("<!doctype", "<html", "<?xml", "<head", "<body")


class Line(NamedTuple):
    """A row that holds anything: its 1-based line in the file, and its cells without surrounding space."""

    row: int
    cells: list[str]


def read_text(body: bytes) -> str:
    """Return a text file's text, without a byte order mark; one that is packed alone in a ZIP archive is unpacked.

    Raises:
        Refused: It is empty, too large, not text, or not UTF-8; says in which row.
    """
    packed, body = body, unpacked(body)
    if packed is not body and len(body) > MOST_UNPACKED:
        raise Refused(
            f"the file in the archive is larger than {MOST_UNPACKED / 2**20:g} MB", [Fault("unpack it first")]
        )
    if len(body) > MOST_BYTES:
        raise Refused(f"the file is larger than {MOST_BYTES / 2**20:g} MB: no site writes such a file")
    if not body.strip():
        raise Refused("the file is empty", [Fault("there is nothing in it: export it again")])
    for sign, what, advice in _SIGNS:
        if body.startswith(sign):
            raise Refused(what, [Fault(advice)])
    if (place := body.find(b"\0")) >= 0:
        raise Refused("this is not a text file", [Fault("bring a CSV file", row=_row(body, place))])
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault("a letter is not UTF-8: save the file as CSV (UTF-8)", row=_row(body, error.start))
        raise Refused("the file is not UTF-8 text", [fault]) from error
    if text[:200].lstrip().lower().startswith(_PAGE):
        advice = "the site may have asked you to sign in: export it again while signed in"
        raise Refused("this is a web page, not a CSV file", [Fault(advice)])
    return text


def separator(text: str) -> str:
    """Return the sign that parts cells: the comma, semicolon or tab of which the first row has most."""
    first = re.search(r"[^\r\n]+", text)
    return max(",;\t", key=(first[0] if first else "").count)


def read_lines(text: str, most: int = MOST_ROWS) -> Iterator[Line]:
    """Yield the rows that hold anything; where no comma parts cells, decimal commas are read as points.

    Raises:
        Refused: It is not CSV, holds nothing, has more than `most` rows, or a cell longer than any site writes.
    """
    sign = separator(text)
    lines = _lines(text, sign, most)
    if sign == ",":
        yield from lines
        return
    yield next(lines)  # the header, for whom nothing beneath is needed
    found = list(lines)
    cells = with_points([line.cells for line in found])
    yield from (Line(line.row, row) for line, row in zip(found, cells, strict=True))


def _lines(text: str, sign: str, most: int) -> Iterator[Line]:
    if "\n" not in text:
        text = text.replace("\r", "\n")
    reader = csv.reader(_physical(text), delimiter=sign, strict=True)
    found = 0
    while True:
        row = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise Refused("the file is not CSV", [Fault(f"cannot be read: {error}", row=row)]) from error
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        found += 1
        if found > most:
            raise Refused(f"the file has more than {most:,} rows", [Fault("bring the file of one slate or contest")])
        if any(len(cell) > MOST_CELL for cell in cells):
            raise Refused("a cell is longer than any site writes", [Fault(f"over {MOST_CELL:,} letters", row=row)])
        yield Line(row, [cell.strip() for cell in cells])
    if not found:
        raise Refused("the file is empty", [Fault("there is nothing in it: export it again")])


def _physical(text: str) -> Iterator[str]:
    """Yield lines that end in a line feed alone: other signs that Unicode calls line ends stand in names."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _row(body: bytes, position: int) -> int:
    """Return the 1-based line on which a byte stands."""
    return body.count(b"\n", 0, position) + 1
