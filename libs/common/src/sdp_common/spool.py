"""Bodies as they stream in: in memory, a large one in a file without a name that is read as if it were memory."""

from mmap import ACCESS_READ, mmap
from tempfile import TemporaryFile
from typing import IO

Content = bytes | memoryview
"""A body: bytes, or a view of a file that the system pages in and out as it is read."""
IN_MEMORY = 8 * 2**20
"""How many bytes of a body are held in memory; a longer one goes to a temporary file."""
STEP = 2**20
"""How much of a body is handled at a time."""


class Spool:
    """Gathers one body."""

    def __init__(self) -> None:
        """Begin an empty body."""
        self.size = 0
        self._parts: list[bytes] = []
        self._file: IO[bytes] | None = None

    def write(self, part: bytes) -> None:
        """Take the next bytes."""
        self.size += len(part)
        if self._file is None and self.size > IN_MEMORY:
            self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as what is gathered
            self._file.writelines(self._parts)
            self._parts.clear()
        if self._file is None:
            self._parts.append(part)
        else:
            self._file.write(part)

    def finish(self) -> Content:
        """Return the whole; a file is gone once nobody looks at it any more."""
        if self._file is None:
            return b"".join(self._parts)
        with self._file as file:
            file.flush()
            return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ))

    def close(self) -> None:
        """Let go of what was gathered; idempotent."""
        self._parts.clear()
        if self._file is not None:
            self._file.close()
