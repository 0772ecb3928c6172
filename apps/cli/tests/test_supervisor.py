"""The supervisor over tiny real processes: it runs in a process of its own, as `sdp up` does."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sdp_cli.leash import is_alive, wait_gone
from sdp_cli.state import State, load_state, sweep
from sdp_cli.supervisor import Backoff, describe
from sdp_cli.units import last_words, set_aside

HOST = """
import json, sys
from pathlib import Path
from sdp_cli.supervisor import Backoff, Supervisor
from sdp_cli.units import Command
from sdp_common.errors import PlatformError

folder = Path(sys.argv[1])
units = [
    Command(u["name"], [sys.executable, "-c", u["code"]], folder / (u["name"] + ".log"),
            once=u.get("once", False), barrier=u.get("once", False))
    for u in json.loads(sys.argv[2])
]
supervisor = Supervisor(units, folder / "state.json", stop_s=float(sys.argv[3]),
                        stagger_s=float(sys.argv[4]), tell=lambda m: print(m, flush=True),
                        backoff=Backoff(first_s=0.2, longest_s=5.0, steady_s=60.0))
try:
    supervisor.run()
except PlatformError as error:
    print("error:", error.message, flush=True)
    sys.exit(1)
"""
STAYS = "import signal; signal.pause()"
FINISHES = (
    "import signal, sys, pathlib\n"
    "signal.signal(signal.SIGTERM, lambda *_: (print('finished in order', flush=True), sys.exit(0)))\n"
    "print('ready', flush=True)\n"
    "while True: signal.pause()"
)
STUBBORN = (
    "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\n"
    "while True: signal.pause()"
)
DIES = "import sys; print('I cannot live', flush=True); sys.exit(3)"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    hosts: list[subprocess.Popen[str]] = []

    def _start(*units: dict[str, object], stop_s: float = 10.0, stagger_s: float = 0.0) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", HOST, str(tmp_path), json.dumps(units), str(stop_s), str(stagger_s)]
        hosts.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        return hosts[-1]

    yield _start
    for host in hosts:
        host.kill()
        host.wait()
        if host.stdout:
            host.stdout.close()
    sweep(load_state(tmp_path / "state.json"))


def until(folder: Path, met: Callable[[State], bool], timeout_s: float = 20.0) -> State:
    """Return the first state that meets the condition."""
    deadline = time.monotonic() + timeout_s
    state = None
    while time.monotonic() < deadline:
        state = load_state(folder / "state.json")
        if state is not None and met(state):
            return state
        time.sleep(0.02)
    raise AssertionError(f"not reached: {state}")


def said(log: Path, words: str) -> Callable[[State], bool]:
    return lambda _: log.exists() and words in log.read_text()


def pid_of(state: State, name: str) -> int:
    (pid,) = [process.pid for process in state.processes if process.name == name]
    assert pid is not None
    return pid


def test_one_dying_is_restarted_and_never_harms_the_other(tmp_path: Path, start: Start) -> None:
    host = start({"name": "one", "code": STAYS}, {"name": "two", "code": STAYS})
    before = until(tmp_path, lambda s: s.phase == "up")
    os.kill(pid_of(before, "one"), signal.SIGKILL)
    after = until(tmp_path, lambda s: s.processes[0].restarts == 1)
    assert pid_of(after, "one") != pid_of(before, "one")
    assert pid_of(after, "two") == pid_of(before, "two")
    assert after.processes[0].exit_code == -signal.SIGKILL
    assert after.processes[1].restarts == 0
    host.send_signal(signal.SIGTERM)
    out, _ = host.communicate(timeout=20)
    assert "one ended with signal SIGKILL; starting it again in 0.2 s" in out


def test_restarts_back_off(tmp_path: Path, start: Start) -> None:
    host = start({"name": "sick", "code": DIES}, {"name": "well", "code": STAYS})
    state = until(tmp_path, lambda s: s.processes[0].restarts >= 3)
    assert state.processes[1].restarts == 0
    host.send_signal(signal.SIGTERM)
    out, _ = host.communicate(timeout=20)
    delays = [float(line.split("again in ")[1].split()[0]) for line in out.splitlines() if "again in" in line]
    assert delays[:4] == [0.2, 0.4, 0.8, 1.6][: len(delays[:4])]
    assert len(delays) >= 3


def test_a_barrier_comes_first_and_is_done(tmp_path: Path, start: Start) -> None:
    mark = tmp_path / "mark"
    first = f"import time, pathlib; time.sleep(0.3); pathlib.Path({str(mark)!r}).write_text('x')"
    second = f"import pathlib, signal; print(pathlib.Path({str(mark)!r}).exists(), flush=True); signal.pause()"
    start({"name": "migrate", "code": first, "once": True}, {"name": "service", "code": second})
    state = until(tmp_path, lambda s: s.phase == "up" and said(tmp_path / "service.log", "True")(s))
    assert state.processes[0].condition == "done"
    assert state.processes[0].pid is None


def test_starts_are_staggered(tmp_path: Path, start: Start) -> None:
    code = "import time, signal; print(time.monotonic(), flush=True); signal.pause()"
    start(*({"name": name, "code": code} for name in ("one", "two", "three")), stagger_s=0.5)
    until(tmp_path, lambda s: s.phase == "up" and said(tmp_path / "three.log", "\n")(s))
    state = load_state(tmp_path / "state.json")
    assert state is not None
    began = [process.created or 0.0 for process in state.processes]
    assert began[1] - began[0] > 0.4
    assert began[2] - began[1] > 0.4


def test_a_barrier_that_fails_stops_everything_with_its_reason(tmp_path: Path, start: Start) -> None:
    host = start({"name": "migrate", "code": DIES, "once": True}, {"name": "service", "code": STAYS})
    out, _ = host.communicate(timeout=20)
    assert host.returncode == 1
    assert "error: migrate failed: I cannot live" in out
    state = until(tmp_path, lambda s: s.phase == "failed")
    assert state.error is not None
    assert "I cannot live" in state.error
    assert [p.condition for p in state.processes] == ["failed", "stopped"]
    assert not (tmp_path / "service.log").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_in_order(tmp_path: Path, start: Start, number: signal.Signals) -> None:
    host = start({"name": "one", "code": FINISHES})
    state = until(tmp_path, said(tmp_path / "one.log", "ready"))
    host.send_signal(number)
    assert host.wait(20) == 0
    assert "finished in order" in (tmp_path / "one.log").read_text()
    assert not psutil.pid_exists(pid_of(state, "one"))
    assert until(tmp_path, lambda s: s.phase == "stopped").processes[0].condition == "stopped"


def test_the_stubborn_are_killed_in_the_end_with_their_children(tmp_path: Path, start: Start) -> None:
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])\n{STUBBORN}"
    host = start({"name": "one", "code": code}, stop_s=0.5)
    state = until(tmp_path, lambda s: said(tmp_path / "one.log", "ready\nready")(s))
    children = psutil.Process(pid_of(state, "one")).children()
    assert len(children) == 1
    host.send_signal(signal.SIGTERM)
    assert host.wait(20) == 0
    assert wait_gone(children, 10.0) == []


def test_a_second_request_to_stop_does_not_wait(tmp_path: Path, start: Start) -> None:
    host = start({"name": "one", "code": STUBBORN}, stop_s=600.0)
    until(tmp_path, said(tmp_path / "one.log", "ready"))
    host.send_signal(signal.SIGINT)
    until(tmp_path, lambda s: s.phase == "stopping")
    host.send_signal(signal.SIGINT)
    assert host.wait(20) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path, start: Start) -> None:
    host = start({"name": "one", "code": FINISHES})
    state = until(tmp_path, said(tmp_path / "one.log", "ready"))
    child = psutil.Process(pid_of(state, "one"))
    host.kill()
    assert wait_gone([child], 10.0) == []
    assert "finished in order" in (tmp_path / "one.log").read_text()


def test_the_next_start_sweeps_what_was_left(tmp_path: Path, start: Start) -> None:
    host = start({"name": "one", "code": STUBBORN})
    state = until(tmp_path, said(tmp_path / "one.log", "ready"))
    child = psutil.Process(pid_of(state, "one"))
    host.kill()
    host.wait()
    assert is_alive(child)  # it ignores the signal the system sent
    assert sweep(load_state(tmp_path / "state.json"), timeout_s=0.3) == ["one"]
    assert not is_alive(child)


def test_the_sweep_leaves_a_reused_process_id_alone(tmp_path: Path, start: Start) -> None:
    start({"name": "one", "code": STAYS})
    until(tmp_path, lambda s: s.phase == "up")
    path = tmp_path / "state.json"
    document = json.loads(path.read_text())
    document["processes"][0]["created"] -= 1000.0  # as if another process had got the number since
    path.write_text(json.dumps(document))
    assert sweep(load_state(path)) == []
    assert psutil.pid_exists(document["processes"][0]["pid"])


def test_the_delay_doubles_up_to_the_longest() -> None:
    backoff = Backoff(first_s=0.5, longest_s=60.0)
    assert [backoff.delay_s(n) for n in (1, 2, 3, 8, 500)] == [0.5, 1.0, 2.0, 60.0, 60.0]


def test_exit_codes_in_words() -> None:
    assert describe(3) == "exit code 3"
    assert describe(-9) == "signal SIGKILL"
    assert describe(-200) == "signal 200"


def test_logs_speak_and_are_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    assert last_words(log) == "it left no message"
    log.write_text('{"event": "migrate.failed", "error": "the database is newer"}\n\n')
    assert last_words(log) == "the database is newer"
    log.write_text("plain words\n")
    assert last_words(log) == "plain words"
    set_aside(log)
    assert log.exists()
    with log.open("r+b") as file:
        file.truncate(21 * 2**20)
    set_aside(log)
    assert not log.exists()
    assert (tmp_path / "x.log.1").exists()
