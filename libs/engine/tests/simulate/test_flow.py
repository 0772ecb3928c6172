"""Games as a whole: frequencies of the league, scores as sums of events, the answer to a strength."""

import numpy as np
import pytest
from sdp_engine.simulate import calibrate, flow, league


@pytest.fixture(scope="module")
def league_games():
    return flow.play(np.zeros(2), np.zeros(2), 20_000, np.random.default_rng(11))


def test_the_leagues_tables_are_distributions():
    np.testing.assert_allclose(league.OUTCOMES.sum(axis=2), 1.0)
    for table in (league.PASS_SHARE, league.DROPBACKS):
        assert table.shape == league.OUTCOMES.shape[:2]
        assert ((table > 0) & (table < 1)).all()


@pytest.mark.parametrize(
    ("event", "a_game", "within"),
    [
        ("pass_td", 1.51, 0.08),
        ("rush_td", 0.94, 0.06),
        ("field_goal", 1.65, 0.08),
        ("interception", 0.78, 0.03),
        ("fumble", 0.49, 0.03),
        ("punt", 4.0, 0.25),
        ("defensive_td", 0.105, 0.01),
        ("safety", 0.027, 0.008),
    ],
)
def test_events_happen_as_often_as_in_the_league(league_games, event, a_game, within):
    """Means a team and game over the regular seasons 2019-2024."""
    assert league_games.counts[:, flow.EVENT[event]].mean() == pytest.approx(a_game, abs=within)


def test_drives_and_touchdowns_spread_as_in_the_league(league_games):
    drives = league_games.counts[0, : flow.ENDS].sum(axis=0)
    touchdowns = league_games.counts[:, :2].sum(axis=1).astype(float)
    assert drives.mean() == pytest.approx(10.9, abs=0.2)
    assert drives.std() == pytest.approx(1.63, abs=0.15)
    assert touchdowns[0].std() == pytest.approx(1.30, abs=0.06)
    assert 0.08 < np.corrcoef(touchdowns)[0, 1] < 0.22
    margin = league_games.score[0] - league_games.score[1]
    assert margin.std() == pytest.approx(13.0, abs=0.5)
    assert (np.abs(margin) == 3).mean() == pytest.approx(0.154, abs=0.02)
    assert (np.abs(margin) == 7).mean() == pytest.approx(0.075, abs=0.015)


def test_ties_need_an_overtime_without_a_winner(league_games):
    assert 0.002 < (league_games.score[0] == league_games.score[1]).mean() < 0.012


@pytest.mark.parametrize("points", [(22.8, 22.8), (30.0, 17.0), (14.5, 24.0), (12.0, 12.0), (33.0, 30.0)])
def test_strengths_bring_the_expected_points(points):
    force = calibrate.strength(np.array(points))
    score = flow.play(force, np.zeros(2), 20_000, np.random.default_rng(5)).score
    np.testing.assert_allclose(score.mean(axis=1), points, atol=0.35)


def test_expected_points_beyond_the_range_are_held_at_its_end():
    np.testing.assert_array_equal(
        calibrate.strength(np.array([99.0, -5.0])), calibrate.strength(np.array(league.POINTS_RANGE[::-1]))
    )


def test_a_shift_of_passing_moves_touchdowns_between_kinds_alone():
    usual = flow.play(np.zeros(2), np.zeros(2), 8000, np.random.default_rng(5))
    shifted = flow.play(np.zeros(2), np.array([1.0, 0.0]), 8000, np.random.default_rng(5))
    assert shifted.counts[0, 0].mean() > usual.counts[0, 0].mean() + 0.25
    assert shifted.counts[0, :2].sum(axis=0).mean() == pytest.approx(usual.counts[0, :2].sum(axis=0).mean(), abs=0.05)
