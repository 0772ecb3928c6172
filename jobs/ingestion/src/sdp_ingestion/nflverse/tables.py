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


def read(payload: Payload, needed: Iterable[str]) -> pl.DataFrame:
    """Read a parquet body.

    Raises:
        DriftedSource: It is not parquet, or lacks a column that we cannot do without.
    """
    where = payload.request.url
    try:
        frame = pl.read_parquet(BytesIO(payload.content))
    except (PolarsError, OSError, ValueError) as error:
        raise DriftedSource(f"nflverse: {where} is not a parquet file: {error}") from error
    if missing := sorted(set(needed) - set(frame.columns)):
        raise DriftedSource(f"nflverse: {where} lacks {', '.join(missing)}")
    return frame


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
