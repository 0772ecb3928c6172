"""Run every check, or those of one group; each is one command that can be run by hand.

`python tests/run.py [lint|python|web]`
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
WEB = ROOT / "apps/web"
FRESH = "npm run --silent generate && git diff --exit-code src/api/schema.d.ts"
# One process more than cores, as tests of servers often wait for them; the root conftest.py says which tests stay in
# one of them; the longest go first.
TOGETHER = [f"--numprocesses={min(4, (os.cpu_count() or 1) + 1)}", "--no-loadscope-reorder"]

CHECKS: dict[str, list[tuple[str, list[str], Path]]] = {
    "lint": [
        ("format", [str(BIN / "ruff"), "format", "--check", "."], ROOT),
        ("lint", [str(BIN / "ruff"), "check", "."], ROOT),
        ("types", [str(BIN / "mypy")], ROOT),
        ("import contracts", [str(BIN / "lint-imports")], ROOT),
    ],
    "web": [
        ("client is fresh", ["bash", "-c", FRESH], WEB),
        ("web lint", ["npm", "run", "--silent", "lint"], WEB),
        ("web types", ["npm", "run", "--silent", "typecheck"], WEB),
        ("web tests", ["npm", "run", "--silent", "test"], WEB),
    ],
    "python": [("python tests", [str(BIN / "pytest"), "-q", "--durations=15", *TOGETHER], ROOT)],
}


def run(name: str, command: list[str], folder: Path, *, held: bool = False) -> bool:
    """Run one check, its output shown (in one piece at its end where `held`); returns whether it passed."""
    title = f"\n=== {name}: {' '.join(Path(c).name if i == 0 else c for i, c in enumerate(command))}\n"
    if not held:
        print(title, end="", flush=True)
    started = time.monotonic()
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    pipe, both = (subprocess.PIPE, subprocess.STDOUT) if held else (None, None)
    done = subprocess.run(command, cwd=folder, env=environment, check=False, text=True, stdout=pipe, stderr=both)
    told = f"{title}{done.stdout}" if held else ""
    passed = done.returncode == 0
    print(f"{told}=== {name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return passed


def run_all(groups: list[str]) -> dict[str, bool]:
    """Run the groups: those that need one core beside each other, then the Python tests, which take all of them."""
    outcome: dict[str, bool] = {}

    def one_core(group: str) -> None:
        outcome.update({name: run(name, command, folder, held=True) for name, command, folder in CHECKS[group]})

    with ThreadPoolExecutor() as together:
        list(together.map(one_core, [g for g in groups if g != "python"]))
    if "python" in groups:
        outcome.update({name: run(name, command, folder) for name, command, folder in CHECKS["python"]})
    return outcome


def main() -> int:
    """Run the groups named on the command line (default: all); returns 1 where a check failed."""
    groups = sys.argv[1:] or list(CHECKS)
    if unknown := [g for g in groups if g not in CHECKS]:
        print(f"no such group: {', '.join(unknown)}; there are {', '.join(CHECKS)}")
        return 2
    outcome = run_all(groups)
    if outcome.get("python tests") is False and os.environ.get("CI"):
        # Real processes on a shared machine: what failed once is asked once more, by name, and shown either way.
        again = [str(BIN / "pytest"), "-q", "--last-failed", "--last-failed-no-failures=none"]
        outcome["python tests"] = run("python tests that failed, once more", again, ROOT)
    failed = [name for name, passed in outcome.items() if not passed]
    print(
        f"\nchecks: {len(outcome) - len(failed)} passed, {len(failed)} failed"
        + (f": {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
