"""How the series of games stand: one frame a source and game, in the order in which the feed tells them.

A feed mostly repeats itself, in the same order. What it says of a game is then found as one block of the frame, and
compared with it place by place, without looking anything up. What names the series is kept apart from what was said of
them: a movement writes only the latter, a quarter of the work.
"""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from itertools import chain

import polars as pl
from psycopg import sql
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from sdp_common.db.bulk import driver_connection, read_frame
from sdp_common.db.models.odds import OddsStanding
from sdp_common.store.series import VALUE

Schema = Mapping[str, pl.DataType | type[pl.DataType]]
_LATEST = sql.SQL(
    "SELECT s.id AS series_id, s.game_id, s.player_id, s.source, s.book, s.market, s.side, s.rung, "
    "q.line, q.price_decimal, q.status, q.known_at FROM odds_series s CROSS JOIN LATERAL "
    "(SELECT * FROM odds_quotes q WHERE q.series_id = s.id ORDER BY q.known_at DESC LIMIT 1) q "
    "WHERE s.source = {source} AND s.game_id = ANY({games})"
)
_NAMES = ("source", "game_id")
"""What names a standing, and so is left out of its frame."""
_SAID = (*VALUE, "known_at")
"""What is kept apart: all else of a standing's frame names its series."""
_SAVE = """
INSERT INTO odds_standings (series, said, source, game_id) VALUES (%b, %b, %b, %b)
ON CONFLICT (source, game_id) DO UPDATE SET series = excluded.series, said = excluded.said
"""
_MOVE = "UPDATE odds_standings SET said = %b WHERE source = %b AND game_id = %b"


def read(session: Session, source: str, games: Sequence[str], schema: Schema) -> dict[str, pl.DataFrame]:
    """Return the latest quote of every series of a source, by game; a game without any has an empty frame.

    Args:
        session: An open session that holds the source's lock.
        source: Who told them.
        games: Ids of games.
        schema: Columns that can be asked for; the answers have them all but source and game.
    """
    query = select(OddsStanding.game_id, OddsStanding.series, OddsStanding.said).where(
        OddsStanding.source == source, OddsStanding.game_id.in_(games)
    )
    found = {
        game: pl.concat([_decoded(series), _decoded(said)], how="horizontal")
        for game, series, said in session.execute(query)
    }
    lacking = [game for game in games if game not in found]
    if lacking:
        latest = _LATEST.format(source=sql.Literal(source), games=sql.Literal(lacking))
        parts = read_frame(session, latest, schema).partition_by("game_id", as_dict=True)
        anew = {str(game): bare(part) for (game,), part in parts.items()}
        save(session, source, anew.items())
        found |= anew
    empty = bare(pl.DataFrame(schema=dict(schema)))
    return {game: found.get(game, empty) for game in games}


def bare(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame of one source and game without them."""
    return frame.drop(_NAMES)


def save(session: Session, source: str, standing: Iterable[tuple[str, pl.DataFrame]]) -> None:
    """Write how the series of games stand at a source: each game with its whole frame."""
    rows = ((_encoded(frame.drop(_SAID)), _encoded(frame.select(_SAID)), source, game) for game, frame in standing)
    _write(session, _SAVE, list(rows))


def move(session: Session, source: str, standing: Iterable[tuple[str, pl.DataFrame]]) -> None:
    """Write what was said last of the series of games that were read, which are the same in the same order."""
    _write(session, _MOVE, [(_encoded(frame.select(_SAID)), source, game) for game, frame in standing])


def _write(session: Session, statement: str, rows: list[tuple[bytes | str, ...]]) -> None:
    if rows:
        session.flush()
        with driver_connection(session).cursor() as cursor:
            cursor.executemany(statement, rows)


def _encoded(frame: pl.DataFrame) -> bytes:
    out = BytesIO()
    frame.write_ipc_stream(out, compression="zstd")
    return out.getvalue()


def _decoded(frame: bytes) -> pl.DataFrame:
    return pl.read_ipc_stream(BytesIO(frame))


def place(standing: pl.DataFrame, said: pl.DataFrame, key: Sequence[str]) -> int | None:
    """Return from which row of a game's standing on the same series are told in the same order, None for nowhere."""
    if not 0 < said.height <= standing.height:
        return None
    for start in chain((0,), _starts(standing, said, key)):
        block = standing.slice(start, said.height)
        if all(block[name].equals(said[name]) for name in key):
            return start
    return None


def _starts(standing: pl.DataFrame, said: pl.DataFrame, key: Sequence[str]) -> Iterable[int]:
    """Yield where the series of the first row stands, other than at the top; looked up when it is asked for."""
    is_first = pl.all_horizontal(pl.col(name).eq_missing(pl.lit(said[name][0])) for name in key)
    yield from (start for start in standing.select(pl.arg_where(is_first)).to_series() if start)


def arrange(standing: pl.DataFrame, said: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Return the standing in the order in which its series were told; those that were not come after them."""
    order = said.select(key).unique(maintain_order=True, keep="first").with_row_index("place")
    found = standing.join(order, on=list(key), how="left", nulls_equal=True, maintain_order="left")
    return found.sort("place", nulls_last=True, maintain_order=True).drop("place")


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
