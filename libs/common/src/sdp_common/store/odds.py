"""Odds: series of quotes, each movement kept, read as of any moment.

Reads return long frames of the columns of `LINES`, one row a series that stood at the moment asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from psycopg import sql
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, append, read_frame, upsert
from sdp_common.db.models.odds import BettingSplit, OddsQuote, OddsSeries
from sdp_common.db.models.reference import Game
from sdp_common.store import standings

Schema = dict[str, pl.DataType | type[pl.DataType]]
UTC_TIME = pl.Datetime("us", "UTC")
VALUE = ("line", "price_decimal", "status")
LADDER = "alternate_"
"""What the name of a market begins with whose lines stand beside one another: the line is part of its key."""
_KEYS: Schema = {
    "game_id": pl.String,
    "player_id": pl.Int64,
    "source": pl.String,
    "book": pl.String,
    "market": pl.String,
    "side": pl.String,
    "rung": pl.Float64,
}
KEY = tuple(_KEYS)
_VALUES: Schema = {"line": pl.Float64, "price_decimal": pl.Float64, "status": pl.String}
QUOTES: Schema = {**_KEYS, **_VALUES, "known_at": UTC_TIME}
LINES: Schema = {**_KEYS, **_VALUES, "known_at": UTC_TIME}
_STANDING: Schema = {"series_id": pl.Int64, **_KEYS, **_VALUES, "known_at": UTC_TIME}


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
    if not incoming.height:
        return Counts()
    for source in incoming["source"].unique().sort():  # one writer a source: two would open the same series
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"odds {source}", 0))))
    wanted = incoming.select("source", "game_id").unique()
    standing = standings.read(session, wanted, _STANDING)
    known = incoming.join(standing, on=KEY, how="left", suffix="_now", nulls_equal=True)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_now")) for name in VALUE)
    stands = pl.col("series_id").is_not_null() & same & (pl.col("known_at") >= pl.col("known_at_now"))
    # most of what a feed sends stands already: it is left before anything is sorted
    telling = known.filter(~stands.fill_null(value=False))
    # what returns to where it stood, after another quote in the same rows, moves too
    moving = telling if telling.height in (0, known.height) else _with_kin(known, telling)
    if not moving.height:
        return Counts(0, 0, incoming.height)
    moved = _movements(session, moving)
    fresh = moved.filter(pl.col("series_id").is_null())
    opened = fresh.select(KEY).unique().height
    moved = pl.concat([moved.filter(pl.col("series_id").is_not_null()), _open(session, fresh)])
    late = moving.filter(pl.col("known_at") <= pl.col("known_at_now")).height > 0
    if late:
        _replace(session, moved)
    append(session, OddsQuote, moved.select("series_id", "known_at", *VALUE))
    if late:
        _open_earlier(session, moved)
    standings.save(session, _stood_after(standing, moved))
    return Counts(opened, moved.height - opened, incoming.height - moved.height)


def _with_kin(known: pl.DataFrame, telling: pl.DataFrame) -> pl.DataFrame:
    """Return what tells something new, with all that is said of the same series in the same rows."""
    return known.join(telling.select(KEY).unique(), on=KEY, how="semi", nulls_equal=True)


def _stood_after(standing: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """Return the latest quote of every series of the games in which one moved."""
    touched = moved.select("source", "game_id").unique()
    before = standing.join(touched, on=["source", "game_id"], how="semi").select(list(_STANDING))
    said = pl.concat([before, moved.select(list(_STANDING))])
    # of two at one moment the one that moved counts
    ordered = said.sort("known_at", maintain_order=True)
    return ordered.unique("series_id", keep="last", maintain_order=True)


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


def _movements(session: Session, known: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that differ from what stood at their moment."""
    before = (
        known.filter(pl.col("series_id").is_not_null())
        .select(
            "series_id",
            *KEY,
            *(pl.col(f"{name}_now").alias(name) for name in (*VALUE, "known_at")),
            (pl.col("known_at") < pl.col("known_at_now")).any().over("series_id").alias("is_late"),
        )
        .unique("series_id")
    )
    late = before.filter("is_late")
    past = before.filter(~pl.col("is_late")).drop("is_late")
    if late.height:
        past = pl.concat([past, _history(session, late)])
    columns = ["series_id", *KEY, *VALUE, "known_at"]
    past = past.select(columns).with_columns(is_new=pl.lit(value=False))
    told = known.select(columns).join(past, on=[*KEY, *VALUE, "known_at"], how="anti", nulls_equal=True)
    said = pl.concat([past, told.with_columns(is_new=pl.lit(value=True))])
    ordered = said.sort("known_at", "is_new", maintain_order=True)
    # of several at one moment the last counts
    ordered = ordered.filter((pl.col("known_at") != pl.col("known_at").shift(-1).over(KEY)).fill_null(value=True))
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1).over(KEY)) for name in VALUE)
    first = pl.int_range(pl.len()).over(KEY) == 0
    return ordered.filter(pl.col("is_new") & (first | differs)).drop("is_new")


def _history(session: Session, late: pl.DataFrame) -> pl.DataFrame:
    """Return every quote of the series that something late is said of."""
    schema: Schema = {"series_id": pl.Int64, **_VALUES, "known_at": UTC_TIME}
    query = sql.SQL("SELECT {} FROM odds_quotes WHERE series_id = ANY({})").format(
        sql.SQL(", ").join(map(sql.Identifier, schema)), sql.Literal(late["series_id"].to_list())
    )
    said = read_frame(session, query, schema)
    return said.join(late.select("series_id", *KEY), on="series_id").select("series_id", *KEY, *VALUE, "known_at")


