"""The runner on a real queue: every way a run can begin, go on and end."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sdp_common.db.models.accounts import User
from sdp_common.db.models.runs import Run
from sdp_common.db.session import make_engine, session_scope
from sdp_common.errors import BadInput, Cancelled, Infeasible, Problem, Retriable
from sdp_common.service import Job, Service, Timing, read_params, request
from sdp_common.settings import Settings
from sdp_common.store import queue, runs
from sqlalchemy import Engine, select, text

FAST = Timing(heartbeat_s=0.2, silent_s=1.0, grace_s=0.3, poll_s=0.1, progress_s=0.0, reconnect_s=0.5)
WAIT_S = 20.0


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    with made.begin() as connection:
        connection.execute(text("TRUNCATE runs, procrastinate_jobs, procrastinate_periodic_defers CASCADE"))
    made.dispose()


class Story:
    """The changes of runs as they are told, and a way to wait for one."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute("LISTEN sdp_events")
        self.told: list[dict[str, Any]] = []

    def wait(self, run_id: int, *states: str, message: str = "") -> dict[str, Any]:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            for event in self.told:
                if event["run_id"] == run_id and event["status"] in states and message in (event["message"] or ""):
                    return event
            for notification in self.connection.notifies(timeout=0.5, stop_after=1):
                self.told.append(json.loads(notification.payload))
        raise AssertionError(f"run {run_id} never became {states}: {self.told}")

    def states(self, run_id: int) -> list[str]:
        return [event["status"] for event in self.told if event["run_id"] == run_id]


@pytest.fixture
def story(database_url: str, engine: Engine) -> Iterator[Story]:
    made = Story(database_url)
    yield made
    made.connection.close()


@contextmanager
def serving(service: Service, url: str) -> Iterator[None]:
    failures: list[BaseException] = []

    def serve() -> None:
        try:
            service.run(url, Settings(_env_file=None))  # type: ignore[call-arg]
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        while thread.is_alive():
            service.stop()
            thread.join(0.1)
    assert not failures


def found(engine: Engine, run_id: int) -> Run:
    with session_scope(engine) as session:
        return runs.run(session, run_id)


def test_run_succeeds_with_its_result_progress_and_moment(database_url: str, engine: Engine, story: Story) -> None:
    service = Service("sim-engine", timing=FAST)

    @service.job()
    def simulate(job: Job, slate_id: int, worlds: int = 10) -> dict[str, Any]:
        job.progress(0.5, "half way")
        assert job.now.utcoffset() == UTC.utcoffset(job.now)
        with job.session() as session:
            assert runs.run(session, job.run_id).progress == 0.5
        return {"rows": slate_id * worlds, "share": float("nan")}

    run_id = request(engine, "sim-engine", "simulate", slate_id=7)
    assert found(engine, run_id).status == "queued"
    with serving(service, database_url):
        story.wait(run_id, "succeeded")
    assert story.states(run_id) == ["queued", "running", "running", "succeeded"]
    run = found(engine, run_id)
    assert (run.result, run.progress, run.error, run.params) == (
        {"rows": 70, "share": None},
        1.0,
        None,
        {"slate_id": 7},
    )
    assert run.started_at is not None
    assert run.finished_at is not None
    assert run.created_at <= run.started_at <= run.finished_at


def test_request_and_run_are_one_transaction(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError):
        _request_and_fail(engine)
    with session_scope(engine) as session:
        assert list(runs.runs(session)) == []
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
    with pytest.raises(BadInput, match="JSON"):
        request(engine, "s", "j", bad=object())


