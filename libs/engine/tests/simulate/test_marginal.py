"""Distributions read off draws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sdp_engine.simulate import marginal, simulate
from sdp_sports.spec import QUANTILES

DRAWS = st.one_of(
    arrays(np.int16, st.integers(1, 200), elements=st.integers(-40, 600)),
    arrays(np.float32, st.integers(1, 200), elements=st.floats(-10, 90, width=32)),
)


def test_a_small_sample_by_hand():
    found = marginal.marginal(np.array([0, 0, 1, 3], np.int16))
    assert (found.mean, found.prob_zero, found.sd) == (1.0, 0.5, pytest.approx(np.sqrt(1.5)))
    assert (found.hist_from, found.hist_width) == (0.0, 1.0)
    assert found.hist_counts == [0.5, 0.25, 0.0, 0.25]
    by_level = dict(zip(QUANTILES, found.quantiles, strict=True))
    assert (by_level[0.5], by_level[0.6], by_level[0.75], by_level[0.8]) == (0.0, 1.0, 1.0, 3.0)


@given(DRAWS)
def test_histograms_hold_every_draw_and_quantiles_rise(values):
    found = marginal.marginal(values)
    assert sum(found.hist_counts) == pytest.approx(1.0, abs=1e-4)
    assert len(found.hist_counts) <= marginal.MOST_BINS + 2
    assert found.hist_from <= values.min()
    assert found.hist_from + found.hist_width * len(found.hist_counts) > values.max()
    assert found.quantiles == sorted(found.quantiles)
    for level, value in zip(QUANTILES, found.quantiles, strict=True):
        assert np.mean(values <= value + 1e-3) >= level - 1e-9


def test_no_draws_are_refused():
    with pytest.raises(ValueError, match="no draws"):
        marginal.marginal(np.array([]))


def test_over_and_push():
    values = np.array([0, 1, 2, 2, 5])
    assert marginal.prob_over(values, 1.5) == (0.6, 0.0)
    assert marginal.prob_over(values, 2) == (0.2, 0.4)


def test_games_agree_with_their_scores(two_games):
    draws = simulate(two_games.slate, two_games.predicted, 1, 2000)
    games = marginal.games(draws)
    assert games.columns == list(marginal.GAME_MARGINALS)
    for row, score in zip(games.iter_rows(named=True), draws.scores.astype(int), strict=True):
        home, away = score
        assert row["home_score_mean"] == pytest.approx(home.mean())
        assert row["total_sd"] == pytest.approx((home + away).std())
        assert row["prob_home_win"] == pytest.approx((home > away).mean() + (home == away).mean() / 2)
        assert row["line_source"] == "market"
