"""What if: the difference of two runs with the same luck."""

import numpy as np
import pytest
from sdp_engine.simulate import readoff, simulate
from sdp_engine.simulate.scenario import Scenario, assume, narrow
from sdp_sports.spec import load

DK = load("nfl").contests["draftkings_classic"]
GAME = "nfl:2023_01_G0"


@pytest.fixture(scope="module")
def base(two_games):
    return simulate(two_games.slate, two_games.predicted, 1, 3000)


def means(draws):
    scored = readoff.points(draws, DK).mean(axis=1) / 100
    return {player: scored[row] for row, player in enumerate(draws.players["player_id"]) if player is not None}


def told(two_games, scenario):
    return simulate(*assume(two_games.slate, two_games.predicted, scenario), 1, 3000)


def mean_of(draws, player, stat):
    return draws.stat(draws.players["player_id"].to_list().index(player), stat).mean()


def test_who_is_out_leaves_his_targets_to_his_team_mates(two_games, base):
    after = told(two_games, Scenario(out=frozenset({5})))
    before, now = means(base), means(after)
    assert now[5] == 0.0
    assert now[6] > before[6] + 0.5
    assert sum(now[p] for p in (3, 4, 6, 7, 9)) - sum(before[p] for p in (3, 4, 6, 7, 9)) > 0.6 * before[5]
    assert now[1] == pytest.approx(before[1], abs=0.6), "the quarterback's yards stay"
    assert all(now[p] == before[p] for p in now if p >= 1000), "the other game is not touched at all"


def test_two_points_more_are_about_two_points_more(two_games, base):
    after = told(two_games, Scenario(lines={GAME: (None, 49.5)}))
    points = [draws.scores[0].sum(axis=0).astype(float) for draws in (base, after)]
    assert points[1].mean() - points[0].mean() == pytest.approx(2.0, abs=0.25)
    assert (points[1] - points[0]).std() < 0.5 * np.sqrt(2) * points[0].std(), "the same luck in both"


@pytest.mark.parametrize(("player", "stat"), [(1, "passing_yards"), (5, "receiving_yards"), (3, "rushing_yards")])
def test_who_is_expected_to_score_more_gains_yards(two_games, base, player, stat):
    after = told(two_games, Scenario(lines={GAME: (None, 53.5)}))
    assert 1.02 < mean_of(after, player, stat) / mean_of(base, player, stat) < 1.15


def test_a_back_who_is_out_leaves_his_carries_to_the_other_and_none_to_the_quarterback(two_games, base):
    after = told(two_games, Scenario(out=frozenset({3})))
    ran = {p: [mean_of(draws, p, "rushing_yards") for draws in (base, after)] for p in (1, 3, 4)}
    assert ran[3][1] == 0.0
    assert ran[4][1] > ran[4][0] + 0.6 * ran[3][0]
    assert ran[1][1] == pytest.approx(ran[1][0], abs=0.6)


def test_a_backup_starts_as_whom_he_starts_for_was_expected_to(two_games, base):
    after = told(two_games, Scenario(out=frozenset({1})))
    for stat in ("passing_yards", "passing_tds", "rushing_yards"):
        assert mean_of(after, 1, stat) == 0
        assert mean_of(after, 2, stat) == pytest.approx(mean_of(base, 1, stat), rel=0.05, abs=0.3)


def test_wind_takes_passing_yards_and_points(two_games, base):
    before, after = base, told(two_games, Scenario(wind_mph={GAME: 25.0}))
    row = before.players["player_id"].to_list().index(1)
    yards = [draws.stat(row, "passing_yards").mean() for draws in (before, after)]
    assert 0.82 < yards[1] / yards[0] < 0.96
    assert after.scores[0].sum(axis=0).mean() < before.scores[0].sum(axis=0).mean() - 3


def test_only_the_touched_games_need_to_be_drawn(two_games, base):
    scenario = Scenario(out=frozenset({5}))
    games = scenario.touched(two_games.slate)
    assert games == [GAME]
    part = simulate(narrow(two_games.slate, games), two_games.predicted, 1, 3000)
    assert (part.scores[0] == base.scores[0]).all()
    assert part.games.height == 1


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        (Scenario(out=frozenset({77})), "players 77"),
        (Scenario(lines={"x": (1.0, None)}), "games x"),
        (Scenario(lines={GAME: (99.0, None)}), "margin 99"),
        (Scenario(wind_mph={GAME: 200.0}), "0 to 80"),
    ],
)
def test_what_is_no_scenario_is_refused(two_games, scenario, message):
    with pytest.raises(ValueError, match=message):
        assume(two_games.slate, two_games.predicted, scenario)
