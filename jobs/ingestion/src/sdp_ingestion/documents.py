"""Reading JSON answers: the shape must be what we know, or the source has drifted."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from json import JSONDecoder
from typing import Any, TypeVar

import orjson
from sdp_common.errors import DriftedSource

from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.rows import Rejected, Row

Document = Mapping[str, Any]
Parsed = Row | Rejected | Request
T = TypeVar("T")
_GAP = re.compile(r"[ \t\r\n]*")
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


_LARGE = 8 * 2**20
"""From how many bytes on a list is read item by item: decoded whole it takes ten times the memory of the body."""


def read_list(payload: Payload) -> list[Document]:
    """Read an answer that must be a list of objects; what is not an object in it (null) is left out.

    Raises:
        DriftedSource: It is not JSON, or not a list.
    """
    found = load(payload)
    if not isinstance(found, list):
        raise DriftedSource(f"{payload.request.url} is a {type(found).__name__}, not a list")
    return [item for item in found if isinstance(item, dict)]


def stream_list(payload: Payload) -> Iterable[Document]:
    """Read a list like `read_list`, a large one item by item, so that memory does not grow with it.

    Raises:
        DriftedSource: It is not JSON, or not a list.
        ValueError: The iteration over a large one comes to where it is no JSON.
    """
    if len(payload.content) <= _LARGE or payload.content.lstrip()[:1] != b"[":
        return read_list(payload)
    return (item for item in _items_of(payload) if isinstance(item, dict))


def _items_of(payload: Payload) -> Iterator[Any]:
    """Yield the items of a JSON list, one at a time in memory; `guarded` tells a break in it as drift."""
    scan = JSONDecoder().raw_decode
    body = payload.content.decode()
    place = _past_gap(body, body.index("[") + 1)
    while body[place] != "]":
        item, place = scan(body, place)
        yield item
        place = _past_gap(body, place)
        if body[place] == ",":
            place = _past_gap(body, place + 1)
        elif body[place] != "]":
            raise ValueError(f"not JSON: neither a comma nor an end at {place}")
    if _past_gap(body, place + 1) < len(body):
        raise ValueError(f"not JSON: more after the end at {place}")


def _past_gap(body: str, place: int) -> int:
    found = _GAP.match(body, place)
    return found.end() if found else place


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
