"""Training on a real database: artifacts, registry, promotion, and nothing done twice."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sdp_common.artifacts import read_metadata, read_model
from sdp_common.db.models.predictions import ModelVersion
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput, Cancelled, Conflict
from sdp_common.store import features, predictions, runs
from sdp_engine.features import build
from sdp_engine.models import training
from sdp_sports.spec import load
from sdp_training import candidates
from sdp_training.main import service, train
from sdp_training.promotion import promote
from sqlalchemy import Engine, func, select

from tests.league_store import job

SPORT = load("nfl")


@pytest.fixture(scope="module")
def built(engine: Engine, league: Any) -> Any:
    """The league with the features of its past games."""
    rows = build.history(SPORT, league.sources)
    rows = rows.join(league.games.select("game_id", as_of="starts_at"), on="game_id")
    with session_scope(engine) as session:
        features.save(session, "nfl", build.NAME, rows, version=build.VERSION)
    return league


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("artifacts")


@pytest.fixture(scope="module")
def trained(engine: Engine, built: Any, root: Path) -> dict[str, Any]:
    return train(job(engine, "training", "train", root), "nfl")


def registered(engine: Engine) -> list[ModelVersion]:
    with session_scope(engine) as session:
        return predictions.versions(session, "nfl")


def test_every_market_is_fitted_in_every_family(engine: Engine, trained: dict[str, Any]) -> None:
    fitted = set(SPORT.markets) - set(trained["skipped"])
    assert trained["models"] == trained["trained"] == 2 * len(fitted)
    versions = registered(engine)
    assert {(v.market, v.family) for v in versions} == {(m, f) for m in fitted for f in ("baseline", "boosted")}


def test_what_the_data_do_not_tell_is_skipped_with_the_reason(trained: dict[str, Any]) -> None:
    """The league has no kickers, nobody ever leaves the field, and its quarterbacks are few."""
    assert {"kicking_points", "field_goals", "plays"} <= set(trained["skipped"])
    assert "every outcome is the same" in trained["skipped"]["plays"]
    assert all(len(reason) > 20 for reason in trained["skipped"].values())


def test_the_artifact_is_the_registered_one_and_tells_how_it_was_made(
    engine: Engine, trained: dict[str, Any], root: Path, built: Any
) -> None:
    for version in registered(engine):
        assert read_model(root, version.path, version.sha256)
        told = read_metadata(root, version.path)
        assert told["sha256"] == version.sha256
        assert told["model_version"] == version.version
        assert told["feature_columns"]
        assert told["training_config"]
        assert {"crps", "mae", "rmse", "pit_error", "coverage_80"} <= set(told["metrics"])
        assert told["first_game_at"] < told["held_out_from"] < told["last_game_at"]
        assert version.data_until == built.games["known_at"].max()
        json.dumps(version.details)


def test_the_better_family_is_promoted(engine: Engine, trained: dict[str, Any]) -> None:
    crps = {(v.market, v.family): v.details["metrics"]["crps"] for v in registered(engine)}
    promoted = {v.market: v.family for v in registered(engine) if v.stage == "promoted"}
    assert promoted == trained["promoted"]
    for market, family in promoted.items():
        other = "baseline" if family == "boosted" else "boosted"
        assert crps[market, family] <= crps[market, other]


def test_unchanged_data_are_not_fitted_again(
    engine: Engine, trained: dict[str, Any], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(root.rglob("*"))
    again = train(job(engine, "training", "train", root), "nfl")
    assert (again["trained"], again["unchanged"]) == (0, trained["models"])
    assert again["promoted"] == trained["promoted"]
    assert sorted(root.rglob("*")) == before


def test_a_lost_file_is_made_again(engine: Engine, trained: dict[str, Any], root: Path) -> None:
    version = next(v for v in registered(engine) if (v.market, v.family) == ("passing_tds", "baseline"))
    (root / version.path / "model.joblib").unlink()
    again = train(job(engine, "training", "train", root), "nfl")
    assert (again["trained"], again["unchanged"]) == (1, trained["models"] - 1)
    for now in registered(engine):
        if now.stage == "promoted":
            read_model(root, now.path, now.sha256)


def test_nothing_known_later_is_learnt_from(
    engine: Engine, built: Any, tmp_path: Path, trained: dict[str, Any]
) -> None:
    until = built.week(2022, 2)["starts_at"].min()
    told = train(job(engine, "training", "train", tmp_path), "nfl", until=until.isoformat())
    early = [v for v in registered(engine) if v.data_until <= until]
    assert len(early) == told["trained"] == 2 * (len(SPORT.markets) - len(told["skipped"]))
    last = built.games.filter(pl.col("known_at") <= until)["known_at"].max()
    assert {v.data_until for v in early} == {last}
    assert all(datetime.fromisoformat(v.details["last_game_at"]) < until for v in early)
    # Training for the past changes nothing for the present.
    assert {v.data_until for v in registered(engine) if v.stage == "promoted"} == {built.games["known_at"].max()}


def test_a_row_that_was_not_known_is_refused(built: Any) -> None:
    rows = build.history(SPORT, built.sources)
    rows = rows.join(built.games.select("game_id", as_of="starts_at"), on="game_id")
    moment = built.games["starts_at"].max()
    outcomes = training.outcomes_of(SPORT, rows, built.lines, built.snaps, built.roles)
    with pytest.raises(Conflict, match="must not see it"):
        candidates.fit(SPORT, "receptions", (rows, outcomes), {}, moment)


def test_only_the_markets_asked_for_are_fitted(engine: Engine, built: Any, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no market corners"):
        train(job(engine, "training", "train", tmp_path), "nfl", markets=["corners"])
    until = built.week(2022, 3)["starts_at"].min().isoformat()
    told = train(job(engine, "training", "train", tmp_path), "nfl", until=until, markets=["receptions"])
    assert (told["trained"], list(told["promoted"])) == (2, ["receptions"])


def test_what_cannot_be_trained_is_said(engine: Engine, built: Any, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no sport"):
        train(job(engine, "training", "train", tmp_path), "curling")
    with pytest.raises(Conflict, match="run the features job `build` first"):
        train(job(engine, "training", "train", tmp_path), "nfl", until="2010-01-01T00:00:00Z")
    soon = built.games["starts_at"].min() + timedelta(days=8)
    with pytest.raises(Conflict, match="too few"):
        train(job(engine, "training", "train", tmp_path), "nfl", until=soon.isoformat())
    assert not list(tmp_path.rglob("model.joblib"))


def test_a_cancelled_training_stops(engine: Engine, built: Any, tmp_path: Path) -> None:
    asked = job(engine, "training", "train", tmp_path)
    with session_scope(engine) as session:
        runs.cancel(session, asked.run_id)
        before = session.scalar(select(func.count()).select_from(ModelVersion))
    with pytest.raises(Cancelled):
        train(asked, "nfl")
    with session_scope(engine) as session:
        assert session.scalar(select(func.count()).select_from(ModelVersion)) == before


def test_a_promoted_model_that_has_seen_more_stays(session: Any) -> None:
    def add(version: str, day: int, crps: float) -> ModelVersion:
        row = {"sport": "nba", "market": "points", "family": version, "version": version, "path": version}
        until = datetime(2022, 1, day, tzinfo=UTC)
        return predictions.register(
            session, row | {"sha256": "0", "data_until": until, "details": {"metrics": {"crps": crps}}}
        )

    late, better, worse = add("late", 9, 3.0), add("better", 2, 1.0), add("worse", 2, 2.0)
    assert promote(session, "nba", [late.id]) == {"points": "late"}
    assert promote(session, "nba", [better.id, worse.id]) == {"points": "better"}
    assert [late.stage, better.stage] == ["promoted", "candidate"]
    newest = add("newest", 10, 9.0)
    promote(session, "nba", [newest.id])
    assert [late.stage, newest.stage] == ["candidate", "promoted"]


def test_the_process_offers_the_job_of_the_pipeline() -> None:
    assert set(service.jobs) == {"train", "backtest"}
