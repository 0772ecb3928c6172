"""Features: named sets of columns, and one row of values a player, game and moment."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, driver_connection, upsert
from sdp_common.db.models.features import Feature, FeatureSet
from sdp_common.db.models.reference import Game
from sdp_common.db.models.slates import Draftable, Slate

UTC_TIME = pl.Datetime("us", "UTC")
KEYS: dict[str, pl.DataType | type[pl.DataType]] = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "as_of": UTC_TIME,
    "team_id": pl.String,
    "opponent_id": pl.String,
    "position": pl.String,
}
_KEY = ("feature_set_id", "player_id", "game_id", "as_of")
_TYPES = {name: "int8" if name in ("player_id", "as_of") else "text" for name in KEYS}
_FLOAT8 = 701
"""The type's number in PostgreSQL's catalogue."""
_PART = 10_000
"""Rows that become a frame at once: as bytes they take half as much again."""


def save(session: Session, sport: str, name: str, rows: pl.DataFrame, *, version: int = 1) -> Counts:
    """Save feature rows under the set of their columns, which becomes the current set of this name.

    Args:
        session: An open session.
        sport: The sport's code.
        name: What the rows describe (`player_game`).
        rows: `KEYS`, then Float64 features, whose names and order are the set's; null is unknown.
        version: Raised by the builder where a column changed its meaning; another version is another set.
    """
    columns = [column for column in rows.columns if column not in KEYS]
    held, is_new = _current(session, sport, name, columns, version)
    rows = rows.unique(["player_id", "game_id", "as_of"], keep="last", maintain_order=True)
    matrix = rows.select(pl.col(columns).fill_null(float("nan"))).to_numpy(order="c")
    if is_new:  # none of its rows can be there yet: there is nothing to compare with
        _append(session, held.id, rows, matrix)
        return Counts(new=rows.height)
    frame = rows.select(*KEYS, pl.Series("values", matrix), pl.lit(held.id).alias("feature_set_id"))
    return upsert(session, Feature, frame, key=_KEY)


def history(session: Session, sport: str, name: str, *, until: datetime) -> pl.DataFrame:
    """Return the rows of past games, each as it stood at its own kick-off, of games that began before a moment.

    Columns: `KEYS` and the current set's features; no row where nothing was built yet.
    """
    held = current_set(session, sport, name)
    if held is None:
        return pl.DataFrame(schema=KEYS)
    statement = (
        _rows(held)
        .join(Game, Game.id == Feature.game_id)
        .where(Feature.as_of == Game.starts_at, Game.starts_at < until)
        .order_by(Feature.as_of, Feature.game_id, Feature.player_id)
    )
    return _read(session, statement, held.columns)


def slate(session: Session, slate_id: int, name: str, as_of: datetime) -> pl.DataFrame:
    """Return the rows of a slate's matched players as they stood last by a moment, in the columns of `history`.

    All rows are of one moment, in `as_of`; a player without a row of that moment is not among them.
    """
    sport = session.scalar(select(Slate.sport).where(Slate.id == slate_id))
    held = current_set(session, sport, name) if sport is not None else None
    if held is None:
        return pl.DataFrame(schema=KEYS)
    drafted = select(Draftable.player_id, Draftable.game_id).where(Draftable.slate_id == slate_id).distinct().subquery()
    mine = (drafted.c.player_id == Feature.player_id) & (drafted.c.game_id == Feature.game_id)
    latest = session.scalar(
        select(func.max(Feature.as_of))
        .join(drafted, mine)
        .where(Feature.feature_set_id == held.id, Feature.as_of <= as_of)
    )
    statement = (
        _rows(held).join(drafted, mine).where(Feature.as_of == latest).order_by(Feature.game_id, Feature.player_id)
    )
    return _read(session, statement, held.columns)


def current_set(session: Session, sport: str, name: str) -> FeatureSet | None:
    """Return the set of columns that rows of this name are written to now, None before the first."""
    statement = (
        select(FeatureSet)
        .where(FeatureSet.sport == sport, FeatureSet.name == name)
        .order_by(FeatureSet.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def _current(session: Session, sport: str, name: str, columns: Sequence[str], version: int) -> tuple[FeatureSet, bool]:
    """Return the set of these columns, made the newest where it is not, and whether it was made here."""
    told = json.dumps([sport, name, version, list(columns)]).encode()
    digest = hashlib.sha256(told).hexdigest()
    held = current_set(session, sport, name)
    if held is not None and held.digest == digest:
        return held, False
    # Columns went back to what they once were: the old rows of that set would be taken for fresh ones.
    stale = session.scalars(select(FeatureSet).where(FeatureSet.digest == digest)).first()
    if stale is not None:
        session.delete(stale)
        session.flush()
    made = FeatureSet(sport=sport, name=name, columns=list(columns), digest=digest)
    session.add(made)
    session.flush()
    return made, True


def _rows(held: FeatureSet) -> Select[Any]:
    moment = func.extract("epoch", Feature.as_of) * 1_000_000
    keys = [cast(moment, BigInteger) if name == "as_of" else getattr(Feature, name) for name in KEYS]
    return select(*keys, Feature.values).where(Feature.feature_set_id == held.id)


def _read(session: Session, statement: Select[Any], columns: Sequence[str]) -> pl.DataFrame:
    """Read through binary COPY: 10^5 rows of 10^2 floats would take seconds as text, minutes row by row."""
    compiled = statement.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    head = f"COPY ({compiled}) TO STDOUT (FORMAT binary)"
    with driver_connection(session).cursor() as cursor, cursor.copy(head, compiled.params) as copy:
        copy.set_types([*_TYPES.values(), "bytea"])
        rows = copy.rows()
        parts = [_frame([], columns)]
        while part := list(islice(rows, _PART)):
            parts.append(_frame(part, columns))
    return pl.concat(parts, rechunk=True)


def _frame(rows: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> pl.DataFrame:
    kinds = {name: pl.Int64 if kind == "int8" else pl.String for name, kind in _TYPES.items()}
    keys = pl.DataFrame([row[:-1] for row in rows], schema=kinds, orient="row")
    cells = np.frombuffer(b"".join(row[-1] for row in rows), _array(len(columns)))["cells"]["value"]
    values = pl.DataFrame(cells.astype(float), schema=dict.fromkeys(columns, pl.Float64))
    moment = pl.from_epoch("as_of", time_unit="us").dt.replace_time_zone("UTC")
    return keys.with_columns(moment).hstack(values.fill_nan(None))


def _append(session: Session, set_id: int, rows: pl.DataFrame, matrix: NDArray[np.float64]) -> None:
    """Write through binary COPY, each row of the matrix as PostgreSQL sends an array."""
    arrays = np.zeros(matrix.shape[0], _array(matrix.shape[1]))
    arrays["head"] = (1, 0, _FLOAT8, matrix.shape[1], 1)
    arrays["cells"]["size"], arrays["cells"]["value"] = 8, matrix
    body, size = memoryview(arrays.tobytes()), arrays.itemsize
    head = sql.SQL("COPY features (feature_set_id, {}, values) FROM STDIN (FORMAT binary)")
    names = sql.SQL(", ").join(map(sql.Identifier, KEYS))
    with driver_connection(session).cursor() as cursor, cursor.copy(head.format(names)) as copy:
        copy.set_types(["int8", *(_TYPES | {"as_of": "timestamptz"}).values(), "bytea"])
        for at, key in enumerate(rows.select(*KEYS).iter_rows()):
            copy.write_row((set_id, *key, body[at * size : (at + 1) * size]))


def _array(length: int) -> np.dtype[np.void]:
    """Return the layout of a float8[] of one dimension on the wire: dimensions, nulls, type, length, first index."""
    cell = np.dtype([("size", ">i4"), ("value", ">f8")])
    return np.dtype([("head", ">i4", 5), ("cells", cell, length)])
