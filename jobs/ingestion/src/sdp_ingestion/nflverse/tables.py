"""Reading nflverse's parquet: the columns must be there, what is empty is None."""

import math
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import polars as pl
from polars.exceptions import PolarsError
from sdp_common.errors import DriftedSource

from sdp_ingestion.provider import Payload

Record = dict[str, Any]


_MOST_ROWS = 5_000_000
"""More than any file of a season has: what has more is not read."""


def read(payload: Payload, needed: Iterable[str], also: Iterable[str] | None = None) -> pl.DataFrame:
    """Read a parquet body.

    Args:
        payload: The body.
        needed: Columns that must be there.
        also: Further columns that are read where they are there; all where None. A season's play-by-play has hundreds
            that nobody asks for, and takes twenty times the memory with them.

    Raises:
        DriftedSource: It is not parquet, lacks a column that we cannot do without, or has more rows than any season.
    """
    where, content = payload.request.url, BytesIO(payload.content)
    columns = columns_of(payload)
    if missing := sorted(set(needed) - set(columns)):
        raise DriftedSource(f"nflverse: {where} lacks {', '.join(missing)}")
    wanted = columns if also is None else [name for name in columns if name in {*needed, *also}]
    try:
        if (rows := pl.scan_parquet(content).select(pl.len()).collect().item()) > _MOST_ROWS:
            raise DriftedSource(f"nflverse: {where} has {rows:,} rows, more than a season can have")
        return pl.read_parquet(content, columns=wanted)
    except (PolarsError, OSError, ValueError) as error:
        raise DriftedSource(f"nflverse: {where} is not a parquet file: {error}") from error


def columns_of(payload: Payload) -> list[str]:
    """Return the names of a parquet body's columns, in their order.

    Raises:
        DriftedSource: It is not parquet.
    """
    try:
        return list(pl.read_parquet_schema(BytesIO(payload.content)))
    except (PolarsError, OSError, ValueError) as error:
        raise DriftedSource(f"nflverse: {payload.request.url} is not a parquet file: {error}") from error


def records(frame: pl.DataFrame) -> Iterator[Record]:
    """Yield each row as a mapping, text stripped and emptiness (blank, NaN, `NA`) as None."""
    for row in frame.iter_rows(named=True):
        yield {name: _clean(value) for name, value in row.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        stripped = value.strip()
        return stripped if stripped not in ("", "NA") else None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def number(value: Any) -> float:
    """Return a number, zero where there is none."""
    return float(value) if value is not None else 0.0