def _open(session: Session, fresh: pl.DataFrame) -> pl.DataFrame:
    """Write new series, and return the rows with their series' ids."""
    if not fresh.height:
        return fresh
    series = fresh.group_by(KEY, maintain_order=True).agg(pl.col("known_at").min().alias("opened_at"))
    numbers = sql.SQL(
        "SELECT nextval(pg_get_serial_sequence('odds_series', 'id')) AS id FROM generate_series(1, {})"
    ).format(sql.Literal(series.height))
    series = pl.concat([series, read_frame(session, numbers, {"id": pl.Int64})], how="horizontal")
    append(session, OddsSeries, series)
    joined = fresh.drop("series_id").join(series.select("id", *KEY), on=KEY, nulls_equal=True, maintain_order="left")
    return joined.rename({"id": "series_id"}).select(fresh.columns)


_OPEN_EARLIER = text(
    "UPDATE odds_series s SET opened_at = m.opened_at "
    "FROM (SELECT unnest(CAST(:series AS bigint[])) AS id, unnest(CAST(:opened AS timestamptz[])) AS opened_at) m "
    "WHERE s.id = m.id AND s.opened_at > m.opened_at"
)


def _open_earlier(session: Session, moved: pl.DataFrame) -> None:
    """Bring the opening of series forward where what came late was said before it."""
    first = moved.group_by("series_id").agg(pl.col("known_at").min())
    told = {"series": first["series_id"].to_list(), "opened": [at.isoformat() for at in first["known_at"]]}
    session.execute(_OPEN_EARLIER, told)


def _replace(session: Session, moved: pl.DataFrame) -> None:
    """Delete what was said at the very moments of these rows."""
    session.execute(
        text(
            "DELETE FROM odds_quotes q USING (SELECT unnest(CAST(:series AS bigint[])) AS id, "
            "unnest(CAST(:moments AS timestamptz[])) AS known_at) m "
            "WHERE q.series_id = m.id AND q.known_at = m.known_at"
        ),
        {"series": moved["series_id"].to_list(), "moments": [at.isoformat() for at in moved["known_at"]]},
    )


def lines(session: Session, games: Sequence[str], as_of: datetime) -> pl.DataFrame:
    """Return every series of these games as it stood at a moment; one that had not opened is not there."""
    return _stood(session, games, sql.Literal(as_of), as_of)


def openings(session: Session, games: Sequence[str]) -> pl.DataFrame:
    """Return the first quote of every series of these games; one that opened in play is not there."""
    span = _span(session, games)
    if span is None:
        return pl.DataFrame(schema=LINES)
    query = sql.SQL(
        "SELECT {key}, q.line, q.price_decimal, q.status, q.known_at FROM odds_series s "
        "JOIN games g ON g.id = s.game_id "
        "JOIN odds_quotes q ON q.series_id = s.id AND q.known_at = s.opened_at "
        "AND q.known_at BETWEEN {first} AND {last} WHERE s.game_id = ANY({games}) AND s.opened_at <= g.starts_at"
    ).format(key=_key_columns(), games=sql.Literal(list(games)), first=sql.Literal(span[0]), last=sql.Literal(span[1]))
    return read_frame(session, query, LINES).sort(KEY)


def closings(session: Session, games: Sequence[str]) -> pl.DataFrame:
    """Return the last quote of every series that was known at kick-off: nothing said in play can pass for it."""
    return _stood(session, games, sql.SQL("g.starts_at"))


def _stood(
    session: Session, games: Sequence[str], moment: sql.Composable, as_of: datetime | None = None
) -> pl.DataFrame:
    """Return the last quote of every series at a moment, by one probe of the primary key a series.

    From the first opening to the moment, both written into the query, so that the months outside are not even
    planned for: with all of them, and with what lies outside any month, no index gives the order.
    """
    span = _span(session, games)
    if span is None:
        return pl.DataFrame(schema=LINES)
    query = sql.SQL(
        "SELECT {key}, q.line, q.price_decimal, q.status, q.known_at FROM odds_series s "
        "JOIN games g ON g.id = s.game_id "
        "CROSS JOIN LATERAL (SELECT q.line, q.price_decimal, q.status, q.known_at FROM odds_quotes q "
        "WHERE q.series_id = s.id AND q.known_at <= {moment} AND q.known_at BETWEEN {first} AND {last} "
        "ORDER BY q.known_at DESC LIMIT 1) q WHERE s.game_id = ANY({games})"
    ).format(
        key=_key_columns(),
        moment=moment,
        first=sql.Literal(span[0]),
        last=sql.Literal(as_of or span[1]),
        games=sql.Literal(list(games)),
    )
    return read_frame(session, query, LINES).sort(KEY)


def _span(session: Session, games: Sequence[str]) -> tuple[datetime, datetime] | None:
    """Return when the first series of these games opened and when the last game starts, None where none has opened."""
    query = (
        select(func.min(OddsSeries.opened_at), func.max(Game.starts_at))
        .join(Game, Game.id == OddsSeries.game_id)
        .where(OddsSeries.game_id.in_(list(games)))
    )
    first, last = session.execute(query).one()
    return None if first is None else (first, last)


def _key_columns() -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL("s.") + sql.Identifier(name) for name in KEY)


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
