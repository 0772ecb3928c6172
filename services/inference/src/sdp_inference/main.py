"""The inference process: the only one that loads a model file."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from sdp_common.db.models.predictions import ModelVersion
from sdp_common.db.session import make_engine, session_scope
from sdp_common.errors import Conflict, NotFound
from sdp_common.service import Job, Service
from sdp_common.settings import settings
from sdp_common.store import features, odds, predictions, slates
from sdp_engine import frames
from sdp_engine.features.build import NAME
from sdp_engine.models.consensus import consensus
from sdp_engine.models.training import INVOLVED
from sdp_sports.spec import Sport, load
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sdp_inference import door
from sdp_inference.models import load_model
from sdp_inference.rows import informed_rows, prediction_rows

service = Service("inference")


@service.job(attempts=3)
def predict(job: Job, slate_id: int) -> dict[str, Any]:
    """Predict every market for a slate's players as of min(now, its lock).

    Each market speaks through the promoted model; where that has seen games after the slate's moment, through the
    newest that has not. A market that no model was ever trained for is silent. What a market's models take for
    granted (`given`) is put back: a player who may not get an attempt, a carry or a target has that chance of zero.
    Where books offered a line by then there is a second row, of the mode `informed`, moved to the line.

    Args:
        job: This execution.
        slate_id: The slate.

    Raises:
        NotFound: There is no such slate, or an artifact is gone.
        Conflict: The slate's features or a model that may speak are missing; says which job to run.
        Misconfigured: A model file is not the one that was registered.
    """
    job.progress(0.02, "reading the slate's features")
    with job.session() as session:
        as_of, told = predicted(session, job.settings.artifacts_dir, slate_id, job.now, job.progress)
    with job.session() as session:
        predictions.save(session, [row for market_rows in told.values() for row in market_rows])
    counts = {market: len(market_rows) for market, market_rows in told.items()}
    informed = sum(row["mode"] == predictions.INFORMED for market_rows in told.values() for row in market_rows)
    return {"rows": sum(counts.values()), "informed": informed, "markets": counts, "as_of": as_of.isoformat()}


def predicted(
    session: Session, root: Path, slate_id: int, now: datetime, note: Callable[[float, str], object] = lambda *_: None
) -> tuple[datetime, dict[str, list[dict[str, Any]]]]:
    """Return the moment of a slate's predictions, and the rows of each market: independent ones, then informed ones.

    Raises:
        NotFound: There is no such slate, or an artifact is gone.
        Conflict: The slate's features or a model that may speak are missing; says which job to run.
        Misconfigured: A model file is not the one that was registered.
    """
    slate = slates.slate(session, slate_id)
    as_of, sport = min(now, slate.starts_at), load(slate.sport)
    rows = _features(session, slate_id, as_of)
    serving = _serving(session, sport, as_of)
    lines = _lines(session, rows["game_id"].unique().to_list(), sport, as_of)
    told: dict[str, list[dict[str, Any]]] = {}
    chances: dict[int, float] = {}
    for market, version in serving.items():
        note(0.1 + 0.8 * len(told) / len(serving), f"predicting {sport.markets[market].title}")
        model = load_model(root, version)
        taken = chances if sport.markets[market].given == INVOLVED else {}
        told[market] = prediction_rows(market, sport.markets[market], model, version, rows, taken)
        told[market] += informed_rows(told[market], lines.filter(pl.col("market") == market))
        if market == INVOLVED:
            chances = {row["player_id"]: row["mean"] for row in told[market]}
    return as_of, told


def answer(engine: Engine, root: Path) -> door.Predict:
    """Return what the internal door asks: predictions made now, without storing them."""

    def make(slate_id: int, market: str | None) -> dict[str, Any]:
        with session_scope(engine) as session:
            as_of, told = predicted(session, root, slate_id, datetime.now(UTC))
        if market is not None and market not in told:
            raise NotFound(f"slate {slate_id} has no predictions of {market}; it has {', '.join(told)}")
        chosen = told.values() if market is None else [told[market]]
        return {"slate_id": slate_id, "as_of": as_of, "rows": [row for rows in chosen for row in rows]}

    return make


def _features(session: Session, slate_id: int, as_of: datetime) -> pl.DataFrame:
    """Return a row of features for everybody on the slate.

    Raises:
        Conflict: The slate has nobody, or somebody has no features.
    """
    population = slates.population(session, slate_id, as_of=as_of)
    if population.is_empty():
        raise Conflict(f"slate {slate_id} has nobody to predict: none of its players was matched to a game")
    rows = features.slate(session, slate_id, NAME, as_of)
    lacking = population.join(rows, on=["player_id", "game_id"], how="anti").height
    if lacking:
        raise Conflict(
            f"{lacking} of {population.height} players of slate {slate_id} have no features: "
            f"run the features job `build_slate` with slate_id={slate_id} first"
        )
    return rows


def _lines(session: Session, games: list[str], sport: Sport, as_of: datetime) -> pl.DataFrame:
    """Return the consensus of the betting lines of players as they stood at a moment."""
    quotes = odds.lines(session, games, as_of).select(*frames.PROP_QUOTES)
    return consensus(quotes, sport.markets)


def _serving(session: Session, sport: Sport, as_of: datetime) -> dict[str, ModelVersion]:
    """Return the model of each market that may speak, first of all who is involved at all.

    Raises:
        Conflict: No market has one, or one has models that have seen too much alone.
    """
    serving = predictions.serving(session, sport.code, as_of=as_of)
    speechless = predictions.speechless(session, sport.code, as_of=as_of)
    lacking = [sport.markets[name].title for name in sport.markets if speechless is None or name in speechless]
    if lacking:
        raise Conflict(
            f"no model that has seen nothing after {as_of:%Y-%m-%d %H:%M} UTC is registered for {', '.join(lacking)}: "
            f"run the training job `train` with sport={sport.code} until={as_of.isoformat()} first"
        )
    order = sorted(sport.markets, key=lambda name: name != INVOLVED)
    return {name: serving[name] for name in order if name in serving}


def main() -> None:
    """Run the service's command line; `run` also opens the internal HTTP door where `SDP_INFERENCE_PORT` is set."""
    configured = settings()
    if configured.inference_port is not None and sys.argv[1:2] == ["run"]:
        engine = make_engine(configured.require_database_url(), application="sdp inference door")
        door.serve(configured.inference_port, answer(engine, configured.artifacts_dir))
    service.main()
