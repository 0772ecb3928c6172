"""A service as a process: its command line, a kill, a stop, its metrics."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sdp_common.db.models.runs import Run
from sdp_common.db.session import make_engine, session_scope
from sdp_common.service import request
from sdp_common.store import queue, runs
from sqlalchemy import Engine, text

WAIT_S = 30.0
PROGRAM = """
import os, signal, time
from sdp_common.errors import BadInput, Retriable
from sdp_common.service import Job, Service, Timing

service = Service("toy", timing=Timing(heartbeat_s=0.2, silent_s=1.0, grace_s=0.5, poll_s=0.1, progress_s=0.0))

@service.job(attempts=2)
def work(job: Job, seconds: float = 0.0, seasons: list[int] | None = None) -> dict:
    job.log.info("toy.working", token="hush", url="https://a.example/x?apiKey=hush")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job.progress(0.5, "working")
        time.sleep(0.01)
    return {"seasons": seasons}

@service.job()
def deaf(job: Job) -> None:
    job.progress(0.5, "working")
    time.sleep(60)

@service.job(attempts=3)
def fatal(job: Job) -> None:
    os.kill(os.getpid(), signal.SIGKILL)

@service.job()
def refuse(job: Job) -> None:
    raise BadInput("no good")

@service.job()
def outage(job: Job) -> None:
    raise Retriable("no luck")

service.main()
"""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    with made.begin() as connection:
        connection.execute(text("TRUNCATE runs, procrastinate_jobs, service_heartbeats CASCADE"))
    made.dispose()


class Toy:
    """Starts the program above, and kills what a test leaves."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        (folder / "toy.py").write_text(PROGRAM)
        self.environment = os.environ | {"SDP_DATABASE_URL": url}
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "toy.py", *arguments],
            cwd=self.folder,
            env=self.environment | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def call(self, *arguments: str, **settings: str) -> tuple[int, str, str]:
        process = self.start(*arguments, **settings)
        out, log = process.communicate(timeout=WAIT_S)
        return process.returncode, out, log


@pytest.fixture
def toy(tmp_path: Path, database_url: str, engine: Engine) -> Iterator[Toy]:
    made = Toy(tmp_path, database_url)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(engine: Engine, run_id: int, *states: str, message: str = "") -> Run:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        with session_scope(engine) as session:
            run = runs.run(session, run_id)
        if run.status in states and message in (run.message or ""):
            return run
        time.sleep(0.05)
    raise AssertionError(f"run {run_id} is {run.status} ({run.message}), not {states}")


def first_running(engine: Engine) -> int:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        with session_scope(engine) as session:
            if begun := runs.runs(session, status="running"):
                return begun[0].id
        time.sleep(0.05)
    raise AssertionError("nothing runs")


def test_killed_run_is_taken_up_by_the_next_process(toy: Toy, engine: Engine) -> None:
    process = toy.start("run")
    run_id = request(engine, "toy", "work", seconds=3.0)
    wait_for(engine, run_id, "running", message="working")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    killed = wait_for(engine, run_id, "running")  # nobody is there to say otherwise
    toy.start("run")
    taken_up = wait_for(engine, run_id, "succeeded")
    assert taken_up.result == {"seasons": None}
    assert taken_up.started_at is not None
    assert killed.started_at is not None
    assert taken_up.started_at > killed.started_at, "it began again"


def test_living_run_is_left_alone_by_a_second_process(toy: Toy, engine: Engine) -> None:
    first = toy.start("run")
    run_id = request(engine, "toy", "work", seconds=4.0)
    wait_for(engine, run_id, "running", message="working")
    first.send_signal(signal.SIGSTOP)  # alive, but without a sign of life
    second = toy.start("run")
    other = request(engine, "toy", "work", seconds=0.0)
    wait_for(engine, other, "succeeded")
    time.sleep(2.0)  # twice the silence after which a worker counts as dead
    assert wait_for(engine, run_id, "running").message == "working"
    first.send_signal(signal.SIGCONT)
    wait_for(engine, run_id, "succeeded")
    second.terminate()


def test_what_kills_the_process_every_time_is_failed(toy: Toy, engine: Engine) -> None:
    run_id = request(engine, "toy", "fatal")
    for _ in range(3):
        assert toy.start("run").wait(WAIT_S) == -signal.SIGKILL
    last = toy.start("run")
    error = wait_for(engine, run_id, "failed").error
    assert error is not None
    assert error["code"] == "interrupted"
    assert "died each of the 3 times" in error["message"]
    last.terminate()
    assert last.wait(WAIT_S) == 0


