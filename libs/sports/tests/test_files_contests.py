"""Entries, standings, payouts and projections: read, filled in, and refused with a reason."""

import csv
import io
from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdp_sports.files import Refused, read, recognise
from sdp_sports.files.entries import Entries
from sdp_sports.files.filling import fill_entries
from sdp_sports.files.payouts import Payouts
from sdp_sports.files.projections import Projections
from sdp_sports.files.standings import Lineups, Standings
from sdp_sports.files.upload import Listed, Pick, plain_file, upload_file
from sdp_sports.spec import load

POOL = "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame"
ENTRIES = (
    "Entry ID,Contest Name,Contest ID,Entry Fee,PG,C,UTIL,,Instructions\r\n"
    '4533123419,"Four Point Play, 20",170847674,$4,Ann Ace (101) (LOCKED),Bob Big(102),Cy Cee (103),,1. Column A\r\n'
    "4533123420,Other,170847675,$1 ,,,,,2. Your current lineup\r\n"
    f'4533123421,Other,170847675,"$1,000",101,102,LOCKED,,\r\n,,,,,,,,,{POOL}\r\n'
    ",,,,,,,,,PG,Ann Ace (101) (LOCKED),Ann Ace,101,PG/UTIL,9000,In Progress,MIL,61.02\r\n"
    ",,,,,,,,,C,Bob Big (102),Bob Big,102,C/UTIL,8000,MIL@MIA 11/26/2024 07:30PM ET,MIA,50.66\r\n"
)
FANDUEL = (
    '"entry_id","contest_id","contest_name","entry_fee","MVP - 1.5X Points","AnyFLEX","","Instructions"\n'
    '"9-1","9","Single","1","777-12:Ann Ace","","","Hi"\n'
)


def content(body: str | bytes, kind: type):
    _, found = read(body.encode() if isinstance(body, str) else body)
    assert isinstance(found, kind)
    return found


def test_entries_stand_beside_their_pool() -> None:
    found = content("\ufeff" + ENTRIES, Entries)
    assert (found.site, found.slots, found.first_place) == ("draftkings", ("PG", "C", "UTIL"), 4)
    first, reserved, third = found.entries
    assert (first.entry_id, first.contest_id, first.fee_usd) == ("4533123419", "170847674", 4.0)
    assert [(p.external_id, p.name, p.is_locked) for p in first.places] == [
        ("101", "Ann Ace", True),
        ("102", "Bob Big", False),
        ("103", "Cy Cee", False),
    ]
    assert (reserved.is_reserved, reserved.fee_usd, third.fee_usd) == (True, 1.0, 1000.0)
    assert (third.places[0].external_id, third.places[2].is_locked) == ("101", True)
    assert [(row.external_id, row.is_locked) for row in found.pool] == [("101", True), ("102", False)]


def test_fanduels_entries_name_players_the_other_way() -> None:
    found = content(FANDUEL, Entries)
    assert (found.site, found.slots) == ("fanduel", ("MVP", "FLEX"))
    assert [(p.external_id, p.name) for p in found.entries[0].places] == [("777-12", "Ann Ace"), (None, None)]


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("Bob Big(102)", "Bob Big", (2, "C"), "is not like"),
        ("4533123421", "4533123419", (5, "Entry ID"), "in row 2 already"),
        ("$4", "four", (2, "entry_fee"), "not a number"),
        ("8000", "x", (7, "Salary"), "not a whole number"),
    ],
)
def test_entries_that_cannot_be_read_are_named(old: str, new: str, where: tuple[int, str], words: str) -> None:
    with pytest.raises(Refused) as caught:
        read(ENTRIES.replace(old, new, 1).replace("4533123421", "4533123421").encode())
    fault = caught.value.faults[0]
    assert words in fault.message
    assert fault.row is not None


