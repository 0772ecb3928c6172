"""Work asked for, followed by real notifications, stopped."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from sdp_common.db.models.predictions import ModelVersion
from sdp_common.db.models.runs import Run
from sdp_common.store import runs
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

HANG_UP = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE query LIKE 'LISTEN %' AND pid <> pg_backend_pid() AND datname = current_database()"
)
LISTENERS = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND datname = current_database()"


def events(lines: Iterator[str]) -> Iterator[dict]:
    for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


@pytest.fixture
def run_id(ann: httpx.Client, world) -> Iterator[int]:
    answer = ann.post("/api/runs/simulate", json={"slate_id": world.slate_id, "worlds": 500})
    assert answer.status_code == 202, answer.text
    yield answer.json()["id"]
    ann.delete(f"/api/runs/{answer.json()['id']}")


def test_a_simulation_is_queued_for_its_service(ann: httpx.Client, world, run_id: int, engine: Engine) -> None:
    run = ann.get(f"/api/runs/{run_id}").json()
    assert (run["service"], run["job"], run["status"]) == ("sim-engine", "simulate", "queued")
    assert run["params"] == {"slate_id": world.slate_id, "worlds": 500, "seed": 1}
    assert run["slate_id"] == world.slate_id
    with Session(engine) as session:
        queued = session.execute(text("SELECT queue_name, args FROM procrastinate_jobs ORDER BY id DESC")).first()
    assert queued == ("sim-engine", {"run_id": run_id})


@pytest.mark.parametrize(
    ("path", "service", "job"), [("build", "features", "build_slate"), ("predict", "inference", "predict")]
)
def test_the_steps_before_it(ann: httpx.Client, world, path: str, service: str, job: str) -> None:
    run = ann.post(f"/api/runs/{path}", json={"slate_id": world.slate_id}).json()
    assert (run["service"], run["job"], run["params"]) == (service, job, {"slate_id": world.slate_id})
    ann.delete(f"/api/runs/{run['id']}")


def test_projections_train_first_where_a_model_has_seen_too_much(ann: httpx.Client, world, engine: Engine) -> None:
    with Session(engine) as session:
        known = session.execute(select(ModelVersion.id, ModelVersion.market, ModelVersion.data_until)).all()
        session.execute(update(ModelVersion).values(data_until=datetime(2099, 1, 1, tzinfo=UTC)))
        session.commit()
        run = ann.post("/api/runs/project", json={"slate_id": world.slate_id, "worlds": 500, "seed": 7}).json()
        for number, _, data_until in known:
            session.execute(update(ModelVersion).where(ModelVersion.id == number).values(data_until=data_until))
        session.commit()
        following = session.get_one(Run, run["id"]).then or []
    assert (run["service"], run["job"], run["remaining"], run["next_run_id"]) == ("features", "build", 4, None)
    assert run["slate_id"] == world.slate_id
    assert [step["job"] for step in following] == ["train", "build_slate", "predict", "simulate"]
    assert following[0]["params"]["markets"] == sorted({market for _, market, _ in known})
    assert ann.delete(f"/api/runs/{run['id']}").json()["status"] == "cancelled"


def test_projections_need_no_training_where_models_may_speak(ann: httpx.Client, world) -> None:
    run = ann.post("/api/runs/project", json={"slate_id": world.slate_id}).json()
    assert (run["service"], run["job"], run["remaining"]) == ("features", "build_slate", 2)
    ann.delete(f"/api/runs/{run['id']}")


def test_a_scenario_is_queued_with_all_that_it_assumes(ann: httpx.Client, world, engine: Engine) -> None:
    out = world.draftables["Quinn Passer PHI"]
    body = {
        "slate_id": world.slate_id,
        "out": [out],
        "lines": {"nfl:2023_12_BUF_PHI": [None, 49.5]},
        "wind_mph": {"nfl:2023_12_BUF_PHI": 25},
    }
    answer = ann.post("/api/runs/what-if", json=body | {"worlds": 2000, "seed": 5})
    assert answer.status_code == 202, answer.text
    run = ann.get(f"/api/runs/{answer.json()['id']}").json()
    assert (run["service"], run["job"], run["status"]) == ("sim-engine", "what_if", "queued")
    assert run["params"] == body | {"worlds": 2000, "seed": 5}
    assert run["slate_id"] == world.slate_id
    with Session(engine) as session:
        queued = session.execute(text("SELECT queue_name, args FROM procrastinate_jobs ORDER BY id DESC")).first()
    assert queued == ("sim-engine", {"run_id": run["id"]})
    found = {"contest": "draftkings_classic", "worlds": 2000, "players": [], "games": []}
    with Session(engine) as session:
        runs.start(session, run["id"])
        runs.finish(session, run["id"], "succeeded", result=found)
        session.commit()
    told = ann.get(f"/api/runs/{run['id']}").json()
    assert (told["status"], told["result"]) == ("succeeded", found)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"slate_id": 10**6}, 404),
        ({"wind_mph": {"nfl:2023_12_BUF_PHI": 200}}, 422),
        ({"lines": {"nfl:2023_12_BUF_PHI": [3.0]}}, 422),
        ({"lines": {"nfl:2023_12_BUF_PHI": [None, 400]}}, 422),
        ({"lines": {"nfl:2023_12_BUF_PHI": [-41, 44]}}, 422),
        ({"wind_mph": {"nfl:2023_12_BUF_PHI": -5}}, 422),
        ({"wind_mph": {"nfl:elsewhere": 20}}, 422),
        ({"out": [10**6]}, 422),
        ({"wind_mph": {}}, 422),
        ({"worlds": 10}, 422),
        ({"unknown": 1}, 422),
    ],
)
def test_a_scenario_out_of_reason_is_refused(ann: httpx.Client, world, change: dict, status: int) -> None:
    body = {"slate_id": world.slate_id, "wind_mph": {"nfl:2023_12_BUF_PHI": 20}}
    answer = ann.post("/api/runs/what-if", json=body | change)
    assert answer.status_code == status
    assert answer.json()["message"]


def test_an_optimisation_carries_its_rules(ann: httpx.Client, world) -> None:
    rules = {"lineups": 3, "stack": "qb_one", "max_exposure": 0.5, "locked": [world.draftables["Quinn Passer PHI"]]}
    body = {"slate_id": world.slate_id, "projection_set_id": world.set_id, "rules": rules}
    run = ann.post("/api/runs/optimize", json=body).json()
    assert (run["service"], run["job"]) == ("optimizer", "optimize")
    assert run["params"]["rules"] | rules == run["params"]["rules"]
    assert set(run["params"]) == {"slate_id", "projection_set_id", "rules", "name", "quantile", "column"}
    ann.delete(f"/api/runs/{run['id']}")


@pytest.mark.parametrize(
    ("rules", "column"),
    [
        ({"stack": "nope"}, "rules.stack"),
        ({"lineups": 0}, "rules.lineups"),
        ({"max_exposure": 1.5}, "rules.max_exposure"),
        ({"lineup": 3}, "rules.lineup"),
    ],
)
def test_rules_that_cannot_be(ann: httpx.Client, world, rules: dict, column: str) -> None:
    body = {"slate_id": world.slate_id, "projection_set_id": world.set_id, "rules": rules}
    answer = ann.post("/api/runs/optimize", json=body)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["column"] == column


def test_nobody_optimises_with_anothers_set_or_settles_anothers_lineups(
    ann: httpx.Client, bob: httpx.Client, world, writers, engine: Engine
) -> None:
    ann_id = ann.get("/api/session").json()["user"]["id"]
    with Session(engine) as session, session.begin():
        mine = writers.projection_set(session, world.slate_id, ann_id)
    body = {"slate_id": world.slate_id, "projection_set_id": mine}
    assert bob.post("/api/runs/optimize", json=body).status_code == 404
    assert bob.post("/api/runs/settle", json={"lineup_set_id": world.lineup_set_id}).status_code == 404
    settled = ann.post("/api/runs/settle", json={"lineup_set_id": world.lineup_set_id})
    assert settled.json()["job"] == "settle"
    ann.delete(f"/api/runs/{settled.json()['id']}")
    ann.delete(f"/api/projection-sets/{mine}")


def test_a_set_of_another_slate_is_refused(ann: httpx.Client, world, writers, engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        other = writers.slate(session, external_id="elsewhere")
    answer = ann.post("/api/runs/optimize", json={"slate_id": other, "projection_set_id": world.set_id})
    assert (answer.status_code, answer.json()["problems"][0]["column"]) == (422, "projection_set_id")


def test_runs_are_listed_for_their_owner_alone(ann: httpx.Client, bob: httpx.Client, world, run_id: int) -> None:
    mine = ann.get("/api/runs", params={"slate_id": world.slate_id, "status": "queued"}).json()
    assert run_id in [run["id"] for run in mine["items"]]
    assert bob.get("/api/runs").json()["total"] == 0
    for answer in (
        bob.get(f"/api/runs/{run_id}"),
        bob.delete(f"/api/runs/{run_id}"),
        bob.get(f"/api/runs/{run_id}/events"),
    ):
        assert answer.status_code == 404
    assert ann.get(f"/api/runs/{run_id}").json()["status"] == "queued"


def test_a_waiting_run_is_cancelled_once(ann: httpx.Client, run_id: int) -> None:
    cancelled = ann.delete(f"/api/runs/{run_id}")
    assert (cancelled.status_code, cancelled.json()["status"]) == (202, "cancelled")
    again = ann.delete(f"/api/runs/{run_id}")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def test_a_run_is_followed_to_its_end(ann: httpx.Client, api, engine: Engine, run_id: int) -> None:
    with ann.stream("GET", f"/api/runs/{run_id}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers
        told = events(answer.iter_lines())
        assert next(told)["status"] == "queued"
        with Session(engine) as session, session.begin():
            runs.start(session, run_id)
        assert next(told)["status"] == "running"
        with Session(engine) as session, session.begin():
            runs.progress(session, run_id, 0.5, "half way")
        half = next(told)
        assert (half["progress"], half["message"]) == (0.5, "half way")
        with Session(engine) as session, session.begin():
            error = {"code": "bad_input", "message": "no", "problems": [{"message": "x", "row": 2, "column": "c"}]}
            runs.finish(session, run_id, "failed", error=error)
        last = next(told)
        assert (last["status"], last["error"]["problems"][0]["row"]) == ("failed", 2)
        assert list(told) == [], "the stream ends with the run"
    assert api.app.state.hub._followers == {}


def test_the_stream_of_a_run_that_is_over_says_so_and_ends(ann: httpx.Client, run_id: int) -> None:
    ann.delete(f"/api/runs/{run_id}")
    with ann.stream("GET", f"/api/runs/{run_id}/events") as answer:
        assert [event["status"] for event in events(answer.iter_lines())] == ["cancelled"]


def test_many_follow_with_one_listener(ann: httpx.Client, engine: Engine, run_id: int) -> None:
    seen: list[str] = []
    ready = threading.Barrier(6, timeout=20)

    def follow() -> None:
        with ann.stream("GET", f"/api/runs/{run_id}/events") as answer:
            told = events(answer.iter_lines())
            next(told)
            ready.wait()
            seen.append(next(told)["status"])

    threads = [threading.Thread(target=follow) for _ in range(5)]
    for thread in threads:
        thread.start()
    ready.wait()
    with Session(engine) as session, session.begin():
        runs.finish(session, run_id, "succeeded", result={"rows": 1})
    for thread in threads:
        thread.join(20)
    assert seen == ["succeeded"] * 5
    with Session(engine) as session:
        listeners = session.execute(text(LISTENERS)).scalar()
    assert listeners == 1


def test_a_stream_outlives_a_lost_listener(ann: httpx.Client, engine: Engine, run_id: int) -> None:
    with ann.stream("GET", f"/api/runs/{run_id}/events") as answer:
        told = events(answer.iter_lines())
        next(told)
        with Session(engine) as session, session.begin():
            session.execute(text(HANG_UP))
            runs.finish(session, run_id, "succeeded", result={"rows": 1})
        assert next(told)["status"] == "succeeded"


def test_open_streams_do_not_hold_up_the_end(
    start, settings_of, ann: httpx.Client, engine: Engine, run_id: int
) -> None:
    cookies = {"sdp_session": ann.cookies["sdp_session"]}
    with (
        start(settings_of()) as other,
        httpx.Client(base_url=other.url, cookies=cookies, timeout=20) as client,
        client.stream("GET", f"/api/runs/{run_id}/events") as answer,
    ):
        told = events(answer.iter_lines())
        next(told)
        began = time.perf_counter()
        other.server.should_exit = True
        assert list(told) == []
        other.thread.join(10)
        assert not other.thread.is_alive()
        assert time.perf_counter() - began < 5


def test_too_many_at_once_are_refused(bob: httpx.Client, world, engine: Engine) -> None:
    made = []
    for _ in range(25):
        answer = bob.post("/api/runs/build", json={"slate_id": world.slate_id})
        assert answer.status_code == 202
        made.append(answer.json()["id"])
    refused = bob.post("/api/runs/build", json={"slate_id": world.slate_id})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    with Session(engine) as session, session.begin():
        session.query(Run).filter(Run.id.in_(made)).delete()
