"""How the series of games stand: one compressed frame a source and game, read and written whole."""

from collections.abc import Mapping
from io import BytesIO

import polars as pl
from psycopg import sql
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from sdp_common.db.bulk import read_frame, upsert
from sdp_common.db.models.odds import OddsStanding

_LATEST = sql.SQL(
    "SELECT s.id AS series_id, s.game_id, s.player_id, s.source, s.book, s.market, s.side, s.rung, "
    "q.line, q.price_decimal, q.status, q.known_at FROM odds_series s CROSS JOIN LATERAL "
    "(SELECT * FROM odds_quotes q WHERE q.series_id = s.id ORDER BY q.known_at DESC LIMIT 1) q "
    "WHERE s.source = {source} AND s.game_id = ANY({games})"
)


def read(session: Session, wanted: pl.DataFrame, schema: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """Return the latest quote of every series of these sources and games.

    Args:
        session: An open session that holds the sources' locks.
        wanted: `source` and `game_id`, each pair once.
        schema: The columns of the answer.
    """
    frames = [pl.DataFrame(schema=dict(schema))]
    for (source,), games in wanted.group_by("source"):
        asked = games["game_id"].to_list()
        query = select(OddsStanding.game_id, OddsStanding.frame).where(
            OddsStanding.source == source, OddsStanding.game_id.in_(asked)
        )
        kept = {row.game_id: row.frame for row in session.execute(query)}
        for game_id, frame in kept.items():
            told = pl.read_ipc(BytesIO(frame))
            frames.append(told.with_columns(source=pl.lit(source), game_id=pl.lit(game_id)).select(list(schema)))
        lacking = [game for game in asked if game not in kept]
        if lacking:
            latest = _LATEST.format(source=sql.Literal(source), games=sql.Literal(lacking))
            frames.append(read_frame(session, latest, schema))
    return pl.concat(frames)


def save(session: Session, standing: pl.DataFrame) -> None:
    """Write how the series of these sources and games stand, each pair whole."""
    rows = []
    for (source, game_id), frame in standing.group_by("source", "game_id"):
        out = BytesIO()
        frame.drop("source", "game_id").write_ipc(out, compression="zstd")
        rows.append({"source": source, "game_id": game_id, "frame": out.getvalue()})
    upsert(session, OddsStanding, rows, key=["source", "game_id"])


def forget(session: Session, source: str | None = None, sport: str | None = None) -> None:
    """Forget how a source's series of a sport stand, by default everybody's: they are read from the quotes again."""
    if source is None or sport is None:
        session.execute(delete(OddsStanding))
        return
    session.execute(
        text(
            "DELETE FROM odds_standings t USING games g "
            "WHERE g.id = t.game_id AND t.source = :source AND g.sport = :sport"
        ),
        {"source": source, "sport": sport},
    )
