"""Lines: how the series of some games stood at a moment, at their opening, at kick-off.

Long frames of the columns of `LINES`, one row a series that stood at the moment asked for, sorted by its key.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from psycopg import sql
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from sdp_common.db.bulk import Columns
from sdp_common.db.models.odds import OddsSeries
from sdp_common.db.models.reference import Game
from sdp_common.store.series import KEY, QUOTES, VALUE

LINES = QUOTES
_LATELY = sql.SQL(
    "WITH asked AS MATERIALIZED (SELECT s.id, s.opened_at, {until} AS until, {key} FROM {series} "
    "WHERE s.game_id = ANY(%(games)s) AND s.opened_at <= {until}), "
    "lately AS (SELECT DISTINCT ON (q.series_id) q.* FROM "
    "(SELECT s.game_id, s.until, {many} * count(*) AS most FROM asked s GROUP BY s.game_id, s.until) a "
    "CROSS JOIN LATERAL (SELECT q.series_id, {value} FROM odds_quotes q WHERE q.game_id = a.game_id "
    "AND q.known_at BETWEEN %(since)s AND %(last)s AND q.known_at <= a.until ORDER BY q.known_at DESC LIMIT a.most) q "
    "ORDER BY q.series_id, q.known_at DESC) "
    "SELECT {key}, {value}, s.id, s.opened_at FROM asked s LEFT JOIN lately q ON q.series_id = s.id"
)
_EACH = sql.SQL(
    "SELECT {key}, {value} FROM {series} CROSS JOIN LATERAL (SELECT {value} FROM odds_quotes q "
    "WHERE q.series_id = s.id AND q.known_at BETWEEN %(since)s AND %(last)s AND q.known_at <= {until} "
    "ORDER BY q.known_at DESC LIMIT 1) q WHERE {whom}"
)
"""The span, from `since` to `last`, is there for months outside it not even to be planned for."""
_QUOTES_A_SERIES = 2
"""How many of a game's latest quotes are read, for each of its series: most series are among them."""
_SPAN = timedelta(days=31)
"""How far back those are looked for."""


def _named(table: str, names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(table, name) for name in names)


_SAID = {"key": _named("s", KEY), "value": _named("q", (*VALUE, "known_at"))}


class _Moment:
    """The queries of the quotes of games as of moments, put together once.

    Args:
        until: Of which moment a series is told.
        series: Where the series, and what tells the moment, are.
    """

    def __init__(self, until: str, series: str) -> None:
        about = {"until": sql.SQL(until), "series": sql.SQL(series), **_SAID}
        self.lately = Columns(
            _LATELY.format(many=sql.Literal(_QUOTES_A_SERIES), **about),
            LINES,
            lacking="array_agg(id) FILTER (WHERE known_at IS NULL)",
            since="min(opened_at) FILTER (WHERE known_at IS NULL)",
        )
        self.lacking = Columns(_EACH.format(whom=sql.SQL("s.id = ANY(%(lacking)s)"), **about), LINES)


_OF_GAMES = "odds_series s JOIN games g ON g.id = s.game_id"
_AS_OF = _Moment("%(last)s::timestamptz", "odds_series s")
_CLOSING = _Moment("g.starts_at", _OF_GAMES)
_OPENING = Columns(
    _EACH.format(
        until=sql.SQL("s.opened_at"),
        series=sql.SQL(_OF_GAMES),
        whom=sql.SQL("s.game_id = ANY(%(games)s) AND s.opened_at <= g.starts_at"),
        **_SAID,
    ),
    LINES,
)


def lines(session: Session, games: Sequence[str], as_of: datetime) -> pl.DataFrame:
    """Return every series of these games as it stood at a moment; one that had not opened is not there."""
    return _stood(session, _AS_OF, games, (as_of, as_of))


def openings(session: Session, games: Sequence[str]) -> pl.DataFrame:
    """Return the first quote of every series of these games; one that opened in play is not there."""
    span = _span(session, OddsSeries.opened_at, OddsSeries.game_id, games)
    return _frame(_OPENING.read(session, {"games": list(games), "since": span[0], "last": span[1]}))


def closings(session: Session, games: Sequence[str]) -> pl.DataFrame:
    """Return the last quote of every series that was known at kick-off: nothing said in play can pass for it."""
    return _stood(session, _CLOSING, games, _span(session, Game.starts_at, Game.id, games))


_Span = tuple[datetime, datetime] | tuple[None, None]


def _span(
    session: Session, moment: InstrumentedAttribute[datetime], game: InstrumentedAttribute[str], games: Sequence[str]
) -> _Span:
    """Return the first and the last of some moments of games, None where there is none."""
    first, last = session.execute(select(func.min(moment), func.max(moment)).where(game.in_(games))).one()
    return first, last


def _stood(session: Session, moment: _Moment, games: Sequence[str], span: _Span) -> pl.DataFrame:
    """Return the last quote of every series as of a moment.

    What moved of a game last lies together, and most series are found in it, however often they move; those that have
    not moved for long are looked up one by one.

    Args:
        session: An open session.
        moment: What to ask.
        games: Ids of games.
        span: From when to when the moments are of which it is told.
    """
    first, last = span
    about: dict[str, Any] = {"games": list(games), "since": first and first - _SPAN, "last": last}
    told = moment.lately.read(session, about)
    if not told["lacking"]:
        return _frame(told)
    about = {"lacking": told["lacking"], "since": told["since"], "last": last}
    return _frame(told, moment.lacking.read(session, about))


def _frame(*told: dict[str, list[Any]]) -> pl.DataFrame:
    """Return what was told in one frame, less the series of which nothing was found."""
    parts = (pl.DataFrame([_column(name, part[name], kind) for name, kind in LINES.items()]) for part in told)
    return pl.concat(parts).drop_nulls("known_at").sort(KEY)


def _column(name: str, values: list[Any], kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    return (
        pl.Series(name, values, pl.Int64).cast(kind) if isinstance(kind, pl.Datetime) else pl.Series(name, values, kind)
    )
