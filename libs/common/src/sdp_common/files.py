"""`file:` URLs: a mirror on disk, read as a source on the network would be."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sdp_common.errors import DriftedSource, NotFound, Retriable
from sdp_common.spool import STEP, Content, Spool


def read_file(url: str, *, etag: str | None, max_bytes: int) -> tuple[int, Content, datetime, str, str | None]:
    """Return (status, content, moment, etag, last-modified): 304 without content where the etag is the file's.

    Raises:
        NotFound: There is no such file.
        Retriable: It cannot be read.
        DriftedSource: It is larger than `max_bytes`.
    """
    path = Path(unquote(urlsplit(url).path))
    moment = datetime.now(UTC)
    try:
        if not path.is_file():
            raise NotFound(f"{url} does not exist")
        status = path.stat()
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        if tag == etag:
            return 304, b"", moment, tag, None
        if status.st_size > max_bytes:
            raise DriftedSource(
                f"{url} is larger than {max_bytes} bytes, the most that is taken (SDP_HTTP_MAX_BYTES; "
                "SDP_HTTP_MAX_STREAMED_BYTES of what is read item by item)"
            )
        return 200, _read(path), moment, tag, None
    except OSError as error:
        raise Retriable(f"{url} cannot be read: {error.strerror}") from error


def _read(path: Path) -> Content:
    spool = Spool()
    with path.open("rb") as file:
        while part := file.read(STEP):
            spool.write(part)
    return spool.finish()
