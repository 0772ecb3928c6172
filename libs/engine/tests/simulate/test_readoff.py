"""Distributions read off draws."""

import dataclasses

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sdp_engine import frames
from sdp_engine.simulate import readoff, results, simulate
from sdp_engine.simulate.draws import PLACE
from sdp_sports.spec import QUANTILES, load

NFL = load("nfl")
DRAWS = arrays(np.int16, st.tuples(st.integers(1, 4), st.integers(1, 200)), elements=st.integers(-40, 600))


def test_a_small_sample_by_hand():
    found = readoff.summarise(np.array([[0, 0, 1, 3]], np.int16))
    assert (found.mean[0], found.prob_zero[0], found.sd[0]) == (1.0, 0.5, pytest.approx(np.sqrt(1.5)))
    assert (found.hist_from[0], found.hist_width[0]) == (0.0, 1.0)
    assert found.hist_shares[0, :5].tolist() == [0.5, 0.25, 0.0, 0.25, 0.0]
    by_level = dict(zip(QUANTILES, found.quantiles[0], strict=True))
    assert (by_level[0.5], by_level[0.6], by_level[0.75], by_level[0.8]) == (0.0, 1.0, 1.0, 3.0)


@given(DRAWS)
def test_histograms_hold_every_draw_and_quantiles_rise(values):
    found = readoff.summarise(values)
    assert found.hist_shares.sum(axis=1) == pytest.approx(np.ones(len(values)))
    for row, drawn in enumerate(values):
        bins = np.flatnonzero(found.hist_shares[row])
        assert found.hist_from[row] <= drawn.min()
        assert found.hist_from[row] + found.hist_width[row] * (bins[-1] + 1) > drawn.max()
        assert found.mean[row] == pytest.approx(drawn.mean())
        assert found.sd[row] == pytest.approx(drawn.std(), abs=1e-6)
        for level, value in zip(QUANTILES, found.quantiles[row], strict=True):
            assert np.mean(drawn <= value) >= level - 1e-9
            assert np.mean(drawn < value) < level


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int32])
@pytest.mark.parametrize("most", [0, 1, 5, 6, 7, 200])
def test_few_and_many_values_are_counted_alike(kind, most):
    drawn = np.random.default_rng(most).integers(0, most + 1, (3, 997)).astype(kind)
    drawn[0] = np.where(np.arange(997) == 500, most, 0)
    drawn[1] += kind(3)
    found = readoff.summarise(drawn)
    assert found.mean == pytest.approx(drawn.mean(axis=1))
    assert found.sd == pytest.approx(drawn.std(axis=1), abs=1e-9)
    assert found.prob_zero == pytest.approx((drawn == 0).mean(axis=1))
    for row in range(3):
        ordered = np.sort(drawn[row])
        assert found.quantiles[row].tolist() == [ordered[int(np.ceil(q * 997 - 1e-9)) - 1] for q in QUANTILES]


def test_no_draws_are_refused():
    with pytest.raises(ValueError, match="no draws"):
        readoff.summarise(np.zeros((1, 0), np.int16))


@pytest.fixture(scope="module")
def draws(two_games):
    return simulate(two_games.slate, two_games.predicted, 1, 1500)


@pytest.mark.parametrize("contest", ["draftkings_classic", "fanduel_classic"])
def test_points_of_all_players_are_those_of_each(draws, contest):
    scored = readoff.points(draws, NFL.contests[contest])
    for row in range(draws.players.height):
        assert scored[row] / 100 == pytest.approx(draws.points(NFL.contests[contest], row), abs=0.005)


def as_told(summary):
    return {field.name: getattr(summary, field.name) for field in dataclasses.fields(summary)}


@pytest.mark.parametrize("name", ["draftkings_classic", "fanduel_classic", "draftkings_tiers"])
def test_a_contest_told_at_once_is_its_points_summarised(draws, name):
    contest = NFL.contests[name]
    rows = readoff.offered(draws, contest)[::-1]
    points = readoff.points(draws, contest)
    said, whole = as_told(readoff.scored(draws, contest, rows)), as_told(readoff.summarise(points[rows], 0.01))
    for field, values in whole.items():
        assert (said[field] == values).all(), field


def test_a_contest_read_half_off_its_predictions_is_its_mapped_points_summarised(draws):
    contest = NFL.contests["draftkings_classic"]
    rows = readoff.offered(draws, contest)
    points = readoff.points(draws, contest)
    means = points.mean(axis=1) / 100
    spread = np.quantile(np.random.default_rng(1).gamma(2.0, 0.5, 50_000), QUANTILES)
    told = draws.players.select("player_id", "game_id").with_columns(mean=means, market=pl.lit("points"))
    told = told.with_columns(quantiles=pl.Series([(mean * spread).tolist() for mean in means]))[rows[::2].tolist()]
    whole = readoff.summarise(readoff.mapped(points, readoff.targets(draws, told, "points", means))[rows], 0.01)
    said = readoff.scored(draws, contest, rows, told, "points")
    for field, values in as_told(whole).items():
        assert (getattr(said, field) == values).all(), field
    assert not (said.quantiles == readoff.scored(draws, contest, rows).quantiles).all()


MARKETS = [name for name, market in NFL.markets.items() if market.stats and set(market.stats) <= set(PLACE)]


