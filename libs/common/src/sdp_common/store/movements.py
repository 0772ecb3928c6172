"""Movements: which of the quotes that come say something new, wherever in a series' history they belong."""

import polars as pl
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from sdp_common.db.bulk import read_frame
from sdp_common.store.series import KEY, STANDING, UTC_TIME, VALUE, Schema

_VALUES: Schema = {name: STANDING[name] for name in VALUE}


def find(session: Session, said: pl.DataFrame, standing: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    """Return the quotes that move a series or open one, and whether any of them comes late.

    Args:
        session: An open session.
        said: The columns of `QUOTES`.
        standing: The latest quote of every series of these games, the columns of `STANDING`.

    Returns:
        The columns of `STANDING`, `series_id` null where the series is new. Late is what is said of a moment at
        which, or after which, another quote is known already.
    """
    known = said.join(standing, on=KEY, how="left", suffix="_now", nulls_equal=True, maintain_order="left")
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_now")) for name in VALUE)
    stands = pl.col("series_id").is_not_null() & same & (pl.col("known_at") >= pl.col("known_at_now"))
    # most of what a feed sends stands already: it is left before anything is sorted
    telling = known.filter(~stands.fill_null(value=False))
    # what returns to where it stood, after another quote in the same rows, moves too
    moving = telling if telling.height in (0, known.height) else _with_kin(known, telling)
    if not moving.height:
        return pl.DataFrame(schema=STANDING), False
    is_late = moving.filter(pl.col("known_at") <= pl.col("known_at_now")).height > 0
    return _movements(session, moving).select(list(STANDING)), is_late


def _with_kin(known: pl.DataFrame, telling: pl.DataFrame) -> pl.DataFrame:
    """Return what tells something new, with all that is said of the same series in the same rows."""
    return known.join(telling.select(KEY).unique(), on=KEY, how="semi", nulls_equal=True)


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


def forget_moments(session: Session, moved: pl.DataFrame) -> None:
    """Delete what was said at the very moments of these rows."""
    session.execute(
        text(
            "DELETE FROM odds_quotes q USING (SELECT unnest(CAST(:series AS bigint[])) AS id, "
            "unnest(CAST(:moments AS timestamptz[])) AS known_at) m "
            "WHERE q.series_id = m.id AND q.known_at = m.known_at"
        ),
        {"series": moved["series_id"].to_list(), "moments": [at.isoformat() for at in moved["known_at"]]},
    )


def stood_after(standing: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """Return the latest quote of every series once these moved, the columns of `STANDING`."""
    said = pl.concat([standing.select(list(STANDING)), moved.select(list(STANDING))])
    # of two at one moment the one that moved counts
    ordered = said.sort("known_at", maintain_order=True)
    return ordered.unique("series_id", keep="last", maintain_order=True)
