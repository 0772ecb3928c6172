"""Texts of rows: a source may send an object where a name belongs, which must cost no more than its own row."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from operator import attrgetter
from typing import Any, get_type_hints

from sdp_ingestion.rows import MarketRows, Rejected, Row, SlateRow

_TEXT = (str, str | None)


def checked(row: Row | Rejected) -> Iterator[Row | Rejected]:
    """Yield a row, or what is usable of it: a slate less the draftables that are not, else a rejection.

    A market that came in columns was decoded by its types, and is not looked through again.
    """
    if isinstance(row, Rejected | MarketRows):
        yield row
        return
    if isinstance(row, SlateRow) and any(map(_misplaced, row.draftables)):
        kept = tuple(one for one in row.draftables if not _misplaced(one))
        yield from (_rejected(one) for one in row.draftables if _misplaced(one))
        row = replace(row, draftables=kept)
    yield _rejected(row) if _misplaced(row) else row


def _rejected(row: Any) -> Rejected:
    return Rejected("something else where text belongs", f"{type(row).__name__}: {_misplaced(row)[0]!r}"[:200])


def _misplaced(row: Any) -> list[Any]:
    """Return what stands where text belongs, and in the ids and games that the row names, and is none."""
    kind: Any = type(row)  # types are hashable, whatever the checker says
    texts, named = _fields(kind)
    found = [text for text in texts(row) if text is not None and type(text) is not str]
    for name in named(row):
        if isinstance(name, tuple) and hasattr(name, "_fields"):
            found += _misplaced(name)
    return found


@cache
def _fields(kind: Any) -> tuple[Callable[[Any], tuple[Any, ...]], Callable[[Any], tuple[Any, ...]]]:
    """Return what reads a kind of row's texts, and what reads the ids and games that it names."""
    hints = get_type_hints(kind)
    texts = [name for name, hint in hints.items() if hint in _TEXT]
    named = [name for name in hints if name in ("player", "game")]
    return _reader(texts), _reader(named)


def _reader(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if not names:
        return lambda _: ()
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda row: (read(row),)
