"""Handing out events: exact totals, caps kept, expected shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdp_engine.simulate.allocate import allocate, split


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 30))
def test_all_events_are_given_and_no_cap_is_passed(seed, players, worlds):
    rng = np.random.default_rng(seed)
    cap = rng.integers(0, 4, (players, worlds))
    events = rng.integers(0, cap.sum(axis=0) + 1)
    weight = rng.random((players, worlds)) * rng.integers(0, 2, (players, worlds))
    given_out = allocate(events, weight, cap, rng)
    np.testing.assert_array_equal(given_out.sum(axis=0), events)
    assert (given_out <= cap).all()
    assert (given_out >= 0).all()


def test_more_events_than_caps_are_refused():
    with pytest.raises(ValueError, match="more events than the caps hold"):
        allocate(np.array([3]), np.ones((2, 1)), np.array([[1], [1]]), np.random.default_rng(1))


def test_events_fall_by_weight():
    worlds = 20_000
    out = allocate(
        np.ones(worlds, np.int64),
        np.array([[3.0], [1.0]]) * np.ones((2, worlds)),
        np.full((2, worlds), 5),
        np.random.default_rng(2),
    )
    assert out[0].mean() == pytest.approx(0.75, abs=0.015)


def test_a_split_keeps_totals_and_shares_and_spreads_more_than_a_multinomial():
    total, share = np.full(20_000, 30), np.array([0.5, 0.3, 0.2, 0.0])
    parts = split(total, share, 20.0, np.random.default_rng(3))
    np.testing.assert_array_equal(parts.sum(axis=0), total)
    np.testing.assert_allclose(parts.mean(axis=1) / 30, share, atol=0.005)
    assert not parts[3].any()
    multinomial = 30 * 0.5 * 0.5
    assert parts[0].var() == pytest.approx(multinomial * (20 + 30) / (20 + 1), rel=0.05)
