"""Reading JSON answers: the shape must be what we know, or the source has drifted."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import orjson
from sdp_common.errors import DriftedSource

from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.rows import Lacking, Rejected, Row

Document = Mapping[str, Any]
Parsed = Row | Rejected | Request
T = TypeVar("T")
STUMBLES = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What a parser raises over a shape that is not what it knows."""


class Members(Mapping[str, Any]):
    """An object of which each member is decoded when it is asked for, so that a large one is never held whole."""

    def __init__(self, raw: Mapping[str, msgspec.Raw]) -> None:
        """Take the members as they are written."""
        self.raw = raw

    def __getitem__(self, name: str) -> Any:
        """Decode a member."""
        return orjson.loads(memoryview(self.raw[name]))

    def __contains__(self, name: object) -> bool:
        """Return whether there is such a member, without decoding it."""
        return name in self.raw

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self.raw)

    def __len__(self) -> int:
        """Return how many members there are."""
        return len(self.raw)


class Listed(Iterable[Document]):
    """The objects of a list, each decoded when its turn comes; what is not an object in it (null) is left out.

    Attributes:
        raw: The objects as they are written.
        left_out: How many items are no objects.
    """

    def __init__(self, raw: Iterable[msgspec.Raw]) -> None:
        """Take the items as they are written."""
        listed = list(raw)
        self.raw = [item for item in listed if memoryview(item)[0] == ord("{")]
        self.left_out = len(listed) - len(self.raw)

    def __iter__(self) -> Iterator[Document]:
        """Yield the objects, decoded."""
        return (orjson.loads(memoryview(item)) for item in self.raw)

    def __len__(self) -> int:
        """Return how many objects there are."""
        return len(self.raw)

    def members(self) -> Iterator[Members]:
        """Yield the objects, their own members undecoded."""
        return (Members(_RAW_OBJECT.decode(item)) for item in self.raw)


_RAW_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_RAW_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read(payload: Payload, *needed: str) -> Members:
    """Read an answer that must be an object with these members.

    Raises:
        DriftedSource: It is not JSON, not an object, or lacks a member.
    """
    where = payload.request.url
    try:
        found = _RAW_OBJECT.decode(payload.content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DriftedSource(f"{where} is not an object in JSON: {error}") from error
    if missing := sorted(set(needed) - set(found)):
        raise DriftedSource(f"{where} lacks {', '.join(missing)}")
    return Members(found)


def inside(body: Members, name: str, where: str) -> Members:
    """Return a member that must be an object, its own members undecoded; one that is null has none.

    Raises:
        DriftedSource: The member is something else.
    """
    raw = body.raw.get(name)
    if raw is None or memoryview(raw)[0] == ord("n"):
        return Members({})
    try:
        return Members(_RAW_OBJECT.decode(raw))
    except msgspec.DecodeError as error:
        raise DriftedSource(f"{where}: {name} is not an object: {error}") from error


def read_list(payload: Payload) -> Listed:
    """Read an answer that must be a list of objects.

    Raises:
        DriftedSource: It is not JSON, or not a list.
    """
    try:
        return Listed(_RAW_LIST.decode(payload.content))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DriftedSource(f"{payload.request.url} is not a list in JSON: {error}") from error


def each(
    found: Iterable[T], parse: "Callable[[T], Iterable[Parsed]]", what: str, *, lacks: Lacking = "any"
) -> Iterator[Parsed]:
    """Yield what each item of a list holds; one that cannot be read is rejected, the others stay.

    Args:
        found: The items.
        parse: Reads one.
        what: What an item is, for the reason of a rejection (`an event`).
        lacks: What is not whole without an item: nothing where an item tells all of its markets.

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
            yield Rejected(f"{what} that cannot be read", last, lacks)
            continue
        yield from rows
    if count and broken == count:
        raise DriftedSource(f"not one of {count} could be read, {what}: {last}")


class Objects(list[Document]):
    """The objects of a list that is decoded already; `left_out` is how many items are none."""

    def __init__(self, found: list[Any]) -> None:
        """Take the items."""
        super().__init__(item for item in found if isinstance(item, dict))
        self.left_out = len(found) - len(self)


def items(document: Document, name: str, where: str) -> Listed | Objects:
    """Return a member that must be a list of objects; what is not an object in it (null) is left out.

    Raises:
        DriftedSource: The member is not a list.
    """
    if isinstance(document, Members):
        return listed(document, name, where)
    found = document.get(name)
    if not isinstance(found, list):
        raise DriftedSource(f"{where}: {name} is a {type(found).__name__}, not a list")
    return Objects(found)


def whole(found: Listed | Objects, what: str, lacks: Lacking = "any") -> Iterator[Rejected]:
    """Yield a rejection where a list that should be told whole holds something else than objects.

    Args:
        found: The list.
        what: What an item is (`an offer`).
        lacks: What is not whole without an item.
    """
    if found.left_out:
        yield Rejected(f"{what} that is nothing", f"{found.left_out} in a list", lacks)


def objects(found: Any) -> list[Document]:
    """Return the objects of what may be a list; what is not an object in it is left out.

    >>> objects([{"a": 1}, None]), objects(None)
    ([{'a': 1}], [])
    """
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def listed(body: Members, name: str, where: str) -> Listed:
    """Return a member that must be a list of objects, undecoded.

    Raises:
        DriftedSource: The member is not a list.
    """
    try:
        return Listed(_RAW_LIST.decode(body.raw.get(name, b"null")))
    except msgspec.DecodeError as error:
        raise DriftedSource(f"{where}: {name} is not a list: {error}") from error


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
