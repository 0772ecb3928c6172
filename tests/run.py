"""Run every check, or those of one group; each is one command that can be run by hand.

`python tests/run.py [lint|python|web]`
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
WEB = ROOT / "apps/web"
FRESH = "npm run --silent generate && git diff --exit-code src/api/schema.d.ts"
# As many processes as cores; the root conftest.py says which tests stay in one of them; the longest go first.
TOGETHER = ["--numprocesses=auto", "--maxprocesses=4", "--no-loadscope-reorder"]

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


def run(name: str, command: list[str], folder: Path) -> bool:
    """Run one check, its output shown; returns whether it passed."""
    print(f"\n=== {name}: {' '.join(Path(c).name if i == 0 else c for i, c in enumerate(command))}", flush=True)
    started = time.monotonic()
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    passed = subprocess.run(command, cwd=folder, env=environment, check=False).returncode == 0
    print(f"=== {name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return passed


def main() -> int:
    """Run the groups named on the command line (default: all); returns 1 where a check failed."""
    groups = sys.argv[1:] or list(CHECKS)
    if unknown := [g for g in groups if g not in CHECKS]:
        print(f"no such group: {', '.join(unknown)}; there are {', '.join(CHECKS)}")
        return 2
    outcome = {name: run(name, command, folder) for g in groups for name, command, folder in CHECKS[g]}
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
