"""Draws kept as an artifact: typed arrays in one file each, checked by digest, memory-mapped by whoever reads them.

The raw worlds of a projection set lie in a folder of the draws directory; the set's `inputs` hold the folder's name
and the digest of its table of contents, which holds every array's. The oldest folders give way to new ones: a set can
be drawn again bit for bit from its record.
"""

import hashlib
import json
import mmap
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sdp_common.errors import BadInput, Misconfigured, NotFound

CONTENTS = "contents.json"


@dataclass(frozen=True)
class Array:
    """An array as bytes in C order, with its type as numpy names it (`uint8`, `int16`) and its shape."""

    dtype: str
    shape: tuple[int, ...]
    body: memoryview


@dataclass(frozen=True)
class Kept:
    """Where draws were written, the SHA-256 of their table of contents, and their size."""

    path: str
    sha256: str
    bytes: int


def keep_draws(root: Path, arrays: Mapping[str, Array], document: Mapping[str, Any], *, most: int) -> Kept:
    """Write arrays and a document into a new folder, whole or not at all, and drop the oldest beyond `most`.

    Raises:
        BadInput: An array's name is no identifier.
        Misconfigured: The draws directory cannot be written.
    """
    if strange := [name for name in arrays if not name.isidentifier()]:
        raise BadInput(f"no names of arrays: {', '.join(strange)}")
    name = uuid4().hex
    draft, target = root / f".{name}.part", root / name
    try:
        draft.mkdir(parents=True)
        listed = {key: _write(draft / f"{key}.bin", array) for key, array in arrays.items()}
        text = json.dumps({"arrays": listed, "document": document}, sort_keys=True).encode()
        (draft / CONTENTS).write_bytes(text)
        draft.rename(target)
        drop_draws(root, most)
    except OSError as error:
        raise Misconfigured(f"cannot write {target}, check SDP_DRAWS_DIR: {error.strerror}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    size = sum(array.body.nbytes for array in arrays.values())
    return Kept(name, hashlib.sha256(text).hexdigest(), size)


def read_draws(root: Path, path: str, sha256: str, *, verify: bool = True) -> tuple[dict[str, Array], dict[str, Any]]:
    """Return kept arrays, memory-mapped and read-only, and their document.

    Args:
        root: The draws directory.
        path: As `Kept.path`.
        sha256: As `Kept.sha256`.
        verify: Whether every array's own digest is checked too, which reads it whole.

    Raises:
        NotFound: They are gone: they gave way to newer ones.
        Misconfigured: They are not those that were written.
    """
    folder = root / Path(path).name
    try:
        text = (folder / CONTENTS).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"the draws {path} are gone: simulate the slate again") from error
    if hashlib.sha256(text).hexdigest() != sha256:
        raise Misconfigured(f"the draws {path} are not those that were written: simulate the slate again")
    told = json.loads(text)
    return {name: _map(folder, name, row, verify=verify) for name, row in told["arrays"].items()}, told["document"]


def drop_draws(root: Path, most: int) -> int:
    """Remove all but the newest; who has them mapped keeps reading. Returns how many went."""
    held = [folder for folder in root.glob("[!.]*") if (folder / CONTENTS).exists()]
    old: Sequence[Path] = sorted(held, key=lambda folder: (folder / CONTENTS).stat().st_mtime_ns, reverse=True)[most:]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _write(file: Path, array: Array) -> dict[str, Any]:
    with file.open("wb") as out:
        out.write(array.body)
        out.flush()
        os.fsync(out.fileno())
    digest = hashlib.sha256(array.body).hexdigest()
    return {"dtype": array.dtype, "shape": list(array.shape), "sha256": digest, "bytes": array.body.nbytes}


def _map(folder: Path, name: str, row: Mapping[str, Any], *, verify: bool) -> Array:
    try:
        with (folder / f"{name}.bin").open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            body = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) if size else memoryview(b"")
    except FileNotFoundError as error:
        raise NotFound(f"{name} of the draws {folder.name} is gone: simulate the slate again") from error
    if size != row["bytes"] or (verify and hashlib.sha256(body).hexdigest() != row["sha256"]):
        raise Misconfigured(f"{name} of the draws {folder.name} was changed or damaged: simulate the slate again")
    return Array(row["dtype"], tuple(row["shape"]), body)
