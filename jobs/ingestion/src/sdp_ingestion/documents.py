"""Reading JSON answers: the shape must be what we know, or the source has drifted."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from sdp_common.errors import DriftedSource

from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.rows import Rejected, Row

Document = Mapping[str, Any]


def read(payload: Payload, *needed: str) -> Document:
    """Read an answer that must be an object with these members.

    Raises:
        DriftedSource: It is not JSON, not an object, or lacks a member.
    """
    where = payload.request.url
    try:
        found = orjson.loads(payload.content)
    except orjson.JSONDecodeError as error:
        raise DriftedSource(f"{where} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise DriftedSource(f"{where} is a {type(found).__name__}, not an object")
    if missing := sorted(set(needed) - set(found)):
        raise DriftedSource(f"{where} lacks {', '.join(missing)}")
    return found


def items(document: Document, name: str, where: str) -> list[Document]:
    """Return a member that must be a list of objects; what is not an object in it (null) is left out.

    Raises:
        DriftedSource: The member is not a list.
    """
    found = document.get(name)
    if not isinstance(found, list):
        raise DriftedSource(f"{where}: {name} is a {type(found).__name__}, not a list")
    return [item for item in found if isinstance(item, dict)]


def moment(text: str) -> datetime:
    """Return a time in UTC; a time without a zone is UTC already.

    Reads `2025-10-26T17:00Z`, seven digits of a second and offsets.

    >>> moment("2020-11-26T17:30:00.0000000Z").isoformat(), moment("2025-10-26T17:00Z").isoformat()
    ('2020-11-26T17:30:00+00:00', '2025-10-26T17:00:00+00:00')

    Raises:
        ValueError: It is no time.
    """
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


Parse = Callable[[Payload], Iterator[Row | Rejected | Request]]


def guarded(parse: Parse) -> Parse:
    """Return the parser with every stumble over an unknown shape told as `DriftedSource`."""

    def parse_guarded(payload: Payload) -> Iterator[Row | Rejected | Request]:
        try:
            yield from parse(payload)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise DriftedSource(f"{payload.request.url}: {type(error).__name__}: {error}") from error

    parse_guarded.__doc__ = parse.__doc__
    return parse_guarded
