"""Bulk writes: COPY into a temporary table, then one INSERT .. ON CONFLICT that counts exactly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, LiteralString
from uuid import uuid4

import polars as pl
from psycopg import Connection, sql
from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from sdp_common.db.copy import Batch, read_batch
from sdp_common.db.models.base import Base

Rows = Iterable[Mapping[str, Any]] | pl.DataFrame


@dataclass(frozen=True)
class Counts:
    """What an upsert did. The three sum to the number of distinct keys that came in."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def rows(self) -> int:
        """Distinct keys that came in."""
        return self.new + self.changed + self.unchanged

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged)


def upsert(
    session: Session,
    model: type[Base],
    rows: Rows,
    *,
    key: Sequence[str],
    update: Sequence[str] | None = None,
) -> Counts:
    """Write rows by their key, touching only those that are new or differ.

    Runs in the session's transaction. Where the same key comes twice the last wins. A column that is not given
    takes its default. NaN and infinity inside a document (JSONB) become null, in a float column or array they stay.

    Args:
        session: Open session; nothing is committed here.
        model: The table.
        rows: Mappings of column name to value, or a polars frame with such columns.
        key: Columns of a unique constraint or the primary key.
        update: Columns to overwrite when they differ; all given but the key by default, `()` to keep the old row.

    Raises:
        ValueError: A column does not exist, or a key column is missing.
    """
    table = _table(model)
    batch = read_batch(rows, table, key=key)
    if not batch.height:
        return Counts()
    changing = [c for c in batch.columns if c not in key] if update is None else list(update)
    if unknown := sorted(set(changing) - set(batch.columns)):
        raise ValueError(f"{table.name}: columns to update are not in the rows: {', '.join(unknown)}")
    session.flush()
    connection = driver_connection(session)
    staged = sql.Identifier(f"incoming_{uuid4().hex[:12]}")
    with connection.cursor() as cursor:
        cursor.execute(_create(staged, table, batch.columns))
        _copy(connection, staged, batch)
        cursor.execute(_merge(staged, table, batch.columns, key, changing))
        answer = cursor.fetchone()
        cursor.execute(sql.SQL("DROP TABLE {}").format(staged))
    new, changed = answer if answer is not None else (0, 0)
    session.expire_all()
    return Counts(new, changed, batch.height - new - changed)


def append(session: Session, model: type[Base], rows: Rows) -> int:
    """Add rows by COPY straight into the table and return how many; nothing is looked up."""
    table = _table(model)
    batch = read_batch(rows, table)
    if batch.height:
        session.flush()
        _copy(driver_connection(session), sql.Identifier(table.name), batch)
    return batch.height


