"""Quotes as they come: only what says something new is written."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, append
from sdp_common.db.models.odds import OddsQuote
from sdp_common.store import movements, series, standings
from sdp_common.store.series import KEY, LADDER, QUOTES, STANDING, VALUE, Schema

_WITHIN = tuple(name for name in KEY if name not in ("source", "game_id"))
"""What tells the series of one source and game apart."""
_NOW = [pl.col(name).alias(f"{name}_now") for name in (*VALUE, "known_at")]
_TOLD_AT: Schema = {"book": pl.String, "market": pl.String, "at": QUOTES["known_at"]}
_COMPARED = {**STANDING, "known_at_now": STANDING["known_at"], "moves": pl.Boolean}


Market = tuple[str, str, str]
"""A game, a book and a market: what a source tells whole, if it does."""
OPEN, CLOSED = "open", "closed"
"""The status of a series that its market no longer lists; line and price stay those of its last quote."""


def save(
    session: Session, rows: Iterable[Mapping[str, Any]] | pl.DataFrame, *, whole: Collection[Market] = ()
) -> Counts:
    """Append the quotes that say something new.

    A quote is kept only where its line, price or status differs from the quote of the same series that stood at its
    moment; so a feed that repeats itself leaves one row a movement, however often and in whichever order it is read.
    Of two quotes of a series at one moment the later in the rows counts. What comes late is put in its place; but a
    repetition that was left out cannot be told later from silence, so bodies are saved in the order they came.

    Args:
        session: An open session.
        rows: The columns of `QUOTES` (`rung` is ours to set; `player_id` and `status` may be left out).
        whole: Of which markets among them every series is told: one that stands open and is not told is closed.

    Returns:
        Series that opened, quotes that moved one (or closed it), quotes that said nothing new.
    """
    incoming = _incoming(rows)
    counts = Counts()
    for source, said in sorted(_each(incoming, "source"), key=itemgetter(0)):
        _hold(session, source)
        counts += _save(session, source, dict(_each(said, "game_id")), whole)
    return counts


def identities(rows: pl.DataFrame) -> pl.Series:
    """Return a number a row that tells its series apart (the columns of `QUOTES` that `save` takes)."""
    return _identities(_incoming(rows))


def _identities(rows: pl.DataFrame) -> pl.Series:
    return rows.select("game_id", *_WITHIN).hash_rows()


def close(session: Session, source: str, whole: Collection[Market], told: pl.Series, at: datetime) -> Counts:
    """Close what stands open in some markets of a source and was not told, however many parts told it.

    Args:
        session: An open session.
        source: Who told them.
        whole: The markets of which every series was told.
        told: The `identities` of what was told.
        at: When.
    """
    _hold(session, source)
    standing = standings.read(session, source, sorted({game for game, _, _ in whole}), STANDING)
    gone = {}
    for game, stood in standing.items():
        listed = _identities(stood.with_columns(game_id=pl.lit(game))).is_in(told.implode())
        markets = [(book, market, at) for about, book, market in whole if about == game]
        told_at = pl.DataFrame(markets, schema=_TOLD_AT, orient="row")
        gone[game] = _closed(game, source, stood.filter(~listed), told_at)
    gone = {game: rows for game, rows in gone.items() if rows.height}
    return _save(session, source, gone, ()) if gone else Counts()


def _hold(session: Session, source: str) -> None:
    """Let nobody else write what a source tells: two would open the same series."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"odds {source}", 0))))


def _save(session: Session, source: str, games: dict[str, pl.DataFrame], whole: Collection[Market]) -> Counts:
    """Append what one source says: of most games in the order in which it said it before, of others not."""
    standing = standings.read(session, source, list(games), STANDING)
    found = {game: standings.place(standing[game], said, _WITHIN) for game, said in games.items()}
    for game, said in games.items() if whole else ():
        if found[game] == 0 and said.height == standing[game].height:
            continue  # all of its series are told
        if (gone := _gone(game, said, standing[game], whole)).height:
            games[game], found[game] = pl.concat([said, gone]), None
    compared, placed = _place(games, standing, found)
    moved = compared.filter("moves")
    append(session, OddsQuote, moved.select("series_id", "game_id", "known_at", *VALUE))
    standings.move(session, source, _stand_anew(compared, placed, standing))
    counts = Counts(0, moved.height, compared.height - moved.height)
    loose = [game for game in games if game not in placed]
    if not loose:
        return counts
    named = (standing[game].with_columns(source=pl.lit(source), game_id=pl.lit(game)) for game in loose)
    stood = pl.concat(frame.select(list(STANDING)) for frame in named)
    return counts + _save_loose(session, source, pl.concat([games[game] for game in loose]), stood)


