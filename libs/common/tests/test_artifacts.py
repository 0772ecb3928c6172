"""Artifacts are written whole, and only the registered bytes are handed out."""

import json
from pathlib import Path

import pytest
from sdp_common.artifacts import read_metadata, read_model, write_artifact
from sdp_common.errors import BadInput, Conflict, Misconfigured, NotFound

PATH = "nfl/passing_yards/boosted/20240101T000000"


def test_round_trip(tmp_path: Path) -> None:
    made = write_artifact(tmp_path, PATH, b"model", {"features": ["a"], "score": float("nan")})
    assert made.path == PATH
    assert read_model(tmp_path, PATH, made.sha256) == b"model"
    expected = {"features": ["a"], "score": None, "sha256": made.sha256, "bytes": 5}
    assert read_metadata(tmp_path, PATH) == expected
    assert sorted(p.name for p in (tmp_path / PATH).iterdir()) == ["metadata.json", "model.joblib"]
    assert [p.name for p in tmp_path.iterdir()] == ["nfl"]  # no draft is left


def test_changed_bytes_are_never_handed_out(tmp_path: Path) -> None:
    made = write_artifact(tmp_path, PATH, b"model", {})
    file = tmp_path / PATH / "model.joblib"
    file.write_bytes(b"mode1")
    metadata = tmp_path / PATH / "metadata.json"  # whoever changes the model would change this too
    metadata.write_text(json.dumps({"sha256": "0" * 64}))
    with pytest.raises(Misconfigured, match="not the one that was registered"):
        read_model(tmp_path, PATH, made.sha256)


def test_artifacts_are_never_overwritten(tmp_path: Path) -> None:
    made = write_artifact(tmp_path, PATH, b"one", {})
    with pytest.raises(Conflict):
        write_artifact(tmp_path, PATH, b"two", {})
    assert read_model(tmp_path, PATH, made.sha256) == b"one"


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/passwd", "", "a//b", "a/.", ".hidden", "a\\b", "a\0b", "a/b\n", "~root"]
)
def test_paths_that_leave_are_refused(tmp_path: Path, path: str) -> None:
    for act in (
        lambda: write_artifact(tmp_path, path, b"", {}),
        lambda: read_model(tmp_path, path, "0"),
        lambda: read_metadata(tmp_path, path),
    ):
        with pytest.raises(BadInput):
            act()


def test_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    made = write_artifact(outside, "x", b"model", {})
    root.mkdir()
    (root / "x").symlink_to(outside / "x")
    with pytest.raises(BadInput, match="leads out"):
        read_model(root, "x", made.sha256)


def test_failure_leaves_nothing_half_written(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="metadata"):
        write_artifact(tmp_path, PATH, b"model", {"bad": object()})
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Misconfigured, match="SDP_ARTIFACTS_DIR"):
        write_artifact(tmp_path / "file", PATH, b"model", {})


def test_missing_and_damaged(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no artifact nfl"):
        read_model(tmp_path, PATH, "0")
    write_artifact(tmp_path, PATH, b"model", {})
    (tmp_path / PATH / "metadata.json").write_text("{")
    with pytest.raises(Misconfigured, match="damaged"):
        read_metadata(tmp_path, PATH)
