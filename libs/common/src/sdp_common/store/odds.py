"""Odds: series of quotes, each movement kept, read as of any moment.

What reads of a moment return is told by `sdp_common.store.lines`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.odds import BettingSplit
from sdp_common.store import standings
from sdp_common.store.lines import LINES, closings, lines, openings
from sdp_common.store.quotes import close, identities, save
from sdp_common.store.series import KEY, QUOTES, UTC_TIME

__all__ = [
    "KEY",
    "LINES",
    "QUOTES",
    "UTC_TIME",
    "close",
    "closings",
    "forget",
    "identities",
    "lines",
    "openings",
    "save",
    "save_splits",
]


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