def _gone(game: str, said: pl.DataFrame, standing: pl.DataFrame, whole: Collection[Market]) -> pl.DataFrame:
    """Return the series of a game's whole markets that stand open and of which nothing is said, closed."""
    markets = [(book, market) for about, book, market in whole if about == game]
    told = pl.DataFrame(markets, schema={"book": pl.String, "market": pl.String}, orient="row")
    at = said.join(told, on=["book", "market"]).group_by("book", "market").agg(pl.col("known_at").max().alias("at"))
    silent = standing.join(said, on=_WITHIN, how="anti", nulls_equal=True)
    return _closed(game, said["source"].first(), silent, at)


def _closed(game: str, source: Any, silent: pl.DataFrame, at: pl.DataFrame) -> pl.DataFrame:
    """Return the series of a game that stand open and of which nothing is said, closed when their market was told."""
    open_ = silent.filter(pl.col("status") == OPEN).join(at, on=["book", "market"])
    named = {"game_id": pl.lit(game), "source": pl.lit(source), "status": pl.lit(CLOSED)}
    return open_.filter(pl.col("known_at") < pl.col("at")).with_columns(known_at="at", **named).select(list(QUOTES))


def _place(
    games: Mapping[str, pl.DataFrame], standing: Mapping[str, pl.DataFrame], found: Mapping[str, int | None]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return what is said of the games whose series come in their order, compared, and where their blocks begin.

    In such a game no series is told twice, so that a quote moves its series where it differs from the row beside it.
    A game of which something late is said is none of them.
    """
    placed = {game: start for game in games if (start := found[game]) is not None}
    if not placed:
        return pl.DataFrame(schema=_COMPARED), {}
    said = pl.concat([games[game] for game in placed])
    now = pl.concat([standing[game].slice(start, games[game].height) for game, start in placed.items()])
    moves = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in VALUE)
    is_late = (pl.col("known_at") < pl.col("known_at_now")) | (moves & (pl.col("known_at") == pl.col("known_at_now")))
    told = {"moves": moves, "is_late": is_late}
    compared = pl.concat([said, now.select("series_id", *_NOW)], how="horizontal").with_columns(**told)
    if not compared["is_late"].any():
        return compared, placed
    late = set(compared.filter("is_late")["game_id"].unique())
    return _place({game: rows for game, rows in games.items() if game not in late}, standing, found)


def _stand_anew(
    compared: pl.DataFrame, placed: Mapping[str, int], standing: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield every placed game in which something moved: its block as it was said, the rest as it was."""
    since = pl.when("moves").then("known_at").otherwise("known_at_now").alias("known_at")
    anew = standings.bare(compared.select(since if name == "known_at" else name for name in STANDING))
    moved, runs = set(compared.filter("moves")["game_id"].unique()), compared["game_id"].rle().struct.unnest()
    at = 0
    for height, game in runs.iter_rows():
        before, start = standing[game], placed[game]
        if game in moved:
            block = anew.slice(at, height)
            outside = before.head(start), before.slice(start + height)
            yield game, block if height == before.height else pl.concat([outside[0], block, outside[1]])
        at += height


def _save_loose(session: Session, source: str, said: pl.DataFrame, standing: pl.DataFrame) -> Counts:
    """Append what is said in another order, of new series, twice of one, or late; and keep the order."""
    moved, is_late = movements.find(session, said, standing)
    fresh = moved.filter(pl.col("series_id").is_null())
    opened = fresh.select(KEY).unique().height
    moved = pl.concat([moved.filter(pl.col("series_id").is_not_null()), series.open_new(session, fresh)])
    if is_late:
        movements.forget_moments(session, moved)
    append(session, OddsQuote, moved.select("series_id", "game_id", "known_at", *VALUE))
    if is_late:
        series.open_earlier(session, moved)
    after = standings.arrange(movements.stood_after(standing, moved), said, KEY)
    standings.save(session, source, ((game, standings.bare(frame)) for game, frame in _each(after, "game_id")))
    return Counts(opened, moved.height - opened, said.height - moved.height)


def _each(rows: pl.DataFrame, name: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the rows of each value of a column, in the order in which the values come."""
    runs = rows[name].rle().struct.unnest()
    if runs["value"].n_unique() < runs.height:
        yield from ((str(value), part) for (value,), part in rows.partition_by(name, as_dict=True).items())
        return
    at = 0  # a body mostly tells one thing after another: then nothing is copied
    for height, value in runs.iter_rows():
        yield value, rows.slice(at, height)
        at += height


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
    return rows.select((rung if name == "rung" else pl.col(name)).cast(kind) for name, kind in QUOTES.items())
