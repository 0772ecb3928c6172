"""The main job on the packaged seasons, as a new user runs it: from box scores to an upload file."""

import csv
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.running import sdp

STAGES = ["load", "price", "features", "train", "predict", "simulate", "optimize", "settle", "upload"]
SLOTS = ["QB", "RB", "RB", "WR", "WR", "WR", "TE", "FLEX", "DST"]


def test_every_stage_ran(story: dict[str, Any]) -> None:
    assert story["ok"] is True
    titles = " ".join(stage["title"] for stage in story["stages"])
    assert [word for word in STAGES if word not in titles] == []
    rows = {stage["title"]: stage["rows"] for stage in story["stages"]}
    assert rows["load box scores"] > 80_000, "eleven seasons of player lines and games"
    assert story["lineups"] == 20


def test_the_lineups_are_legal_and_settled(story: dict[str, Any]) -> None:
    best = story["best_lineup"]
    assert [player["slot"] for player in best["players"]] == SLOTS
    assert best["salary_usd"] == sum(player["salary_usd"] for player in best["players"]) <= 50_000
    quarterback = best["players"][0]
    partners = [p for p in best["players"] if p["team"] == quarterback["team"] and p["position"] in {"WR", "TE"}]
    assert len(partners) >= 2, "the stack that was asked for"
    assert 80 < best["projected_points"] < 220
    assert best["realised_points"] is not None
    assert best["realised_points"] == pytest.approx(sum(p["realised_points"] for p in best["players"]), abs=0.01)


def test_the_upload_file_is_the_sites_and_says_modelled(story: dict[str, Any]) -> None:
    file = Path(story["upload_file"])
    assert "modelled" in file.name
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0][:9] == SLOTS
    assert len(rows) == 21
    assert any("modelled" in cell.lower() for row in rows for cell in row[9:])
    assert len({frozenset(row[:9]) for row in rows[1:]}) == 20, "no lineup twice"


def test_the_account_is_kept_to_ourselves(story: dict[str, Any], demo_environment: dict[str, str]) -> None:
    file = Path(demo_environment["SDP_HOME"]) / "account.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(json.loads(file.read_text())["password"]) >= 12


def test_a_second_run_is_quick_and_changes_nothing_twice(
    story: dict[str, Any], demo_environment: dict[str, str]
) -> None:
    done = sdp(demo_environment, "demo", "--once", "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    again = json.loads(done.stdout.strip().splitlines()[-1])
    for same in ("slate", "projection_set_id", "lineup_set_id", "projected_points", "realised_points"):
        assert again[same] == story[same]
    kept = [stage["title"] for stage in again["stages"] if stage["kept"]]
    assert len(kept) >= 8, again["stages"]
