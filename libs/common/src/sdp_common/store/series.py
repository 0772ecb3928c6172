"""Series of quotes: what names one, what is said of one, and how one opens."""

import polars as pl
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from sdp_common.db.bulk import append, read_frame
from sdp_common.db.models.odds import OddsSeries

Schema = dict[str, pl.DataType | type[pl.DataType]]
UTC_TIME = pl.Datetime("us", "UTC")
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
_VALUES: Schema = {"line": pl.Float64, "price_decimal": pl.Float64, "status": pl.String}
KEY = tuple(_KEYS)
VALUE = tuple(_VALUES)
QUOTES: Schema = {**_KEYS, **_VALUES, "known_at": UTC_TIME}
STANDING: Schema = {"series_id": pl.Int64, **QUOTES}


def open_new(session: Session, fresh: pl.DataFrame) -> pl.DataFrame:
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


def open_earlier(session: Session, moved: pl.DataFrame) -> None:
    """Bring the opening of series forward where what came late was said before it."""
    first = moved.group_by("series_id").agg(pl.col("known_at").min())
    told = {"series": first["series_id"].to_list(), "opened": [at.isoformat() for at in first["known_at"]]}
    session.execute(_OPEN_EARLIER, told)
