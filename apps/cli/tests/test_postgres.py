"""The embedded server, for real: every test starts PostgreSQL."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import psycopg
import pytest
from sdp_cli.leash import wait_gone
from sdp_cli.placement import SHARED_ROOT, can_enter, installed_programs, place
from sdp_cli.postgres import LAPTOP, THROWAWAY, EmbeddedPostgres, buffers_mb
from sdp_common.errors import Conflict, Misconfigured


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="sdp-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def server(folder: Path, port: int | None = None, options: Mapping[str, str] = THROWAWAY) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder / "postgres", port=port, options=options, durable=False)


def one(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return row[0]


def test_it_listens_on_the_loopback_alone_and_wants_the_password(folder: Path) -> None:
    with server(folder) as postgres:
        assert one(postgres.url, "show listen_addresses") == "127.0.0.1"
        assert one(postgres.url, "show unix_socket_directories") == ""
        assert str(one(postgres.url, "select rolpassword from pg_authid where rolname = 'sdp'")).startswith("SCRAM-SHA")
        password = postgres.folder / "password"
        assert stat.S_IMODE(password.stat().st_mode) == 0o600
        assert len(password.read_text()) >= 24
        wrong = postgres.url.replace(password.read_text(), "wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_it_survives_kill_9_with_nothing_lost(folder: Path) -> None:
    with server(folder, options=LAPTOP) as postgres:
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("create table kept as select generate_series(1, 100000) as n")
        assert postgres.process is not None
        os.kill(postgres.process.pid, signal.SIGKILL)
        assert postgres.process.wait(10) == -signal.SIGKILL
        assert (postgres.data / "postmaster.pid").exists()  # stale: nobody cleaned up
    with server(folder, options=LAPTOP) as again:
        assert one(again.url, "select count(*) from kept") == 100_000


def test_the_port_and_the_password_are_remembered(folder: Path) -> None:
    with server(folder) as postgres:
        first = postgres.url
    with server(folder) as again:
        assert again.url == first


def test_a_taken_remembered_port_is_left_to_its_owner(folder: Path) -> None:
    with server(folder) as postgres:
        first = postgres.port
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of a moment ago may linger
        other.bind(("127.0.0.1", first))
        other.listen()
        with server(folder) as again:
            assert again.port != first
            assert one(again.url, "select 1") == 1


def test_a_port_asked_for_and_in_use_is_explained(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Conflict, match=f"port {port} is in use"):
            server(folder, port).start()


def test_a_folder_in_use_is_refused_and_its_owner_unharmed(folder: Path) -> None:
    with server(folder) as postgres:
        with pytest.raises(Conflict, match=f"in use by process {os.getpid()}"):
            server(folder).start()
        assert one(postgres.url, "select 1") == 1


def test_a_server_somebody_else_started_is_refused(folder: Path) -> None:
    with server(folder) as postgres:
        (postgres.folder / "server.json").unlink()
        postgres.lock.release()
        assert postgres.process is not None
        with pytest.raises(Conflict, match=f"PostgreSQL, process {postgres.process.pid}, which this command did not"):
            server(folder).start()
        assert one(postgres.url, "select 1") == 1


def test_an_orphan_of_ours_is_stopped_and_replaced(folder: Path) -> None:
    with server(folder) as postgres:
        postgres.lock.release()  # as after kill -9 of the supervisor, where the system sends no signal
        with server(folder) as again:
            assert one(again.url, "select 1") == 1
        assert postgres.poll() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_it_does_not_outlive_a_killed_parent(folder: Path) -> None:
    code = (
        "import sys, pathlib; from sdp_cli.postgres import *\n"
        "s = EmbeddedPostgres(pathlib.Path(sys.argv[1]), options=THROWAWAY, durable=False); s.start()\n"
        "print(s.process.pid, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(folder / "postgres")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    assert wait_gone([psutil.Process(child)] if psutil.pid_exists(child) else [], 10.0) == []
    with server(folder) as postgres:
        assert one(postgres.url, "select 1") == 1
        log = (postgres.folder / "log").read_text()
        assert "received fast shutdown request" in log
        assert "not properly shut down" not in log


def test_an_interrupted_initdb_is_thrown_away(folder: Path) -> None:
    half = folder / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "rubbish").write_text("half-written")
    with server(folder) as postgres:
        assert one(postgres.url, "select 1") == 1
        assert not half.exists()


def test_a_folder_of_another_version_is_refused_untouched(folder: Path) -> None:
    data = folder / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")
    with pytest.raises(Misconfigured, match=r"written by PostgreSQL 12.*restore"):
        server(folder).start()
    assert [p.name for p in data.iterdir()] == ["PG_VERSION"]


def test_a_broken_cluster_says_what_postgres_said(folder: Path) -> None:
    with server(folder) as postgres:
        postgres.stop()
        (postgres.data / "global" / "pg_control").unlink()
    with pytest.raises(Misconfigured, match=r"could not open file .*pg_control|could not find the database system"):
        server(folder).start()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root")
def test_root_places_the_server_where_nobody_can_go(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    nobody = (65534, 65534)
    assert can_enter(folder, nobody)
    assert not can_enter(closed, nobody)
    assert place(folder / "postgres", nobody) == folder / "postgres"
    elsewhere = place(closed / "postgres", nobody)
    assert elsewhere.parent == SHARED_ROOT
    assert elsewhere == place(closed / "postgres", nobody)
    assert place(closed / "postgres", None) == closed / "postgres"
    with EmbeddedPostgres(closed / "postgres", options=THROWAWAY, durable=False) as postgres:
        assert postgres.folder == elsewhere
        assert one(postgres.url, "select 1") == 1
    shutil.rmtree(elsewhere)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can become another user")
def test_a_normal_user_needs_no_tricks(folder: Path) -> None:
    mine = folder / "mine"
    mine.mkdir()
    os.chown(mine, 65534, 65534)
    read, write = os.pipe()
    child = os.fork()  # not a new interpreter: root's own may be closed to others
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            with server(mine) as postgres:
                said = f"{postgres.account} {one(postgres.url, 'select 1')} {postgres.folder}"
        except BaseException as error:
            said = repr(error)
        os.write(write, said.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read) as answer:
        assert answer.read() == f"None 1 {mine / 'postgres'}"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root")
def test_programs_closed_to_the_server_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = installed_programs().parents[1]
    closed = folder / "venv"
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.exists():
            shutil.copytree(part, closed / part.name, ignore=shutil.ignore_patterns("include"))
    closed.chmod(0o700)
    programs = closed / installed_programs().relative_to(package.parent)
    monkeypatch.setattr("sdp_cli.postgres.installed_programs", lambda: programs)
    with server(folder) as postgres:
        assert one(postgres.url, "select 1") == 1
        assert postgres.program("postgres").is_relative_to(postgres.folder)


@pytest.mark.parametrize(("memory_gb", "buffers"), [(1, 128), (4, 256), (8, 512), (64, 1024)])
def test_a_larger_machine_keeps_more_of_its_tables(memory_gb: int, buffers: int) -> None:
    assert buffers_mb(memory_gb * 2**30) == buffers
