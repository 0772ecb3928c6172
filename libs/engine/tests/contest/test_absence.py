"""Season averages become what is to be expected of a day."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sdp_engine.contest.absence import PLAYS, expecting
from sdp_engine.contest.source import Source, source_of
from sdp_sports.files import read

START = datetime(2025, 1, 10, 0, tzinfo=UTC)


def source(day: int, averages: dict[str, tuple[str, float]], *, is_average: bool = True) -> Source:
    keys, teams, points = zip(*((key, team, mean) for key, (team, mean) in averages.items()), strict=True)
    rows = pl.DataFrame({"key": keys, "team_id": teams, "points": points})
    return Source(f"day{day}", rows, is_average, START + timedelta(days=day))


def points(told: Source) -> dict[str, float]:
    return dict(told.rows.select("key", "points").iter_rows())


def test_who_missed_his_teams_last_days_counts_less_and_his_mates_more() -> None:
    days = [
        source(0, {"star": ("A", 50.0), "mate": ("A", 30.0), "bench": ("A", 10.0), "other": ("B", 40.0)}),
        source(2, {"star": ("A", 50.0), "mate": ("A", 31.0), "bench": ("A", 11.0), "other": ("B", 41.0)}),
        source(4, {"star": ("A", 50.0), "mate": ("A", 31.5), "bench": ("A", 11.5), "other": ("B", 42.0)}),
    ]
    first, second, third = (points(told) for told in expecting(days))
    assert first == points(days[0]), "nothing was known before"
    assert third["star"] < second["star"] < 50.0
    for told, plain in ((second, days[1]), (third, days[2])):
        assert told["other"] == points(plain)["other"]
        assert told["mate"] / told["bench"] == pytest.approx(points(plain)["mate"] / points(plain)["bench"])
        assert told["mate"] > points(plain)["mate"]
        team = ("star", "mate", "bench")
        assert sum(told[key] for key in team) == pytest.approx(sum(points(plain)[key] for key in team))


def test_who_has_long_been_away_is_missed_no_more() -> None:
    days = [source(2 * d, {"star": ("A", 50.0), "mate": ("A", 30.0 + d)}) for d in range(6)]
    last = points(expecting(days)[-1])
    assert last == {"star": pytest.approx(50.0 * PLAYS[5]), "mate": 35.0}


def test_later_days_other_files_of_the_day_and_projections_tell_nothing() -> None:
    day = {"star": ("A", 50.0), "mate": ("A", 30.0)}
    moved = {"star": ("A", 50.0), "mate": ("A", 31.0)}
    for other in (source(1, moved), source(0, moved), source(-2, moved, is_average=False)):
        assert points(expecting([source(0, day), other])[0]) == points(source(0, day))
    still = [source(-2, day), source(0, day)]
    assert points(expecting(still)[1]) == points(still[1]), "nobody has moved: the file is older than the games"
    said = source(0, day, is_average=False)
    assert expecting([source(-2, moved), said])[1] is said


def test_a_salary_file_says_its_day_and_that_it_has_averages() -> None:
    text = (
        "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame\n"
        "PG,Ann One (1),Ann One,1,PG/G/UTIL,9000,BOS@MIA 01/25/2025 08:00PM ET,BOS,41.5\n"
        "C,Bob Two (2),Bob Two,2,C/UTIL,5000,NYK@CHI 01/25/2025 07:00PM ET,CHI,22.25\n"
    )
    told = source_of("x.csv", read(text.encode())[1])  # type: ignore[arg-type]
    assert told is not None
    assert (told.is_average, told.starts_at) == (True, datetime(2025, 1, 26, 0, tzinfo=UTC))