def test_filling_changes_what_it_should_and_nothing_else() -> None:
    body = ("\ufeff" + ENTRIES).encode()
    assert fill_entries(body, "draftkings", {}) == body
    assert fill_entries(body, "draftkings", {"4533123419": [Pick("101", "Ann Ace"), None, None]}) == body
    lineups = {"4533123419": [None, Pick("104", "Dee, Di"), None], "4533123420": [Pick(str(i), "N") for i in (1, 2, 3)]}
    filled = fill_entries(body, "draftkings", lineups)
    before, after = (list(csv.reader(io.StringIO(b.decode("utf-8-sig"), newline=""))) for b in (body, filled))
    changed = [(r, c) for r, row in enumerate(before) for c, cell in enumerate(row) if after[r][c] != cell]
    assert changed == [(1, 5), (2, 4), (2, 5), (2, 6)]
    assert (after[1][5], after[2][4]) == ("Dee, Di (104)", "N (1)")
    assert filled.replace(b'"Dee, Di (104)"', b"Bob Big(102)").replace(b"N (1),N (2),N (3)", b",,") == body
    assert content(filled, Entries).entries[0].places[1].name == "Dee, Di"


def test_filling_keeps_the_quotes_of_fanduel() -> None:
    filled = fill_entries(FANDUEL.encode(), "fanduel", {"9-1": [None, Pick("777-13", "=Bo")]})
    assert b'"777-12:Ann Ace","777-13:Bo","","Hi"' in filled


@pytest.mark.parametrize("sign", [";", "\t"])
def test_filling_writes_where_other_signs_part_the_cells(sign: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=sign).writerows(csv.reader(io.StringIO(ENTRIES, newline="")))
    filled = fill_entries(
        text.getvalue().encode(), "draftkings", {"4533123419": [None, Pick("104", f"D{sign}i"), None]}
    )
    assert f'"D{sign}i (104)"' in filled.decode()
    assert content(filled, Entries).entries[0].places[1].external_id == "104"


@pytest.mark.parametrize("place", [0, 1, 4, 7])
@pytest.mark.parametrize("label", ["Note", ""])
def test_a_column_of_ones_own_is_passed_over(place: int, label: str) -> None:
    rows = [row + [""] * (9 - len(row)) for row in csv.reader(io.StringIO(ENTRIES, newline=""))]
    for number, row in enumerate(rows):
        row.insert(place, "" if number > 3 else label if number == 0 else "two\nlines")
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    found, plain = content(text.getvalue(), Entries), content(ENTRIES, Entries)
    assert (found.slots, found.pool and len(found.pool)) == (plain.slots, len(plain.pool))
    assert [(e.entry_id, e.fee_usd, e.places) for e in found.entries] == [
        (e.entry_id, e.fee_usd, e.places) for e in plain.entries
    ]


def test_ids_that_a_spreadsheet_has_shortened_are_refused_as_that() -> None:
    with pytest.raises(Refused) as caught:
        read(ENTRIES.replace("4533123419", "4.53312E+09").encode())
    assert caught.value.faults[0].row == 2
    assert "a spreadsheet has shortened this number" in caught.value.faults[0].message


@pytest.mark.parametrize(
    ("lineups", "words"),
    [
        ({"1": [None, None, None]}, "no entry 1"),
        ({"4533123419": [None]}, "has 3 places, the lineup 1"),
        ({"4533123419": [Pick("102", "Bob Big"), None, None]}, "Ann Ace is locked and must stay"),
        ({"4533123421": [None, None, Pick("9", "X")]}, "LOCKED is locked"),
    ],
)
def test_filling_refuses_what_the_site_would(lineups, words: str) -> None:
    with pytest.raises(Refused) as caught:
        fill_entries(ENTRIES.encode(), "draftkings", lineups)
    assert words in caught.value.faults[0].message


@given(st.text(alphabet='a,"\r\n (1)', max_size=60))
def test_an_unchanged_file_comes_back_sign_by_sign(tail: str) -> None:
    body = (ENTRIES + tail).encode()
    with suppress(Refused):
        assert fill_entries(body, "draftkings", {}) == body


