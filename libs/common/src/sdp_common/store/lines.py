"""Lines: how the series of some games stood at a moment, at their opening, at kick-off.

Long frames of the columns of `LINES`, one row a series that stood at the moment asked for, sorted by its key.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from psycopg import sql
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Columns
from sdp_common.store.series import KEY, QUOTES, UTC_TIME, VALUE, Schema

LINES = QUOTES
_Rows = dict[str, list[Any]]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ASKED: Schema = {
    "series_id": pl.Int64,
    "opened_at": UTC_TIME,
    "until": UTC_TIME,
    **{name: LINES[name] for name in KEY},
}
_TOLD: Schema = {"series_id": pl.Int64, **{name: LINES[name] for name in (*VALUE, "known_at")}}
_SERIES = sql.SQL(
    "SELECT s.id, s.opened_at, {until}, {key} FROM games g JOIN odds_series s ON s.game_id = g.id "
    "WHERE g.id = ANY(%(games)s) AND s.opened_at <= {opened}"
)
_LATELY = sql.SQL(
    "SELECT DISTINCT ON (q.series_id) q.* FROM unnest(%(games)s::text[], %(most)s::bigint[]) AS a (game_id, most) "
    "JOIN games g ON g.id = a.game_id CROSS JOIN LATERAL (SELECT {told} FROM odds_quotes q "
    "WHERE q.game_id = g.id AND {within} ORDER BY q.known_at DESC LIMIT a.most) q "
    "ORDER BY q.series_id, q.known_at DESC"
)
_EARLIER = sql.SQL(
    "SELECT q.* FROM odds_series s JOIN games g ON g.id = s.game_id CROSS JOIN LATERAL (SELECT {told} "
    "FROM odds_quotes q WHERE q.series_id = s.id AND {within} ORDER BY q.known_at DESC LIMIT 1) q "
    "WHERE s.id = ANY(%(series)s)"
)
_WITHIN = sql.SQL("q.known_at BETWEEN %(first)s AND %(last)s AND q.known_at <= {until}")
"""The span, from the first opening to the last moment, is there for months outside it not even to be planned for."""
_QUOTES_A_SERIES = 2
"""How many of a game's latest quotes are read, for each of its series: most series are among them."""


class _Moment:
    """What is asked of the quotes of games as of moments, put together once.

    Args:
        until: Of which moment a series is told.
        opened: By when it must have opened to be told of.
    """

    def __init__(self, until: str, opened: str) -> None:
        moment = sql.SQL(until)
        key = sql.SQL(", ").join(sql.Identifier("s", name) for name in KEY)
        told = sql.SQL(", ").join(sql.Identifier("q", name) for name in _TOLD)
        within = _WITHIN.format(until=moment)
        self.series = Columns(_SERIES.format(until=moment, opened=sql.SQL(opened), key=key), _ASKED)
        self.lately = Columns(_LATELY.format(told=told, within=within), _TOLD)
        self.earlier = Columns(_EARLIER.format(told=told, within=within), _TOLD)


_AS_OF = _Moment("%(as_of)s::timestamptz", "%(as_of)s::timestamptz")
_OPENING = _Moment("s.opened_at", "g.starts_at")
_CLOSING = _Moment("g.starts_at", "g.starts_at")


def lines(session: Session, games: Sequence[str], as_of: datetime) -> pl.DataFrame:
    """Return every series of these games as it stood at a moment; one that had not opened is not there."""
    return _stood(session, _AS_OF, games, as_of)


def openings(session: Session, games: Sequence[str]) -> pl.DataFrame:
    """Return the first quote of every series of these games; one that opened in play is not there."""
    asked = _OPENING.series.read(session, {"games": list(games)})
    return _lines(asked, _OPENING.earlier.read(session, _about(asked) | {"series": asked["series_id"]}))


def closings(session: Session, games: Sequence[str]) -> pl.DataFrame:
    """Return the last quote of every series that was known at kick-off: nothing said in play can pass for it."""
    return _stood(session, _CLOSING, games)


def _stood(session: Session, moment: _Moment, games: Sequence[str], as_of: datetime | None = None) -> pl.DataFrame:
    """Return the last quote of every series as of a moment.

    What moved of a game last lies together, and most series are found in it, however often they move; those that have
    not moved for long are looked up one by one.
    """
    about: dict[str, Any] = {"games": list(games), "as_of": as_of}
    asked = moment.series.read(session, about)
    about |= _about(asked)
    counts = Counter(asked["game_id"])
    most = [_QUOTES_A_SERIES * count for count in counts.values()]
    told = moment.lately.read(session, about | {"games": list(counts), "most": most})
    if rest := set(asked["series_id"]).difference(told["series_id"]):
        earlier = moment.earlier.read(session, about | {"series": sorted(rest)})
        told = {name: values + earlier[name] for name, values in told.items()}
    return _lines(asked, told)


def _about(asked: _Rows) -> dict[str, datetime]:
    """Return the span of what is asked about."""
    span = {"first": min(asked["opened_at"], default=0), "last": max(asked["until"], default=0)}
    return {name: _EPOCH + timedelta(microseconds=moment) for name, moment in span.items()}


def _lines(asked: _Rows, told: _Rows) -> pl.DataFrame:
    """Return what was told beside whom it is about; a series that opened since it was asked about is left out."""
    places = {series: place for place, series in enumerate(asked["series_id"])}
    kept = [(places[series], at) for at, series in enumerate(told["series_id"]) if series in places]
    columns = {name: [asked[name][place] for place, _ in kept] for name in KEY}
    columns |= {name: [told[name][at] for _, at in kept] for name in (*VALUE, "known_at")}
    return pl.DataFrame([_column(name, columns[name], kind) for name, kind in LINES.items()]).sort(KEY)


def _column(name: str, values: list[Any], kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    return (
        pl.Series(name, values, pl.Int64).cast(kind) if isinstance(kind, pl.Datetime) else pl.Series(name, values, kind)
    )
