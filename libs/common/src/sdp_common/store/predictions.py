"""Predictions: the registry of models, and what they said of whom."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.predictions import ModelVersion, Prediction
from sdp_common.db.models.slates import Draftable

_SCHEMA: dict[str, Any] = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "position": pl.String,
    "market": pl.String,
    "mean": pl.Float64,
    "sd": pl.Float64,
    "prob_zero": pl.Float64,
    "quantiles": pl.List(pl.Float64),
    "model_version_id": pl.Int64,
}


def register(session: Session, row: Mapping[str, Any]) -> int:
    """Add a model version (the columns of `model_versions`) and return its id."""
    version = ModelVersion(**row)
    session.add(version)
    session.flush()
    return version.id


def promote(session: Session, version_id: int) -> None:
    """Make a version the one that predicts its market; the one before is retired."""
    chosen = session.get_one(ModelVersion, version_id)
    others = (
        ModelVersion.sport == chosen.sport,
        ModelVersion.market == chosen.market,
        ModelVersion.mode == chosen.mode,
    )
    session.execute(
        update(ModelVersion)
        .where(*others, ModelVersion.stage == "promoted", ModelVersion.id != version_id)
        .values(stage="retired")
    )
    chosen.stage = "promoted"
    session.flush()


def versions(session: Session, sport: str, *, stage: str | None = None) -> Sequence[ModelVersion]:
    """Return the model versions of a sport, by market, the newest first."""
    query = select(ModelVersion).where(ModelVersion.sport == sport)
    if stage is not None:
        query = query.where(ModelVersion.stage == stage)
    return session.scalars(query.order_by(ModelVersion.market, ModelVersion.id.desc())).all()


def usable(session: Session, sport: str, *, until: datetime) -> Sequence[ModelVersion]:
    """Return a market's best model for each market that learnt from nothing later than a moment.

    The promoted one where it qualifies; else the newest by `data_until` that was ever promoted and does, so that a
    slate of the past is never predicted by a model that has seen its result.
    """
    known = ModelVersion.stage.in_(["promoted", "retired"])
    query = select(ModelVersion).where(ModelVersion.sport == sport, known, ModelVersion.data_until <= until)
    best: dict[str, ModelVersion] = {}
    for version in session.scalars(query):
        held = best.get(version.market)
        if held is None or _rank(version) > _rank(held):
            best[version.market] = version
    return [best[market] for market in sorted(best)]


def _rank(version: ModelVersion) -> tuple[bool, datetime, int]:
    return version.stage == "promoted", version.data_until, version.id


def save(session: Session, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Save predictions (the columns of `predictions`) by player, game, market, model and moment."""
    return upsert(session, Prediction, rows, key=["player_id", "game_id", "market", "model_version_id", "as_of"])


def slate(session: Session, slate_id: int, *, as_of: datetime) -> pl.DataFrame:
    """Return what was predicted of a slate's players as of a moment: for each market, by the newest model.

    Returns:
        One row a player, game and market: the columns of `_SCHEMA`, quantiles at `sdp_sports.spec.QUANTILES`.
    """
    mine = select(Draftable.player_id, Draftable.game_id).where(Draftable.slate_id == slate_id).distinct().subquery()
    query = (
        select(*(getattr(Prediction, c) for c in _SCHEMA))
        .join(mine, (mine.c.player_id == Prediction.player_id) & (mine.c.game_id == Prediction.game_id))
        .where(Prediction.as_of == as_of)
        .distinct(Prediction.player_id, Prediction.game_id, Prediction.market)
        .order_by(Prediction.player_id, Prediction.game_id, Prediction.market, Prediction.model_version_id.desc())
    )
    return pl.DataFrame(session.execute(query).all(), schema=_SCHEMA, orient="row")
