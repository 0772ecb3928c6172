"""Quotes as they come: only what says something new is written."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, append
from sdp_common.db.models.odds import OddsQuote
from sdp_common.store import movements, series, standings
from sdp_common.store.series import KEY, LADDER, QUOTES, STANDING, VALUE

_NOW = [pl.col(name).alias(f"{name}_now") for name in (*VALUE, "known_at")]


def save(session: Session, rows: Iterable[Mapping[str, Any]] | pl.DataFrame) -> Counts:
    """Append the quotes that say something new.

    A quote is kept only where its line, price or status differs from the quote of the same series that stood at its
    moment; so a feed that repeats itself leaves one row a movement, however often and in whichever order it is read.
    Of two quotes of a series at one moment the later in the rows counts. What comes late is put in its place; but a
    repetition that was left out cannot be told later from silence, so bodies are saved in the order they came.

    Args:
        session: An open session.
        rows: The columns of `QUOTES` (`rung` is ours to set; `player_id` and `status` may be left out).

    Returns:
        Series that opened, quotes that moved one, quotes that said nothing new.
    """
    incoming = _incoming(rows)
    counts = Counts()
    for (source,), said in sorted(incoming.partition_by("source", as_dict=True).items()):
        # one writer a source: two would open the same series
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"odds {source}", 0))))
        counts += _save(session, str(source), said)
    return counts


def _save(session: Session, source: str, said: pl.DataFrame) -> Counts:
    """Append what one source says: of most games in the order in which it said it before, of others not."""
    games = {str(game): rows for (game,), rows in said.partition_by("game_id", as_dict=True).items()}
    standing = standings.read(session, source, list(games), STANDING)
    repeated, placed = _place(games, standing)
    loose = [game for game in games if game not in placed]
    moved = repeated.filter("moves").select(list(STANDING))
    append(session, OddsQuote, moved.select("series_id", "known_at", *VALUE))
    touched = set(moved["game_id"].unique())
    standings.save(session, [(source, *one) for one in _stand_anew(repeated, placed, standing) if one[0] in touched])
    counts = Counts(0, moved.height, repeated.height - moved.height)
    if not loose:
        return counts
    told = pl.concat([games[game] for game in loose])
    return counts + _save_loose(session, source, told, pl.concat([standing[game] for game in loose]))


def _place(
    games: Mapping[str, pl.DataFrame], standing: Mapping[str, pl.DataFrame]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return what is said of the games whose series come in their order, compared, and where their blocks begin.

    In such a game no series is told twice, so that a quote moves its series where it differs from the row beside it.
    A game of which something late is said is none of them.
    """
    found = {game: standings.place(standing[game], said, KEY) for game, said in games.items()}
    placed = {game: start for game, start in found.items() if start is not None}
    blocks = [standing[game].slice(start, games[game].height) for game, start in placed.items()]
    schema = {**STANDING, **{f"{name}_now": STANDING[name] for name in (*VALUE, "known_at")}}
    if not placed:
        return pl.DataFrame(schema={**schema, "moves": pl.Boolean}), {}
    now = pl.concat(blocks).select("series_id", *_NOW)
    moves = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in VALUE)
    is_late = (
        pl.when("moves")
        .then(pl.col("known_at") <= pl.col("known_at_now"))
        .otherwise(pl.col("known_at") < pl.col("known_at_now"))
    )
    compared = pl.concat([pl.concat([games[game] for game in placed]), now], how="horizontal").with_columns(moves=moves)
    late = set(compared.filter(is_late)["game_id"].unique())
    if late:
        return _place({game: said for game, said in games.items() if game not in late}, standing)
    return compared, placed


def _stand_anew(
    compared: pl.DataFrame, placed: Mapping[str, int], standing: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield every placed game with its standing: its block as it was said, what lies outside as it was."""
    since = pl.when("moves").then("known_at").otherwise("known_at_now").alias("known_at")
    blocks = compared.with_columns(since).select(list(STANDING)).partition_by("game_id", as_dict=True)
    for game, start in placed.items():
        block, before = blocks[(game,)], standing[game]
        outside = (before.head(start), before.slice(start + block.height))
        yield game, block if block.height == before.height else pl.concat([outside[0], block, outside[1]])


def _save_loose(session: Session, source: str, said: pl.DataFrame, standing: pl.DataFrame) -> Counts:
    """Append what is said in another order, of new series, twice of one, or late; and keep the order."""
    moved, is_late = movements.find(session, said, standing)
    fresh = moved.filter(pl.col("series_id").is_null())
    opened = fresh.select(KEY).unique().height
    moved = pl.concat([moved.filter(pl.col("series_id").is_not_null()), series.open_new(session, fresh)])
    if is_late:
        movements.forget_moments(session, moved)
    append(session, OddsQuote, moved.select("series_id", "known_at", *VALUE))
    if is_late:
        series.open_earlier(session, moved)
    after = standings.arrange(movements.stood_after(standing, moved), said, KEY)
    games = after.partition_by("game_id", as_dict=True)
    standings.save(session, [(source, str(game), frame) for (game,), frame in games.items()])
    return Counts(opened, moved.height - opened, said.height - moved.height)


def _incoming(rows: Iterable[Mapping[str, Any]] | pl.DataFrame) -> pl.DataFrame:
    if not isinstance(rows, pl.DataFrame):
        listed = list(rows)
        rows = pl.DataFrame(
            {
                name: [row.get(name, "open" if name == "status" else None) for row in listed]
                for name in QUOTES
                if name != "rung"
            },
            schema={name: kind for name, kind in QUOTES.items() if name != "rung"},
        )
    rung = pl.when(pl.col("market").str.starts_with(LADDER)).then(pl.col("line")).alias("rung")
    return rows.with_columns(rung).select(list(QUOTES)).cast(pl.Schema(QUOTES))
