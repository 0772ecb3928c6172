"""Reading JSON answers: the shape must be what we know, or the source has drifted."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import orjson
from sdp_common.errors import DriftedSource

from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.rows import Rejected, Row

Document = Mapping[str, Any]
Parsed = Row | Rejected | Request
T = TypeVar("T")
STUMBLES = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What a parser raises over a shape that is not what it knows."""


def read(payload: Payload, *needed: str) -> Document:
    """Read an answer that must be an object with these members.

    Raises:
        DriftedSource: It is not JSON, not an object, or lacks a member.
    """
    where = payload.request.url
    found = load(payload)
    if not isinstance(found, dict):
        raise DriftedSource(f"{where} is a {type(found).__name__}, not an object")
    if missing := sorted(set(needed) - set(found)):
        raise DriftedSource(f"{where} lacks {', '.join(missing)}")
    return found


def load(payload: Payload) -> Any:
    """Read an answer that is JSON of any kind.

    Raises:
        DriftedSource: It is not JSON.
    """
    try:
        return orjson.loads(payload.content)
    except orjson.JSONDecodeError as error:
        raise DriftedSource(f"{payload.request.url} is not JSON: {error}") from error


_RAW_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def read_list(payload: Payload) -> list[Document]:
    """Read an answer that must be a list of objects; what is not an object in it (null) is left out.

    Raises:
        DriftedSource: It is not JSON, or not a list.
    """
    found = load(payload)
    if not isinstance(found, list):
        raise DriftedSource(f"{payload.request.url} is a {type(found).__name__}, not a list")
    return [item for item in found if isinstance(item, dict)]


def raw_list(payload: Payload) -> list[msgspec.Raw]:
    """Read a list of objects to be decoded one by one, so that memory does not grow with it; null is left out.

    Raises:
        DriftedSource: It is not JSON, or not a list.
    """
    try:
        found = _RAW_LIST.decode(payload.content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DriftedSource(f"{payload.request.url} is not a list in JSON: {error}") from error
    return [item for item in found if memoryview(item)[0] == ord("{")]


def each(found: Iterable[T], parse: "Callable[[T], Iterable[Parsed]]", what: str) -> Iterator[Parsed]:
    """Yield what each item of a list holds; one that cannot be read is rejected, the others stay.

    Args:
        found: The items.
        parse: Reads one.
        what: What an item is, for the reason of a rejection (`an event`).

    Raises:
        DriftedSource: Not one of them could be read: that is no blemish of an item but another shape.
    """
    count = broken = 0
    last = ""
    for item in found:
        count += 1
        try:
            rows = list(parse(item))
        except (*STUMBLES, DriftedSource) as error:
            broken += 1
            last = f"{type(error).__name__}: {error}"
            yield Rejected(f"{what} that cannot be read", last)
            continue
        yield from rows
    if count and broken == count:
        raise DriftedSource(f"not one of {count} could be read, {what}: {last}")


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


def after_epoch(milliseconds: Any) -> datetime:
    """Return a time given in milliseconds since 1970.

    Raises:
        ValueError: It is no such number.
    """
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (TypeError, OverflowError, OSError) as error:
        raise ValueError(f"{milliseconds!r} is no time") from error


Parse = Callable[[Payload], Iterator[Row | Rejected | Request]]


def guarded(parse: Parse) -> Parse:
    """Return the parser with every stumble over an unknown shape told as `DriftedSource`."""

    def parse_guarded(payload: Payload) -> Iterator[Row | Rejected | Request]:
        try:
            yield from parse(payload)
        except STUMBLES as error:
            raise DriftedSource(f"{payload.request.url}: {type(error).__name__}: {error}") from error

    parse_guarded.__doc__ = parse.__doc__
    return parse_guarded
