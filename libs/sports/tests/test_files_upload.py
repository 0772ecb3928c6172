"""The upload file of a site."""

import csv
import io

import pytest
from sdp_sports.files import read
from sdp_sports.files.entries import Entries
from sdp_sports.files.upload import Pick, upload_file, upload_name
from sdp_sports.spec import codes, load

NFL = load("nfl").contests


def lineup(size: int, first: int = 1) -> list[Pick]:
    return [Pick(str(first + i), f"Player {first + i}") for i in range(size)]


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_draftkings_takes_names_with_ids() -> None:
    text = upload_file(NFL["draftkings_classic"], [lineup(9), lineup(9, 11)], modelled=False)
    assert rows(text)[0] == ["QB", "RB", "RB", "WR", "WR", "WR", "TE", "FLEX", "DST"]
    assert rows(text)[1][0] == "Player 1 (1)"
    assert rows(text)[2][8] == "Player 19 (19)"
    assert text.endswith("\r\n")
    assert "odelled" not in text


def test_fanduel_takes_ids_with_names() -> None:
    text = upload_file(NFL["fanduel_classic"], [[Pick(f"1-{i}", f"Player {i}") for i in range(9)]], modelled=False)
    assert rows(text)[0][8] == "DEF"
    assert rows(text)[1][0] == "1-0:Player 0"


def test_modelled_salaries_are_told_beside_every_lineup() -> None:
    found = rows(upload_file(NFL["draftkings_classic"], [lineup(9), lineup(9)], modelled=True))
    assert found[0][9:] == ["", "Note"]
    assert all("modelled" in row[10] for row in found[1:])
    assert [len(row) for row in found] == [11, 11, 11]
    assert "modelled-salaries" in upload_name("draftkings", "Main", modelled=True)
    assert "modelled" not in upload_name("draftkings", "Main", modelled=False)


def test_a_name_is_safe_on_every_system() -> None:
    assert upload_name("fanduel", '../Évil "name"\n', modelled=False, part=2) == "fanduel-vil-name-lineups-2.csv"


def test_a_name_that_a_spreadsheet_would_compute_is_disarmed() -> None:
    picks = [Pick("=1+1", '=HYPERLINK("x")'), *lineup(8)]
    assert rows(upload_file(NFL["draftkings_classic"], [picks], modelled=False))[1][0] == 'HYPERLINK("x") (1+1)'


@pytest.mark.parametrize("size", [8, 10])
def test_a_lineup_of_the_wrong_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"lineup 2 has {size} players, not 9"):
        upload_file(NFL["draftkings_classic"], [lineup(9), lineup(size)], modelled=False)


def test_more_lineups_than_the_site_takes_are_refused() -> None:
    with pytest.raises(ValueError, match="takes 250 lineups a file, not 251"):
        upload_file(NFL["fanduel_classic"], [lineup(9)] * 251, modelled=False)


@pytest.mark.parametrize(("code", "key"), [(code, key) for code in codes() for key in load(code).contests])
def test_every_declared_contest_writes_its_cell(code: str, key: str) -> None:
    contest = load(code).contests[key]
    cell = contest.upload_cell.format(id="77", name="Somebody")
    assert "77" in cell
    if contest.upload_header:
        text = upload_file(contest, [lineup(contest.roster_size)], modelled=False)
        assert len(rows(text)[1]) == contest.roster_size


@pytest.mark.parametrize(
    ("cell", "site"),
    [
        ("A ({})", "draftkings"),
        ("12-{}:A", "fanduel"),
        ("golf.p.{}", "yahoo"),
        ("golf.p.{} - A", "yahoo"),
        ("golf.p.{}$golf.g.7", "yahoo"),
        ("golf.t.{}$golf.g.7 - A", "yahoo"),
    ],
)
def test_where_sites_call_their_places_alike_the_cells_tell_whose_lineups_they_are(cell: str, site: str) -> None:
    places = [cell.format(100 + place) for place in range(6)]
    found, content = read("\r\n".join(["G,G,G,G,G,G", ",".join(places)]).encode())
    assert (found.kind, found.site) == ("lineups", site)
    assert isinstance(content, Entries)
    assert len({place.external_id for place in content.lineups[0]}) == 6
