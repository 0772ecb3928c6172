"""The platform's processes on one machine: the same names and commands as the containers of docker-compose.yml."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sdp_common.errors import BadInput, Conflict
from sdp_common.settings import Settings

from sdp_cli.home import Home
from sdp_cli.ports import free_port, is_free
from sdp_cli.postgres import EmbeddedPostgres
from sdp_cli.units import Command, Database, Unit

MODULES: Mapping[str, tuple[str, ...]] = {
    "ingest-stats": ("sdp_ingestion.main", "stats", "run"),
    "backend-api": ("sdp_api.main",),
    "features": ("sdp_features.main", "run"),
    "training": ("sdp_training.main", "run"),
    "inference": ("sdp_inference.main", "run"),
    "sim-engine": ("sdp_sim.main", "run"),
    "optimizer": ("sdp_optimizer.main", "run"),
    "ingest-dfs": ("sdp_ingestion.main", "dfs", "run"),
    "ingest-odds": ("sdp_ingestion.main", "odds", "run"),
    "ingest-weather": ("sdp_ingestion.main", "weather", "run"),
    "ingest-injury": ("sdp_ingestion.main", "injury", "run"),
}
"""Module and arguments of every process that stays up, in the order they are first needed."""
START_CPU_S = 2.5
"""Processor time that one of them takes to start, roughly."""
MIGRATE = "sdp_common.db.migrate"
API_PORT = 8000


class WebPort:
    """The web app's port: the one asked for, else one that is free when the web app starts.

    Args:
        host: The address the API listens on.
        asked: The port asked for.

    Raises:
        Conflict: The port that was asked for is in use.
    """

    def __init__(self, host: str, asked: int | None) -> None:
        if asked is not None and not is_free(asked, host):
            raise Conflict(
                f"port {asked} is in use: stop what listens there, or choose another one (SDP_API_PORT or --port)"
            )
        self.host = host
        self.asked = asked
        self.number = asked if asked is not None else free_port(API_PORT, host)

    @property
    def address(self) -> str:
        """Where a browser finds the web app."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared only
        return f"http://{host}:{self.number}"

    def settle(self) -> int:
        """Return the port to start on: another one where somebody was quicker and none was asked for."""
        if self.asked is None:
            self.number = free_port(self.number, self.host)
        return self.number


@dataclass(frozen=True)
class Plan:
    """What to run: names of processes (keys of `MODULES`), and the web app's port, None without `backend-api`."""

    names: tuple[str, ...]
    web: WebPort | None = None


def plan(names: Iterable[str] | None, settings: Settings, *, port: int | None = None) -> Plan:
    """Choose the processes and the port.

    Args:
        names: The processes; all where None.
        settings: Of this installation.
        port: The port asked for on the command line.

    Raises:
        BadInput: No such process.
        Conflict: The port that was asked for is in use.
    """
    wanted = tuple(MODULES) if names is None else tuple(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in MODULES]
    if unknown:
        raise BadInput(f"there is no process {', '.join(unknown)}; there are {', '.join(MODULES)}")
    if "backend-api" not in wanted:
        return Plan(wanted)
    return Plan(wanted, WebPort(settings.api_host, port if port is not None else _asked_port(settings)))


def _asked_port(settings: Settings) -> int | None:
    return settings.api_port if "api_port" in settings.model_fields_set else None


def embedded_server(home: Home, settings: Settings) -> EmbeddedPostgres | None:
    """Return the server of this home; None where `SDP_DATABASE_URL` replaces it."""
    if settings.database_url is not None:
        return None
    return EmbeddedPostgres(home.postgres, port=settings.postgres_port)


def environment(home: Home, settings: Settings, database_url: str) -> dict[str, str]:
    """Return what every process is told."""
    told = {
        **os.environ,
        "SDP_HOME": str(home.folder),
        "SDP_DATABASE_URL": database_url,
        "SDP_ARTIFACTS_DIR": str(artifacts_folder(home, settings)),
        "SDP_DRAWS_DIR": str(draws_folder(home, settings)),
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",  # a dozen processes: glibc's arena a thread would cost each some hundred MB
    }
    web = web_folder(settings)
    return told | ({"SDP_WEB_DIR": str(web)} if web else {})


def artifacts_folder(home: Home, settings: Settings) -> Path:
    """Return where models go: `SDP_ARTIFACTS_DIR`, else with the rest of this home."""
    asked = "artifacts_dir" in settings.model_fields_set
    folder = settings.artifacts_dir.absolute() if asked else home.artifacts
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def draws_folder(home: Home, settings: Settings) -> Path:
    """Return where simulated worlds go: `SDP_DRAWS_DIR`, else with the rest of this home."""
    asked = "draws_dir" in settings.model_fields_set
    folder = settings.draws_dir.absolute() if asked else home.draws
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def web_folder(settings: Settings) -> Path | None:
    """Return the built web app; None where it was not built."""
    if settings.web_dir is not None:
        return settings.web_dir.absolute()
    candidates = [folder / "apps/web/dist" for folder in (Path.cwd(), *Path(__file__).resolve().parents)]
    return next((folder for folder in candidates if (folder / "index.html").exists()), None)


def units(home: Home, settings: Settings, chosen: Plan) -> list[Unit]:
    """Return everything to supervise, in the order to start."""
    server = embedded_server(home, settings)

    def told() -> dict[str, str]:
        url = server.url if server is not None else settings.require_database_url()
        return environment(home, settings, url)

    def told_api() -> dict[str, str]:
        return told() | ({"SDP_API_PORT": str(chosen.web.settle())} if chosen.web else {})

    def command(name: str, module: str, *arguments: str, once: bool = False) -> Command:
        line = [sys.executable, "-c", f"from {module} import main; main()", *arguments]
        return Command(
            name,
            line,
            home.logs / f"{name}.log",
            env=told_api if name == "backend-api" else told,
            once=once,
            barrier=once,
        )

    foundation: list[Unit] = [Database(server)] if server is not None else []
    foundation.append(command("migrate", MIGRATE, once=True))
    return [*foundation, *(command(name, *MODULES[name]) for name in chosen.names)]
