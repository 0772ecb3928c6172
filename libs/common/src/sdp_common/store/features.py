"""Features: named sets of columns, and one row of values a player, game and moment."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import polars as pl
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, upsert
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
    held = _current(session, sport, name, columns, version)
    values = pl.concat_list(pl.col(column).fill_null(float("nan")) for column in columns)
    frame = rows.select(*KEYS, values.alias("values"), pl.lit(held.id).alias("feature_set_id"))
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
    return _copied(session, statement, held.columns)


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
    return _copied(session, statement, held.columns)


def current_set(session: Session, sport: str, name: str) -> FeatureSet | None:
    """Return the set of columns that rows of this name are written to now, None before the first."""
    statement = (
        select(FeatureSet)
        .where(FeatureSet.sport == sport, FeatureSet.name == name)
        .order_by(FeatureSet.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def _current(session: Session, sport: str, name: str, columns: Sequence[str], version: int) -> FeatureSet:
    """Return the set of these columns, made the newest where it is not."""
    told = json.dumps([sport, name, version, list(columns)]).encode()
    digest = hashlib.sha256(told).hexdigest()
    held = current_set(session, sport, name)
    if held is not None and held.digest == digest:
        return held
    # Columns went back to what they once were: the old rows of that set would be taken for fresh ones.
    stale = session.scalars(select(FeatureSet).where(FeatureSet.digest == digest)).first()
    if stale is not None:
        session.delete(stale)
        session.flush()
    made = FeatureSet(sport=sport, name=name, columns=list(columns), digest=digest)
    session.add(made)
    session.flush()
    return made


def _rows(held: FeatureSet) -> Select[Any]:
    moment = func.to_char(func.timezone("UTC", Feature.as_of), 'YYYY-MM-DD"T"HH24:MI:SS.US')
    keys = [moment if name == "as_of" else getattr(Feature, name) for name in KEYS]
    return select(*keys, func.array_to_string(Feature.values, " ")).where(Feature.feature_set_id == held.id)


def _copied(session: Session, statement: Any, columns: Sequence[str]) -> pl.DataFrame:
    """Read through COPY: 10^5 rows of 10^2 floats would take minutes row by row."""
    connection = session.connection()
    compiled = statement.compile(dialect=connection.dialect)
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the session's connection is closed")
    body = BytesIO()
    with driver.cursor() as cursor, cursor.copy(f"COPY ({compiled}) TO STDOUT (FORMAT csv)", compiled.params) as copy:
        for block in copy:
            body.write(bytes(block).replace(b" ", b","))
    floats = dict.fromkeys(columns, pl.Float64)
    text = {name: pl.Int64 if name == "player_id" else pl.String for name in KEYS}
    if not body.tell():
        return pl.DataFrame(schema={**KEYS, **floats})
    body.seek(0)
    read = pl.read_csv(body, has_header=False, schema={**text, **floats})
    moment = pl.col("as_of").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us").dt.replace_time_zone("UTC")
    return read.with_columns(moment, pl.col(columns).fill_nan(None))
