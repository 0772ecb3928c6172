"""Stage times and peak memory of `sdp demo --once` in a fresh home.

`python bench/demo.py [--json] [--again]`: a table, and with `--json` one object on the last line. `--again` runs the
demo a second time in the same home and reports that as its own case. Peak memory is the largest sum of the resident
memory of the whole process tree, sampled four times a second; pages that PostgreSQL's processes share are counted
once, by proportional set size, where the system tells it (Linux).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

SAMPLE_S = 0.25


class Memory:
    """The memory of a process tree over time."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.samples: list[tuple[float, int]] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_S):
            self.samples.append((time.monotonic(), tree_bytes(self.pid)))

    def peak_mb(self, start: float = 0.0, end: float = float("inf")) -> float:
        """Return the largest sample between two moments, in MB (10^6 bytes)."""
        return max((size for at, size in self.samples if start <= at <= end), default=0) / 1e6


def tree_bytes(pid: int) -> int:
    """Return the memory that a process and all under it hold now, shared pages once."""
    try:
        root = psutil.Process(pid)
        members = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(map(_bytes, members))


def _bytes(process: psutil.Process) -> int:
    try:
        return int(Path(f"/proc/{process.pid}/smaps_rollup").read_text().split("\nPss:")[1].split()[0]) * 1024
    except (OSError, IndexError):
        pass
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def run_demo(home: Path) -> tuple[dict[str, Any], float, Memory, float]:
    """Run the demo; returns its story, the seconds it took from start to exit, its memory and when it began."""
    command = [sys.executable, "-m", "sdp_cli.main", "demo", "--once", "--json"]
    env = {key: value for key, value in os.environ.items() if not key.startswith("SDP_")} | {"SDP_HOME": str(home)}
    began = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, cwd=home)
    with Memory(process.pid) as memory:
        out, _ = process.communicate()
    seconds = time.monotonic() - began
    lines = out.strip().splitlines()
    story: dict[str, Any] = json.loads(lines[-1]) if lines else {"ok": False, "error": "no output", "stages": []}
    if process.returncode or not story["ok"]:
        raise SystemExit(f"the demo failed: {story.get('error')}")
    return story, seconds, memory, began


def _cpu_seconds() -> float:
    """Return the processor time of all we started that has ended: it tells a busy machine from a slow program."""
    times = os.times()
    return times.children_user + times.children_system


def cases_of(prefix: str, home: Path) -> list[dict[str, Any]]:
    """Run the demo and return one case a stage and one for all of it."""
    cpu_before = _cpu_seconds()
    story, seconds, memory, began = run_demo(home)
    cases = []
    at = began
    for stage in story["stages"]:
        end = at + stage["seconds"]
        cases.append(
            {
                "case": f"{prefix}{stage['title']}",
                "seconds": round(stage["seconds"], 2),
                "peak_mb": round(memory.peak_mb(at, end + SAMPLE_S)),
                "rows": stage["rows"],
                "kept": stage["kept"],
            }
        )
        at = end
    points = {key: story[key] for key in ("lineups", "projected_points", "realised_points")}
    whole = {"case": f"{prefix}all", "seconds": round(seconds, 2), "peak_mb": round(memory.peak_mb())}
    cases.append({**whole, "cpu_seconds": round(_cpu_seconds() - cpu_before, 1), **points})
    return cases


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--again", action="store_true", help="a second run in the same home, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sdp-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)
        cases = cases_of("", home)
        if arguments.again:
            cases += cases_of("again: ", home)
    print(f"sdp demo --once on {os.cpu_count()} cores")
    print(f"{'stage':<36} {'seconds':>8} {'peak MB':>8} {'rows':>10}")
    for case in cases:
        rows = "" if case.get("rows") is None else f"{case['rows']:,}"
        print(f"{case['case']:<36} {case['seconds']:>8.2f} {case['peak_mb']:>8,} {rows:>10}")
    for case in cases:
        if "cpu_seconds" in case:
            print(f"{case['case']}: {case['cpu_seconds']:.0f} s of processor time")
    if arguments.json:
        print(json.dumps({"bench": "demo", "cases": cases}))


if __name__ == "__main__":
    main()
