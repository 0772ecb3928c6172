"""Draws as an artifact: typed, checked, mapped, and giving way to newer ones."""

import os
from pathlib import Path

import pytest
from sdp_common.drawn import Array, drop_draws, keep_draws, read_draws
from sdp_common.errors import BadInput, Misconfigured, NotFound


def arrays(byte: int = 1) -> dict[str, Array]:
    return {
        "skill": Array("uint8", (2, 3), memoryview(bytes([byte] * 6))),
        "none": Array("int16", (0,), memoryview(b"")),
    }


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    kept = keep_draws(tmp_path, arrays(), {"label": "raw"}, most=3)
    found, document = read_draws(tmp_path, kept.path, kept.sha256)
    assert document == {"label": "raw"}
    assert (found["skill"].dtype, found["skill"].shape, bytes(found["skill"].body)) == ("uint8", (2, 3), b"\x01" * 6)
    assert found["skill"].body.readonly
    assert found["none"].shape == (0,)
    assert kept.bytes == 6


def test_changed_bytes_are_never_handed_out(tmp_path: Path) -> None:
    kept = keep_draws(tmp_path, arrays(), {}, most=3)
    with pytest.raises(Misconfigured, match="not those that were written"):
        read_draws(tmp_path, kept.path, "0" * 64)
    (tmp_path / kept.path / "skill.bin").write_bytes(b"\x02" * 6)
    with pytest.raises(Misconfigured, match="skill"):
        read_draws(tmp_path, kept.path, kept.sha256)
    (tmp_path / kept.path / "skill.bin").write_bytes(b"\x01")
    with pytest.raises(Misconfigured, match="skill"):
        read_draws(tmp_path, kept.path, kept.sha256, verify=False)


def test_the_oldest_give_way(tmp_path: Path) -> None:
    kept = []
    for i in range(4):
        made = keep_draws(tmp_path, arrays(i), {}, most=10)
        os.utime(tmp_path / made.path / "contents.json", ns=(i * 10**9, i * 10**9))
        kept.append(made)
    mapped, _ = read_draws(tmp_path, kept[0].path, kept[0].sha256)
    assert drop_draws(tmp_path, 2) == 2
    with pytest.raises(NotFound, match="simulate the slate again"):
        read_draws(tmp_path, kept[0].path, kept[0].sha256)
    assert bytes(mapped["skill"].body) == bytes(6), "who has them mapped keeps reading"
    assert read_draws(tmp_path, kept[3].path, kept[3].sha256)


def test_a_name_that_leads_out_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no names"):
        keep_draws(tmp_path, {"../x": arrays()["skill"]}, {}, most=1)
    with pytest.raises(NotFound):
        read_draws(tmp_path, "../../etc", "0" * 64)