def read_frame(
    session: Session, query: sql.Composable, schema: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.DataFrame:
    """Read a query's answer into a frame by COPY, the fastest way to many rows, in no particular order.

    Args:
        session: Open session; what it has not flushed yet is seen.
        query: A SELECT with its values in place, one column a column of the schema, in its order.
        schema: Names and types; text that is empty stays apart from NULL.
    """
    session.flush()
    times = [name for name, kind in schema.items() if isinstance(kind, pl.Datetime)]
    written = sql.SQL(", ").join(_written(*column) for column in schema.items())
    whole = sql.SQL("COPY (SELECT {} FROM ({}) AS asked ({})) TO STDOUT (FORMAT csv)").format(
        written, query, _names(schema)
    )
    body = BytesIO()
    with driver_connection(session).cursor() as cursor, cursor.copy(whole) as copy:
        for part in copy:
            body.write(part)
    if not body.tell():
        return pl.DataFrame(schema=dict(schema))
    kinds = {name: pl.Int64 if name in times else kind for name, kind in schema.items()}
    frame = pl.read_csv(body.getvalue(), has_header=False, schema=kinds)  # a text that is empty comes quoted
    return frame.with_columns(pl.from_epoch(name, time_unit="us").dt.replace_time_zone("UTC") for name in times)


class Columns:
    """A query of some thousand rows, read as one row of an array a column, in no particular order.

    COPY hands over a row at a time, which for few rows takes longer than all else here; many rows come faster by it. It
    is put together once, for it is asked often: only the values of its placeholders differ.
    """

    def __init__(
        self, query: sql.Composable, schema: Mapping[str, pl.DataType | type[pl.DataType]], **besides: LiteralString
    ) -> None:
        """Take a SELECT whose columns are named as the schema's, and what is to be told besides of all of its rows."""
        self.names = (*schema, *besides)
        arrays = [sql.SQL("array_agg({})").format(_written(*column)) for column in schema.items()]
        told = sql.SQL(", ").join([*arrays, *map(sql.SQL, besides.values())])
        self._text = sql.SQL("SELECT {} FROM ({}) AS asked").format(told, query).as_bytes(None)

    def read(self, session: Session, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for the rows, a list a column (moments as microseconds of the epoch); what is not flushed yet is seen."""
        session.flush()
        with driver_connection(session).cursor(binary=True) as cursor:
            found = cursor.execute(self._text, parameters).fetchone() or ()
        return {name: [] if values is None else values for name, values in zip(self.names, found, strict=True)}


def _written(name: str, kind: pl.DataType | type[pl.DataType]) -> sql.Composable:
    """Return how the server writes a column's value; a moment as a number, since text would be parsed again."""
    value = sql.Identifier(name)
    if isinstance(kind, pl.Datetime):
        return sql.SQL("round(date_part('epoch', {}) * 1000000)::bigint").format(value)
    return sql.SQL("{}::text").format(value) if kind == pl.Boolean else value


def execute(session: Session, statement: sql.Composable) -> None:
    """Run a statement whose names are composed (a partition's), in the session's transaction."""
    session.flush()
    with driver_connection(session).cursor() as cursor:
        cursor.execute(sql.Composed([statement]))


def _table(model: type[Base]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):  # pragma: no cover - every model of ours is a plain table
        raise TypeError(f"{model.__name__} is not a table")
    return table


def driver_connection(session: Session) -> Connection[Any]:
    """Return the driver's connection of a session, in whose transaction it is.

    Raises:
        TypeError: The driver is not psycopg 3.
    """
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, Connection):
        raise TypeError("bulk writes need psycopg 3")
    return driver


def _names(columns: Iterable[str], prefix: str = "") -> sql.Composed:
    lead = sql.SQL(prefix)
    return sql.SQL(", ").join([lead + sql.Identifier(column) for column in columns])


def _create(staged: sql.Identifier, table: Table, columns: Sequence[str]) -> sql.Composed:
    fields = [sql.Identifier(name) + sql.SQL(" ") + sql.SQL(_type(table.c[name])) for name in columns]
    return sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(staged, sql.SQL(", ").join(fields))


def _type(column: Column[Any]) -> str:
    return column.type.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]


def _copy(connection: Connection[Any], target: sql.Identifier, batch: Batch) -> None:
    head = sql.SQL("COPY {} ({}) FROM STDIN").format(target, _names(batch.columns))
    with connection.cursor() as cursor:
        if batch.csv is not None:
            with cursor.copy(head + sql.SQL(" (FORMAT csv, NULL '')")) as copy:
                copy.write(batch.csv)
            return
        with cursor.copy(head) as copy:
            for row in batch.rows:
                copy.write_row(row)


def _merge(
    staged: sql.Identifier, table: Table, columns: Sequence[str], key: Sequence[str], changing: Sequence[str]
) -> sql.Composed:
    target = sql.Identifier(table.name)
    action: sql.Composable = sql.SQL("NOTHING")
    same: sql.Composable = sql.SQL("true")
    if changing:
        differs = sql.SQL("ROW({}) IS DISTINCT FROM ROW({})").format(
            _names(changing, "present."), _names(changing, "excluded.")
        )
        pairs = sql.SQL(", ").join(sql.Identifier(c) + sql.SQL(" = excluded.") + sql.Identifier(c) for c in changing)
        action = sql.SQL("UPDATE SET {} WHERE {}").format(pairs, differs)
        same = sql.SQL("ROW({}) IS NOT DISTINCT FROM ROW({})").format(
            _names(changing, "present."), _names(changing, "staged.")
        )
    match = sql.SQL(" AND ").join(
        sql.SQL("present.{c} = staged.{c}").format(c=sql.Identifier(column)) for column in key
    )
    # Rows that are already so are filtered first: a conflict that changes nothing would still lock, and so
    # rewrite, every row of a re-run.
    return sql.SQL(
        "WITH merged AS (INSERT INTO {target} AS present ({columns}) SELECT {staged_columns} FROM {staged} AS staged "
        "WHERE NOT EXISTS (SELECT FROM {target} AS present WHERE {match} AND {same}) "
        "ON CONFLICT ({key}) DO {action} RETURNING (present.xmax = 0) AS is_new) "
        "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM merged"
    ).format(
        target=target,
        columns=_names(columns),
        staged_columns=_names(columns, "staged."),
        staged=staged,
        match=match,
        same=same,
        key=_names(key),
        action=action,
    )
