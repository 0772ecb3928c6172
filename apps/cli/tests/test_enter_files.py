"""`sdp enter` as a person types it: an entries file in, every contest filled, the rest as the site wrote it."""

import csv
import io
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from sdp_cli.commands.enter import enter
from sdp_common.errors import BadInput, Infeasible
from sdp_sports.files import read
from sdp_sports.files.entries import Entries

SLOTS = ["QB", "RB", "RB", "WR", "WR", "WR", "TE", "FLEX", "DST"]
GAMES = (("BUF", "KC"), ("DAL", "PHI"), ("NYJ", "NE"))
DEPTH = {"QB": 2, "RB": 3, "WR": 4, "TE": 2, "DST": 1}
POOL = "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame"
CONTESTS = [("501", "$20 Millions", "$20", 4), ("502", "$1 Quarters", "$1", 6), ("503", "Double, or nothing", "$5", 2)]


def players() -> list[str]:
    rng, number, found = random.Random(3), 30_000_000, []
    for away, home in GAMES:
        for team in (away, home):
            for position, depth in DEPTH.items():
                for place in range(depth):
                    number += 1
                    name = f"{team} {position} {place}"
                    slots = position if position in {"QB", "DST"} else f"{position}/FLEX"
                    found.append(
                        f"{position},{name} ({number}),{name},{number},{slots},{rng.randrange(2500, 8000, 100)},"
                        f"{away}@{home} 09/08/2099 01:00PM ET,{team},{rng.uniform(1, 25):.2f}"
                    )
    return found


@pytest.fixture
def entries(tmp_path: Path) -> Path:
    """An entries file as DraftKings exports it: reserved entries of three contests, one with a locked player."""
    told, pool = [], [POOL, *players()]
    for contest, name, fee, count in CONTESTS:
        told += [f'{contest}{n},"{name}",{contest},{fee}' for n in range(count)]
    rows = [",".join(["Entry ID", "Contest Name", "Contest ID", "Entry Fee", *SLOTS, "", "Instructions"])]
    rows += [f"{one}{',' * len(SLOTS)},,{n}. Read me" for n, one in enumerate(told, 1)]
    locked = pool[1].split(",")[1]
    rows.append(f"9999,$1 Quarters,502,$1,{locked} (LOCKED){',' * (len(SLOTS) - 1)},,")
    beside = [",,,," + "," * (len(SLOTS) + 1) + line for line in pool]
    file = tmp_path / "DKEntries.csv"
    file.write_bytes(("\r\n".join([*rows, *beside]) + "\r\n").encode())
    return file


def settings(folder: Path, **given: Any) -> Path:
    file = folder / "rules.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    return file


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_the_groups_of_a_file_are_listed(entries: Path, capsys: pytest.CaptureFixture[str]) -> None:
    enter(entries, as_json=True)
    told = said(capsys)
    assert [(g["contest"], g["entries"], g["fee_usd"]) for g in told["groups"]] == [
        ("501", 4, 20.0), ("502", 6, 1.0), ("503", 2, 5.0),
    ]  # fmt: skip
    assert told["untouched"] == 1
    enter(entries)
    assert "Double, or nothing" in capsys.readouterr().out


def test_every_contest_has_its_own_lineups_and_the_file_stays_as_it_was(
    entries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "table.csv").write_text("Place,Prize\n1,$900.00\n2 - 40,$30.00\n", encoding="utf-8")
    rules = settings(
        tmp_path,
        rules={"min_unique": 2},
        contests=[
            {"contest": "501", "payouts": "table.csv", "entries": 200, "fee_usd": 20, "rules": {"max_exposure": 0.5}},
            {"contest": "$1 Quarters", "objective": "0.9", "rules": {"min_unique": 3}},
        ],
        candidates=100,
    )
    target = tmp_path / "filled.csv"
    enter(entries, target, rules=rules, as_json=True)
    told = said(capsys)
    objectives = {g["contest"]: g["objective"] for g in told["groups"]}
    assert objectives == {"501": "roi", "502": "0.9", "503": "points"}
    assert told["groups"][0]["portfolio"]["cost_usd"] == 80
    assert told["groups"][0]["top_player"]["share"] <= 0.5
    before, after = (read(file.read_bytes())[1] for file in (entries, target))
    assert isinstance(before, Entries)
    assert isinstance(after, Entries)
    assert [(e.entry_id, e.contest_name) for e in before.entries] == [
        (e.entry_id, e.contest_name) for e in after.entries
    ]
    given = {e["entry_id"]: [p["id"] for p in e["players"]] for e in told["entries"]}
    lineups = {e.entry_id: [p.external_id for p in e.places] for e in after.entries}
    assert {entry: lineups[entry] for entry in given} == given
    assert len({frozenset(ids) for ids in given.values()}) == 12
    some = [frozenset(ids) for entry, ids in given.items() if entry.startswith("502")]
    assert all(len(a & b) <= 6 for n, a in enumerate(some) for b in some[n + 1 :])
    old, new = (
        list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))) for file in (entries, target)
    )
    assert [row[:4] + row[13:] for row in old] == [row[:4] + row[13:] for row in new]
    assert old[13] == new[13]  # the entry with a locked player


