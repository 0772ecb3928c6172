"""Season averages and prices become what is to be expected of a day."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from sdp_engine.contest.averages import FORMS, STEPS_IN, expected
from sdp_engine.contest.source import Source, source_of
from sdp_sports.files import read

START = datetime(2025, 1, 10, 0, tzinfo=UTC)
NBA = FORMS["nba"]
PRICE, PLAYS = NBA.price, NBA.plays


def source(day: int, averages: dict[str, tuple[str, float]], *, is_average: bool = True) -> Source:
    keys, teams, points = zip(*((key, team, mean) for key, (team, mean) in averages.items()), strict=True)
    rows = pl.DataFrame({"key": keys, "team_id": teams, "points": points, "position": "C", "salary_usd": 5000})
    return Source(f"day{day}", rows, is_average, START + timedelta(days=day))


def points(told: Source) -> dict[str, float]:
    return dict(told.rows.select("key", "points").iter_rows())


def test_who_missed_his_teams_last_games_counts_less_and_all_his_mates_as_much_more() -> None:
    days = [
        source(0, {"star": ("A", 50.0), "mate": ("A", 30.0), "bench": ("A", 10.0), "other": ("B", 40.0)}),
        source(20, {"star": ("A", 50.0), "mate": ("A", 32.0), "bench": ("A", 10.0), "other": ("B", 40.0)}),
    ]
    assert points(expected(days[0], days, "nba")) == points(days[0]), "nothing was known before"
    told = points(expected(days[1], days, "nba"))
    grown = 32.0 + (1 - PRICE) * NBA.trend_days * 2.0 / 20
    once = PLAYS[1]
    lacking, playing = 50.0 * (1 - once) + 10.0 * (1 - once), 1 + 2 * once  # bench stood still, too
    more = STEPS_IN * lacking / playing
    assert told["mate"] == pytest.approx(grown + more)
    assert (told["star"], told["bench"]) == (pytest.approx((50 + more) * once), pytest.approx((10 + more) * once))
    assert told["other"] == 40.0


def test_who_has_long_been_away_is_missed_no_more() -> None:
    moved = [source(2 * d, {"star": ("A", 50.0), "mate": ("A", 30.0 + d)}) for d in range(8)]
    last = points(expected(moved[-1], moved, "nba"))
    assert last["star"] == pytest.approx(50.0 * PLAYS[7])
    assert last["mate"] == pytest.approx(37.0 + (1 - PRICE) * NBA.trend_days * 7 / 14)


def test_a_price_tells_what_such_prices_average_at_the_position() -> None:
    averages = np.array([10.0, 14, 18, 22, 26, 30, 34, 38, 42, 46, 50, 0])
    salary = 3000 + 100 * averages.astype(int)
    averages[3] += 11.0  # better than his price
    rows = pl.DataFrame(
        {
            "key": [str(n) for n in range(12)] + ["alone"],
            "team_id": "A",
            "points": [*averages, 7.0],
            "position": ["PG/SG"] * 12 + ["C"],
            "salary_usd": [*salary, 9000],
        }
    )
    found = expected(Source("x", rows, is_average=True), [], "nba").rows["points"].to_numpy()
    assert averages[3] - PRICE * 11 < found[3] < averages[3] - PRICE * 8
    assert (found[11], found[12]) == (0.0, 7.0), "no points stay none; of few of a position only the average is known"
    football = expected(Source("x", rows, is_average=True), [], "nfl").rows["points"].to_numpy()
    assert football[3] < found[3]


def test_later_days_other_files_of_the_day_and_projections_tell_nothing() -> None:
    day = {"star": ("A", 50.0), "mate": ("A", 30.0)}
    moved = {"star": ("A", 50.0), "mate": ("A", 31.0)}
    now = source(0, day)
    for other in (source(1, moved), source(0, moved), source(-2, moved, is_average=False)):
        assert points(expected(now, [now, other], "nba")) == points(now)
    assert points(expected(now, [source(-2, day), now], "nba")) == points(now), "nobody has moved: older than the games"
    said = source(0, day, is_average=False)
    assert expected(said, [source(-2, moved), said], "nba") is said


def test_a_salary_file_says_its_day_and_that_it_has_averages() -> None:
    text = (
        "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame\n"
        "PG,Ann One (1),Ann One,1,PG/G/UTIL,9000,BOS@MIA 01/25/2025 08:00PM ET,BOS,41.5\n"
        "C,Bob Two (2),Bob Two,2,C/UTIL,5000,NYK@CHI 01/25/2025 07:00PM ET,CHI,22.25\n"
    )
    told = source_of("x.csv", read(text.encode())[1])  # type: ignore[arg-type]
    assert told is not None
    assert (told.is_average, told.starts_at) == (True, datetime(2025, 1, 26, 0, tzinfo=UTC))
