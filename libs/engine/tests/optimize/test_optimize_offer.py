"""What a salary file offers with another tool's projections: who is meant, who is not, and what is refused."""

import pytest
from sdp_engine.optimize.offer import Offer, offer
from sdp_sports.files import read
from sdp_sports.files.projections import Projections
from sdp_sports.files.recognition import SalaryFile
from sdp_sports.spec import find_contest

HEAD = "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame"
GAME = "BOS@LAL 11/26/2030 07:00PM ET"
CLASSIC = [
    (1, "Max Man", "PG", "LAL"), (2, "Luka Dončić", "SG", "LAL"),
    (3, "Ray Same", "PG", "LAL"), (4, "Ray Same", "C", "BOS"),
]  # fmt: skip


def classic(projections: str) -> Offer:
    lines = [f"{p},{n} ({i}),{n},{i},{p}/UTIL,5000,{GAME},{t},20" for i, n, p, t in CLASSIC]
    return offered("dk_nba_classic", lines, projections)


def showdown(projections: str) -> Offer:
    people = [(10, "Al One", "LAL"), (20, "Bo Two", "BOS")]
    lines = [
        f"PG,{n} ({i + k}),{n},{i + k},{slot},{5000 * (3 - k) // 2},{GAME},{t},20"
        for i, n, t in people
        for k, slot in enumerate(["CPT", "UTIL"])
    ]
    return offered("dk_nba_showdown", lines, projections)


def offered(contest: str, lines: list[str], projections: str) -> Offer:
    _, salaries = read("\n".join([HEAD, *lines]).encode())
    _, told = read(projections.encode())
    assert isinstance(salaries, SalaryFile)
    assert isinstance(told, Projections)
    sport, key = find_contest(contest)
    return offer(sport, sport.contests[key], salaries.rows, told.rows)


def points(found: Offer) -> dict[int, float]:
    return dict(found.pool.select("draftable_id", "points").iter_rows())


@pytest.mark.parametrize("lines", ["Max Man,OKC,PG,9\nMax Man,LAL,PG,7", "Max Man,LAL,PG,7\nMax Man,OKC,PG,9"])
def test_whoever_is_called_alike_and_plays_elsewhere_is_somebody_else(lines: str) -> None:
    found = classic(f"Player,Team,Pos,Proj\n{lines}\n")
    assert points(found) == {1: 7.0}
    assert [(one.team, one.points) for one in found.unmatched] == [("OKC", 9.0)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Player,Team,Proj\nRay Same,LAL,5\nRay Same,BOS,6\n", {3: 5.0, 4: 6.0}),
        ("Player,Pos,Proj\nRay Same,C,6\nRay Same,PG,5\n", {3: 5.0, 4: 6.0}),
        ("ID,Proj\n4,6\n3,5\n", {3: 5.0, 4: 6.0}),
        ('Player,Proj\n"Doncic, Luka",3\nRay Same,1\n', {2: 3.0}),
        ("Player,Proj\nLuka Doncic,3\nLuka Dončić,3\n", {2: 3.0}),
    ],
)
def test_two_of_one_name_are_told_apart_by_what_the_file_has(text: str, expected: dict[int, float]) -> None:
    assert points(classic(text)) == expected


def test_a_player_who_is_told_of_twice_is_refused_with_the_rows() -> None:
    with pytest.raises(ValueError, match="Luka Dončić is told of twice, in rows 2 and 4: keep one"):
        classic("Player,Proj\nLuka Doncic,3\nMax Man,4\nLuka Doncic,5\n")


def test_projections_of_another_slate_are_told_so() -> None:
    with pytest.raises(
        ValueError, match=r"the projections \(Who Ever, Ray Same\) name nobody of the salary file, or several"
    ):
        classic("Player,Proj\nWho Ever,3\nRay Same,4\n")


@pytest.mark.parametrize(
    "text",
    [
        "ID,Proj,Own\n10,15,8\n11,10,30\n20,18,4\n21,12,20\n",
        "ID,Proj,Own\n11,10,30\n10,15,8\n21,12,20\n20,18,4\n",
        "Player,Roster Position,Proj,Own\nAl One,CPT,15,8\nAl One,UTIL,10,30\nBo Two,CPT,18,4\nBo Two,UTIL,12,20\n",
    ],
)
def test_a_captains_own_row_tells_his_ownership_and_not_his_points(text: str) -> None:
    found = showdown(text)
    assert points(found) == {10: 10.0, 11: 10.0, 20: 12.0, 21: 12.0}
    owned = dict(found.pool.select("draftable_id", "ownership").iter_rows())
    assert owned == {10: 0.08, 11: 0.3, 20: 0.04, 21: 0.2}
    assert found.unmatched == ()


def test_what_is_told_of_one_copy_alone_holds_for_both() -> None:
    assert points(showdown("ID,Proj\n10,15\n21,12\n")) == {10: 15.0, 11: 15.0, 20: 12.0, 21: 12.0}
