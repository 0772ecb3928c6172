"""Bodies as they stream in, decoded within a limit: a small answer that unpacks to gigabytes is refused early."""

import zlib

from sdp_common.errors import DriftedSource
from sdp_common.spool import STEP, Content, Spool

_EITHER_HEADER = zlib.MAX_WBITS | 32
"""Makes zlib read gzip and zlib headers alike."""
_BOMB_BYTES, _BOMB_RATIO = 64 * 2**20, 100
"""What unpacks to more bytes than this, and to more times its size than this, is no body of a feed."""


class Decoder:
    """Gathers one body; never holds more in memory than a spool does and one chunk."""

    def __init__(self, encoding: str, max_bytes: int, name: str) -> None:
        """Prepare for a body.

        Args:
            encoding: The `Content-Encoding` header.
            max_bytes: Largest decoded size accepted.
            name: What is being read, for messages.

        Raises:
            DriftedSource: An encoding we did not ask for.
        """
        coding = encoding.strip().lower()
        if coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise DriftedSource(f"{name} is encoded as {coding!r}, which was not asked for")
        self._inflate = zlib.decompressobj(_EITHER_HEADER) if coding not in {"", "identity"} else None
        self._spool = Spool()
        self._received = 0
        self._begun = False
        self._max_bytes = max_bytes
        self._name = name

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            DriftedSource: The body is larger than the limit, not what its header says, or a bomb.
        """
        self._received += len(chunk)
        if self._inflate is None:
            self._keep(chunk)
            return
        while chunk:
            if self._inflate.eof:  # gzip files may be joined
                self._inflate = zlib.decompressobj(_EITHER_HEADER)
            try:
                self._keep(self._inflate.decompress(chunk, min(STEP, self._max_bytes - self._spool.size + 1)))
            except zlib.error as error:
                raise DriftedSource(f"{self._name} is not the gzip it says it is: {error}") from error
            self._begun = True
            chunk = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail

    def finish(self) -> Content:
        """Return the whole body.

        Raises:
            EOFError: It ended in the middle.
        """
        if self._inflate is not None and self._begun and not self._inflate.eof:
            raise EOFError(self._name)
        return self._spool.finish()

    def close(self) -> None:
        """Let go of a body that is not finished; idempotent."""
        self._spool.close()

    def _keep(self, part: bytes) -> None:
        self._spool.write(part)
        size = self._spool.size
        if size > self._max_bytes:
            raise DriftedSource(
                f"{self._name} is larger than {self._max_bytes} bytes, the most that is taken (SDP_HTTP_MAX_BYTES; "
                "SDP_HTTP_MAX_STREAMED_BYTES of what is read item by item)"
            )
        if size > _BOMB_BYTES and size > _BOMB_RATIO * self._received:
            raise DriftedSource(f"{self._name} unpacks to more than {_BOMB_RATIO} times its size")
