"""Runs as rows: what may follow what, who sees which, and what is told."""

import json
from typing import Any

import psycopg
import pytest
from sdp_common.db.models.accounts import User
from sdp_common.db.session import make_engine, session_scope
from sdp_common.errors import BadInput, Conflict, NotFound
from sdp_common.store import queue, runs
from sqlalchemy import text
from sqlalchemy.orm import Session


def create(session: Session, **changes: Any) -> int:
    return runs.create(session, **({"service": "s", "job": "j", "params": {}} | changes)).id


def test_a_users_run_is_his_alone(session: Session) -> None:
    users = [User(username=name, password_hash="") for name in ("a", "b")]
    session.add_all(users)
    session.flush()
    mine = create(session, user_id=users[0].id)
    assert runs.run(session, mine, user_id=users[0].id).id == mine
    for act in (runs.run, runs.cancel):
        with pytest.raises(NotFound):
            act(session, mine, user_id=users[1].id)
    with pytest.raises(NotFound):
        runs.run(session, 10**9)
    assert [run.id for run in runs.runs(session, user_id=users[0].id)] == [mine]
    assert list(runs.runs(session, user_id=users[1].id)) == []


def test_lists_are_newest_first_and_narrowed(session: Session) -> None:
    one, two, three = create(session), create(session, job="k"), create(session, service="t")
    runs.finish(session, two, "failed", error={"code": "x", "message": "y"})
    assert [run.id for run in runs.runs(session)] == [three, two, one]
    assert [run.id for run in runs.runs(session, service="s", status="queued")] == [one]
    assert [run.id for run in runs.runs(session, limit=1)] == [three]
    newer = create(session)
    assert {run.id for run in runs.latest(session)} == {newer, two, three}


def test_what_is_over_stays_over(session: Session) -> None:
    run_id = create(session)
    assert runs.start(session, run_id) is not None
    runs.finish(session, run_id, "succeeded", result={"rows": 1})
    runs.finish(session, run_id, "failed", error={"code": "x", "message": "late"})
    runs.requeue(session, run_id, "late")
    assert runs.progress(session, run_id, 0.1, "late")  # tells a straggler to stop
    assert runs.start(session, run_id) is None
    with pytest.raises(Conflict, match="already succeeded"):
        runs.cancel(session, run_id)
    assert runs.run(session, run_id).status == "succeeded"


def test_cancel_is_at_once_while_queued_and_asked_while_running(session: Session) -> None:
    waiting, running = create(session), create(session)
    runs.start(session, running)
    assert runs.cancel(session, waiting).status == "cancelled"
    assert not runs.progress(session, running, 0.1, None)
    assert runs.cancel(session, running).status == "running"
    assert runs.progress(session, running, 0.2, None)
    runs.requeue(session, running, "restarting")
    assert runs.start(session, running) is None  # it does not begin again
    assert runs.run(session, running).status == "cancelled"


def test_progress_is_a_share_and_keeps_the_last_message(session: Session) -> None:
    run_id = create(session)
    runs.start(session, run_id)
    runs.progress(session, run_id, 1.7, "nearly")
    runs.progress(session, run_id, -3.0, None)
    run = runs.run(session, run_id)
    assert (run.progress, run.message) == (0.0, "nearly")


def test_params_must_be_json(session: Session) -> None:
    with pytest.raises(BadInput, match="JSON"):
        create(session, params={"x": {1, 2}})


def test_every_change_is_told(database_url: str) -> None:
    engine = make_engine(database_url)
    with psycopg.connect(database_url, autocommit=True) as ear:
        ear.execute(f"LISTEN {runs.EVENTS}")
        with session_scope(engine) as session:
            run_id = create(session)
            runs.start(session, run_id)
            runs.progress(session, run_id, 0.5, "m" * 10_000)  # a notification holds 8,000 bytes
            runs.finish(session, run_id, "succeeded", result={})
        told = [json.loads(notification.payload) for notification in ear.notifies(timeout=5, stop_after=4)]
    assert [(e["run_id"], e["status"]) for e in told] == [
        (run_id, status) for status in ("queued", "running", "running", "succeeded")
    ]
    assert {"kind", "run_id", "user_id", "service", "job", "status", "progress", "message"} <= set(told[0])
    with session_scope(engine) as session:
        session.execute(text("DELETE FROM runs"))
    engine.dispose()


def test_heartbeats_are_seen_aged_and_forgotten(session: Session) -> None:
    moment = runs.start(session, create(session)).started_at  # type: ignore[union-attr]
    assert moment is not None
    for instance in ("h:1", "h:2"):
        runs.beat(session, "s", instance, moment)
    runs.beat(session, "s", "h:1", moment)
    assert [row["instance"] for row in runs.heartbeats(session, service="s", within_s=5)] == ["h:1", "h:2"]
    session.execute(text("UPDATE service_heartbeats SET seen_at = seen_at - interval '1 hour' WHERE instance = 'h:1'"))
    (old, young) = runs.heartbeats(session)
    assert old["age_s"] > 3599
    assert young["age_s"] < 60
    assert [row["instance"] for row in runs.heartbeats(session, within_s=60)] == ["h:2"]
    runs.forget_silent(session, after_s=60)
    runs.leave(session, "s", "h:2")
    assert runs.heartbeats(session) == []


def test_lock_name_is_of_the_work_not_of_the_order_of_its_parameters() -> None:
    one = queue.lock_name("s", "j", {"a": 1, "b": [2]})
    assert one == queue.lock_name("s", "j", {"b": [2], "a": 1})
    others = [("s", "j", {"a": 1}), ("s", "k", {"a": 1, "b": [2]}), ("t", "j", {"a": 1, "b": [2]})]
    assert one not in {queue.lock_name(*other) for other in others}


def test_lock_is_held_by_one(database_url: str) -> None:
    engine = make_engine(database_url)
    with queue.hold(engine, "x") as first, queue.hold(engine, "x") as second, queue.hold(engine, "y") as other:
        assert (first, second, other) == (True, False, True)
    with queue.hold(engine, "x") as again:
        assert again
    engine.dispose()
