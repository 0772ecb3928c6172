"""A ZIP archive that holds one CSV file, as DraftKings sends the standings of large contests."""

import zipfile
import zlib
from io import BytesIO

SIGN = b"PK\x03\x04"
MOST_UNPACKED = 64 * 2**20
"""Bytes of a file that is packed: a small archive must not become an endless file."""


def unpacked(body: bytes) -> bytes:
    """Return the one CSV file of an archive, of a larger one MOST_UNPACKED bytes and one; else the body as it is."""
    if not body.startswith(SIGN):
        return body
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            tables = [member for member in archive.infolist() if _is_table(member.filename)]
            if len(tables) != 1:
                return body
            with archive.open(tables[0]) as table:
                return table.read(MOST_UNPACKED + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return body  # damaged, encrypted, or packed in a way that nobody can read: refused as what it is


def _is_table(name: str) -> bool:
    return name.lower().endswith(".csv") and not name.startswith("__MACOSX/")
