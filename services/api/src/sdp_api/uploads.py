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


def plain_name(filename: str | None, default: str) -> str:
    """Return the last part of a file's name, in printable characters."""
    last = PurePosixPath((filename or "").replace("\\", "/")).name
    return re.sub(r"[\x00-\x1f\x7f]", "", last).strip()[:200] or default
