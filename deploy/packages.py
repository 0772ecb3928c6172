"""What is deployed, read from the workspace's own pyproject.toml files; standard library only.

`python deploy/packages.py libs/common` prints its wheel's name and those it stands on.
"""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GROUPS = ("libs", "jobs", "services", "apps")


def projects() -> dict[str, Path]:
    """Folder of every workspace package, by distribution name."""
    files = sorted(file for group in GROUPS for file in (ROOT / group).glob("*/pyproject.toml"))
    return {str(read(file.parent)["name"]): file.parent for file in files}


def read(folder: Path) -> dict[str, Any]:
    """The `[project]` table of a package."""
    table: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def name_of(requirement: str) -> str:
    """The distribution that a requirement line asks for, in its normal form."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement.strip())
    if found is None:
        raise ValueError(f"not a requirement: {requirement!r}")
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def stands_on(folder: Path) -> list[Path]:
    """The package's folder after those of the workspace packages that it needs, directly or not."""
    known = projects()
    order: list[Path] = []

    def visit(place: Path) -> None:
        for requirement in read(place).get("dependencies", []):
            if (needed := known.get(name_of(requirement))) is not None:
                visit(needed)
        if place not in order:
            order.append(place)

    visit(folder)
    return order


def deployed() -> dict[str, Path]:
    """Folder of every package that gets an environment of its own, by the name of its requirements file."""
    shells = [folder for folder in projects().values() if folder.parent.name != "libs"]
    return {folder.name: folder for folder in [ROOT / "libs/common", *shells]}


if __name__ == "__main__":
    own = (str(read(folder)["name"]).replace("-", "_") for folder in stands_on(ROOT / sys.argv[1]))
    sys.stdout.write(" ".join(own) + "\n")
