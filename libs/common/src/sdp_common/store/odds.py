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

from sdp_common.db.bulk import Counts, read_frame, upsert
from sdp_common.db.models.odds import BettingSplit
from sdp_common.store import standings
from sdp_common.store.quotes import save
from sdp_common.store.series import KEY, QUOTES, UTC_TIME, VALUE, Schema

__all__ = ["KEY", "LINES", "QUOTES", "UTC_TIME", "closings", "forget", "lines", "openings", "save", "save_splits"]

LINES = QUOTES
_SERIES: Schema = {"id": pl.Int64, **{name: QUOTES[name] for name in KEY}, "opened_at": UTC_TIME, "starts_at": UTC_TIME}
_STOOD: Schema = {"id": pl.Int64, **{name: QUOTES[name] for name in (*VALUE, "known_at")}}


def lines(session: Session, games: Sequence[str], as_of: datetime) -> pl.DataFrame:
    """Return every series of these games as it stood at a moment; one that had not opened is not there."""
    return _stood(session, _series(session, games).with_columns(until=pl.lit(as_of, dtype=UTC_TIME)))


def openings(session: Session, games: Sequence[str]) -> pl.DataFrame:
    """Return the first quote of every series of these games; one that opened in play is not there."""
    opened = _series(session, games).filter(pl.col("opened_at") <= pl.col("starts_at"))
    return _stood(session, opened.with_columns(until="opened_at"))


def closings(session: Session, games: Sequence[str]) -> pl.DataFrame:
    """Return the last quote of every series that was known at kick-off: nothing said in play can pass for it."""
    return _stood(session, _series(session, games).with_columns(until="starts_at"))


def _series(session: Session, games: Sequence[str]) -> pl.DataFrame:
    """Return the series of games, when each opened, and when its game starts."""
    query = sql.SQL(
        "SELECT s.id, {key}, s.opened_at, g.starts_at FROM odds_series s JOIN games g ON g.id = s.game_id "
        "WHERE s.game_id = ANY({games})"
    ).format(key=sql.SQL(", ").join(sql.Identifier("s", name) for name in KEY), games=sql.Literal(list(games)))
    return read_frame(session, query, _SERIES)


_PROBE = sql.SQL(
    "SELECT s.id, q.line, q.price_decimal, q.status, q.known_at "
    "FROM (SELECT id, ({moments}::timestamptz[])[place] AS until "
    "FROM unnest({ids}::bigint[], {places}::int[]) AS asked (id, place)) AS s "
    "CROSS JOIN LATERAL (SELECT q.line, q.price_decimal, q.status, q.known_at FROM odds_quotes q "
    "WHERE q.series_id = s.id AND q.known_at <= s.until AND q.known_at BETWEEN {first} AND {last} "
    "ORDER BY q.known_at DESC LIMIT 1) q"
)


def _stood(session: Session, series: pl.DataFrame) -> pl.DataFrame:
    """Return the last quote of every series as of its `until`, by one probe of the primary key a series.

    The span from the first opening to the last moment is written into the query, so that the months outside are not
    even planned for: with all of them, and with what lies outside any month, no index gives the order.
    """
    series = series.filter(pl.col("opened_at") <= pl.col("until")).sort("id")
    if not series.height:
        return pl.DataFrame(schema=LINES)
    moments = series["until"].unique().sort()
    query = _PROBE.format(
        ids=_array(series["id"]),
        places=_array(moments.search_sorted(series["until"]) + 1),  # few moments, many series
        moments=sql.Literal(moments.to_list()),
        first=sql.Literal(series["opened_at"].min()),
        last=sql.Literal(series["until"].max()),
    )
    found = read_frame(session, query, _STOOD)
    return series.join(found, on="id").select(list(LINES)).sort(KEY)


def _array(numbers: pl.Series) -> sql.Literal:
    """Return whole numbers as an array is written; as a list the driver would write each by itself."""
    return sql.Literal("{" + ",".join(map(str, numbers.to_list())) + "}")


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
