"""`sdp optimize` as a person types it: files in, lineups out, no database and no server."""

import csv
import io
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from sdp_cli.commands.optimize import optimize
from sdp_cli.commands.swap import swap
from sdp_common.errors import BadInput, Infeasible
from sdp_sports.files import read
from sdp_sports.files.entries import Entries

HEADER = "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame"
GAMES = (("BUF", "KC"), ("DAL", "PHI"), ("NYJ", "NE"))
DEPTH = {"QB": 2, "RB": 3, "WR": 4, "TE": 2, "DST": 1}
SLOTS = {"QB": "QB", "RB": "RB/FLEX", "WR": "WR/FLEX", "TE": "TE/FLEX", "DST": "DST"}


def a_salary_file(file: Path) -> Path:
    rng, lines, number = random.Random(3), [HEADER], 20_000_000
    for away, home in GAMES:
        for team in (away, home):
            for position, depth in DEPTH.items():
                for place in range(depth):
                    number += 1
                    salary = rng.randrange(2500, 8000, 100)
                    name = f"{team} {position} {place}"
                    lines.append(
                        f"{position},{name} ({number}),{name},{number},{SLOTS[position]},{salary},"
                        f"{away}@{home} 09/08/2024 01:00PM ET,{team},{rng.uniform(1, 25):.2f}"
                    )
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def sdp(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "sdp_cli.main", "optimize", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def salaries(tmp_path: Path) -> Path:
    return a_salary_file(tmp_path / "DKSalaries.csv")


def test_lineups_of_a_file_keep_its_rules_and_are_written_as_the_site_reads_them(
    salaries: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(
        json.dumps(
            {
                "max_exposure": 0.5,
                "min_unique": 2,
                "stacks": [{"sizes": [3], "positions": ["QB", "WR", "TE"]}],
                "groups": [{"given": {"names": ["BUF QB 0"]}, "who": {"names": ["KC WR 0"]}, "at_least": 1}],
            }
        ),
        encoding="utf-8",
    )
    upload = tmp_path / "upload.csv"
    done = sdp("--salaries", salaries, "--contest", "dk_nfl_classic", "--rules", rules, "--lineups", 10,
               "--out", upload, "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert len(answer["lineups"]) == 10
    points = [lineup["points"] for lineup in answer["lineups"]]
    assert points == sorted(points, reverse=True)
    for lineup in answer["lineups"]:
        names = {p["name"] for p in lineup["players"]}
        assert lineup["salary_usd"] <= 50_000
        assert "BUF QB 0" not in names or "KC WR 0" in names
        passers = [n.split()[0] for n in names if n.split()[1] in {"QB", "WR", "TE"}]
        assert max(passers.count(team) for team in passers) >= 3
    rows = list(csv.reader(io.StringIO(upload.read_text(encoding="utf-8"))))
    assert rows[0] == ["QB", "RB", "RB", "WR", "WR", "WR", "TE", "FLEX", "DST"]
    assert [[f"{p['name']} ({p['id']})" for p in x["players"]] for x in answer["lineups"]] == rows[1:]


def test_projections_decide_and_those_who_name_nobody_are_told(
    salaries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    projected = tmp_path / "projections.csv"
    lines = ["Name,Team,Pos,Proj,Own%"]
    for line in csv.DictReader(io.StringIO(salaries.read_text(encoding="utf-8"))):
        worth = 50 if line["Name"].endswith(" 1") or line["Position"] == "DST" else 1
        lines.append(f"{line['Name']},{line['TeamAbbrev']},{line['Position']},{worth},{worth}")
    projected.write_text("\n".join([*lines, "Nobody Known,BUF,QB,99,1"]) + "\n", encoding="utf-8")
    optimize(salaries, "dk_nfl_classic", projected, None, 1, as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["unmatched"] == ["Nobody Known"]
    assert sum(p["name"].endswith(" 1") for p in answer["lineups"][0]["players"]) >= 7


@pytest.mark.parametrize(
    ("contest", "projected", "objective", "told"),
    [
        ("dk_nfl_clasic", False, "points", r"no contest 'dk_nfl_clasic' \(did you mean dk_nfl_classic"),
        ("fd_nfl_classic", False, "points", "is a file for dk_nfl_classic, not for"),
        ("dk_nfl_classic", True, "points", "has no projections"),
    ],
)
def test_what_cannot_be_used_is_explained(
    salaries: Path, contest: str, projected: bool, objective: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        optimize(salaries, contest, salaries if projected else None, None, 1, objective)


@pytest.mark.parametrize(
    ("projected", "objective", "told"),
    [
        (None, "ceiling", "bring projections to build for ceiling"),
        ("Name,Proj", "0.8", "tell no standard deviation: without one, 0.8 is no quantile"),
    ],
)
def test_an_objective_of_which_nothing_is_told_is_not_built_for_as_points(
    salaries: Path, tmp_path: Path, projected: str | None, objective: str, told: str
) -> None:
    file = tmp_path / "projections.csv"
    file.write_text(f"{projected}\nBUF QB 0,20\n", encoding="utf-8")
    with pytest.raises(BadInput, match=told):
        optimize(salaries, "dk_nfl_classic", file if projected else None, None, 1, objective)


def test_fewer_players_than_places_are_told_as_that(salaries: Path) -> None:
    head, *rows = salaries.read_text(encoding="utf-8").splitlines()
    one_each = {row.partition(",")[0]: row for row in rows}
    salaries.write_text("\n".join([head, *one_each.values()]) + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match="too few players, 5 for the 9 places of DraftKings NFL Classic"):
        optimize(salaries, "dk_nfl_classic", count=1)


def test_a_file_that_is_read_is_not_overwritten(salaries: Path) -> None:
    before = salaries.read_bytes()
    with pytest.raises(BadInput, match="would overwrite a file that is read"):
        optimize(salaries, "dk_nfl_classic", count=1, file=salaries.parent / "." / salaries.name)
    assert salaries.read_bytes() == before


def test_the_rules_say_how_many_lineups_where_the_command_does_not(
    salaries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text('{"lineups": 3}', encoding="utf-8")
    for count, expected in ((None, 3), (2, 2)):
        optimize(salaries, "dk_nfl_classic", None, rules, count, as_json=True)
        assert len(json.loads(capsys.readouterr().out)["lineups"]) == expected


def test_players_of_whom_nothing_is_expected_are_built_of_with_a_word(
    salaries: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = salaries.read_text(encoding="utf-8").splitlines()
    zero = [lines[0], *(line.rpartition(",")[0] + ",0" for line in lines[1:])]
    salaries.write_text("\n".join(zero) + "\n", encoding="utf-8")
    optimize(salaries, "dk_nfl_classic", None, None, 1)
    assert "nobody is expected to score" in one_line(capsys.readouterr().err)


def test_rules_that_clash_are_named(salaries: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    asked = {"groups": [{"who": {"teams": ["nfl:BUF"]}, "at_least": 3}], "max_per_team": 2}
    rules.write_text(json.dumps(asked), encoding="utf-8")
    with pytest.raises(Infeasible) as refused:
        optimize(salaries, "dk_nfl_classic", None, rules, 20)
    assert sorted(refused.value.rules) == ["at least 3 of players of nfl:BUF", "at most 2 players a team"]


def test_lineups_made_before_a_dead_end_are_written(salaries: Path, tmp_path: Path) -> None:
    rules, upload = tmp_path / "rules.json", tmp_path / "upload.csv"
    rules.write_text('{"min_unique": 9}', encoding="utf-8")
    with pytest.raises(Infeasible, match=r"After (\d+) of 150 lineups.*The \1 lineups before it are whole") as refused:
        optimize(salaries, "dk_nfl_classic", None, rules, 150, file=upload)
    made = upload.read_text(encoding="utf-8").splitlines()[1:]
    assert f"After {len(made)} of 150" in str(refused.value)
    assert "lineups that differ in 9 players or more" in refused.value.rules


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "contest"),
    [
        ("dk_nfl/2019-01-05_showdown_IND_HOU.csv", "dk_nfl_showdown"),
        ("dk_nhl/2018-12-22.csv", "dk_nhl_classic"),
        ("dk_pga/2020_farmers.csv", "dk_pga_classic"),
        ("dk_soccer/2018-12_laliga.csv", "dk_soc_classic"),
        ("dk_nba/2018-12-21_pickem_tiers.csv", "dk_nba_tiers"),
        ("fd_nba/2018-12_30803.csv", "fd_nba_classic"),
        ("fd_nfl/2018-12_30514.csv", "fd_nfl_classic"),
        ("fd_mlb/2018_26449.csv", "fd_mlb_classic"),
    ],
)
def test_real_files_of_many_contests_have_lineups(shared: Path, tmp_path: Path, file: str, contest: str) -> None:
    upload = tmp_path / "upload.csv"
    optimize(shared / "data/dfs_originals" / file, contest, None, None, 5, file=upload)
    assert len(upload.read_text(encoding="utf-8").splitlines()) == 6


@pytest.mark.shared
def test_a_real_entries_file_comes_back_with_its_started_players_where_they_were(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared / "data/dfs_originals/entries/dk_nba_2024-11-26_lateswap_DKEntries.csv"
    target = tmp_path / "entries.csv"
    swap(source, target, as_json=True)
    told = json.loads(capsys.readouterr().out)
    before, after = (read(file.read_bytes())[1] for file in (source, target))
    assert isinstance(before, Entries)
    assert isinstance(after, Entries)
    assert told["swapped"] + told["same"] + told["kept"] + told["finished"] == len(before.entries) > 0
    for one, other in zip(before.entries, after.entries, strict=True):
        assert (one.entry_id, one.contest_id) == (other.entry_id, other.contest_id)
        pairs = zip(one.places, other.places, strict=True)
        assert all(a.external_id == b.external_id for a, b in pairs if a.is_locked)
    lineups = [frozenset(p.external_id for p in entry.places) for entry in after.entries]
    assert len(set(lineups)) == len(lineups)
    header, rows = source.read_bytes().splitlines()[0], source.read_bytes().splitlines()
    assert target.read_bytes().splitlines()[0] == header
    assert target.read_bytes().splitlines()[len(before.entries) + 1 :] == rows[len(before.entries) + 1 :]


def test_lineups_on_worlds_of_their_own_and_for_a_contest(
    salaries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    optimize(salaries, "dk_nfl_classic", count=4, worlds=1, as_json=True)
    spread = json.loads(capsys.readouterr().out)
    optimize(salaries, "dk_nfl_classic", count=4, as_json=True)
    plain = json.loads(capsys.readouterr().out)
    assert spread["points"] < plain["points"]
    table = tmp_path / "payouts.csv"
    table.write_text("Place,Prize\n1,$500.00\n2 - 40,$15.00\n", encoding="utf-8")
    with pytest.raises(BadInput, match="--entries and --fee"):
        optimize(salaries, "dk_nfl_classic", count=4, payouts=table)
    with pytest.raises(BadInput, match="--entries and --fee tell of a contest"):
        optimize(salaries, "dk_nfl_classic", count=4, entries=300)
    optimize(salaries, "dk_nfl_classic", count=4, payouts=table, entries=300, fee=5, candidates=60, as_json=True)
    outcome = json.loads(capsys.readouterr().out)["outcome"]
    assert outcome["contest"] == {"name": "payouts", "fee_usd": 5, "entries": 300}
    assert [c["lineups"] for c in outcome["roi_by_lineups"]] == [1, 2, 4]
    assert len(outcome["added_usd"]) == 4
    optimize(salaries, "dk_nfl_classic", count=4, payouts=table, entries=300, fee=5, candidates=60)
    assert "expected profit" in capsys.readouterr().out


def test_a_mapping_of_columns_is_remembered(
    salaries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)  # settings are read once in a process: its home is named from here
    rows = list(csv.DictReader(io.StringIO(salaries.read_text(encoding="utf-8"))))
    theirs = tmp_path / "theirs.csv"
    lines = ["Who,Blend", *(f"{row['Name']},{n % 7 + 1}" for n, row in enumerate(rows))]
    theirs.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(BadInput):
        optimize(salaries, "dk_nfl_classic", projections=theirs, count=1, as_json=True)
    mapping = ["name=Who", "points=Blend"]
    with pytest.raises(BadInput):
        optimize(salaries, "dk_nfl_classic", projections=theirs, count=1, mapped=["point=Blend"], as_json=True)
    assert not list(tmp_path.rglob("columns.json")), "a mapping by which nothing was read is not remembered"
    optimize(salaries, "dk_nfl_classic", projections=theirs, count=1, mapped=mapping, as_json=True)
    said = json.loads(capsys.readouterr().out)
    optimize(salaries, "dk_nfl_classic", projections=theirs, count=1, as_json=True)
    assert json.loads(capsys.readouterr().out) == said
    assert said["points"] > 50
    theirs.write_text(theirs.read_text(encoding="utf-8").replace("Who,Blend", "Player,BLEND"), encoding="utf-8")
    optimize(salaries, "dk_nfl_classic", projections=theirs, count=1, as_json=True)
    told = capsys.readouterr()
    assert json.loads(told.out) == said
    assert "there is no column 'Who', by which name was last read: 'Player' was read instead" in one_line(told.err)
    theirs.write_text(theirs.read_text(encoding="utf-8").replace("BLEND", "Mix"), encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        optimize(salaries, "dk_nfl_classic", projections=theirs, count=1, as_json=True)
    problems = [problem.message for problem in refused.value.problems]
    assert "there is no 'Blend', by which points was last read" in problems
    assert "say which column is which: --map name=Player --map points=Median" in problems


def one_line(text: str) -> str:
    return " ".join(text.split())
