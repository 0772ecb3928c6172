"""Odds: series of quotes, each movement kept, read as of any moment.

Reads return long frames of the columns of `LINES`, one row a series that stood at the moment asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from psycopg import sql
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, driver_connection, read_columns, upsert
from sdp_common.db.models.odds import BettingSplit
from sdp_common.store import standings
from sdp_common.store.quotes import save
from sdp_common.store.series import KEY, QUOTES, UTC_TIME

__all__ = ["KEY", "LINES", "QUOTES", "UTC_TIME", "closings", "forget", "lines", "openings", "save", "save_splits"]

LINES = QUOTES
_OPENED = sql.SQL("s.opened_at <= {until}")
_SPAN = sql.SQL(
    "SELECT min(s.opened_at), max({until}) FROM games g JOIN odds_series s ON s.game_id = g.id "
    "WHERE g.id = ANY(%(games)s) AND {opened}"
)
_PROBE = sql.SQL(
    "(SELECT q.line, q.price_decimal, q.status, q.known_at FROM odds_quotes q WHERE q.series_id = s.id "
    "AND q.known_at BETWEEN %(first)s AND %(last)s AND q.known_at <= {until} AND {lately} "
    "ORDER BY q.known_at DESC LIMIT 1)"
)
_LATELY = sql.SQL("q.known_at > {until} - interval '6 hours'")
_BEFORE = sql.SQL("q.known_at <= {until} - interval '6 hours'")
# Of a series that moves often the index has a page of quotes, and all of them are read where all may be meant: what it
# said in the last hours is looked for first. The parts are read in their order, the second where the first has nothing.
_STOOD = sql.SQL(
    "SELECT {key}, q.line, q.price_decimal, q.status, q.known_at "
    "FROM games g JOIN odds_series s ON s.game_id = g.id "
    "CROSS JOIN LATERAL (SELECT * FROM ({recent} UNION ALL {earlier}) AS told LIMIT 1) q "
    "WHERE g.id = ANY(%(games)s) AND {opened}"
)
_AS_OF = sql.Placeholder("as_of")
_KICK_OFF, _OPENING = sql.Identifier("g", "starts_at"), sql.Identifier("s", "opened_at")


def lines(session: Session, games: Sequence[str], as_of: datetime) -> pl.DataFrame:
    """Return every series of these games as it stood at a moment; one that had not opened is not there."""
    return _stood(session, games, until=_AS_OF, opened=_AS_OF, as_of=as_of)


def openings(session: Session, games: Sequence[str]) -> pl.DataFrame:
    """Return the first quote of every series of these games; one that opened in play is not there."""
    return _stood(session, games, until=_OPENING, opened=_KICK_OFF)


def closings(session: Session, games: Sequence[str]) -> pl.DataFrame:
    """Return the last quote of every series that was known at kick-off: nothing said in play can pass for it."""
    return _stood(session, games, until=_KICK_OFF, opened=_KICK_OFF)


def _stood(
    session: Session,
    games: Sequence[str],
    *,
    until: sql.Composable,
    opened: sql.Composable,
    as_of: datetime | None = None,
) -> pl.DataFrame:
    """Return the last quote as of `until` of every series that had opened by `opened`: a probe or two of the index.

    The span from the first opening to the last moment is asked for beforehand, so that the months outside are not even
    planned for: with all of them, and with what lies outside any month, no index gives the order. What is asked about
    are parameters, so that a connection that asks often has the text parsed once.
    """
    about: dict[str, Any] = {"games": list(games), "as_of": as_of}
    told = {"until": until, "opened": _OPENED.format(until=opened)}
    session.flush()
    with driver_connection(session).cursor() as cursor:
        first, last = cursor.execute(_SPAN.format(**told), about).fetchone() or (None, None)
    if first is None:
        return pl.DataFrame(schema=LINES)
    query = _STOOD.format(
        key=sql.SQL(", ").join(sql.Identifier("s", name) for name in KEY),
        recent=_PROBE.format(lately=_LATELY.format(until=until), until=until),
        earlier=_PROBE.format(lately=_BEFORE.format(until=until), until=until),
        **told,
    )
    return read_columns(session, query, LINES, {**about, "first": first, "last": last}).sort(KEY)


def save_splits(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Save betting percentages (the columns of `betting_splits`) where they differ from those that stand."""
    listed = list(rows)
    key = ("game_id", "source", "market", "side")
    query = (
        select(*(getattr(BettingSplit, name) for name in (*key, "tickets_pct", "money_pct")))
        .ext(distinct_on(*(getattr(BettingSplit, name) for name in key)))
        .where(BettingSplit.game_id.in_({row["game_id"] for row in listed}))
        .order_by(*(getattr(BettingSplit, name) for name in key), BettingSplit.known_at.desc())
    )
    standing = {tuple(row[:4]): tuple(row[4:]) for row in session.execute(query)}
    fresh = [
        row
        for row in listed
        if standing.get(tuple(row[name] for name in key)) != (row["tickets_pct"], row["money_pct"])
    ]
    done = upsert(session, BettingSplit, fresh, key=[*key, "known_at"])
    return done + Counts(unchanged=len(listed) - len(fresh))


_FORGET = (
    "DELETE FROM odds_quotes q USING odds_series s JOIN games g ON g.id = s.game_id "
    "WHERE s.id = q.series_id AND s.source = :source AND g.sport = :sport AND q.known_at >= :since",
    "DELETE FROM odds_series s USING games g "
    "WHERE g.id = s.game_id AND s.source = :source AND g.sport = :sport AND s.opened_at >= :since",
)


def forget(session: Session, source: str, sport: str, since: datetime) -> None:
    """Delete a source's quotes of a sport from a moment on, so that they can be told anew."""
    for statement in _FORGET:
        session.execute(text(statement), {"source": source, "sport": sport, "since": since})
    standings.forget(session, source, sport)
