"""Features: the rows that models are fitted on and predict from, with the moment each stood at."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.features import Feature, FeatureSet
from sdp_common.db.models.reference import Game
from sdp_common.db.models.slates import Draftable
from sdp_common.errors import NotFound

KEYS = ("player_id", "game_id", "team_id", "opponent_id", "position")
_TYPES: dict[str, Any] = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "opponent_id": pl.String,
    "position": pl.String,
    "as_of": pl.Datetime("us", "UTC"),
    "values": pl.List(pl.Float64),
}


def save_set(session: Session, sport: str, name: str, version: int, columns: Sequence[str]) -> int:
    """Return the id of the set with exactly these columns, made where there is none."""
    told = hashlib.sha256(json.dumps([sport, name, version, list(columns)]).encode()).hexdigest()
    row = {"sport": sport, "name": name, "columns": list(columns), "digest": told}
    upsert(session, FeatureSet, [row], key=["digest"], update=())
    return session.scalars(select(FeatureSet.id).where(FeatureSet.digest == told)).one()


def save(session: Session, set_id: int, rows: pl.DataFrame) -> Counts:
    """Save feature rows of a set.

    Args:
        session: Open session.
        set_id: Of `save_set`.
        rows: `KEYS`, `as_of` and the set's columns in any order; null stands for unknown.
    """
    columns = _columns(session, set_id)
    packed = rows.select(
        *KEYS,
        "as_of",
        pl.lit(set_id).alias("feature_set_id"),
        pl.concat_list(pl.col(name).cast(pl.Float64).fill_null(float("nan")) for name in columns).alias("values"),
    )
    return upsert(session, Feature, packed, key=["feature_set_id", "player_id", "game_id", "as_of"])


def history(session: Session, sport: str, name: str, *, until: datetime) -> pl.DataFrame:
    """Return the rows of games that kicked off before a moment, each as it stood at its own kick-off.

    Returns:
        `KEYS`, `as_of` and the columns of the newest set of that name; null stands for unknown.

    Raises:
        NotFound: There is no such set, or it has no row.
    """
    found = _newest(session, sport, name)
    query = (
        select(*(getattr(Feature, c) for c in _TYPES))
        .join(Game, Game.id == Feature.game_id)
        .where(Feature.feature_set_id == found.id, Feature.as_of == Game.starts_at, Game.starts_at < until)
    )
    return _frame(session.execute(query).all(), found)


def slate(session: Session, slate_id: int, sport: str, name: str, *, as_of: datetime) -> pl.DataFrame:
    """Return the rows of a slate's players exactly as of a moment.

    Raises:
        NotFound: They were not built for that moment.
    """
    found = _newest(session, sport, name)
    mine = select(Draftable.player_id, Draftable.game_id).where(Draftable.slate_id == slate_id).distinct().subquery()
    query = (
        select(*(getattr(Feature, c) for c in _TYPES))
        .join(mine, (mine.c.player_id == Feature.player_id) & (mine.c.game_id == Feature.game_id))
        .where(Feature.feature_set_id == found.id, Feature.as_of == as_of)
    )
    return _frame(session.execute(query).all(), found)


def _newest(session: Session, sport: str, name: str) -> FeatureSet:
    query = select(FeatureSet).where(FeatureSet.sport == sport, FeatureSet.name == name)
    found = session.scalars(query.order_by(FeatureSet.id.desc()).limit(1)).one_or_none()
    if found is None:
        raise NotFound(f"no features of {sport} are built yet: run features.build first")
    return found


def _columns(session: Session, set_id: int) -> list[str]:
    return session.scalars(select(FeatureSet.columns).where(FeatureSet.id == set_id)).one()


def _frame(rows: Sequence[Any], found: FeatureSet) -> pl.DataFrame:
    if not rows:
        raise NotFound(f"no features of {found.sport} are built for this moment: run features.build_slate first")
    frame = pl.DataFrame(rows, schema=_TYPES, orient="row")
    fields = pl.col("values").list.to_array(len(found.columns)).arr.to_struct(fields=list(found.columns))
    return (
        frame.with_columns(fields.alias("values")).unnest("values").with_columns(pl.col(found.columns).fill_nan(None))
    )
