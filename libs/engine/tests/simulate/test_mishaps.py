"""What befalls a side beside its plays: kicks missed, blocked and returned, and players who leave during the game."""

import numpy as np
import polars as pl
import pytest
from sdp_engine.simulate import league, simulate


@pytest.fixture(scope="module")
def draws(two_games):
    return simulate(two_games.slate, two_games.predicted, 1, 10_000)


def row_of(draws, player):
    return draws.players["player_id"].to_list().index(player)


def test_kicks_are_missed_and_blocked_as_often_as_they_are(draws):
    rows = draws.players.with_row_index("row")
    kickers, defences = (rows.filter(pl.col("position") == position)["row"] for position in ("K", "DST"))

    def mean(who, stat):
        return np.mean([draws.stat(row, stat).mean() for row in who])

    missed, wide = mean(kickers, "fg_missed"), mean(kickers, "xp_missed")
    assert missed == pytest.approx(league.MISSED_GOALS, abs=0.01)
    assert 0.08 < wide < 0.16, "2019-2022 .13, 2024 .096"
    kicked = missed * league.BLOCKED_GOAL + wide * league.BLOCKED_TRY
    assert 0.045 < kicked < 0.065, "2024 .055, punts not counted"
    assert mean(defences, "def_blocked_kicks") == pytest.approx(kicked + league.BLOCKED_PUNTS, abs=0.005)


def test_kicks_are_returned_for_touchdowns(draws):
    rows = draws.players.with_row_index("row")
    for team in ("H0", "A0"):
        side = rows.filter(team_id=f"nfl:{team}")
        returned = sum(draws.stat(row, "return_tds") for row in side["row"])
        defence = draws.stat(side.filter(position="DST")["row"][0], "def_tds")
        assert 0.02 < returned.mean() < 0.05
        assert (returned <= defence).all(), "each of them is one of the defence's and special teams'"


def test_a_quarterback_who_leaves_and_a_back_who_is_hurt_leave_their_carries_to_others(draws):
    carries = {player: draws.stat(row_of(draws, player), "rushing_attempts").astype(float) for player in (1, 2, 3, 4)}
    thrown = draws.stat(row_of(draws, 1), "passing_attempts")
    gone = (draws.stat(row_of(draws, 2), "passing_attempts") > 0) & (thrown < 15)
    assert gone.sum() > 50
    assert carries[1][gone].mean() < 0.6 * carries[1][~gone].mean()
    assert carries[2][gone].mean() > 10 * carries[2][~gone].mean()
    hurt = carries[3] <= 2
    assert hurt.mean() > 0.01
    assert carries[4][hurt].mean() > 1.3 * carries[4].mean()