def _request_and_fail(engine: Engine) -> None:
    with session_scope(engine) as session:
        request(session, "s", "j")
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("job", "params", "code", "said"),
    [
        ("nothing", {}, "bad_input", "has no job 'nothing'; it has: strict"),
        ("strict", {}, "bad_input", "slate_id is required"),
        ("strict", {"slate_id": "x"}, "bad_input", "slate_id cannot be 'x'"),
        (
            "strict",
            {"slate_id": 1, "wrlds": 2},
            "bad_input",
            "wrlds is not a parameter of strict, which takes slate_id",
        ),
        ("strict", {"slate_id": -1}, "infeasible", "no lineup"),
        ("strict", {"slate_id": -2}, "internal", "ZeroDivisionError"),
        ("strict", {"slate_id": -3}, "internal", "returned a int"),
        ("strict", {"slate_id": -4}, "internal", "not a JSON value"),
        ("strict", {"slate_id": -5}, "internal", "SystemExit"),
    ],
)
def test_failure_is_told_with_its_reason(
    database_url: str, engine: Engine, story: Story, job: str, params: dict[str, Any], code: str, said: str
) -> None:
    service = Service("optimizer", timing=FAST)

    @service.job()
    def strict(job: Job, slate_id: int) -> Any:
        if slate_id == -1:
            raise Infeasible("no lineup satisfies the rules", ["salary", "stack"])
        if slate_id == -2:
            return 1 / 0
        if slate_id == -5:
            raise SystemExit(3)
        return 5 if slate_id == -3 else {"x": object()}

    run_id = request(engine, "optimizer", job, **params)
    with serving(service, database_url):
        story.wait(run_id, "failed")
        assert_still_works(engine, story)
    error = found(engine, run_id).error
    assert error is not None
    assert error["code"] == code
    assert said in error["message"]
    if code == "infeasible":
        assert error["rules"] == ["salary", "stack"]


def assert_still_works(engine: Engine, story: Story) -> None:
    again = request(engine, "optimizer", "nothing", again=True)
    story.wait(again, "failed")


def test_problems_of_bad_input_are_kept(database_url: str, engine: Engine, story: Story) -> None:
    service = Service("ingest-dfs", timing=FAST)

    @service.job()
    def import_slate(job: Job) -> None:
        raise BadInput("two faults", [Problem("is negative", row=3, column="Salary")])

    run_id = request(engine, "ingest-dfs", "import_slate")
    with serving(service, database_url):
        story.wait(run_id, "failed")
    error = found(engine, run_id).error
    assert error == {
        "code": "bad_input",
        "message": "two faults",
        "problems": [{"message": "is negative", "row": 3, "column": "Salary"}],
    }


def test_retriable_goes_back_to_the_queue_and_then_succeeds(database_url: str, engine: Engine, story: Story) -> None:
    service, tries = Service("ingest-odds", timing=FAST), []

    @service.job(attempts=3, first_retry_s=0.05)
    def crawl(job: Job) -> dict[str, Any]:
        tries.append(job.run_id)
        if len(tries) < 3:
            raise Retriable("the source is down")
        return {"rows": len(tries)}

    run_id = request(engine, "ingest-odds", "crawl")
    with serving(service, database_url):
        story.wait(run_id, "queued", message="attempt 1 of 3 failed")
        story.wait(run_id, "succeeded")
    assert story.states(run_id) == ["queued", "running"] * 3 + ["succeeded"]
    assert (found(engine, run_id).error, found(engine, run_id).message) == (None, None)


def test_retriable_gives_up_in_the_end(database_url: str, engine: Engine, story: Story) -> None:
    service = Service("ingest-odds", timing=FAST)

    @service.job(attempts=2, first_retry_s=0.01)
    def crawl(job: Job) -> None:
        raise Retriable("the source is down")

    run_id = request(engine, "ingest-odds", "crawl")
    with serving(service, database_url):
        story.wait(run_id, "failed")
    error = found(engine, run_id).error
    assert error == {"code": "retriable", "message": "gave up after 2 attempts: the source is down"}


def test_cancelling_stops_at_the_next_report(database_url: str, engine: Engine, story: Story) -> None:
    service = Service("optimizer", timing=FAST)
    cleaned = threading.Event()

    @service.job()
    def optimize(job: Job) -> None:
        try:
            while True:
                job.progress(0.1, "searching")
                time.sleep(0.01)
        except Cancelled:
            cleaned.set()
            raise

    run_id = request(engine, "optimizer", "optimize")
    with serving(service, database_url):
        story.wait(run_id, "running", message="searching")
        with session_scope(engine) as session:
            runs.cancel(session, run_id)
        story.wait(run_id, "cancelled")
    assert cleaned.is_set()


def test_cancelled_while_waiting_never_begins(database_url: str, engine: Engine, story: Story) -> None:
    service, begun = Service("optimizer", timing=FAST), []

    @service.job()
    def optimize(job: Job) -> None:
        begun.append(job.run_id)

    first, second = request(engine, "optimizer", "optimize"), request(engine, "optimizer", "optimize", user_id=None)
    with session_scope(engine) as session:
        assert runs.cancel(session, first).status == "cancelled"
    with serving(service, database_url):
        story.wait(second, "succeeded")
    assert begun == [second]


