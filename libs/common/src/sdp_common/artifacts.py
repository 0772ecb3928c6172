"""Artifacts: a folder a trained model, written whole or not at all, and read only where its digest is the known one.

A model file is code: whoever can change it runs in the process that loads it. So the digest lives in the database
(`model_versions.sha256`), and bytes that do not have it are never handed out.
"""

import hashlib
import hmac
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sdp_common.document import document
from sdp_common.errors import BadInput, Conflict, Misconfigured, NotFound

MODEL = "model.joblib"
METADATA = "metadata.json"
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}")


@dataclass(frozen=True)
class Artifact:
    """A written artifact: its folder relative to the artifacts directory, and the model file's SHA-256."""

    path: str
    sha256: str


def write_artifact(root: Path, path: str, model: bytes, metadata: Mapping[str, Any]) -> Artifact:
    """Write a folder with the model and `metadata.json`, which also names the digest and the size.

    Args:
        root: The artifacts directory.
        path: The folder's place in it, `nfl/passing_yards/boosted/20240101T000000`.
        model: The serialised model.
        metadata: JSON values.

    Raises:
        BadInput: The path leaves the directory, or the metadata is not JSON.
        Conflict: The artifact exists: artifacts are never changed.
        Misconfigured: The directory cannot be written.
    """
    target = _place(root, path)
    digest = hashlib.sha256(model).hexdigest()
    try:
        text = document({**metadata, "sha256": digest, "bytes": len(model)})
    except TypeError as error:
        raise BadInput(f"metadata of {path}: {error}") from error
    draft = root / f".{uuid4().hex}.part"
    try:
        draft.mkdir(parents=True)
        _write(draft / MODEL, model)
        _write(draft / METADATA, json.dumps(json.loads(text or "{}"), indent=2, sort_keys=True).encode() + b"\n")
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise Conflict(f"the artifact {path} exists already")
        draft.rename(target)
        _sync(target.parent)
    except OSError as error:
        raise Misconfigured(f"cannot write {target}, check SDP_ARTIFACTS_DIR: {error.strerror}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Artifact(path, digest)


def read_model(root: Path, path: str, sha256: str) -> bytes:
    """Return the serialised model if, and only if, it has the digest that was registered for it.

    Raises:
        BadInput: The path leaves the directory.
        NotFound: There is no such artifact.
        Misconfigured: The file is not the registered one.
    """
    model = _read(_place(root, path) / MODEL, path)
    if not hmac.compare_digest(hashlib.sha256(model).hexdigest(), sha256.lower()):
        raise Misconfigured(
            f"the model file of {path} is not the one that was registered: it was changed or damaged. Train it again"
        )
    return model


def read_metadata(root: Path, path: str) -> dict[str, Any]:
    """Return an artifact's metadata.

    Raises:
        BadInput: The path leaves the directory.
        NotFound: There is no such artifact.
        Misconfigured: It is damaged.
    """
    try:
        return dict(json.loads(_read(_place(root, path) / METADATA, path)))
    except ValueError as error:
        raise Misconfigured(f"the metadata of {path} is damaged: {error}") from error


def _place(root: Path, path: str) -> Path:
    segments = path.split("/")
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise BadInput(f"{path!r} is not the path of an artifact: use letters, digits, '_', '-', '.' and '/'")
    place = root.joinpath(*segments)
    if not place.resolve().is_relative_to(root.resolve()):  # a link that leads out
        raise BadInput(f"{path!r} leads out of the artifacts directory")
    return place


def _read(file: Path, path: str) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"there is no artifact {path} in {file.parents[len(path.split('/'))]}") from error
    except OSError as error:
        raise Misconfigured(f"cannot read {file}: {error.strerror}") from error


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    """Make the rename outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
