"""The salary file, and every way in which it can be wrong."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdp_common.errors import BadInput
from sdp_ingestion.salaries_csv import HEADER, parse

HEAD = ",".join(HEADER)
ROWS = [
    "WR,A.J. Brown (31162700),A.J. Brown,31162700,WR/FLEX,9000,BUF@PHI 11/26/2023 04:25PM ET,PHI,24.61",
    "QB,Josh Allen (1),Josh Allen,1,QB,8000,BUF@PHI 11/26/2023 04:25PM ET,BUF,24",
    "DST,Eagles  (2),Eagles ,2,DST,3000,In Progress,PHI,",
]


def written(*rows: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *rows]).encode()


def refused(body: bytes) -> BadInput:
    with pytest.raises(BadInput) as caught:
        parse(body)
    return caught.value


def test_reads_a_file() -> None:
    brown, _, eagles = parse(b"\xef\xbb\xbf" + written(*ROWS) + b"\r\n\r\n")
    assert (brown.row, brown.external_id, brown.salary_usd) == (2, "31162700", 9000)
    assert brown.roster_slots == ("WR", "FLEX")
    assert brown.average_points == 24.61
    assert brown.game is not None
    assert (brown.game.away, brown.game.home) == ("BUF", "PHI")
    assert brown.game.starts_at == datetime(2023, 11, 26, 21, 25, tzinfo=UTC)
    assert (eagles.game, eagles.average_points, eagles.is_off) == (None, None, False)


def test_takes_columns_in_any_order_and_without_the_optional_ones() -> None:
    head = "ID,Name,Position,Roster Position,Salary,Game Info,TeamAbbrev"
    (row,) = parse(written('9,"Allen, Josh",QB,QB,"$8,000",Postponed,BUF', head=head))
    assert (row.name, row.salary_usd, row.is_off) == ("Allen, Josh", 8000, True)


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"Salary": "-500"}, "Salary", "negative"),
        ({"Salary": "cheap"}, "Salary", "not a whole number"),
        ({"Salary": "9e3"}, "Salary", "not a whole number"),
        ({"Salary": "٣٠٠٠"}, "Salary", "not a whole number"),
        ({"Salary": "99999999"}, "Salary", "more than any"),
        ({"Salary": ""}, "Salary", "not a whole number"),
        ({"AvgPointsPerGame": "many"}, "AvgPointsPerGame", "not a number"),
        ({"Game Info": "BUF-PHI"}, "Game Info", "is not like"),
        ({"Game Info": "BUF@PHI 13/45/2023 04:25PM ET"}, "Game Info", "is not like"),
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
    error = refused(written(ROWS[1], ",".join(cells[name] for name in HEADER)))
    (problem,) = error.problems
    assert (problem.row, problem.column) == (3, column)
    assert words in problem.message


def test_tells_every_fault_at_once() -> None:
    error = refused(written(ROWS[0].replace("9000", "x"), ROWS[1].replace("8000", "-1"), "QB,short"))
    assert [(p.row, p.column) for p in error.problems] == [(2, "Salary"), (3, "Salary"), (4, None)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (HEAD.encode(), "no players"),
        (b"PK\x03\x04 a workbook", "not text"),
        (b"\x00\x01\x02", "not text"),
        (written(ROWS[0]).replace(b"Brown", b"Br\xe9wn"), "not UTF-8"),
        (b"Position,Name,Salary,GameInfo,AvgPointsPerGame,teamAbbrev\nWR,A,1,x,1,Pit", "2016"),
        (b"QB,RB,RB,WR,WR,WR,TE,FLEX,DST,,Instructions\n", "upload template"),
        (b"Id,Position,First Name,Nickname,Last Name,FPPG,Salary\n", "FanDuel"),
        (b"Rank,EntryId,EntryName\n1,2,x", "entries or standings"),
        (b"a,b\n1,2", "not DraftKings"),
        (HEAD.encode() + b'\nWR,"open quote', "not a CSV"),
        (written(*[ROWS[0]] * 21_000), "more than 20,000 rows"),
    ],
)
def test_refuses_another_file_and_says_what_it_is(body: bytes, words: str) -> None:
    assert words in refused(body).message


def test_a_missing_column_is_named() -> None:
    error = refused(written(head=HEAD.replace("Salary,", "")))
    assert [(p.row, p.column) for p in error.problems] == [(1, "Salary")]


@given(st.binary(max_size=300))
def test_no_bytes_break_it(body: bytes) -> None:
    for whole in (body, HEAD.encode() + b"\n" + body):
        with suppress(BadInput):
            assert all(row.salary_usd >= 0 for row in parse(whole))
