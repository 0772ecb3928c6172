"""PostgreSQL under the supervisor: killed, it comes back on its port with its data, and nobody else dies."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sdp_cli.postgres import EmbeddedPostgres
from sdp_cli.state import State, load_state

HOST = """
import sys
from pathlib import Path
from sdp_cli.postgres import LAPTOP, EmbeddedPostgres
from sdp_cli.supervisor import Backoff, Supervisor
from sdp_cli.units import Command, Database

folder = Path(sys.argv[1])
server = EmbeddedPostgres(folder / "postgres", options=LAPTOP, durable=False)
code = "import os, signal; print(os.environ['URL'], flush=True); signal.pause()"
service = Command("service", [sys.executable, "-c", code], folder / "service.log", env=lambda: {"URL": server.url})
Supervisor([Database(server), service], folder / "state.json", backoff=Backoff(first_s=0.1)).run()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="sdp-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def until(folder: Path, met: Callable[[State], bool], timeout_s: float = 60.0) -> State:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        state = load_state(folder / "state.json")
        if state is not None and met(state):
            return state
        time.sleep(0.02)
    raise AssertionError(json.dumps(None if state is None else state.__dict__, default=str))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_database_comes_back_and_its_clients_live_on(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOST, str(folder)]) as host:
        try:
            log = folder / "service.log"
            before = until(folder, lambda s: s.phase == "up" and log.exists() and "postgresql://" in log.read_text())
            url = log.read_text().strip()
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("create table kept as select generate_series(1, 10000) as n")
            assert url == EmbeddedPostgres(folder / "postgres").attach()
            pid = before.processes[0].pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            after = until(folder, lambda s: s.processes[0].restarts == 1)
            assert after.processes[0].pid != pid
            assert after.processes[1].pid == before.processes[1].pid
            with psycopg.connect(url) as connection:
                assert connection.execute("select count(*) from kept").fetchone() == (10_000,)
        finally:
            host.terminate()
        assert host.wait(30) == 0
    assert until(folder, lambda s: s.phase == "stopped").processes[1].restarts == 0
    assert not (folder / "postgres" / "data" / "postmaster.pid").exists()
