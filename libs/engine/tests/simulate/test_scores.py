"""Past games, and the tables of scores made of them."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from sdp_engine import frames
from sdp_engine.simulate import league
from sdp_engine.simulate.line import Line
from sdp_engine.simulate.makeup import MOST_TDS, makeup
from sdp_engine.simulate.past import ENOUGH, TOUCHDOWNS, nothing, past
from sdp_engine.simulate.scores import tables

NOW = datetime(2023, 9, 10, 17, tzinfo=UTC)


def invented(count, lined=True):
    """Games whose home side wins by about the line."""
    rng = np.random.default_rng(5)
    games, touchdowns = [], []
    for i in range(count):
        at = NOW - timedelta(days=2 * (count - i))
        sides = []
        for team in ("H", "A"):
            passed, rushed, goals = int(rng.poisson(1.4)), int(rng.poisson(0.9)), int(rng.poisson(1.6))
            touchdowns.append((f"g{i}", team, passed, rushed))
            sides.append(7 * (passed + rushed) + 3 * goals)
        line = (float(rng.normal(0, 5)), float(rng.normal(44, 4))) if lined else (None, None)
        games.append((f"g{i}", 2020, "REG", 1, at, "H", "A", None, *sides, at + timedelta(hours=12), *line, None, None))
    return (
        pl.DataFrame(games, schema=dict(frames.GAMES), orient="row"),
        pl.DataFrame(touchdowns, schema=dict(TOUCHDOWNS), orient="row"),
    )


def chances(table, g):
    part = slice(table.first[g], table.first[g + 1])
    return np.diff(np.minimum(table.chance[part], 1.0), prepend=0.0), table.result[part].astype(int)


@pytest.mark.parametrize("line", [(3.0, 47.5), (-9.5, 38.0), (0.0, 55.0), (16.0, 44.0)])
@pytest.mark.parametrize("games", [None, 600])
def test_means_are_the_lines(line, games):
    known = nothing() if games is None else past(*invented(games), NOW)
    chance, result = chances(tables([Line(*line, "market")], known), 0)
    assert chance.sum() == pytest.approx(1.0)
    assert chance @ (result[:, 0] - result[:, 3]) == pytest.approx(line[0], abs=0.02)
    assert chance @ (result[:, 0] + result[:, 3]) == pytest.approx(line[1], abs=0.02)


def test_key_margins_are_frequent_even_where_no_past_is_known():
    chance, result = chances(tables([Line(2.5, 45.0, "market")], nothing()), 0)
    margin = np.abs(result[:, 0] - result[:, 3])
    often = np.bincount(margin, chance)
    assert often[3] > 0.10
    assert often[7] > 0.06
    assert often[0] < 0.01
    assert often[5] < 0.05


def test_games_known_later_do_not_count():
    games, touchdowns = invented(ENOUGH + 50)
    early = past(games, touchdowns, NOW - timedelta(days=200))
    cut = games.filter(pl.col("known_at") <= NOW - timedelta(days=200))
    assert cut.height < games.height
    assert early.digest() == past(cut, touchdowns, NOW - timedelta(days=200)).digest()


def test_games_without_a_line_get_one_from_the_days_ratings():
    games, touchdowns = invented(ENOUGH + 20, lined=False)
    rated = past(games, touchdowns, NOW)
    assert np.isfinite(rated.spread).all()
    assert rated.made == 0
    changed = games.with_columns(
        home_score=pl.when(pl.col("game_id") == "g275").then(70).otherwise(pl.col("home_score"))
    )
    again = past(changed, touchdowns, NOW)
    assert sorted(again.spread.tolist()) == sorted(rated.spread.tolist()), "a score says nothing of its own game's line"


def test_points_are_made_up_of_what_they_can_be():
    ways = makeup()
    keys = np.repeat(np.arange(ways.first.size), ways.ways_of)
    rows = np.concatenate([np.arange(f, f + n) for f, n in zip(ways.first, ways.ways_of, strict=True)])
    points, tds = np.divmod(keys, MOST_TDS)
    defensive, safety, two, extra, goals = ways.ways[rows].astype(int).T
    assert (6 * (tds + defensive) + 2 * safety + 2 * two + extra + 3 * goals == points).all()
    assert (two + extra <= tds + defensive).all()
    assert ways.ways_of[1 * MOST_TDS] == 0, "nobody scores one point"
    assert ways.ways_of[24 * MOST_TDS + 3] > 0
    plain = slice(ways.first[20 * MOST_TDS + 2], ways.first[20 * MOST_TDS + 2] + 1)
    assert ways.ways[plain].tolist() == [[0, 0, 0, 2, 2]], (
        "20 points and two touchdowns: two kicks and two goals, mostly"
    )


def defensive_touchdowns(known):
    chance, result = chances(tables([Line(1.0, 45.0, "market")], known), 0)
    ways = makeup().defensive
    keys = [result[:, k] * MOST_TDS + result[:, k + 1] + result[:, k + 2] for k in (0, 3)]
    return float(chance @ (ways[keys[0]] + ways[keys[1]]))


def test_defensive_touchdowns_are_as_frequent_as_they_were_lately():
    known = past(*invented(900), NOW)
    lately = np.exp(-known.age / league.RECENT_YEARS)
    assert defensive_touchdowns(known) == pytest.approx(lately @ known.defensive / lately.sum(), abs=0.02)


def test_where_few_games_are_known_they_are_as_frequent_as_in_the_league():
    known = past(*invented(ENOUGH - 10), NOW)
    assert known.made
    assert defensive_touchdowns(known) == pytest.approx(2 * league.DEFENSIVE_TDS, abs=0.02)
