"""Running the `sdp` command as a person would, in a home of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SDP = [sys.executable, "-c", "from sdp_cli.main import main; main()"]
START_S = 300


@dataclass(frozen=True)
class Platform:
    """A platform that is up: its address, its account, and what the main job said."""

    address: str
    username: str
    password: str
    environment: dict[str, str]
    story: dict[str, Any]


def environment_of(home: Path) -> dict[str, str]:
    """Return this process's environment with nothing configured but `home` and a port that nobody else has."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SDP_")}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {**kept, "SDP_HOME": str(home), "SDP_API_PORT": str(port)}


def sdp(environment: dict[str, str], *arguments: str, timeout_s: float = 600) -> subprocess.CompletedProcess[str]:
    """Run the `sdp` command as a person would."""
    return subprocess.run(
        [*SDP, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False
    )


def wait_until_up(environment: dict[str, str], process: "subprocess.Popen[bytes]") -> str:
    """Return the address once every process is up."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "sdp up stopped by itself"
        done = sdp(environment, "status", "--json")
        if done.returncode == 0:
            told = json.loads(done.stdout.strip().splitlines()[-1])
            if not any(process["condition"] == "starting" for process in told["processes"]):
                return str(told["address"])
        time.sleep(0.5)
    raise AssertionError(f"not up within {START_S} s: {done.stdout} {done.stderr}")