@pytest.mark.parametrize("name", MARKETS)
def test_markets_settle_on_the_weighted_sums_of_stats(draws, name):
    market = NFL.markets[name]
    rows = readoff.offered(draws, market)
    told = readoff.settled(draws, market, rows)
    assert {draws.players["position"][int(row)] for row in rows} <= set(market.positions)
    weights = market.weights or (1.0,) * len(market.stats)
    for at, row in enumerate(rows.tolist()):
        values = sum(w * draws.stat(row, stat).astype(float) for w, stat in zip(weights, market.stats, strict=True))
        if market.at_least is not None:
            values = values >= market.at_least
        assert told.mean[at] == pytest.approx(values.mean(), abs=1e-9)
        assert told.sd[at] == pytest.approx(values.std(), abs=1e-6)
        assert told.prob_zero[at] == pytest.approx((np.abs(values) < 1e-9).mean())
        assert told.hist_shares[at].sum() == pytest.approx(1.0)


def predicted_as(draws, market, name, quantiles):
    """Return predictions of everybody offered: his simulated mean, and these quantiles around it."""
    rows = readoff.offered(draws, market)
    raw = readoff.settled(draws, market, rows)
    told = draws.players[rows.tolist()].select("player_id", "game_id").with_columns(mean=raw.mean, market=pl.lit(name))
    told = told.with_columns(quantiles=pl.Series([quantiles(mean).tolist() for mean in raw.mean]))
    return rows, raw, told


def test_a_wide_market_is_read_half_off_its_prediction(draws):
    market = NFL.markets["passing_yards"]
    narrow = np.quantile(np.random.default_rng(1).normal(0.0, 30.0, 50_000), QUANTILES)
    rows, raw, told = predicted_as(draws, market, "passing_yards", lambda mean: mean + narrow)
    read = readoff.settled(draws, market, rows, told, "passing_yards")
    start = raw.mean > 100
    assert start.any()
    expected = (raw.quantiles + np.array([mean + narrow for mean in raw.mean])) / 2
    assert read.quantiles[start] == pytest.approx(expected[start], abs=3.5)
    assert read.mean[start] == pytest.approx(raw.mean[start], rel=0.02)
    assert (read.sd[start] < raw.sd[start]).all()
    assert read.hist_shares[start].sum(axis=1) == pytest.approx(1.0)
    again = readoff.settled(draws, market, rows)
    assert (again.quantiles == raw.quantiles).all(), "the raw draws stay"


def test_few_values_are_read_off_the_draws_alone(draws):
    market = NFL.markets["receptions"]
    rows, raw, told = predicted_as(
        draws, market, "receptions", lambda mean: np.linspace(0.0, 9.0, len(QUANTILES)) + mean
    )
    read = readoff.settled(draws, market, rows, told, "receptions")
    assert (read.quantiles == raw.quantiles).all()
    assert (read.mean == raw.mean).all()


def test_a_market_whose_stats_are_not_drawn_is_not_read_off(draws):
    assert not readoff.settles(draws, NFL.markets["plays"])
    with pytest.raises(ValueError, match="not among the stats"):
        readoff.settled(draws, NFL.markets["plays"], np.arange(2))


def test_mapping_keeps_the_order_of_worlds_and_takes_the_targets_distribution(draws):
    scored = readoff.points(draws, NFL.contests["draftkings_classic"])
    target = np.quantile(np.random.default_rng(1).gamma(4.0, 400.0, 50_000), QUANTILES)
    row = int(scored.mean(axis=1).argmax())
    before = scored.copy()
    whole = readoff.mapped(scored, {row: target}, weight=1.0)
    assert (scored == before).all(), "the raw draws stay"
    others = np.arange(len(scored)) != row
    assert (whole[others] == scored[others]).all()
    order = np.argsort(scored[row], kind="stable")
    assert (np.diff(whole[row][order]) >= 0).all()
    assert np.quantile(whole[row], QUANTILES) == pytest.approx(target, rel=0.03, abs=5)
    half = readoff.mapped(scored, {row: target})
    assert half[row].mean() == pytest.approx((whole[row].mean() + scored[row].mean()) / 2, abs=1)


def test_correlations_hardly_move_under_a_mapping(draws):
    scored = readoff.points(draws, NFL.contests["draftkings_classic"])
    rows = [row for row, mean in enumerate(scored.mean(axis=1)) if mean > 500]
    wider = {row: np.quantile(scored[row], QUANTILES) * 1.15 for row in rows}
    after = readoff.mapped(scored, wider, weight=1.0)
    change = np.corrcoef(after[rows]) - np.corrcoef(scored[rows])
    assert np.abs(change).max() < 0.02


def test_who_is_seen_too_differently_has_no_target(draws):
    means = np.full(draws.players.height, 10.0)
    player, game = draws.players.select("player_id", "game_id").row(0)
    quantiles = [float(q) for q in range(15)]

    def told(mean):
        row = (player, game, "t", "QB", "draftkings_points", mean, 1.0, 0.0, quantiles)
        frame = pl.DataFrame([row], schema=dict(frames.PREDICTIONS), orient="row")
        return readoff.targets(draws, frame, "draftkings_points", means)

    assert list(told(9.0)) == [0]
    assert told(9.0)[0].tolist() == [100 * q for q in quantiles]
    assert told(30.0) == {}
    assert told(float("nan")) == {}


def test_over_and_push():
    values = np.array([0, 1, 2, 2, 5])
    assert readoff.prob_over(values, 1.5) == (0.6, 0.0)
    assert readoff.prob_over(values, 2) == (0.2, 0.4)


def test_games_agree_with_their_scores(two_games):
    draws = simulate(two_games.slate, two_games.predicted, 1, 2000)
    games = results.games(draws)
    assert games.columns == list(results.GAME_MARGINALS)
    for row, score in zip(games.iter_rows(named=True), draws.scores.astype(int), strict=True):
        home, away = score
        assert row["home_score_mean"] == pytest.approx(home.mean())
        assert row["total_sd"] == pytest.approx((home + away).std())
        assert row["prob_home_win"] == pytest.approx((home > away).mean() + (home == away).mean() / 2)
        assert row["line_source"] == "market"
