"""A real DraftKings slate, as a user with an export plays it: import, build as of the lock, lineups, settle."""

import csv
import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.running import ROOT, SDP, environment_of, sdp, wait_until_up

pytestmark = pytest.mark.shared
SALARIES = "data/dfs_originals/dk_nfl/2023-11-26_wk12.csv"
SLOTS = ["QB", "RB", "RB", "WR", "WR", "WR", "TE", "FLEX", "DST"]


class Quiet(SimpleHTTPRequestHandler):
    """A file server that says nothing."""

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def mirror(shared: Path) -> Iterator[str]:
    """The mirror of nflverse behind a real HTTP server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(shared / "mirror/nflverse")))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def up(mirror: str) -> Iterator[dict[str, str]]:
    """The platform in a fresh home, reading the mirror."""
    with tempfile.TemporaryDirectory(prefix="sdp-real-") as folder:
        Path(folder).chmod(0o711)
        environment = {
            **environment_of(Path(folder) / "home"),
            "SDP_NFLVERSE_BASE_URL": mirror,
            "SDP_HTTP_RATE_PER_S": "50",
        }
        process = subprocess.Popen(
            [*SDP, "up"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_until_up(environment, process)
            yield environment
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def said(environment: dict[str, str], *arguments: str) -> str:
    done = sdp(environment, *arguments)
    assert done.returncode == 0, f"sdp {' '.join(arguments)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def test_a_real_slate_from_export_to_settlement(up: dict[str, str], shared: Path, tmp_path: Path) -> None:
    said(up, "ingest", "stats", "--provider", "nflverse", "--seasons", "2021-2023")
    imported = said(up, "slate", "import", str(shared / SALARIES))
    slate_id = re.findall(r"slate (\d+)", imported)[0]
    share = float(re.findall(r"([\d.]+)% matched of those with a regular's salary", imported)[0])
    assert share >= 97
    unmatched = int(re.findall(r"matched, (\d+) not;", imported)[0])
    assert imported.count("not matched:") == unmatched, "everybody who was not matched is named"

    said(up, "build", slate_id)
    out = tmp_path / "lineups.csv"
    built = said(
        up, "lineups", slate_id, "--lineups", "20", "--stack", "qb_two", "--min-unique", "2", "--out", str(out)
    )
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == SLOTS
    assert len(rows) == 21
    assert "modelled" not in out.read_text(encoding="utf-8")
    prices = salaries(shared / SALARIES)
    for row in rows[1:]:
        ids = [re.findall(r"\d{6,}", cell)[-1] for cell in row]
        assert len(set(ids)) == 9
        assert 45_000 < sum(prices[i] for i in ids) <= 50_000

    set_id = re.findall(r"lineup set (\d+)", built)[0]
    settled = said(up, "settle", set_id)
    print(settled)
    projected, realised = (float(x) for x in re.findall(r"sum\s+([\d.]+)\s+([\d.]+)", settled)[0])
    assert 2000 < projected < 4000, "twenty lineups of 100 to 200 points"
    assert 1000 < realised < 5000


def salaries(path: Path) -> dict[str, int]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {row["ID"]: int(row["Salary"]) for row in csv.DictReader(stream)}


def test_a_broken_export_is_refused_by_row_and_column(up: dict[str, str], shared: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    lines = (shared / SALARIES).read_text(encoding="utf-8-sig").splitlines()[:4]
    bad.write_text("\n".join([*lines, lines[1].replace(",9000,", ",many,")]) + "\n", encoding="utf-8")
    done = sdp(up, "slate", "import", str(bad))
    assert done.returncode in {1, 2}
    assert "row 5" in done.stderr
    assert "Traceback" not in done.stderr
    assert os.linesep in done.stderr
