"""Odds: quotes of game lines and player props, append-only."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, append
from sdp_common.db.models.odds import OddsQuote

KEY = ("game_id", "player_id", "source", "book", "market", "side")
VALUE = ("line", "price_decimal", "status")
_Step = tuple[datetime, tuple[Any, ...]]


def save(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Append the quotes that say something new.

    A quote is kept only where its line, price or status differs from the quote of the same game, player, source,
    book, market and side that stood at its moment; so a feed that repeats itself leaves one row a movement, however
    often and in whichever order it is read.

    Args:
        session: An open session.
        rows: The columns of `odds_quotes` but `id` and `recorded_at`; `player_id` may be left out.
    """
    incoming = sorted(({"player_id": None, "status": "open", **row} for row in rows), key=lambda row: row["known_at"])
    history = _history(session, sorted({row["game_id"] for row in incoming}), {row["source"] for row in incoming})
    fresh: list[dict[str, Any]] = []
    changed = 0
    for row in incoming:
        steps = history[tuple(row[name] for name in KEY)]
        value = tuple(row[name] for name in VALUE)
        at = bisect_right(steps, row["known_at"], key=lambda step: step[0])
        if at and steps[at - 1][1] == value:
            continue
        changed += at > 0
        steps.insert(at, (row["known_at"], value))
        fresh.append(row)
    append(session, OddsQuote, fresh)
    return Counts(len(fresh) - changed, changed, len(incoming) - len(fresh))


def _history(session: Session, games: Sequence[str], sources: set[str]) -> dict[tuple[Any, ...], list[_Step]]:
    columns = [getattr(OddsQuote, name) for name in (*KEY, "known_at", *VALUE)]
    found: dict[tuple[Any, ...], list[_Step]] = defaultdict(list)
    statement = (
        select(*columns)
        .where(OddsQuote.game_id.in_(games), OddsQuote.source.in_(sources))
        .order_by(OddsQuote.known_at, OddsQuote.id)
    )
    for row in session.execute(statement):
        found[tuple(row[: len(KEY)])].append((row[len(KEY)], tuple(row[len(KEY) + 1 :])))
    return found