TEMPLATE = f"PG,C,UTIL,,Instructions\n,,,,1. Locate\n \n,,,,{POOL}\n" + "".join(
    f",,,,C,Man {i} ({i}),Man {i},{i},C/UTIL,5000,MIL@MIA 11/26/2024 07:30PM ET,MIA,9\n" for i in range(3)
)


def test_a_template_has_players_and_no_entries() -> None:
    assert recognise(TEMPLATE.encode()).kind == "template"
    found = content(TEMPLATE, Entries)
    assert (found.site, found.slots, found.entries) == ("draftkings", ("PG", "C", "UTIL"), ())
    assert [row.external_id for row in found.pool] == ["0", "1", "2"]


STANDINGS = (
    "\ufeffRank,EntryId,EntryName,TimeRemaining,Points,Lineup,,Player,Roster Position,%Drafted,FPTS\n"
    "1,15495323817,zed (1/12),300.56,78,C Al C. Ox F LOCKED G Bo Jones Jr. PG Kay,,Al C. Ox,C,58.71%,0\n"
    "2,15495323818,may,0,77.75,,,Bo Jones Jr.,G,46.99%,3.25\n"
    ",,,,,,,Kay,PG,9%,\n"
    ",,,,,,,F Ay,F,1.5%,\n"
)


def test_standings_are_two_tables() -> None:
    found = content(STANDINGS, Standings)
    first, second = found.entries
    assert (first.user, first.entry_number, first.entries_of_user) == ("zed", 1, 12)
    assert first.lineup == (("C", "Al C. Ox"), ("F", None), ("G", "Bo Jones Jr."), ("PG", "Kay"))
    assert (second.user, second.entries_of_user, second.lineup, second.points) == ("may", 1, (), 77.75)
    assert [(p.name, p.slot, p.share_drafted, p.points) for p in found.players[:1]] == [("Al C. Ox", "C", 0.5871, 0.0)]
    assert len(found.players) == 4
    assert not found.is_final


def test_a_lineup_is_split_where_names_end() -> None:
    lineups = Lineups({"C", "G", "UTIL"}, {"G Man", "C", "Al C. Ox", "Ann C"})
    found = lineups.split("C Ann C G Al C. Ox UTIL G Man")
    assert found == (("C", "Ann C"), ("G", "Al C. Ox"), ("UTIL", "G Man"))
    assert lineups.split("XX Ann") is None
    assert lineups.split("") == ()


def test_what_many_entries_have_in_a_slot_is_kept_once() -> None:
    lineups = Lineups({"C", "G"}, {"Al C. Ox", "Bo"})
    first, second = lineups.split("C Al C. Ox G Bo"), lineups.split("C Al C. Ox G LOCKED")
    assert first is not None
    assert second is not None
    assert first[0] is second[0]
    assert second[1] == ("G", None)


@pytest.mark.parametrize("known", [{"Bo", "Bo G", "Al"}, {"Bo", "Al", "Cy Ox Jr."}])
def test_lineups_are_read_alike_whatever_was_read_before(known: set[str]) -> None:
    texts = [
        "C Bo G Al",
        "C Al G Bo G",
        "C Bo G G Al",
        "C Bo  G  Al",
        "C Cy Ox Jr. G LOCKED",
        "G Al C Di Unknown",
        "C Bo G",
    ]
    together = Lineups({"C", "G"}, known)
    again = [[together.split(text) for text in texts] for _ in range(2)]
    assert again[0] == again[1] == [Lineups({"C", "G"}, known).split(text) for text in texts]


def packed(**members: bytes) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name.replace("_csv", ".csv"), body)
    return made.getvalue()


def test_standings_are_read_out_of_the_archive_that_the_site_sends() -> None:
    body = STANDINGS.encode()
    _, found = read(packed(standings_csv=body))
    assert found == read(body)[1]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (packed(a_csv=b"a,b", b_csv=b"a,b"), "ZIP archive"),
        (packed(readme=b"a,b"), "ZIP archive"),
        (packed(a_csv=STANDINGS.encode())[:-40], "ZIP archive"),
        (packed(a_csv=bytes(64 * 2**20 + 1)), "in the archive is larger than 64 MB"),
    ],
)
def test_an_archive_of_anything_else_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(Refused, match=message):
        read(body)


