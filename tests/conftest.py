"""The whole platform, once: the packaged main job in a fresh folder, then every process up for the browser."""

import json
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import ROOT, SDP, Platform, environment_of, sdp, wait_until_up


@pytest.fixture(scope="session")
def demo_environment() -> Iterator[dict[str, str]]:
    """A fresh home in which nothing has run."""
    folder = Path(tempfile.mkdtemp(prefix="sdp-e2e-"))
    folder.chmod(0o711)
    yield environment_of(folder / "home")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def story(demo_environment: dict[str, str]) -> dict[str, Any]:
    """What `sdp demo --once --json` said of its first run."""
    done = sdp(demo_environment, "demo", "--once", "--json")
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


@pytest.fixture(scope="session")
def platform(demo_environment: dict[str, str], story: dict[str, Any]) -> Iterator[Platform]:
    """Every process up, on the data of the main job."""
    process = subprocess.Popen(
        [*SDP, "up"], env=demo_environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        address = wait_until_up(demo_environment, process)
        account = json.loads((Path(demo_environment["SDP_HOME"]) / "account.json").read_text(encoding="utf-8"))
        yield Platform(address, account["username"], account["password"], demo_environment, story)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