def test_a_column_of_the_projections_may_be_maximised(
    entries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [row.split(",")[2] for row in players()]
    theirs = tmp_path / "projections.csv"
    lines = ["Name,Proj,Leverage", *(f"{name},10,{n % 5}" for n, name in enumerate(names))]
    theirs.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rules = settings(tmp_path, contests=[{"contest": "503", "objective": "Leverage"}])
    enter(entries, tmp_path / "filled.csv", theirs, rules, as_json=True)
    worth = {name: n % 5 for n, name in enumerate(names)}
    sums = {e["entry_id"]: sum(worth[p["name"]] for p in e["players"]) for e in said(capsys)["entries"]}
    assert min(sums["5030"], sums["5031"]) >= 33  # of 36
    rules = settings(tmp_path, contests=[{"contest": "503", "objective": "leverage"}])
    with pytest.raises(BadInput, match="the projections have Leverage"):
        enter(entries, tmp_path / "filled.csv", theirs, rules)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"contests": [{"contest": "Nothing"}]}, "no contest 'Nothing'; it has"),
        ({"contests": [{"contest": "501", "objective": "roi"}]}, "roi needs what the contest pays"),
        ({"contests": [{"contest": "501", "size": 3}]}, "cannot be used"),
        ({"contests": [{"contest": "501"}, {"contest": "501"}]}, "cannot be used"),
        ({"contests": [{"contest": "501", "payouts": "none.csv"}]}, "cannot be read"),
        ({"rules": {"locked": [5]}}, "draftable 5 is not in this slate"),
        ({"contests": 7}, "cannot be used"),
    ],
)
def test_what_cannot_be_used_is_explained(entries: Path, tmp_path: Path, given: dict[str, Any], message: str) -> None:
    target = tmp_path / "filled.csv"
    with pytest.raises(BadInput, match=message):
        enter(entries, target, rules=settings(tmp_path, **given))
    assert not target.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"max_exposure": 0.5}', 'rules stand in "rules": {"rules": {"max_exposure": ...}}'),
        ('{"rule": {}}', "there is no field of this name: there are rules, contests"),
        ('{"rules": {"max_exposures": 0.5}}', "did you mean max_exposure?"),
        ('{"contests": [{"contest": "501", "rules": {"max_exposure": 40}}]}', "40 % is 0.4"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_wrong_in_a_file_of_rules_is_told(entries: Path, tmp_path: Path, text: str, message: str) -> None:
    rules = tmp_path / "wrong.json"
    rules.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        enter(entries, rules=rules)
    assert message in "; ".join([str(refused.value), *(problem.message for problem in refused.value.problems)])


def test_rules_that_clash_name_their_contest(entries: Path, tmp_path: Path) -> None:
    clash = {"teams": [{"team_id": "nfl:BUF", "at_least": 3}], "max_per_team": 2}
    target = tmp_path / "filled.csv"
    with pytest.raises(Infeasible, match=r"\$1 Quarters.*nfl:BUF"):
        enter(entries, target, rules=settings(tmp_path, contests=[{"contest": "502", "rules": clash}]))
    assert not target.exists()


@pytest.mark.shared
def test_a_real_entries_file_before_its_lock_comes_back_filled(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file that was recorded is of a slate half played: here with its entries reserved, in two contests."""
    body = (shared / "data/dfs_originals/entries/dk_nba_2024-11-26_lateswap_DKEntries.csv").read_bytes()
    source, target = tmp_path / "entries.csv", tmp_path / "filled.csv"
    reserved = re.sub(rb"(?m)^(\d+,[^,]*,\d+,[^,]*)(?:,[^,]*){8}", rb"\1,,,,,,,,", body)
    source.write_bytes(reserved.replace(b"170847674", b"170847675", 3))
    enter(source, target, rules=settings(tmp_path, rules={"max_exposure": 0.67}, candidates=50), as_json=True)
    told = said(capsys)
    assert [g["entries"] for g in told["groups"]] == [3, 3]
    before, after = (read(file.read_bytes())[1] for file in (source, target))
    assert isinstance(before, Entries)
    assert isinstance(after, Entries)
    assert before.pool == after.pool
    assert len({frozenset(p.external_id for p in e.places) for e in after.entries}) == 6
    old, new = source.read_bytes().splitlines(), target.read_bytes().splitlines()
    assert len(old) == len(new)
    assert old[len(before.entries) + 1 :] == new[len(before.entries) + 1 :]


def test_a_file_that_was_cut_short_is_refused_in_words(entries: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.csv"
    rows = entries.read_bytes().split(b"\r\n")
    short.write_bytes(b"\r\n".join(rows[:16]))
    with pytest.raises(BadInput, match="those of no contest that we know"):
        enter(short)