def test_a_slot_that_is_told_of_nobody_is_known_from_the_contests() -> None:
    order = ("QB", "RB", "RB", "WR", "WR", "WR", "TE", "FLEX", "DST")
    names = [f"Man {n}" for n in range(9)]
    lineup = " ".join(f"{slot} {name}" for slot, name in zip(order, names, strict=True))
    lines = ["Rank,EntryId,EntryName,TimeRemaining,Points,Lineup,,Player,Roster Position,%Drafted,FPTS"]
    for n, slot in enumerate(order):
        entry = f"1,7,zed,0,90,{lineup}" if n == 0 else ",,,,,"
        lines.append(f"{entry},,{names[n]},{slot.replace('FLEX', 'RB')},100%,10")
    found = content("\n".join(lines), Standings)
    assert found.entries[0].lineup == tuple(zip(order, names, strict=True))


def test_standings_without_players_are_refused_as_that() -> None:
    header = "Rank,EntryId,EntryName,TimeRemaining,Points,Lineup,,Player,Roster Position,%Drafted,FPTS\n"
    with pytest.raises(Refused, match="tell of no player"):
        read(f"{header}1,7,z,0,9,C Al,,,,,\n".encode())


def test_standings_that_cannot_be_read_are_named() -> None:
    with pytest.raises(Refused) as caught:
        read(STANDINGS.replace("77.75", "many").replace("1,15495323817", "first,15495323817").encode())
    assert [(f.row, f.column) for f in caught.value.faults] == [(2, "Rank"), (3, "Points")]


