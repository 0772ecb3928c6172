"""Rows and frames as COPY wants them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from sdp_common.document import document

Row = Sequence[Any]


@dataclass(frozen=True)
class Batch:
    """Rows ready for COPY: `csv` where they came as a frame, else `rows`, one value a column."""

    columns: tuple[str, ...]
    height: int
    rows: Sequence[Row] = ()
    csv: bytes | None = None


def read_batch(rows: Iterable[Mapping[str, Any]] | pl.DataFrame, table: Table, *, key: Sequence[str] = ()) -> Batch:
    """Check the columns, fill in defaults, drop all but the last row of a key, and encode.

    Raises:
        ValueError: A column is not the table's, or a key column is not given.
    """
    if isinstance(rows, pl.DataFrame):
        return _read_frame(rows, table, key)
    listed = rows if isinstance(rows, list) else list(rows)
    given = dict.fromkeys(name for row in listed for name in row)
    columns = _columns(list(given), table, key)
    if key:
        listed = list({tuple(row[k] for k in key): row for row in listed}.values())
    encoders = [_encoder(table.c[name]) for name in columns]
    defaults = [_default(table.c[name]) for name in columns]
    encode = list(zip(columns, defaults, encoders, strict=True))
    values = [
        [to(row.get(name, default)) if to else row.get(name, default) for name, default, to in encode] for row in listed
    ]
    return Batch(columns, len(values), rows=values)


def _columns(given: list[str], table: Table, key: Sequence[str]) -> tuple[str, ...]:
    if not given:
        return ()
    if unknown := sorted(set(given) - set(table.c.keys())):
        raise ValueError(f"{table.name} has no column {', '.join(unknown)}")
    if missing := sorted(set(key) - set(given)):
        raise ValueError(f"{table.name}: the rows lack the key column {', '.join(missing)}")
    return (*given, *(c.name for c in table.c if c.name not in given and _default(c) is not None))


def _default(column: Column[Any]) -> Any:
    default = column.default
    return default.arg if default is not None and default.is_scalar else None  # type: ignore[attr-defined]


def _encoder(column: Column[Any]) -> Callable[[Any], Any] | None:
    return document if isinstance(column.type, JSONB) else None


def _read_frame(frame: pl.DataFrame, table: Table, key: Sequence[str]) -> Batch:
    columns = _columns(frame.columns, table, key)
    if not frame.height:
        return Batch(columns, 0)
    added = [pl.lit(_default(table.c[name])).alias(name) for name in columns if name not in frame.columns]
    frame = frame.with_columns(added)
    if key:
        frame = frame.unique(subset=list(key), keep="last", maintain_order=True)
    encoded = frame.select(_expression(pl.col(name), frame.schema[name], table.c[name]) for name in columns)
    if any(dtype == pl.Object for dtype in encoded.schema.values()):
        return read_batch(frame.to_dicts(), table, key=key)
    # NULL is an empty unquoted field, so that an empty text must be quoted.
    csv = encoded.write_csv(
        include_header=False,
        quote_style="non_numeric",
        datetime_format="%Y-%m-%dT%H:%M:%S%.6f+00",
        null_value="",
    )
    return Batch(columns, frame.height, csv=csv.encode())


def _expression(value: pl.Expr, dtype: pl.DataType, column: Column[Any]) -> pl.Expr:
    name = column.name
    if isinstance(column.type, JSONB):
        return _json_expression(value, dtype).alias(name)
    if isinstance(column.type, ARRAY):
        return _array_expression(value, dtype).alias(name)
    if dtype == pl.Binary:
        return (pl.lit("\\x") + value.bin.encode("hex")).alias(name)
    if isinstance(dtype, pl.Datetime):
        return (value.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if dtype.time_zone else value).alias(name)
    return value


def _json_expression(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return value.map_elements(_frame_document, return_dtype=pl.String) if dtype != pl.String else value


def _frame_document(value: Any) -> str | None:
    return document(value.to_list() if isinstance(value, pl.Series) else value)


def _array_expression(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Array):
        value = value.arr.to_list()
    element = pl.element().cast(pl.String)
    if getattr(dtype, "inner", None) == pl.String:
        escaped = element.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
        element = pl.lit('"') + escaped + pl.lit('"')
    joined = value.list.eval(element.fill_null("NULL")).list.join(",")
    return pl.when(value.is_not_null()).then(pl.lit("{") + joined + pl.lit("}"))
