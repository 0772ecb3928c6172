"""`sdp optimize` on a salary file of every declared format, in its site's layout."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from made_salaries import PLAIN, TIERS, salary_text
from sdp_cli.commands.optimize import optimize
from sdp_common.errors import BadInput
from sdp_sports.files import read
from sdp_sports.files.entries import Entries
from sdp_sports.spec import codes, find_contest, load

FORMATS = [contest.code for code in codes() for contest in load(code).contests.values()]


def built(salaries: Path, contest: str, file: Path, count: int = 3, rules: Path | None = None) -> None:
    optimize(salaries=salaries, contest=contest, projections=None, rules=rules, count=count, objective="points",
             worlds=None, payouts=None, entries=None, fee=None, candidates=1000, mapped=None, file=file,
             as_json=False)  # fmt: skip


def written(tmp_path: Path, code: str, text: str) -> Path:
    file = tmp_path / f"{code}.csv"
    file.write_text(text, encoding="utf-8", newline="")
    return file


@pytest.mark.parametrize("code", FORMATS)
def test_a_salary_file_becomes_lineups_that_the_site_reads(code: str, tmp_path: Path) -> None:
    sport, key = find_contest(code)
    contest = sport.contests[key]
    salaries, upload = written(tmp_path, code, salary_text(sport, contest)), tmp_path / "upload.csv"
    built(salaries, code, upload)
    if not contest.upload_header and contest.mode != "tiers":
        with upload.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert [row["lineup"] for row in rows] == ["1", "2", "3"]
        assert all(0 < int(row["salary_usd"]) <= contest.salary_cap_usd for row in rows)
        return
    found, content = read(upload.read_bytes())
    assert (found.kind, found.site) == ("lineups", contest.site)
    assert isinstance(content, Entries)
    tiers = [f"T{number}" for number in range(1, TIERS + 1)]
    assert list(content.slots) == (tiers if contest.mode == "tiers" else [s.name for s in contest.expanded_slots])
    ids = [tuple(place.external_id for place in lineup) for lineup in content.lineups]
    assert len(set(ids)) == 3
    assert all(None not in one and len(set(one)) == len(content.slots) for one in ids)


@pytest.mark.parametrize("code", ["dk_nfl_classic", "dk_nba_showdown", "fd_mlb_classic", "yh_nhl_classic"])
def test_a_plain_table_of_players_does_where_there_is_no_export(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sport, key = find_contest(code)
    contest = sport.contests[key].model_copy(update={"site": "nobody's"})
    file = tmp_path / "lineups.csv"
    built(written(tmp_path, code, salary_text(sport, contest)), code, file)
    assert "is a plain table, for no upload: the salary file tells no ids of its players" in " ".join(
        capsys.readouterr().err.split()
    )
    assert len(file.read_text(encoding="utf-8").splitlines()) == 4


@pytest.mark.parametrize(
    ("head", "row", "told"),
    [
        ("Player,Team,Proj", "A,BUF,3", ["there is no column of position: name one `position`",
                                         "there is no column of salary: name one `salary`"]),
        (PLAIN, "A,QB,BUF,KC,,3", ["is empty"]),
        (PLAIN, "A,QB,BUF,KC,5000,3\nA,QB,BUF,KC,5000,4", ["A (BUF) is in row 2 already"]),
    ],
)  # fmt: skip
def test_a_table_that_lacks_something_is_refused_with_what(
    head: str, row: str, told: list[str], tmp_path: Path
) -> None:
    with pytest.raises(BadInput) as refused:
        built(written(tmp_path, "table", f"{head}\n{row}\n"), "dk_nfl_classic", tmp_path / "out.csv")
    assert [problem.message for problem in refused.value.problems] == told


def test_players_who_cost_nothing_are_refused_by_their_rows(tmp_path: Path) -> None:
    sport, key = find_contest("dk_nfl_classic")
    lines = salary_text(sport, sport.contests[key]).splitlines()
    for number in (3, 7):
        cells = lines[number].split(",")
        lines[number] = ",".join([*cells[:5], "0", *cells[6:]])
    salaries = written(tmp_path, "free", "\n".join(lines))
    with pytest.raises(BadInput, match=r"no salary: Al Man1003 \(row 4\), Al Man1007 \(row 8\): write what each costs"):
        built(salaries, "dk_nfl_classic", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ('{"group_exposure": []}', "there is no rule of this name: did you mean group_exposures?"),
        ('{"captains": []}', "there is no rule of this name; docs/reference/optimizer.md has them all"),
        ('{"max_exposure": 40}', "a share of the lineups, at most 1: 40 % is 0.4"),
        ('{"locked": "Tom"}', "should be a list, like [1, 2]"),
        ('{"locked": ["Al Man1001"]}', "a player is meant by the number of his id; by name in groups: "
         '{"who": {"names": ["..."]}, "at_least": 1}'),
        ('{"teams": [{"team_id": "ARI", "at_least": 1}]}',
         "no player of ARI is in this slate's pool: did you mean nfl:ARI?"),
        ('{"groups": [{"who": {"names": ["Al Mann1001"]}, "at_least": 1}]}',
         "number 1: names: Al Mann1001 is not in this slate's pool: did you mean Al Man1001?"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_used_is_told_with_what_would(rules: str, told: str, tmp_path: Path) -> None:
    sport, key = find_contest("dk_nfl_classic")
    salaries, file = written(tmp_path, "dk", salary_text(sport, sport.contests[key])), tmp_path / "rules.json"
    file.write_text(rules, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        built(salaries, "dk_nfl_classic", tmp_path / "out.csv", rules=file)
    assert [problem.message for problem in refused.value.problems] == [told]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda rows: [row for row in rows if row[0] != "DST"],
            r"too few players for DST \(0 of 1\).*is the list whole",
        ),
        (lambda rows: [[*row[:-1], ""] for row in rows], "nobody in the file has average points: bring projections"),
    ],
)
def test_a_list_that_fills_no_lineup_is_refused_with_what_it_lacks(
    change: Callable[[list[list[str]]], list[list[str]]], told: str, tmp_path: Path
) -> None:
    sport, key = find_contest("dk_nfl_classic")
    head, *rows = (line.split(",") for line in salary_text(sport, sport.contests[key]).splitlines())
    text = "\n".join(",".join(row) for row in [head, *change(rows)])
    with pytest.raises(BadInput, match=told):
        built(written(tmp_path, "list", text), "dk_nfl_classic", tmp_path / "out.csv")


def test_positions_of_another_sport_are_told_beside_those_of_the_contest(tmp_path: Path) -> None:
    with pytest.raises(
        BadInput, match=r"nobody in the file \(ZZ\) plays a position of DraftKings NFL Classic: DST, QB, RB"
    ):
        built(written(tmp_path, "table", f"{PLAIN}\nA,ZZ,BUF,KC,5000,3\n"), "dk_nfl_classic", tmp_path / "out.csv")


def test_a_salary_file_without_salaries_is_refused_by_its_header(tmp_path: Path) -> None:
    sport, key = find_contest("dk_nfl_classic")
    rows = [line.split(",") for line in salary_text(sport, sport.contests[key]).splitlines()]
    text = "\n".join(",".join([*row[:5], *row[6:]]) for row in rows)
    with pytest.raises(BadInput) as refused:
        built(written(tmp_path, "list", text), "dk_nfl_classic", tmp_path / "out.csv")
    (problem,) = refused.value.problems
    assert (problem.row, problem.column, problem.message) == (
        1,
        "Salary",
        "the column is missing: only tiers have none",
    )


def test_rules_nested_without_end_are_no_json(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text("[" * 200_000, encoding="utf-8")
    with pytest.raises(BadInput, match="is not JSON"):
        built(tmp_path / "none.csv", "dk_nfl_classic", tmp_path / "out.csv", rules=file)


def test_more_lineups_than_a_site_takes_are_refused_before_they_are_built(tmp_path: Path) -> None:
    sport, key = find_contest("yh_nba_classic")
    salaries = written(tmp_path, "yh", salary_text(sport, sport.contests[key]))
    with pytest.raises(BadInput, match=r"yahoo takes 300 lineups a file, not 5000.*ends in \.json"):
        built(salaries, "yh_nba_classic", tmp_path / "out.csv", 5000)
    assert not (tmp_path / "out.csv").exists()