def test_same_work_never_overlaps_but_other_work_does(database_url: str, engine: Engine, story: Story) -> None:
    service = Service("sim-engine", timing=FAST, concurrency=3)
    inside: list[int] = []
    together = threading.Barrier(2, timeout=WAIT_S)

    @service.job()
    def simulate(job: Job, slate_id: int) -> None:
        assert slate_id not in inside
        inside.append(slate_id)
        if slate_id < 3:
            together.wait()  # only passes if slates 1 and 2 run at the same time
        inside.remove(slate_id)

    wanted = [request(engine, "sim-engine", "simulate", slate_id=s) for s in (3, 3, 1, 2)]
    with serving(service, database_url):
        for run_id in wanted:
            story.wait(run_id, "succeeded", "failed")
    assert [found(engine, run_id).status for run_id in wanted] == ["succeeded"] * 4


def test_work_running_elsewhere_is_waited_for(database_url: str, engine: Engine, story: Story) -> None:
    service = Service("features", timing=FAST)

    @service.job()
    def build(job: Job, sport: str) -> None: ...

    with queue.hold(engine, queue.lock_name("features", "build", {"sport": "nfl"})) as mine:
        assert mine
        run_id = request(engine, "features", "build", sport="nfl")
        with serving(service, database_url):
            story.wait(run_id, "queued", message="the same work is running")


def test_schedule_ticks_once_and_makes_up_for_the_last_one(database_url: str, engine: Engine, story: Story) -> None:
    def make() -> Service:
        service = Service("ingest-weather", timing=FAST)

        @service.job(cron="* * * * *")
        def crawl(job: Job) -> None: ...

        return service

    with serving(make(), database_url), serving(make(), database_url):  # two replicas
        deadline = time.monotonic() + WAIT_S
        while not (ticked := _of(engine, "ingest-weather")) and time.monotonic() < deadline:
            time.sleep(0.05)
        story.wait(ticked[0], "succeeded")
    minutes = {datetime.fromtimestamp(t, UTC) for t in _ticks(engine)}
    assert len(_of(engine, "ingest-weather")) <= len(minutes) + 1  # a minute may have passed meanwhile


def _of(engine: Engine, service: str) -> list[int]:
    with session_scope(engine) as session:
        return [run.id for run in runs.runs(session, service=service)]


def _ticks(engine: Engine) -> list[int]:
    with session_scope(engine) as session:
        return list(session.scalars(text("SELECT defer_timestamp FROM procrastinate_periodic_defers")))


def test_stopping_puts_a_long_job_back(database_url: str, engine: Engine, story: Story) -> None:
    service = Service("training", timing=FAST)

    @service.job()
    def train(job: Job) -> None:
        for _ in range(10_000):
            job.progress(0.1, "fitting")
            time.sleep(0.01)

    run_id = request(engine, "training", "train")
    with serving(service, database_url):
        story.wait(run_id, "running", message="fitting")
    run = found(engine, run_id)
    assert (run.status, run.message) == ("queued", "the service is restarting; this will begin again")
    with session_scope(engine) as session:
        assert session.scalar(text("SELECT status::text FROM procrastinate_jobs")) == "todo"
        assert runs.heartbeats(session, service="training") == []


def test_stopping_lets_a_short_job_finish(database_url: str, engine: Engine, story: Story) -> None:
    service = Service("training", timing=Timing(heartbeat_s=0.2, grace_s=10.0, poll_s=0.1, progress_s=0.0))
    stopping = threading.Event()

    @service.job()
    def train(job: Job) -> None:
        job.progress(0.5, "fitting")
        stopping.wait(WAIT_S)

    run_id = request(engine, "training", "train")
    with serving(service, database_url):
        story.wait(run_id, "running", message="fitting")
        service.stop()
        stopping.set()
    assert found(engine, run_id).status == "succeeded"


def test_a_lost_database_connection_is_outlived(database_url: str, engine: Engine, story: Story) -> None:
    service = Service("inference", timing=FAST)

    @service.job()
    def predict(job: Job) -> None: ...

    with serving(service, database_url):
        story.wait(
            request(
                engine,
                "inference",
                "predict",
            ),
            "succeeded",
        )
        with session_scope(engine) as session:
            cut = text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE application_name = 'sdp inference' AND datname = current_database()"
            )
            assert (session.scalar(cut) or 0) >= 2
        story.wait(request(engine, "inference", "predict"), "succeeded")


