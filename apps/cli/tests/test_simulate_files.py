"""`sdp simulate` as a person types it: files in, what every player may score out, no database and no server."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEADER = "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame"
POSITIONS = {"PG": "PG/G/UTIL", "SG": "SG/G/UTIL", "SF": "SF/F/UTIL", "PF": "PF/F/UTIL", "C": "C/UTIL"}


def sdp(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "sdp_cli.main", "simulate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def slate(tmp_path: Path) -> Path:
    """Two NBA games as DraftKings exports them."""
    lines, number = [HEADER], 30_000_000
    for away, home in (("BOS", "MIA"), ("LAL", "DEN")):
        for team in (away, home):
            for position, slots in POSITIONS.items():
                number += 1
                name = f"{team} {position}"
                lines.append(
                    f"{position},{name} ({number}),{name},{number},{slots},5000,"
                    f"{away}@{home} 12/08/2024 07:00PM ET,{team},25.5"
                )
    file = tmp_path / "DKSalaries.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def told(slate: Path, text: str, *more: object) -> dict[str, Any]:
    file = slate.with_name("mine.csv")
    file.write_text(text, encoding="utf-8")
    done = sdp("--salaries", slate, "--contest", "dk_nba_classic", "--projections", file, "--json", *more)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_means_deviations_and_quantiles_of_a_file_come_out(slate: Path) -> None:
    text = "Name,Proj,StdDev,P10,P50,P90\nBOS PG,40,9,,,\nMIA C,30,,18,30,48\nLAL SF,22,,,,\n"
    told_of = {p["name"]: p for p in told(slate, text, "--worlds", 20000)["players"]}
    assert set(told_of) == {"BOS PG", "MIA C", "LAL SF"}
    assert (told_of["BOS PG"]["mean"], told_of["BOS PG"]["sd"]) == (
        pytest.approx(40, abs=0.4), pytest.approx(9, abs=0.3),
    )  # fmt: skip
    assert [told_of["MIA C"][q] for q in ("p10", "p50", "p90")] == pytest.approx([18, 30, 48], abs=0.8)
    assert told_of["LAL SF"]["sd"] > 3  # where nobody says, the sport's own spread


def test_the_same_seed_is_the_same_answer_and_a_file_can_be_written(slate: Path, tmp_path: Path) -> None:
    text = "Name,Proj,SD\nBOS PG,40,9\nMIA C,30,8\n"
    first, again, other = (told(slate, text, "--worlds", 500, "--seed", seed) for seed in (3, 3, 4))
    assert first == again
    assert first["players"] != other["players"]
    target = tmp_path / "out.csv"
    told(slate, text, "--worlds", 500, "--seed", 3, "--out", target)
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["name"], float(r["mean"])) for r in rows] == [(p["name"], p["mean"]) for p in first["players"]]


def test_what_cannot_be_simulated_is_explained(slate: Path, tmp_path: Path) -> None:
    done = sdp("--salaries", slate, "--contest", "dk_nba_nothing")
    assert done.returncode != 0
    assert "sdp contests" in done.stderr
    none = tmp_path / "none.csv"
    none.write_text("Name,Proj\nSomebody Else,3\n", encoding="utf-8")
    done = sdp("--salaries", slate, "--contest", "dk_nba_classic", "--projections", none)
    assert done.returncode != 0
    assert "nobody" in done.stderr
