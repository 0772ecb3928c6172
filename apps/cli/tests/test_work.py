"""Asking a real service for work, through the real queue."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from sdp_cli.pipeline import Pipeline
from sdp_cli.work import earlier_result, perform, rebuild
from sdp_common.db.session import make_engine, session_scope
from sdp_common.errors import BadInput, Cancelled, Conflict, Infeasible, NotFound, PlatformError, Problem
from sdp_common.store import runs
from sqlalchemy import Engine

SERVICE = """
from sdp_common.errors import BadInput, Infeasible, Problem
from sdp_common.service import Job, Service

service = Service("tiny")

@service.job()
def double(job: Job, number: int) -> dict:
    job.progress(0.5, "doubling")
    return {"rows": 1, "doubled": 2 * number}

@service.job()
def crawl(job: Job) -> dict:
    return {"rows_new": 1, "rows_changed": 2, "rows_unchanged": 3, "status": "unavailable"}

@service.job()
def refuse(job: Job) -> dict:
    raise BadInput("the file is no good", [Problem("not a number", row=3, column="Salary")])

@service.job()
def clash(job: Job) -> dict:
    raise Infeasible("no lineup satisfies the rules", ["lock A", "exclude A"])

@service.job()
def linger(job: Job) -> dict:
    import time
    while True:
        job.progress(0.1, "lingering")
        time.sleep(0.05)

service.main(["run"])
"""


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    env = {**os.environ, "SDP_DATABASE_URL": database_url}
    made = make_engine(database_url)
    with subprocess.Popen([sys.executable, "-c", SERVICE], env=env, stderr=subprocess.PIPE) as service:
        yield made
        service.terminate()
        service.communicate(timeout=30)
    made.dispose()


def test_the_result_comes_back_with_its_progress(engine: Engine) -> None:
    seen: list[tuple[float, str]] = []
    result = perform(engine, "tiny", "double", progress=lambda share, words: seen.append((share, words)), number=21)
    assert result == {"rows": 1, "doubled": 42}
    assert seen[-1][0] == 1.0
    assert [share for share, _ in seen] == sorted(share for share, _ in seen)


def test_errors_come_back_as_they_were_raised(engine: Engine) -> None:
    with pytest.raises(BadInput, match=r"tiny\.refuse: the file is no good") as refused:
        perform(engine, "tiny", "refuse")
    assert refused.value.problems == (Problem("not a number", row=3, column="Salary"),)
    with pytest.raises(Infeasible) as clashed:
        perform(engine, "tiny", "clash")
    assert clashed.value.rules == ("lock A", "exclude A")
    with pytest.raises(BadInput):
        perform(engine, "tiny", "double", number="many")


def test_a_run_cancelled_elsewhere_is_said(engine: Engine) -> None:
    def cancel() -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with session_scope(engine) as session:
                found = runs.runs(session, service="tiny", job="linger", status="running")
                if found:
                    runs.cancel(session, found[0].id)
                    return
            time.sleep(0.05)

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(Cancelled, match=r"tiny\.linger"):
        perform(engine, "tiny", "linger")
    thread.join()


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_who_stops_waiting_cancels(engine: Engine, end: type[BaseException]) -> None:
    def leave(_share: float, words: str) -> None:
        if words == "lingering":
            raise end

    with pytest.raises(end):
        perform(engine, "tiny", "linger", progress=leave)
    with session_scope(engine) as session:
        left = runs.runs(session, service="tiny", job="linger")[0]
        assert left.cancel_requested
    with pytest.raises(Cancelled):  # the queue is free for the next
        perform(engine, "tiny", "linger", progress=lambda *_: _cancel_latest(engine))


def _cancel_latest(engine: Engine) -> None:
    with session_scope(engine) as session:
        latest = runs.runs(session, service="tiny", job="linger")[0]
        if latest.status == "running" and not latest.cancel_requested:
            runs.cancel(session, latest.id)


def test_a_pipeline_keeps_what_was_done_until_something_is_new(engine: Engine) -> None:
    first = Pipeline(engine)
    assert first.stage("one", "tiny", "double", number=5)["doubled"] == 10
    assert first.stage("two", "tiny", "double", number=6)["doubled"] == 12
    again = Pipeline(engine)
    assert again.stage("one", "tiny", "double", number=5)["doubled"] == 10
    assert again.stage("new", "tiny", "double", number=7)["doubled"] == 14
    assert again.stage("two", "tiny", "double", number=6)["doubled"] == 12
    assert [report.kept for report in again.reports] == [True, False, False]
    assert [report.rows for report in again.reports] == [1, 1, 1]
    assert earlier_result(engine, "tiny", "double", {"number": 99}) is None


def test_a_crawl_whose_source_was_out_is_done_again(engine: Engine) -> None:
    for _ in range(2):
        pipeline = Pipeline(engine)
        assert pipeline.stage("crawl", "tiny", "crawl")["status"] == "unavailable"
        assert [(report.rows, report.kept) for report in pipeline.reports] == [(6, False)]


def test_every_error_of_the_tree_survives_the_journey() -> None:
    # A room may refine the tree for itself, as the API does; a run notes the tree's own errors alone.
    for kind in (k for k in PlatformError.__subclasses__() if k.__module__ == PlatformError.__module__):
        back = rebuild({"code": kind.code, "message": "why", "problems": [], "rules": []}, "x.y")
        assert type(back) is kind
        assert back.message == "x.y: why"
    assert isinstance(rebuild({"code": "conflict", "message": "m"}, "x"), Conflict)
    assert isinstance(rebuild({"code": "not_found", "message": "m"}, "x"), NotFound)
    assert type(rebuild({}, "x")) is PlatformError
