"""Salary files of every site and age, and every way in which one can be wrong."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdp_sports.files import Refused, SalaryFile, read, recognise
from sdp_sports.files.draftkings import HEADER
from sdp_sports.files.salaries import Salary

HEAD = ",".join(HEADER)
GAME = "BUF@PHI 11/26/2023 04:25PM ET"
ROWS = [
    f"WR,A.J. Brown (31162700),A.J. Brown,31162700,WR/FLEX,9000,{GAME},PHI,24.61",
    f"QB,Josh Allen (1),Josh Allen,1,QB,8000,{GAME},BUF,24",
    "DST,Eagles  (2),Eagles ,2,DST,3000,In Progress,PHI,",
]


def written(*rows: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *rows]).encode()


def salaries(body: bytes) -> SalaryFile:
    _, content = read(body)
    assert isinstance(content, SalaryFile)
    return content


def rows(body: bytes) -> tuple[Salary, ...]:
    return salaries(body).rows


def refused(body: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        read(body)
    return caught.value


def test_reads_a_draftkings_file() -> None:
    brown, allen, eagles = rows(b"\xef\xbb\xbf" + written(*ROWS) + b"\r\n\r\n")
    assert (brown.row, brown.external_id, brown.salary_usd, brown.listed_usd) == (2, "31162700", 9000, 9000)
    assert (brown.roster_slots, brown.positions, brown.opponent) == (("WR", "FLEX"), ("WR",), "BUF")
    assert brown.average_points == 24.61
    assert brown.game is not None
    assert (brown.game.away, brown.game.home) == ("BUF", "PHI")
    assert brown.game.starts_at == datetime(2023, 11, 26, 21, 25, tzinfo=UTC)
    assert allen.opponent == "PHI"
    assert (eagles.game, eagles.average_points, eagles.is_off, eagles.name) == (None, None, False, "Eagles")


def test_takes_columns_in_any_order_and_without_the_optional_ones() -> None:
    head = "Player,ID,Name,Position,Roster Position,Salary,Game Info,TeamAbbrev"
    (row,) = rows(written(',9,"Allen, Josh",QB,QB,"$8,000.00",Postponed,BUF', head=head))
    assert (row.name, row.salary_usd, row.is_off) == ("Allen, Josh", 8000, True)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_takes_other_separators_and_line_ends(separator: str) -> None:
    body = written(*ROWS).replace(b",", separator.encode()).replace(b"\r\n", b"\r")
    assert [row.external_id for row in rows(body)] == ["31162700", "1", "2"]


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"Salary": "-500"}, "Salary", "negative"),
        ({"Salary": "cheap"}, "Salary", "not a whole number"),
        ({"Salary": "9e3"}, "Salary", "not a whole number"),
        ({"Salary": "9000.50"}, "Salary", "not a whole number"),
        ({"Salary": "٣٠٠٠"}, "Salary", "not a whole number"),
        ({"Salary": "99999999"}, "Salary", "more than any"),
        ({"Salary": "9" * 5000}, "Salary", "more than any"),
        ({"Salary": ""}, "Salary", "not a whole number"),
        ({"AvgPointsPerGame": "many"}, "AvgPointsPerGame", "not a number"),
        ({"AvgPointsPerGame": "1,5"}, "AvgPointsPerGame", "decimals with a point"),
        ({"AvgPointsPerGame": "nan"}, "AvgPointsPerGame", "not a number"),
        ({"AvgPointsPerGame": "1e999"}, "AvgPointsPerGame", "more than any"),
        ({"Game Info": "BUF-PHI"}, "Game Info", "is not like"),
        ({"Game Info": "BUF@PHI sometime"}, "Game Info", "is not like"),
        ({"Game Info": "BUF@PHI 13/45/2023 04:25PM ET"}, "Game Info", "no such day"),
        ({"Game Info": ""}, "Game Info", "empty"),
        ({"Name": ""}, "Name", "empty"),
        ({"Name": "x" * 300}, "Name", "longer"),
        ({"ID": "1"}, "ID", "in row 2 already"),
        (
            {"ID": "5", "Name": "Josh Allen", "TeamAbbrev": "BUF", "Position": "QB", "Roster Position": "QB"},
            "Name",
            "row 2",
        ),
    ],
)
def test_names_the_row_and_column_of_a_fault(change: dict[str, str], column: str, words: str) -> None:
    cells = dict(zip(HEADER, ROWS[0].split(","), strict=True)) | change
    quoted = ['"' + cells[name] + '"' for name in HEADER]
    error = refused(written(ROWS[1], ",".join(quoted)))
    fault = error.faults[0]
    assert (fault.row, fault.column) == (3, column)
    assert words in fault.message


def test_tells_every_fault_at_once() -> None:
    error = refused(written(ROWS[0].replace("9000", "x"), ROWS[1].replace("8000", "-1"), "QB,short"))
    assert [(f.row, f.column) for f in error.faults] == [(2, "Salary"), (3, "Salary"), (4, None)]


def test_a_thousand_faults_are_counted_not_listed() -> None:
    error = refused(written(*[ROWS[0].replace("9000", "x")] * 1000))
    assert len(error.faults) == 201
    assert error.faults[-1].message == "and 800 more"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b",,\n,,\n", "empty"),
        (HEAD.encode(), "no players"),
        (b"PK\x03\x04 a workbook", "spreadsheet or a ZIP"),
        (b"\xd0\xcf\x11\xe0 an old workbook", "spreadsheet"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"%PDF-1.7", "PDF"),
        (b"\x00\x01\x02", "not a text file"),
        (written(ROWS[0]) + b"\n\x00", "not a text file"),
        ("\ufeff".encode("utf-16-le") + HEAD.encode("utf-16-le"), "UTF-16"),
        (b"<!DOCTYPE html><html><body>Please sign in</body></html>", "web page"),
        (b"  <html>\n", "web page"),
        (written(ROWS[0]).replace(b"Brown", b"Br\xe9wn"), "not UTF-8"),
        (b"a,b\n1,2", "no file that we know"),
        (HEAD.encode() + b'\nWR,"open quote', "not CSV"),
        (written(*[ROWS[0]] * 21_000), "more than 20,000 rows"),
        (written(ROWS[0].replace("A.J. Brown", "x" * 30_000)), "longer than any site writes"),
        (written(ROWS[0].replace("A.J. Brown", "x" * 300_000)), "not CSV"),
        (b"x" * (100 * 2**20 + 1), "larger than 100 MB"),
        (written(head=HEAD + ",Salary"), "stands twice"),
        (b"[1, 2]", "no table of payouts"),
        (b"{" * 100_000, "no table of payouts"),
    ],
)
def test_refuses_what_is_no_such_file_and_says_what_it_is(body: bytes, words: str) -> None:
    error = refused(body)
    assert words in " ".join([error.message, *(fault.message for fault in error.faults)])


def test_the_row_of_a_letter_that_is_not_utf8_is_named() -> None:
    (fault,) = refused(written(ROWS[0]).replace(b"Brown", b"Br\xe9wn")).faults
    assert fault.row == 2


def test_a_missing_column_is_named() -> None:
    error = refused(written(*ROWS, head=HEAD.replace("TeamAbbrev,", "")))
    assert [(f.row, f.column) for f in error.faults] == [(1, "TeamAbbrev")]


def test_salaries_may_lack_in_tiers_alone() -> None:
    tiers = ["C", "PG"]
    head = HEAD.replace("Salary,", "")
    body = [f"{p},A {i} ({i}),A {i},{i},T{i},BOS@MIA 12/21/2018 07:30PM ET,BOS,9" for i, p in enumerate(tiers, 1)]
    empty = [row.replace(",BOS@MIA", ",,BOS@MIA") for row in body]
    for found in (salaries(written(*body, head=head)), salaries(written(*empty))):
        assert (found.sport, found.contest) == ("nba", "draftkings_tiers")
        assert [(row.roster_slots, row.salary_usd) for row in found.rows] == [(("T1",), None), (("T2",), None)]
    error = refused(written(body[0].replace(",T1,", ",C/UTIL,"), head=head))
    assert error.faults[0].column == "Salary"


def test_a_captain_costs_what_his_plain_copy_does_before_the_slot_multiplies() -> None:
    showdown = [
        f"QB,Josh Allen (1),Josh Allen,1,CPT,18000,{GAME},BUF,24",
        f"QB,Josh Allen (2),Josh Allen,2,FLEX,12000,{GAME},BUF,24",
        f"K,Jake Elliott (3),Jake Elliott,3,FLEX,3800,{GAME},PHI,8",
        f"WR,A.J. Brown (4),A.J. Brown,4,CPT,16500,{GAME},PHI,20",
    ]
    found = salaries(written(*showdown))
    captain, plain, _, alone = found.rows
    assert (captain.listed_usd, captain.salary_usd, plain.salary_usd) == (18_000, 12_000, 12_000)
    assert captain.athlete == plain.athlete
    assert captain.external_id != plain.external_id
    assert alone.salary_usd == 11_000
    assert (found.sport, found.contest) == ("nfl", "draftkings_showdown")


def test_a_race_has_a_title_in_place_of_teams() -> None:
    body = written(*(f"D,Driver {i} ({i}),Driver {i},{i},D,9{i}00,DAYTONA 500,Nasca,39" for i in range(7)))
    found = salaries(body)
    assert (found.sport, found.contest) == ("nascar", "draftkings_classic")
    assert found.rows[0].game is not None
    assert (found.rows[0].game.text, found.rows[0].game.home) == ("DAYTONA 500", None)


@pytest.mark.parametrize(
    ("text", "away", "home"),
    [
        ("CEL vs LGN 03:00PM ET", "LGN", "CEL"),
        ("Alcaraz Garfia@Ramos-Vinolas 02/17/2020 06:20PM ET", "Alcaraz Garfia", "Ramos-Vinolas"),
        ("Pit@Cle 01:00PM ET", "Pit", "Cle"),
    ],
)
def test_how_games_are_written(text: str, away: str, home: str) -> None:
    (row,) = rows(written(f"P,A (1),A,1,P,9000,{text},{home},1"))
    assert row.game is not None
    assert (row.game.away, row.game.home, row.opponent) == (away, home, away)


def test_the_layout_of_2016_has_neither_ids_nor_slots() -> None:
    positions = ["QB", "RB", "WR", "TE", "DST"]
    body = ['"Position","Name","Salary","GameInfo","AvgPointsPerGame","teamAbbrev"']
    body += [f'"{p}","Man {p}",{5000 + i},"Pit@Cle 01:00PM ET",23.000,"Pit"' for i, p in enumerate(positions)]
    found = salaries("\n".join(body).encode())
    assert (found.sport, found.contest) == ("nfl", "draftkings_classic")
    assert found.rows[1].external_id is None
    assert found.rows[1].roster_slots == ("RB", "FLEX"), "slots as the one contest fills them"
    assert found.rows[0].game is not None
    assert found.rows[0].game.starts_at is None


FANDUEL = (
    "Id,Position,First Name,Nickname,Last Name,FPPG,Played,Salary,Game,Team,Opponent,Injury Indicator,"
    "Injury Details,Tier,Probable Pitcher,Batting Order,Roster Position"
)


def test_reads_a_fanduel_file() -> None:
    body = written(
        "88083-1,P,Corbin,Corbin Burnes,Burnes,39.18181818181818,33,11000,MIL@CHC,MIL,CHC,,,,Yes,,P",
        "88083-2,C/OF,Will,,Smith,,0,3000,MIL@CHC,CHC,MIL,DTD,Knee,,,4,C/1B/OF/UTIL",
        head=FANDUEL,
    )
    pitcher, catcher = rows(body)
    assert (pitcher.external_id, pitcher.is_probable, pitcher.roster_slots) == ("88083-1", True, ("P",))
    assert (catcher.name, catcher.roster_slots, catcher.batting_order) == ("Will Smith", ("C/1B", "OF", "UTIL"), 4)
    assert (catcher.injury, catcher.injury_note, catcher.average_points) == ("DTD", "Knee", None)


def test_a_single_game_names_what_its_slots_multiply() -> None:
    roster = "MVP - 1.5X Points/AnyFLEX"
    body = written(
        *(f"7-{i},{p},A,A {i},B,9,9,9000,JAC@LV,LV,JAC,,,,,,{roster}" for i, p in enumerate(["QB", "K", "WR"])),
        head=FANDUEL,
    )
    found = salaries(body)
    assert found.rows[0].roster_slots == ("MVP", "FLEX")
    assert set(found.contests) == {("nfl", "fanduel_single_game"), ("nfl", "fanduel_single_game_2024")}
    assert (found.sport, found.contest) == ("nfl", None), "the file has no date that would tell the two apart"


def test_old_quoted_files_have_two_nameless_columns() -> None:
    head = '"Id","Position","First Name","Nickname","Last Name","FPPG","Played","Salary","Game","Team","Opponent","",""'
    body = [f'"9-{i}","{p}","A","","{p}","5","3","5000","PIT@CLE","PIT","CLE","",""' for i, p in enumerate("G")]
    found = salaries("\n".join([head, *body]).encode())
    assert found.rows[0].name == "A G"


def test_reads_a_yahoo_file() -> None:
    head = "ID, First Name, Last Name, Position, Team, Opponent, Game, Time, Salary, FPPG, Injury Status, Starting"
    positions = ["PG", "SG", "SF", "PF", "C"]
    body = [f"nba.p.{i},A,B{i},{p},BOS,MIA,BOS@MIA,7:30PM EST,{20 + i},30.1, ,Yes" for i, p in enumerate(positions)]
    found = salaries("\n".join([head, *body]).encode())
    assert (found.sport, found.contest) == ("nba", "yahoo_classic")
    row = found.rows[0]
    assert (row.external_id, row.salary_usd, row.injury, row.is_probable) == ("nba.p.0", 20, None, True)
    assert row.roster_slots == ("PG", "G", "UTIL")
    assert recognise("\n".join([head, *body]).encode()).site == "yahoo"


def test_reads_a_fantasydraft_file() -> None:
    head = "Position, Name, Team, Game, Avg FPPG, Salary"
    positions = ["QB", "RB", "WR", "TE", "DST"]
    body = [f'"{p}","Man {p}","Steelers","PIT @ JAX","2.45","$6,400.00"' for p in positions]
    found = salaries("\n".join([head, *body]).encode())
    assert (found.sport, found.contest) == ("nfl", "fantasydraft_classic")
    assert (found.rows[0].salary_usd, found.rows[0].external_id) == (6400, None)


@given(st.binary(max_size=300))
def test_no_bytes_break_it(body: bytes) -> None:
    heads = [HEAD, FANDUEL, "Position,Name,Salary,GameInfo,AvgPointsPerGame,teamAbbrev", "Name,Fpts,Own%"]
    for whole in (body, *(head.encode() + b"\n" + body for head in heads)):
        with suppress(Refused):
            read(whole)


def test_yahoos_entries_are_refused_as_what_they_are() -> None:
    head = "Contest Title,Entry Fee,Contest ID,Entry ID,QB,RB,RB,WR,WR,WR,TE,FLEX,DEF"
    with pytest.raises(Refused, match="Yahoo's entries") as refused:
        recognise(f"{head}\nCup,1,77,4001,nfl.p.7$nfl.g.9 - A B,,,,,,,,nfl.t.3$nfl.g.9\n".encode())
    assert "sdp optimize" in refused.value.faults[0].message
