"""What is refused of any uploaded file before its content is understood."""

import re
from pathlib import PurePosixPath

from fastapi import UploadFile
from sdp_common.errors import BadInput, Problem


def read_file(file: UploadFile, most: int) -> bytes:
    """Return an upload's bytes.

    Raises:
        BadInput: It is larger than `most` bytes (413) or empty.
    """
    body = file.file.read(most + 1)
    if len(body) > most:
        raise BadInput(f"the file is larger than {most / 2**20:g} MB, the most that is accepted", status=413)
    if not body.strip():
        raise BadInput("the file is empty", [Problem("there is nothing in it: export it again")])
    return body


def read_text(body: bytes) -> str:
    """Return a text file's text, without a byte order mark.

    Raises:
        BadInput: It is not text, or not UTF-8; says in which row.
    """
    if body.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadInput("this is a spreadsheet, not a CSV file", [Problem("save it as CSV (UTF-8) and upload that")])
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput("the file is UTF-16", [Problem("save it as CSV (UTF-8) and upload that")])
    if b"\0" in body:
        raise BadInput("this is not a text file", [Problem("upload a CSV file", row=_row(body, body.index(b"\0")))])
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem("a letter is not UTF-8: save the file as CSV (UTF-8)", row=_row(body, error.start))
        raise BadInput("the file is not UTF-8 text", [problem]) from error


def plain_name(filename: str | None, default: str) -> str:
    """Return the last part of a file's name, in printable characters."""
    last = PurePosixPath((filename or "").replace("\\", "/")).name
    return re.sub(r"[\x00-\x1f\x7f]", "", last).strip()[:200] or default


def _row(body: bytes, position: int) -> int:
    """Return the 1-based line on which a byte stands."""
    return body.count(b"\n", 0, position) + 1