def test_payouts_from_a_table_and_from_json() -> None:
    found = content('Place,Payout,Field Size,Entry Fee\n1,"$5,000.00",1936,88\n2nd,1500,,\n3-10,75,,\n', Payouts)
    assert (found.entries, found.fee_usd, found.places_paid, found.prize_pool_usd) == (1936, 88.0, 10, 7100.0)
    told = '{"name": "X", "entry_fee": 1.0, "total_entries": 9, "payouts": [{"start": 1, "end": 2, "amount": 4.5}]}'
    assert content(told, Payouts).prize_pool_usd == 9.0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Place,Payout\n1,5\n3,2\n", "place 2 should come next"),
        ("Place,Payout\n1-5,5\n4,2\n", "place 6 should come next"),
        ("Place,Payout\nlast,5\n", "not a place"),
        ("Place,Payout\n1,\n", "not a prize"),
        ("Place,Payout\n1,-5\n", "negative"),
        ("Place,Payout,Entries\n1-20,5,10\n", "20 places are paid in a contest of 10"),
        ('{"payouts": []}', "names no prize"),
        ('{"payouts": [{"start": "one"}]}', "no table of payouts"),
    ],
)
def test_payouts_that_do_not_add_up_are_refused(body: str, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read(body.encode())
    assert words in " ".join([caught.value.message, *(fault.message for fault in caught.value.faults)])


TOOLS = {
    "edited": "DFS ID,Name,Pos,Team,Opp,Salary,SS Proj,My Proj,SS Own,My Own,dk_points,dk_std,dk_95_percentile\n"
    "7,Zoë Ace,QB,AAA,BBB,7000,19,21.5,20,12.5,18,8.1,33\n",
    "own in per cent": 'Name,Fpts,Position,Team,Opp,Salary,Ownership %,Std Dev\n'
    '"Ace, Zoë",21.5,QB,AAA,@BBB,7000,12.5%,8.1\n',
    "split names": "first_name;last_name;position;team;opp;salary;ppg_projection;pOWN%\n"
    "Zoë;Ace;QB;AAA;BBB;7000;21.5;12.5%\n",
    "a site's own words": "Player\tDK Position\tTeam\tDK Salary\tDK Projection\tDK Ownership\n"
    "Zoë Ace\tQB\tAAA\t7000\t21.5\t12.5%\n",
    "short words": "Player,Pos,Team,Opp,Salary,ProjPts,Proj Own\nZoë Ace,QB,AAA,BBB,7000,21.5,12.5%\n",
}  # fmt: skip
"""Headers as tools give them, with a name that is quoted for its comma or has an accent."""


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("mark", [b"", "\ufeff".encode()], ids=["plain", "marked"])
def test_headers_of_other_tools_are_understood(tool: str, mark: bytes) -> None:
    _, found = read(mark + TOOLS[tool].encode())
    assert isinstance(found, Projections)
    (row,) = found.rows
    assert row.name in {"Zoë Ace", "Ace, Zoë"}
    assert (row.position, row.team, row.salary_usd) == ("QB", "AAA", 7000)
    assert (row.points, row.ownership) == (21.5, 0.125)
    assert tool not in {"edited", "own in per cent"} or row.sd == 8.1
    assert tool != "edited" or row.more["dk_95_percentile"] == 33


def test_projections_by_the_names_that_tools_give() -> None:
    found = content(
        'Name,Position,Team,Salary,Fpts,Own%,StdDev,Ceil,Odd\nA B,PG,BOS,"8,100",20.5,12.5%,7,30,x\n', Projections
    )
    (row,) = found.rows
    assert (row.name, row.points, row.ownership, row.sd, row.ceiling, row.salary_usd) == (
        "A B",
        20.5,
        0.125,
        7,
        30,
        8100,
    )
    assert found.columns.ignored == ("Odd",)


@pytest.mark.parametrize("sign", [";", "\t"])
def test_decimal_commas_are_read_where_they_can_be_nothing_else(sign: str) -> None:
    lines = ["Name;Proj;Own%;Salary;StdDev;Leverage", "A;12,5;10,25%;6,400;7;-0,5", "B;9,125;8%;7,100;8,5;2"]
    first, second = content("\n".join(lines).replace(";", sign), Projections).rows
    assert (first.points, first.ownership, first.salary_usd, first.sd, first.more["Leverage"]) == (
        12.5,
        0.1025,
        6400,
        7,
        -0.5,
    )
    assert (second.points, second.ownership, second.salary_usd, second.sd) == (9.125, 0.08, 7100, 8.5)


@pytest.mark.parametrize(
    "text",
    ["Name;Proj\nA;12,5\nB;9.1\n", "Name;Proj\nA;12,500\nB;9,100\n", 'Name,Proj\nA,"12,5"\n'],
    ids=["both", "thousands", "commas part"],
)
def test_commas_that_may_be_something_else_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read(text.encode())
    assert "write decimals with a point" in refused.value.faults[0].message


def test_shares_stay_shares_where_the_column_has_no_percentages() -> None:
    rows = content("Name,Fpts,Ownership\nA,1,0.5\nB,2,1\n", Projections).rows
    assert [row.ownership for row in rows] == [0.5, 1.0]


@pytest.mark.parametrize(("cell", "owned"), [("0.4%", 0.004), ("0.4", 0.4), ("-", None), ("N/A", None)])
def test_small_percentages_are_told_by_their_sign(cell: str, owned: float | None) -> None:
    rows = content(f"Name,Fpts,Own\nA,1,{cell}\nB,2,0.9{'%' if '%' in cell else ''}\n", Projections).rows
    assert rows[0].ownership == owned


@pytest.mark.parametrize("cell", ["", "-", "NaN", "n/a", "null"])
def test_whom_a_tool_has_no_number_for_is_left_out(cell: str) -> None:
    rows = content(f"Name,Fpts\nA,{cell}\nB,2\n", Projections).rows
    assert [row.name for row in rows] == ["B"]


def test_a_file_may_tell_of_ownership_alone() -> None:
    (row,) = content("Name,Ownership %\nA B,23.4\n", Projections).rows
    assert (row.points, row.ownership) == (None, 0.234)


def test_the_user_says_which_column_is_which() -> None:
    body = b"Who,Base,Best,Fpts\nA B,10,20,15\n"
    _, found = read(body, {"name": "Who", "points": "best"})
    assert isinstance(found, Projections)
    assert (found.rows[0].name, found.rows[0].points) == ("A B", 20)
    with pytest.raises(Refused) as caught:
        read(body, {"name": "Nobody", "speed": "Base"})
    words = " ".join(fault.message for fault in caught.value.faults)
    assert "no such column" in words
    assert "no column 'speed'" in words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Name,Fpts,FPTS\nA,1,2\n", "twice"),
        ("Name,Fpts\nA,lots\n", "not a number"),
        ("Name,Fpts\n,5\n", "names no player"),
        ("Name,Fpts\nA\n", "has 1 cells"),
        ("Name,Fpts\nA,\n", "no row tells"),
        ("Name,Fpts\nA,1001\n", "more than 1000"),
        ("Name,Fpts,Own%\nA,1,101\n", "no share"),
        ("Name,Fpts,sd\nA,20,-1\n", "never is"),
        ("Name,Fpts,sd\nA,20,1001\n", "more than 1000"),
        ("Name,Fpts,P10,P90\nA,20,30,10\n", "the quantiles fall: 30 at 10%, 10 at 90%"),
        ("Name,Fpts,P10,P90\nA,20,10,1e9\n", "a quantile is more than 1000"),
        ("start_date,draftableid,displayname,position\n1,2,3,4\n", "list of ids and names"),
        ("Points\n271.5\n", "names nobody"),
        ("Contest ID,Contest Name,username,QB,score\n1,2,3,4,5\n", "gathered by another tool"),
        ("EntryId,Points\n1,2\n", "columns taken out"),
    ],
)
def test_what_is_no_projection_is_refused_with_a_reason(body: str, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read(body.encode())
    assert words in " ".join([caught.value.message, *(fault.message for fault in caught.value.faults)])


@given(st.binary(max_size=200))
def test_no_bytes_break_them(body: bytes) -> None:
    heads = (ENTRIES, FANDUEL, TEMPLATE, STANDINGS, "Place,Payout\n", "Name,Fpts\n")
    for head in heads:
        with suppress(Refused):
            read(head.encode() + body)


def test_lineups_are_read_back_from_an_upload_file_and_a_filled_template() -> None:
    contest = load("nba").contests["draftkings_classic"]
    text = upload_file(contest, [[Pick(str(i), f"Man {i}") for i in range(8)]] * 2, modelled=True)
    found, uploaded = read(text.encode())
    assert (found.kind, found.site) == ("lineups", "draftkings")
    assert isinstance(uploaded, Entries)
    assert [[p.external_id for p in one] for one in uploaded.lineups] == [[str(i) for i in range(8)]] * 2
    filled = content(TEMPLATE.replace(",,,,1. Locate", "0,1,Man 2 (2),,1. Locate"), Entries)
    assert [[p.external_id for p in one] for one in filled.lineups] == [["0", "1", "2"]]
    assert len(filled.pool) == 3


def test_a_plain_file_numbers_the_places_of_a_slot() -> None:
    contest = load("nfl").contests["fanduel_classic"]
    text = plain_file(contest, [Listed([Pick(f"1-{i}", "=Man") for i in range(9)], 59_000, 101.5)], modelled=False)
    (row,) = csv.DictReader(io.StringIO(text))
    assert list(row)[:7] == ["lineup", "salary_usd", "points", "QB", "QB_id", "RB1", "RB1_id"]
    assert (row["points"], row["DEF"], row["DEF_id"]) == ("101.5", "Man", "1-8")
    with pytest.raises(ValueError, match="has 1 players, not 9"):
        plain_file(contest, [Listed([Pick("1", "A")])], modelled=False)
