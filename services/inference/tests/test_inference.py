"""Predicting a slate from checked artifacts, on a real database."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import joblib
import numpy as np
import polars as pl
import pytest
from sdp_common.artifacts import write_artifact
from sdp_common.db.models.predictions import ModelVersion, Prediction
from sdp_common.db.session import session_scope
from sdp_common.errors import Conflict, Misconfigured, NotFound
from sdp_common.store import features, odds, predictions, slates
from sdp_engine import frames
from sdp_engine.distributions import Distribution
from sdp_engine.features import build
from sdp_engine.features.panel import Sources
from sdp_engine.models import training
from sdp_engine.models.families import FAMILIES
from sdp_inference import door
from sdp_inference.main import answer, predict, service
from sdp_inference.models import load_model
from sdp_sports.spec import QUANTILES, load
from sqlalchemy import Engine, delete, func, select, update

from tests.league_store import job

SPORT = load("nfl")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("artifacts")


@pytest.fixture(scope="module")
def lock(league: Any) -> datetime:
    moment = league.week(2022, 7)["starts_at"].min()
    assert isinstance(moment, datetime)
    return moment


@pytest.fixture(scope="module")
def slate_id(engine: Engine, league: Any, lock: datetime) -> int:
    """A slate of the week with everybody on it, and its features."""
    chosen = league.population(league.week(2022, 7))
    rows = build.population(SPORT, league.sources, chosen, lock).with_columns(as_of=pl.lit(lock))
    with session_scope(engine) as session:
        features.save(session, "nfl", build.NAME, rows, version=build.VERSION)
        return slates.save_slate(session, head("main", lock), [draftable(row) for row in chosen.to_dicts()])


def head(external_id: str, lock: datetime) -> dict[str, Any]:
    words = {"sport": "nfl", "site": "draftkings", "contest": "draftkings_classic", "name": "Main", "source": "test"}
    return words | {"external_id": external_id, "salary_source": "site", "starts_at": lock, "known_at": lock}


def draftable(row: dict[str, Any]) -> dict[str, Any]:
    same = {name: row[name] for name in ("player_id", "team_id", "game_id", "position")}
    return same | {"external_id": str(row["player_id"]), "name": "Somebody", "roster_slots": [], "salary_usd": 5000}


@pytest.fixture(scope="module")
def models(engine: Engine, league: Any, root: Path, lock: datetime) -> dict[str, ModelVersion]:
    """A registered model a market, fitted on what was known at the lock; touchdowns by boosting."""
    known = league.lines.filter(pl.col("known_at") <= lock)
    games = league.games.filter(pl.col("starts_at") < lock)
    rows = build.history(SPORT, Sources(games, known)).join(games.select("game_id", as_of="starts_at"), on="game_id")
    outcomes = training.outcomes_of(SPORT, rows, known, league.snaps, league.roles)
    made = {}
    with session_scope(engine) as session:
        for name, market in SPORT.markets.items():
            family = "boosted" if name == "anytime_touchdown" else "baseline"
            frame = training.frame_of(SPORT, name, rows, outcomes)
            if frame.height < 200 or frame["y"].n_unique() == 1:  # the league has no kickers, and everybody plays
                continue
            judged = FAMILIES[family].fit_and_judge(frame, name, market, lock)
            body = BytesIO()
            joblib.dump(judged.model, body)
            details = training.describe(frame, judged, FAMILIES[family])
            written = write_artifact(root, f"nfl/{name}/{family}/1", body.getvalue(), details)
            row = {"sport": "nfl", "market": name, "family": family, "version": "1", "path": written.path}
            until = known["known_at"].max()
            made[name] = predictions.register(
                session, row | {"sha256": written.sha256, "data_until": until, "details": details, "stage": "promoted"}
            )
    return made


@pytest.fixture
def as_before(engine: Engine, models: Any, root: Path) -> Iterator[None]:
    """Puts back what a test spoils."""
    files = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    yield
    for path, content in files.items():
        path.write_bytes(content)
    with session_scope(engine) as session:
        for version in models.values():
            session.execute(
                update(ModelVersion)
                .where(ModelVersion.id == version.id)
                .values(sha256=version.sha256, data_until=version.data_until, stage="promoted", details=version.details)
            )


def said(engine: Engine, slate_id: int, lock: datetime) -> pl.DataFrame:
    with session_scope(engine) as session:
        return predictions.slate(session, slate_id, as_of=lock)


def test_every_market_is_predicted_for_its_positions(
    engine: Engine, slate_id: int, models: Any, root: Path, lock: datetime
) -> None:
    told = predict(job(engine, "inference", "predict", root), slate_id)
    rows = said(engine, slate_id, lock)
    frames.check(rows, frames.PREDICTIONS)
    assert told["rows"] == rows.height
    assert told["as_of"] == lock.isoformat()
    assert {"involved", "receptions", "passing_yards", "draftkings_points"} <= set(told["markets"]) == set(models)
    for name in models:
        mine = rows.filter(pl.col("market") == name)
        assert set(mine["position"]) == set(SPORT.markets[name].positions)
        assert told["markets"][name] == mine.height
    assert rows["as_of"].unique().to_list() == [lock]


def test_the_stored_distribution_is_the_model_s(
    engine: Engine, slate_id: int, models: Any, root: Path, lock: datetime
) -> None:
    predict(job(engine, "inference", "predict", root), slate_id)
    with session_scope(engine) as session:
        rows = session.scalars(select(Prediction).where(Prediction.market == "receiving_yards")).all()
        stood = features.slate(session, slate_id, build.NAME, lock)
    again, involved = load_model(root, models["receiving_yards"]), load_model(root, models["involved"])
    for row in rows[:10]:
        stored = Distribution.from_params(row.family, [row.params])
        player = stood.filter(pl.col("player_id") == row.player_id)
        chance = involved.predict(player).mean()
        mine = again.predict(player).given(chance)
        assert mine.prob_zero() >= 1 - chance - 1e-9
        assert stored.quantile(QUANTILES) == pytest.approx(mine.quantile(QUANTILES))
        assert row.mean == pytest.approx(mine.mean()[0])
        assert row.quantiles == pytest.approx(stored.quantile(QUANTILES)[0].tolist())
        assert row.quantiles == sorted(row.quantiles)
        assert row.prob_zero == pytest.approx(stored.prob_zero()[0])


def test_drivers_are_named_with_value_and_effect(engine: Engine, slate_id: int, models: Any, root: Path) -> None:
    predict(job(engine, "inference", "predict", root), slate_id)
    with session_scope(engine) as session:
        told = session.scalars(select(Prediction.drivers).where(Prediction.market == "anytime_touchdown")).all()
    assert all(len(drivers) == 5 for drivers in told)
    assert all(set(driver) == {"feature", "value", "effect"} for drivers in told for driver in drivers)


def test_with_a_line_there_is_an_informed_prediction_beside_the_independent_one(
    engine: Engine, slate_id: int, models: Any, root: Path, lock: datetime
) -> None:
    predict(job(engine, "inference", "predict", root), slate_id)
    own = said(engine, slate_id, lock).filter(pl.col("market") == "receptions").sort("mean", descending=True)
    star = own.row(0, named=True)
    line = float(np.floor(star["mean"])) + 2.5  # the market thinks more of him than the model does
    quote = {"game_id": star["game_id"], "player_id": star["player_id"], "source": "made", "book": "book"}
    quote |= {"market": "receptions", "line": line, "price_decimal": 1.9, "known_at": lock - timedelta(hours=2)}
    late = {**quote, "line": line + 9, "known_at": lock + timedelta(minutes=5)}
    with session_scope(engine) as session:
        odds.save(session, [{**told, "side": side} for told in (quote, late) for side in ("over", "under")])
    told = predict(job(engine, "inference", "predict", root), slate_id)
    assert told["informed"] == 1
    with session_scope(engine) as session:
        moved = predictions.slate(session, slate_id, as_of=lock, mode="informed")
        drivers = session.scalars(select(Prediction.drivers).where(Prediction.mode == "informed")).one()
    assert moved.select("player_id", "market").rows() == [(star["player_id"], "receptions")]
    assert star["mean"] < moved["mean"][0] < line + 2
    assert drivers[0]["feature"] == "market_line"
    assert drivers[0]["value"] == line
    assert drivers[0]["effect"] == pytest.approx(moved["mean"][0] - star["mean"], abs=1e-3)
    # The independent one knows nothing of it.
    assert said(engine, slate_id, lock).filter(pl.col("market") == "receptions").height == own.height
    again = said(engine, slate_id, lock).filter(
        pl.col("player_id") == star["player_id"], pl.col("market") == "receptions"
    )
    assert again["mean"].to_list() == [star["mean"]]


def test_predicting_twice_changes_nothing(
    engine: Engine, slate_id: int, models: Any, root: Path, lock: datetime
) -> None:
    predict(job(engine, "inference", "predict", root), slate_id)
    before = said(engine, slate_id, lock)
    predict(job(engine, "inference", "predict", root), slate_id)
    assert said(engine, slate_id, lock).equals(before)


@pytest.mark.usefixtures("as_before")
def test_a_changed_file_is_never_loaded(engine: Engine, slate_id: int, models: Any, root: Path) -> None:
    file = root / models["receptions"].path / "model.joblib"
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(Misconfigured, match="not the one that was registered"):
        predict(job(engine, "inference", "predict", root), slate_id)


@pytest.mark.usefixtures("as_before")
def test_code_in_a_foreign_file_does_not_run(engine: Engine, slate_id: int, models: Any, root: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (exec, ("raise SystemExit('the trap ran')",))

    body = BytesIO()
    joblib.dump(Trap(), body)
    (root / models["receptions"].path / "model.joblib").write_bytes(body.getvalue())
    with pytest.raises(Misconfigured, match="not the one that was registered"):
        predict(job(engine, "inference", "predict", root), slate_id)


@pytest.mark.usefixtures("as_before")
def test_an_unregistered_digest_is_refused(engine: Engine, slate_id: int, models: Any, root: Path) -> None:
    with session_scope(engine) as session:
        session.execute(update(ModelVersion).where(ModelVersion.market == "receptions").values(sha256="0" * 64))
    with pytest.raises(Misconfigured, match="not the one that was registered"):
        predict(job(engine, "inference", "predict", root), slate_id)


@pytest.mark.usefixtures("as_before")
def test_changed_metadata_are_refused(engine: Engine, slate_id: int, models: Any, root: Path) -> None:
    file = root / models["receptions"].path / "metadata.json"
    file.write_text(file.read_text().replace("receptions_slow", "targets_slow"))
    with pytest.raises(Misconfigured, match="not that of the registered model"):
        predict(job(engine, "inference", "predict", root), slate_id)


def test_a_lost_artifact_is_said(engine: Engine, slate_id: int, models: Any, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no artifact"):
        predict(job(engine, "inference", "predict", tmp_path), slate_id)


def test_a_file_that_is_no_model_is_said(root: Path, engine: Engine) -> None:
    written = write_artifact(root, "nfl/broken/1", b"not a model", {"feature_columns": []})
    version = ModelVersion(path=written.path, sha256=written.sha256, details={"feature_columns": []})
    with pytest.raises(Misconfigured, match="cannot be read by this version"):
        load_model(root, version)


@pytest.mark.usefixtures("as_before")
def test_a_model_that_has_seen_the_slate_s_games_may_not_speak(
    engine: Engine, slate_id: int, models: Any, root: Path, league: Any
) -> None:
    with session_scope(engine) as session:
        later = league.games["known_at"].max()
        session.execute(update(ModelVersion).where(ModelVersion.market == "receptions").values(data_until=later))
    with pytest.raises(Conflict, match=r"Receptions.*run the training job `train` with sport=nfl until="):
        predict(job(engine, "inference", "predict", root), slate_id)


def test_a_slate_without_features_names_the_job_to_run(engine: Engine, league: Any, models: Any, root: Path) -> None:
    chosen = league.population(league.week(2022, 8))
    lock = league.week(2022, 8)["starts_at"].min()
    with session_scope(engine) as session:
        slate_id = slates.save_slate(session, head("later", lock), [draftable(row) for row in chosen.to_dicts()])
        empty = slates.save_slate(session, head("empty", lock), [])
    with pytest.raises(Conflict, match=f"80 of 80 players .* `build_slate` with slate_id={slate_id}"):
        predict(job(engine, "inference", "predict", root), slate_id)
    with pytest.raises(Conflict, match="nobody to predict"):
        predict(job(engine, "inference", "predict", root), empty)
    with pytest.raises(NotFound, match="no slate 9999"):
        predict(job(engine, "inference", "predict", root), 9999)


def test_without_a_model_it_says_what_to_train(engine: Engine, slate_id: int, models: Any, root: Path) -> None:
    with session_scope(engine) as session:
        session.execute(update(ModelVersion).values(stage="retired"))
    try:
        with pytest.raises(Conflict, match="run the training job `train`"):
            predict(job(engine, "inference", "predict", root), slate_id)
    finally:
        with session_scope(engine) as session:
            session.execute(update(ModelVersion).values(stage="promoted"))


def test_an_error_leaves_what_stood(engine: Engine, slate_id: int, models: Any, tmp_path: Path, lock: datetime) -> None:
    with session_scope(engine) as session:
        session.execute(delete(Prediction))
    with pytest.raises(NotFound):
        predict(job(engine, "inference", "predict", tmp_path), slate_id)
    with session_scope(engine) as session:
        assert session.scalar(select(func.count()).select_from(Prediction)) == 0
    assert np.array_equal(said(engine, slate_id, lock).shape, (0, 11))


def test_the_process_offers_the_job_of_the_pipeline() -> None:
    assert set(service.jobs) == {"predict"}


def test_the_internal_door_says_what_the_queue_would_store(
    engine: Engine, slate_id: int, models: Any, root: Path, lock: datetime
) -> None:
    predict(job(engine, "inference", "predict", root), slate_id)
    stored = {(r["player_id"], r["market"]): r["mean"] for r in said(engine, slate_id, lock).iter_rows(named=True)}
    server = door.serve(0, answer(engine, root), host="127.0.0.1")
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        told = httpx.get(f"{address}/predictions", params={"slate_id": slate_id}, timeout=60).json()
        one = httpx.get(f"{address}/predictions", params={"slate_id": slate_id, "market": "receptions"}, timeout=60)
        wrong = [
            httpx.get(f"{address}{path}", timeout=60)
            for path in ("/", "/predictions", "/predictions?slate_id=999", f"/predictions?slate_id={slate_id}&market=x")
        ]
    finally:
        server.shutdown()
        server.server_close()
    own = [row for row in told["rows"] if row["mode"] == "independent"]
    assert {(r["player_id"], r["market"]): r["mean"] for r in own} == pytest.approx(stored)
    assert {r["market"] for r in one.json()["rows"]} == {"receptions"}
    assert all(driver["feature"] for row in one.json()["rows"] for driver in row["drivers"])
    assert [response.status_code for response in wrong] == [404, 422, 404, 404]
    assert "name a slate" in wrong[1].json()["message"]