def test_person_goes_before_the_clock(engine: Engine) -> None:
    with session_scope(engine) as session:
        session.add(User(username="someone", password_hash=""))
        session.flush()
        user_id = session.scalars(select(User.id)).one()
    request(engine, "optimizer", "optimize", n=1)
    mine = request(engine, "optimizer", "optimize", n=2, user_id=user_id)
    with session_scope(engine) as session:
        first = text("SELECT args ->> 'run_id' FROM procrastinate_jobs ORDER BY priority DESC, id LIMIT 1")
        assert session.scalar(first) == str(mine)


def test_a_job_is_registered_once() -> None:
    service = Service("s")
    service.job()(_noted)
    with pytest.raises(ValueError, match="already has a job _noted"):
        service.job()(_noted)


def _noted(job: Job) -> None: ...


@pytest.mark.parametrize("pair", ["slate_id", "=7", ""])
def test_pair_without_equals_is_named(pair: str) -> None:
    with pytest.raises(BadInput, match="not key=value"):
        read_params([pair])


def test_params_are_json_or_text() -> None:
    pairs = ["a=1", "b=nfl", "c=[1, 2]", 'd={"x": null}', "e=a=b", "f=", "g=true", 'h="7"']
    expected = {"a": 1, "b": "nfl", "c": [1, 2], "d": {"x": None}, "e": "a=b", "f": "", "g": True, "h": "7"}
    assert read_params(pairs) == expected


def chain(*jobs: str) -> list[dict[str, Any]]:
    return [{"service": "chain", "job": job, "params": {}} for job in jobs]


def chained(service: Service) -> list[str]:
    done: list[str] = []

    @service.job()
    def first(job: Job) -> None:
        done.append("first")

    @service.job()
    def second(job: Job) -> None:
        done.append("second")

    @service.job()
    def refuses(job: Job) -> None:
        done.append("refuses")
        raise BadInput("no")

    return done


def test_what_follows_begins_when_what_is_before_it_has_succeeded(
    database_url: str, engine: Engine, story: Story
) -> None:
    service = Service("chain", timing=FAST)
    done = chained(service)
    with serving(service, database_url):
        run_id = request(engine, "chain", "first", then=chain("second", "first"))
        ids = [run_id]
        for _ in range(3):
            story.wait(ids[-1], "succeeded")
            following = found(engine, ids[-1]).next_run_id
            if following is not None:
                ids.append(following)
    assert done == ["first", "second", "first"]
    assert len(ids) == 3
    assert [len(found(engine, i).then or []) for i in ids] == [2, 1, 0]


def test_nothing_follows_a_failure(database_url: str, engine: Engine, story: Story) -> None:
    service = Service("chain", timing=FAST)
    done = chained(service)
    with serving(service, database_url):
        run_id = request(engine, "chain", "refuses", then=chain("second"))
        story.wait(run_id, "failed")
    assert done == ["refuses"]
    assert found(engine, run_id).next_run_id is None


def test_a_run_that_was_asked_to_stop_too_late_stops_what_follows(
    database_url: str, engine: Engine, story: Story
) -> None:
    service = Service("chain", timing=FAST)
    done = chained(service)

    @service.job()
    def deaf(job: Job) -> None:
        with session_scope(engine) as session:
            runs.cancel(session, job.run_id)

    with serving(service, database_url):
        run_id = request(engine, "chain", "deaf", then=chain("second"))
        story.wait(run_id, "succeeded")
        following = found(engine, run_id).next_run_id
    assert following is not None
    assert found(engine, following).status == "cancelled"
    assert done == []


def test_what_a_living_worker_forgot_to_tell_the_queue_does_not_bar_the_same_work(engine: Engine) -> None:
    run_id = request(engine, "inference", "predict")
    with session_scope(engine) as session:
        runs.start(session, run_id)
        runs.finish(session, run_id, "succeeded")
        worker = session.scalar(text("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id"))
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker"), {"worker": worker})
    held = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")
    with session_scope(engine) as session:
        assert queue.recover(session, "inference", silent_s=60.0, attempts=lambda _: 5) == []
        assert session.scalar(held) == 1, "it may still be about to tell"
    with session_scope(engine) as session:
        session.execute(text("UPDATE runs SET finished_at = finished_at - interval '2 minutes'"))
        assert queue.recover(session, "inference", silent_s=60.0, attempts=lambda _: 5) == [(run_id, "succeeded")]
        assert session.scalar(held) == 0
