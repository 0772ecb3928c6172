"""The sites' own files, as people exported them over the years: each is read whole, or refused with a reason."""

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from sdp_sports.files import Refused, SalaryFile, read
from sdp_sports.files.entries import Entries
from sdp_sports.files.filling import fill_entries
from sdp_sports.files.projections import Projections
from sdp_sports.files.standings import Standings
from sdp_sports.files.upload import Pick
from sdp_sports.names import normalise
from sdp_sports.score import points
from sdp_sports.spec import load

pytestmark = pytest.mark.shared
REFUSED = {
    "mlb_2016-08-12_contest-standings.csv": "names nobody",
    "contests_Aggregated_Lineup_Stats_2019-09-08_stack.csv": "gathered by another tool",
    "contests_Aggregated_Lineup_Stats_2019-09-22_stack.csv": "gathered by another tool",
    "dk_data_player_ids.csv": "list of ids and names",
    "players_2019-09-08.csv": "list of ids and names",
    "players_2019-09-22.csv": "list of ids and names",
}
SPORTS = {"pga": "golf"}
WITHOUT_CONTEST = {"2018-12_showdown.csv"}
"""A showdown of before there were captains: no declared format is drafted so."""


def originals(shared: Path) -> list[Path]:
    found = [*shared.glob("data/dfs_originals*/**/*.csv"), *shared.glob("data/dk_nba_salaries/*.csv")]
    assert len(found) > 80
    return sorted(found)


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, skipinitialspace=True))


def test_every_file_is_read_or_refused_with_its_reason(shared: Path) -> None:
    kinds: Counter[str] = Counter()
    for path in originals(shared):
        if path.name in REFUSED:
            with pytest.raises(Refused, match=REFUSED[path.name]):
                read(path.read_bytes())
        else:
            kinds[read(path.read_bytes())[0].kind] += 1
    assert set(kinds) == {"salaries", "entries", "template", "standings", "payouts", "projections"}
    assert kinds["salaries"] >= 60


def test_every_salary_file_is_taken_whole_and_its_contest_recognised(shared: Path) -> None:
    for path in originals(shared):
        if path.name in REFUSED:
            continue
        found, content = read(path.read_bytes())
        if not isinstance(content, SalaryFile):
            continue
        told = [line for line in lines_of(path) if any(line.values())]
        assert len(content.rows) == len(told), path
        if path.name in WITHOUT_CONTEST:
            assert content.contests == (), path
            continue
        assert content.contests, path
        folder = path.parent.name.removeprefix("dk_").removeprefix("fd_").removeprefix("fantasydraft_").split("_")[0]
        assert content.sport == SPORTS.get(folder, folder), path
        contest = load(content.contests[0][0]).contests[content.contests[0][1]]
        assert contest.site == found.site, path
        named = {slot.name for slot in contest.slots}
        if contest.mode != "tiers":
            assert all(set(row.roster_slots) <= named for row in content.rows), path


def test_a_captain_costs_once_and_a_half_in_every_showdown(shared: Path) -> None:
    checked = 0
    for path in originals(shared):
        if "showdown" not in path.name or "template" in path.name or path.name in WITHOUT_CONTEST:
            continue
        _, content = read(path.read_bytes())
        assert isinstance(content, SalaryFile)
        for row in content.rows:
            if row.roster_slots == ("CPT",) and row.position != "CNSTR":
                assert row.listed_usd == 1.5 * (row.salary_usd or 0), (path, row)
                checked += 1
    assert checked > 200


def test_standings_name_every_player_of_every_lineup(shared: Path) -> None:
    files = [*shared.glob("data/dfs_originals/nba_dec2024_slates/contest-standings_*.csv")]
    files += [*shared.glob("data/dfs_originals/contest_standings/nba*.csv")]
    assert len(files) == 8
    finals = 0
    for path in files:
        _, content = read(path.read_bytes())
        assert isinstance(content, Standings)
        known = {player.name for player in content.players}
        for entry in content.entries:
            assert len(entry.lineup) in (0, 8)
            assert {name for _, name in entry.lineup} <= known | {None}
        worth = {player.name: player.points or 0.0 for player in content.players}
        finals += content.is_final
        if content.is_final:
            for entry in content.entries[:2000]:
                if entry.lineup and all(name for _, name in entry.lineup):
                    assert entry.points == pytest.approx(sum(worth[name] for _, name in entry.lineup if name), abs=0.02)
    assert finals == 6


def test_the_sites_points_are_ours_of_the_box_scores(shared: Path) -> None:
    """DraftKings' points of six nights of the NBA, but for the few that were corrected after the contests closed."""
    contest = load("nba").contests["draftkings_classic"]
    names = ("points", "three_pointers_made", "rebounds", "assists", "steals", "blocks", "turnovers")
    columns = dict(zip(names, ("PTS", "FG3M", "REB", "AST", "STL", "BLK", "TOV"), strict=True))
    played = pl.read_parquet(shared / "data/nba_player_game_full/2024-25_to_2025-02_with_ids.parquet")
    equal = compared = 0
    for night in (13, 14, 15, 19, 20, 21):
        box = played.filter(pl.col("GAME_DATE").dt.date() == date(2024, 12, night))
        lines = {normalise(line["PLAYER_NAME"]): line for line in box.iter_rows(named=True)}
        path = shared / f"data/dfs_originals/nba_dec2024_slates/contest-standings_12{night}.csv"
        _, content = read(path.read_bytes())
        assert isinstance(content, Standings)
        for player in content.players:
            if (line := lines.get(normalise(player.name))) is not None:
                compared += 1
                equal += points(contest, {ours: line[theirs] for ours, theirs in columns.items()}) == player.points
    assert compared > 750
    assert equal >= 0.99 * compared


def test_real_entries_come_back_sign_by_sign_and_take_a_swap(shared: Path) -> None:
    for path in shared.glob("data/dfs_originals/entries/*.csv"):
        body = path.read_bytes()
        _, content = read(body)
        assert isinstance(content, Entries)
        assert fill_entries(body, content.site, {}) == body
        same = {e.entry_id: [Pick(p.external_id or "", p.name or "") for p in e.places] for e in content.entries}
        assert fill_entries(body, content.site, same) == body
        entry = content.entries[0]
        free = next(i for i, place in enumerate(entry.places) if not place.is_locked)
        swap = [Pick("1", "New Man") if i == free else None for i in range(len(entry.places))]
        filled = fill_entries(body, content.site, {entry.entry_id: swap})
        before, after = (list(csv.reader(io.StringIO(b.decode("utf-8-sig"), newline=""))) for b in (body, filled))
        changed = [(r, c) for r, row in enumerate(before) for c, cell in enumerate(row) if after[r][c] != cell]
        assert changed == [(1, content.first_place + free)]
        assert after[1][content.first_place + free] == "New Man (1)"


def test_projections_of_other_tools_tell_points_or_ownership_of_everybody(shared: Path) -> None:
    files = [p for p in originals(shared) if "projections" in p.name or p.parent.name == "projections"]
    assert len(files) >= 14
    for path in files:
        _, content = read(path.read_bytes())
        assert isinstance(content, Projections), path
        assert len(content.rows) >= 0.9 * len(lines_of(path)), path
        assert all(row.ownership is None or 0 <= row.ownership <= 1 for row in content.rows)
