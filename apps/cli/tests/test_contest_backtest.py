"""`sdp backtest contests` on files: what it finds, what it refuses, what it writes."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest
from sdp_cli.commands.contest_backtest import gather
from sdp_common.errors import BadInput

SLOTS = ("PG", "SG", "SF", "PF", "C", "G", "F", "UTIL")


def projections(day: int) -> str:
    """Sixteen players, two a slot, whose salaries keep the cap in every combination."""
    rows = ["Player,Pos,Tm,Salary,Projection,Projected Ownership"]
    for i, slot in enumerate(SLOTS * 2):
        position = {"G": "PG", "F": "SF", "UTIL": "C"}.get(slot, slot)
        rows.append(f"Day{day} Man{i},{position},T{i % 4},{3000 + 200 * i},{20 + i},{30 + i}%")
    return "\n".join(rows) + "\n"


def standings(day: int, entries: int = 60) -> str:
    lines = ["Rank,EntryId,EntryName,TimeRemaining,Points,Lineup,,Player,Roster Position,%Drafted,FPTS"]
    picks = [[i + 8 * ((e >> i) & 1) for i in range(8)] for e in range(entries)]
    for e, pick in enumerate(picks):
        told = " ".join(f"{slot} Day{day} Man{m}" for slot, m in zip(SLOTS, pick, strict=True))
        right = ",,,,,"
        if e < 16:
            share = sum(e in p for p in picks) / entries
            right = f",,Day{day} Man{e},{SLOTS[e % 8]},{100 * share:.2f}%,{20 + e / 4}"
        lines.append(f"{e + 1},{e},u{e},0,{sum(20 + m / 4 for m in pick)},{told}{right}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for day in (1, 2):
        (tmp_path / f"final {day}.csv").write_text("\ufeff" + standings(day))
        (tmp_path / f"what we thought {3 - day}.csv").write_text(projections(day))
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    return tmp_path


def test_contests_are_found_by_content_and_the_rest_is_told(folder: Path) -> None:
    (folder / "copy.csv").write_text(standings(1))
    found, skipped = gather(folder, [])
    assert {c.source for c in found} == {"what we thought 1.csv", "what we thought 2.csv"}
    assert set(skipped) == {"notes.csv", "final 1.csv"}
    assert "same contest" in skipped["final 1.csv"]


def test_the_archive_that_the_site_sends_is_read_and_what_is_wrong_first_is_told(folder: Path) -> None:
    with zipfile.ZipFile(folder / "final 1.zip", "w") as archive:
        archive.writestr("final 1.csv", standings(1))
    (folder / "final 1.csv").write_text(standings(1).replace("u7,0,", "u7,soon,"))
    found, skipped = gather(folder, [])
    assert {c.name for c in found} == {"final 1.zip", "final 2.csv"}
    assert "row 9" in skipped["final 1.csv"]


def test_standings_kept_as_parquet_are_read_too(folder: Path) -> None:
    text = standings(1).splitlines()
    cells = [line.split(",") for line in text[1:]]
    names = ("rank", "entry_id", "entry_name", "time_remaining", "points", "lineup")
    (folder / "final 1.csv").unlink()
    pl.DataFrame([c[:6] for c in cells], schema=names, orient="row").write_parquet(folder / "1_entries.parquet")
    drafted = [(c[7], c[8], float(c[9].rstrip("%")), c[10]) for c in cells if c[7]]
    columns = ("player", "roster_position", "pct_drafted", "fpts")
    pl.DataFrame(drafted, schema=columns, orient="row").write_parquet(folder / "1_players.parquet")
    found, _ = gather(folder, [])
    assert {c.name for c in found} == {"1_entries.parquet", "final 2.csv"}


def test_players_may_lie_elsewhere(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("players")
    for file in folder.glob("what*"):
        file.rename(other / file.name)
    assert gather(folder, [])[0] == []
    assert len(gather(folder, [other])[0]) == 2
    with pytest.raises(BadInput, match="not a folder"):
        gather(folder / "nowhere", [])


def test_the_command_writes_every_figure(folder: Path) -> None:
    file = folder / "out.json"
    (folder / "final 1.csv").write_text(standings(1).replace("u7,0,", "u7,12,"))
    command = [sys.executable, "-m", "sdp_cli.main", "backtest", "contests", "--standings", str(folder)]
    done = subprocess.run([*command, "--json", str(file)], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    told = json.loads(file.read_text())
    assert told["summary"]["contests"] == 2
    assert told["summary"]["with_projected_ownership"]["projected_mae"] > 0
    assert "mean over 2 contests" in done.stdout
    assert done.stdout.count("(in play)") == 1
    assert "notes.csv" in done.stderr


def test_a_folder_without_contests_says_why(tmp_path: Path) -> None:
    (tmp_path / "alone.csv").write_text(standings(1))
    command = [sys.executable, "-m", "sdp_cli.main", "backtest", "contests", "--standings", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert "no projection or salary file" in done.stderr
    assert "Traceback" not in done.stderr


def test_standings_grade_entries_field_and_projections(folder: Path) -> None:
    (folder / "pays.csv").write_text("Place,Payout\n1,100\n2-10,20\n")
    command = [sys.executable, "-m", "sdp_cli.main", "grade", str(folder / "final 1.csv")]
    command += ["--players", str(folder / "what we thought 2.csv")]
    more = ["--user", "u0", "--payouts", str(folder / "pays.csv"), "--fee", "5", "--json"]
    done = subprocess.run([*command, *more], capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["portfolio"]["entries"] == 1
    assert told["portfolio"]["profit_usd"] == told["portfolio"]["won_usd"] - 5
    assert told["projections"]["players"] == 16
    assert not told["model_has_seen_it"]
    done = subprocess.run([*command, "--user", "nobody"], capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 1
    assert "has no entry" in done.stderr
