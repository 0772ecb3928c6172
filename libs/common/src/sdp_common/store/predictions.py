"""Predictions: the registry of models, and what they said of each player, game and market."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from sdp_common.db.bulk import Counts, Rows, upsert
from sdp_common.db.models.predictions import ModelVersion, Prediction
from sdp_common.db.models.slates import Draftable
from sdp_common.errors import NotFound

PREDICTIONS: dict[str, pl.DataType | type[pl.DataType]] = {
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
    "as_of": pl.Datetime("us", "UTC"),
}
INDEPENDENT = "independent"
INFORMED = "informed"
MODES = (INDEPENDENT, INFORMED)
PROMOTED = "promoted_at"
"""The key in a version's details that says when it was last promoted."""


def register(session: Session, row: Mapping[str, Any]) -> ModelVersion:
    """Register a trained artifact (the columns of `model_versions` but `id`): a candidate until promoted."""
    made = ModelVersion(**row)
    session.add(made)
    session.flush()
    return made


def versions(session: Session, sport: str, *, mode: str = INDEPENDENT) -> list[ModelVersion]:
    """Return every registered model of a sport that is not retired, the newest first."""
    statement = (
        select(ModelVersion)
        .where(ModelVersion.sport == sport, ModelVersion.mode == mode, ModelVersion.stage != "retired")
        .order_by(ModelVersion.created_at.desc(), ModelVersion.id.desc())
    )
    return list(session.scalars(statement))


def version(session: Session, version_id: int) -> ModelVersion:
    """Return a registered model.

    Raises:
        NotFound: There is none of this id.
    """
    found = session.get(ModelVersion, version_id)
    if found is None:
        raise NotFound(f"no model {version_id} is registered: `sdp models list` shows those that are")
    return found


def rollback(session: Session, sport: str, market: str, *, mode: str = INDEPENDENT) -> ModelVersion:
    """Promote the model of a market that was promoted before the present one, and return it.

    Raises:
        NotFound: None was.
    """
    rivals = [v for v in versions(session, sport, mode=mode) if v.market == market]
    before = [v for v in rivals if v.stage != "promoted" and v.details.get(PROMOTED)]
    if not before:
        raise NotFound(f"no earlier model of {market} ever spoke: there is nothing to go back to")
    present = next((v for v in rivals if v.stage == "promoted"), None)
    if present is not None:
        present.details = {**present.details, PROMOTED: None}
    last = max(before, key=lambda v: str(v.details[PROMOTED]))
    promote(session, last)
    return last


def promote(session: Session, version: ModelVersion) -> None:
    """Make a version the one of its market and mode; the one before becomes a candidate.

    The moment is kept in its details, so that `rollback` finds its way.
    """
    session.execute(
        update(ModelVersion)
        .where(
            ModelVersion.sport == version.sport,
            ModelVersion.market == version.market,
            ModelVersion.mode == version.mode,
            ModelVersion.stage == "promoted",
            ModelVersion.id != version.id,
        )
        .values(stage="candidate")
    )
    version.stage = "promoted"
    moment = session.scalars(select(func.clock_timestamp())).one()
    version.details = {**version.details, PROMOTED: moment.isoformat()}
    session.flush()


def serving(session: Session, sport: str, *, as_of: datetime, mode: str = INDEPENDENT) -> dict[str, ModelVersion]:
    """Return, by market, the model that may speak as of a moment: one that has seen nothing later.

    The promoted one where it qualifies; else, of those that do, the one that has seen most, and of several the one of
    the lowest `crps` in its metrics.
    """
    chosen: dict[str, ModelVersion] = {}
    for version in versions(session, sport, mode=mode):
        if version.data_until <= as_of:
            before = chosen.get(version.market)
            if before is None or _rank(version) > _rank(before):
                chosen[version.market] = version
    return chosen


def speechless(session: Session, sport: str, *, as_of: datetime) -> list[str] | None:
    """Return the markets whose models have all seen something later than a moment; None where there is no model."""
    trained = {version.market for version in versions(session, sport)}
    return sorted(trained - set(serving(session, sport, as_of=as_of))) if trained else None


def _rank(version: ModelVersion) -> tuple[bool, datetime, float]:
    crps = (version.details.get("metrics") or {}).get("crps")
    return version.stage == "promoted", version.data_until, -float("inf") if crps is None else -float(crps)


def save(session: Session, rows: Rows) -> Counts:
    """Save predictions (the columns of `predictions`) by player, game, market, model, moment and mode."""
    return upsert(
        session, Prediction, rows, key=["player_id", "game_id", "market", "model_version_id", "as_of", "mode"]
    )


def slate(session: Session, slate_id: int, *, as_of: datetime, mode: str = INDEPENDENT) -> pl.DataFrame:
    """Return what stands of a slate's players in a mode: a row a player, game and market (`PREDICTIONS`).

    The latest prediction made as of the moment or before; of several as of the same moment the promoted model's,
    then the newest model's.
    """
    drafted = select(Draftable.player_id, Draftable.game_id).where(Draftable.slate_id == slate_id).distinct().subquery()
    said = Prediction
    statement = (
        select(*(getattr(said, name) for name in PREDICTIONS))
        .ext(distinct_on(said.player_id, said.game_id, said.market))
        .join(drafted, (drafted.c.player_id == said.player_id) & (drafted.c.game_id == said.game_id))
        .join(ModelVersion, ModelVersion.id == said.model_version_id)
        .where(said.as_of <= as_of, said.mode == mode)
        .order_by(
            said.player_id,
            said.game_id,
            said.market,
            said.as_of.desc(),
            case((ModelVersion.stage == "promoted", 0), else_=1),
            said.model_version_id.desc(),
        )
    )
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=PREDICTIONS, orient="row")