@pytest.mark.parametrize("job", ["work", "deaf"])
def test_sigterm_stops_in_order_and_in_time(toy: Toy, engine: Engine, job: str) -> None:
    process = toy.start("run")
    params: dict[str, Any] = {"seconds": 60.0} if job == "work" else {}
    run_id = request(engine, "toy", job, **params)
    wait_for(engine, run_id, "running", message="working")
    begun = time.monotonic()
    process.terminate()
    _, log = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0, log
    assert time.monotonic() - begun < 5.0
    assert wait_for(engine, run_id, "queued").message == "the service is restarting; this will begin again"
    assert '"service.stopped"' in log


def test_once_runs_here_and_prints_the_story(toy: Toy, engine: Engine) -> None:
    code, out, log = toy.call("once", "work", "seconds=0", "seasons=[2022, 2023]")
    assert code == 0, log
    story = json.loads(out)
    assert story["result"] == {"seasons": [2022, 2023]}
    with session_scope(engine) as session:
        assert runs.run(session, story["run_id"]).status == "succeeded"
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


def test_log_is_json_with_names_and_without_secrets(toy: Toy) -> None:
    _, out, log = toy.call("once", "work")
    lines = [json.loads(line) for line in log.splitlines()]
    (working,) = [line for line in lines if line["event"] == "toy.working"]
    run_id = json.loads(out)["run_id"]
    assert (working["service"], working["job"], working["run_id"]) == ("toy", "work", run_id)
    assert (working["token"], working["url"]) == ("***", "https://a.example/x?apiKey=***")
    assert "hush" not in log


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("once", "work", "wrong=1"), 2, "wrong is not a parameter of work"),
        (("once", "work", "seconds"), 2, "'seconds' is not key=value"),
        (("once", "nothing"), 2, "invalid choice"),
        (("once", "refuse"), 1, "no good"),
        (("once", "outage"), 75, "no luck"),
        (("health",), 1, ""),
    ],
    ids=str,
)
def test_exit_codes(toy: Toy, engine: Engine, arguments: tuple[str, ...], code: int, said: str) -> None:
    returned, out, log = toy.call(*arguments)
    assert returned == code
    assert said in out + log
    with session_scope(engine) as session:
        assert {run.status for run in runs.runs(session)} <= {"failed"}


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [
        ({"SDP_DATABASE_URL": ""}, 78, "SDP_DATABASE_URL is not set"),
        ({"SDP_DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/d"}, 75, "cannot be reached"),
        ({"SDP_LOG_LEVEL": "LOUD"}, 78, "SDP_LOG_LEVEL"),
    ],
    ids=["unset", "unreachable", "nonsense"],
)
def test_wrong_configuration_is_said_at_once(toy: Toy, settings: dict[str, str], code: int, said: str) -> None:
    returned, out, log = toy.call("once", "work", **settings)
    assert returned == code
    assert said in log
    assert "hush" not in out + log
    assert "Traceback" not in log


def test_once_does_not_overlap(toy: Toy, engine: Engine) -> None:
    with queue.hold(engine, queue.lock_name("toy", "work", {"seconds": 1})):
        code, _, log = toy.call("once", "work", "seconds=1")
    assert (code, "is running already" in log) == (1, True)


def test_killed_once_is_failed_by_the_service(toy: Toy, engine: Engine) -> None:
    process = toy.start("once", "work", "seconds=60")
    run_id = first_running(engine)
    wait_for(engine, run_id, "running", message="working")
    service = toy.start("run")
    process.kill()
    error = wait_for(engine, run_id, "failed").error
    assert error is not None
    assert error["code"] == "interrupted"
    service.terminate()


def test_health_and_metrics_of_a_running_service(toy: Toy, engine: Engine) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = toy.start("run", SDP_METRICS_PORT=str(port))
    wait_for(engine, request(engine, "toy", "work"), "succeeded")
    wait_for(engine, request(engine, "toy", "refuse"), "failed")
    assert toy.call("health")[0] == 0
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
        assert json.load(answer)["status"] == "ok"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        metrics = answer.read().decode()
    assert 'sdp_jobs_total{job="work",service="toy",status="succeeded"} 1.0' in metrics
    assert 'sdp_jobs_total{job="refuse",service="toy",status="failed"} 1.0' in metrics
    assert 'sdp_job_last_success_timestamp_seconds{job="work",service="toy"}' in metrics
    second = toy.call("run", SDP_METRICS_PORT=str(port))
    assert second[0] == 78
    assert "SDP_METRICS_PORT" in second[2]
    process.kill()
    process.communicate()
    assert toy.call("health")[0] == 1
