"""Make `.venv` with the locked packages and the workspace itself; idempotent, standard library only."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PACKAGES = [
    "libs/sports",
    "libs/engine",
    "libs/common",
    "jobs/ingestion",
    "jobs/features",
    "jobs/training",
    "services/inference",
    "services/sim-engine",
    "services/optimizer",
    "services/api",
    "apps/cli",
]


def main() -> int:
    """Install; returns a shell's exit code."""
    if sys.version_info < (3, 11):
        found = ".".join(map(str, sys.version_info[:3]))
        print(f"Python 3.11 or newer is needed, this is {found}: run `make PYTHON=python3.11 ...`")
        return 1
    python = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        print("making .venv ...", flush=True)
        venv.create(VENV, with_pip=True)
    locked = ["--require-hashes", "-r", str(ROOT / "requirements/dev.txt")]
    own = ["--no-deps", "--no-build-isolation", *(part for p in PACKAGES for part in ("-e", str(ROOT / p)))]
    print("installing the locked packages ...", flush=True)
    for arguments in (locked, own):
        status = install(python, arguments)
        if status:
            print("the installation failed; see above. A package registry must be reachable.")
            return status
    (VENV / ".installed").touch()
    return 0


def install(python: Path, arguments: list[str]) -> int:
    """Install with uv where it is present, which is faster, else with pip."""
    uv = shutil.which("uv")
    tool = [uv, "pip", "install", "--python", str(python)] if uv else [str(python), "-m", "pip", "install"]
    # The build backend looks for its own program on the path.
    path = f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path}
    return subprocess.run([*tool, "-q", *arguments], check=False, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    raise SystemExit(main())
