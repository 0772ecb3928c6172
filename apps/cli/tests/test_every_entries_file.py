"""`sdp enter` and `sdp swap` on an entries file of every kind of format."""

import csv
import io
from pathlib import Path

import pytest
from made_salaries import entries_text
from sdp_cli.commands.enter import enter
from sdp_cli.commands.swap import swap
from sdp_common.errors import BadInput
from sdp_sports.files import read
from sdp_sports.files.entries import Entries
from sdp_sports.spec import find_contest


def entries_of(file: Path) -> Entries:
    _, content = read(file.read_bytes())
    assert isinstance(content, Entries)
    return content


@pytest.mark.parametrize(
    "code",
    ["dk_nhl_tiers", "dk_pga_showdown_captain", "fd_mlb_classic", "fd_nfl_single_game_legacy", "fd_nascar_classic"],
)
@pytest.mark.parametrize("own", [False, True], ids=["as the site wrote it", "with columns of one's own"])
def test_entries_are_filled_and_swapped(
    code: str, own: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sport, key = find_contest(code)
    source, filled, swapped = (tmp_path / f"{name}.csv" for name in ("entries", "filled", "swapped"))
    text = entries_text(sport, sport.contests[key])
    source.write_text(with_own_columns(text) if own else text, encoding="utf-8", newline="")
    enter(source, filled)
    lineups = [tuple(place.external_id for place in entry.places) for entry in entries_of(filled).entries]
    assert len(set(lineups)) == 3
    assert all(None not in lineup and len(set(lineup)) == len(lineup) for lineup in lineups)
    swap(filled, swapped)
    assert len(entries_of(swapped).entries) == 3
    said = " ".join(capsys.readouterr().err.split())
    assert ("does not say which games have started" in said) is (code != "dk_nhl_tiers")  # the others date no game
    before, after = (
        list(csv.reader(io.StringIO(f.read_text(encoding="utf-8"), newline=""))) for f in (source, swapped)
    )
    places = range(entries_of(source).first_place, entries_of(source).first_place + len(lineups[0]))
    for row, (one, other) in enumerate(zip(before, after, strict=True)):
        kept = [k for k in range(len(one)) if row not in {1, 2, 3} or k not in places]
        assert [one[k] for k in kept] == [other[k] for k in kept]


def test_who_is_said_to_have_started_stays(tmp_path: Path) -> None:
    sport, key = find_contest("fd_mlb_classic")
    source, filled, swapped, better = (tmp_path / f"{name}.csv" for name in ("entries", "filled", "swapped", "better"))
    source.write_text(entries_text(sport, sport.contests[key]), encoding="utf-8", newline="")
    enter(source, filled)
    pool = {row.external_id: row for row in entries_of(filled).pool}
    game = next(row.game for row in pool.values() if row.game is not None)
    begun = {i for i, row in pool.items() if row.team in {game.away, game.home}}
    points = (f"{row.name},{row.team},{row.row % 9 + (50 if i in begun else 1)}" for i, row in pool.items())
    better.write_text("\n".join(["Name,Team,Points", *points]), encoding="utf-8")
    swap(filled, swapped, better, started=[f"{game.home}@{game.away}"])
    for old, new in zip(entries_of(filled).entries, entries_of(swapped).entries, strict=True):
        assert old.places != new.places
        for was, now in zip(old.places, new.places, strict=True):
            assert (now.external_id in begun) is (was.external_id in begun)
            assert was.external_id not in begun or now == was
    enter(source, filled, started=[game.away])
    drafted = {place.external_id for entry in entries_of(filled).entries for place in entry.places}
    assert drafted
    assert not drafted & begun


def test_who_has_no_projection_any_more_is_exchanged(tmp_path: Path) -> None:
    sport, key = find_contest("fd_mlb_classic")
    source, filled, swapped, news = (tmp_path / f"{name}.csv" for name in ("entries", "filled", "swapped", "news"))
    source.write_text(entries_text(sport, sport.contests[key]), encoding="utf-8", newline="")
    enter(source, filled)
    content = entries_of(filled)
    pool = {row.external_id: row for row in content.pool}
    stays, *others = (place.external_id for place in content.entries[0].places)
    team = pool[stays].team
    scratched = next(i for i in others if team not in {pool[i].team, pool[i].opponent})
    lines = [f"{r.name},{r.team},{r.row % 9 + 3}" for r in content.pool if r.external_id not in {scratched, stays}]
    news.write_text("\n".join(["Name,Team,Points", *lines]), encoding="utf-8")
    swap(filled, swapped, news, started=[team])
    held = [{place.external_id for place in entry.places} for entry in entries_of(swapped).entries]
    assert all(scratched not in ids for ids in held)
    assert stays in held[0], "who has started stays, projected or not"
    news.write_text("Name,Team,Points\nWho Ever,XYZ,3\n", encoding="utf-8")
    with pytest.raises(BadInput, match="the projections name nobody of the entries file"):
        swap(filled, swapped, news)


@pytest.mark.parametrize("name", ["XYZ", "A0@XYZ", "@", ""])
def test_a_team_that_the_file_does_not_have_is_refused(name: str, tmp_path: Path) -> None:
    sport, key = find_contest("fd_mlb_classic")
    source = tmp_path / "entries.csv"
    source.write_text(entries_text(sport, sport.contests[key]), encoding="utf-8", newline="")
    with pytest.raises(BadInput, match=f"--started {name}: no team or game of the file; it has .*@"):
        swap(source, tmp_path / "swapped.csv", started=[name])
    assert not (tmp_path / "swapped.csv").exists()


def with_own_columns(text: str) -> str:
    """Return the file with a column of the user's own before the entry's id, one before the places, one after."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    after = rows[0].index("Instructions") - 1
    told = io.StringIO()
    writer = csv.writer(told)
    for number, row in enumerate(rows):
        note = "Mine" if number == 0 else 'of two\nlines, "so"' if row[0] else ""
        writer.writerow([note, *row[:4], note and f"{note} too", *row[4:after], note and "End", *row[after:]])
    return told.getvalue()
