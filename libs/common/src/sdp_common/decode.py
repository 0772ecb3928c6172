"""Bodies as they stream in, decoded within a limit: a small answer that unpacks to gigabytes is refused early."""

import zlib

from sdp_common.errors import DriftedSource

_EITHER_HEADER = zlib.MAX_WBITS | 32
"""Makes zlib read gzip and zlib headers alike."""


class Decoder:
    """Gathers one body; never holds more than the limit and one chunk."""

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
        self._parts: list[bytes] = []
        self._size = 0
        self._begun = False
        self._max_bytes = max_bytes
        self._name = name

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            DriftedSource: The body is larger than the limit, or not what its header says.
        """
        if self._inflate is None:
            self._keep(chunk)
            return
        while chunk:
            if self._inflate.eof:  # gzip files may be joined
                self._inflate = zlib.decompressobj(_EITHER_HEADER)
            try:
                self._keep(self._inflate.decompress(chunk, self._max_bytes - self._size + 1))
            except zlib.error as error:
                raise DriftedSource(f"{self._name} is not the gzip it says it is: {error}") from error
            self._begun = True
            chunk = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            EOFError: It ended in the middle.
        """
        if self._inflate is not None and self._begun and not self._inflate.eof:
            raise EOFError(self._name)
        return b"".join(self._parts)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._max_bytes:
            raise DriftedSource(f"{self._name} is larger than {self._max_bytes} bytes (SDP_HTTP_MAX_BYTES)")
        self._parts.append(part)
