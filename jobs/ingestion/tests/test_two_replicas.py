"""Two processes of one feed, as `--scale` starts them, ask its source once a tick."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sdp_common.db.models.runs import IngestRun
from sdp_common.db.session import make_engine
from sdp_common.service import Job, request
from sdp_common.settings import Settings
from sdp_common.store import reference, runs
from sdp_ingestion.registry import provider
from sdp_ingestion.timetable import declare
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

WAIT_S = 90.0
SERVICE, JOB = "ingest-odds", "crawl_bovada"


class Source:
    """A source that answers nothing until it is told to, and notes the minute of every request."""

    def __init__(self, serve: Callable[[Any], str]) -> None:
        self.asked: list[datetime] = []
        self.may_answer = threading.Event()
        self.url = serve(self.answer)

    def answer(self, path: str, headers: object) -> tuple[int, dict[str, str], list[bytes]]:
        self.asked.append(datetime.now(UTC))
        self.may_answer.wait(WAIT_S)
        return 200, {"Content-Length": "2"}, [b"[]"]


@pytest.fixture
def source(serve: Callable[[Any], str]) -> Iterator[Source]:
    made = Source(serve)
    yield made
    made.may_answer.set()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    with Session(made) as session, session.begin():
        reference.save_teams(session, "nfl")
        run_id = runs.create(session, "ingest-test", "declare", {}, status="succeeded").id
    settings = Settings(_env_file=None, sports="nfl", schedules="bovada=* * * * *")
    earlier = datetime.now(UTC) - timedelta(hours=1)
    declare(Job(run_id, engine=made, settings=settings, now=earlier), [(provider("bovada"), True)])
    yield made
    with made.begin() as connection:
        tables = "teams, venues, ingest_runs, raw_payloads, feed_schedules, runs, service_heartbeats"
        connection.execute(text(f"TRUNCATE {tables}, procrastinate_jobs, procrastinate_periodic_defers CASCADE"))
    made.dispose()


@pytest.fixture
def replicas(database_url: str, source: Source, engine: Engine) -> Iterator[list[subprocess.Popen[bytes]]]:
    assert engine is not None
    configured = {
        "SDP_DATABASE_URL": database_url,
        "SDP_PROVIDERS_ENABLED": "bovada",
        "SDP_SCHEDULES": "bovada=* * * * *; espn_odds=off",
        "SDP_SPORTS": "nfl",
        "SDP_BOVADA_BASE_URL": source.url,
        "SDP_HTTP_TIMEOUT_S": "300",
    }
    program = [str(Path(sys.executable).with_name("sdp-ingest")), "odds", "run"]
    started = [
        subprocess.Popen(program, env=os.environ | configured, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    yield started
    source.may_answer.set()
    for process in started:
        process.terminate()
    for process in started:
        process.wait(WAIT_S)


def until(what: Callable[[], bool], replicas: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not what():
        assert all(process.poll() is None for process in replicas), "a replica ended"
        assert time.monotonic() < deadline, "it does not come to that"
        time.sleep(0.05)


def is_done(engine: Engine, *asked: int) -> bool:
    with Session(engine) as session:
        return all(runs.run(session, run_id).status == "succeeded" for run_id in asked)


def crawls(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(IngestRun).where(IngestRun.provider == "bovada")) or 0


def workers(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM procrastinate_workers")) or 0


def test_a_tick_is_read_once(source: Source, engine: Engine, replicas: list[subprocess.Popen[bytes]]) -> None:
    until(lambda: workers(engine) == 2, replicas)
    until(lambda: len(source.asked) == 1, replicas)  # one of them reads the source, which keeps it waiting
    asked = [request(engine, SERVICE, JOB) for _ in range(6)]
    other = request(engine, SERVICE, "declare_schedules")
    until(lambda: is_done(engine, other), replicas)  # by the other one, which was asked to read the source before
    assert len(source.asked) == 1
    source.may_answer.set()
    until(lambda: is_done(engine, *asked), replicas)
    minutes = {at.replace(second=0, microsecond=0) for at in source.asked}
    assert len(source.asked) == len(minutes)
    assert crawls(engine) == len(source.asked)
