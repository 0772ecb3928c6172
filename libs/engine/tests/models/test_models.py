"""Both families: the same verbs, the same answers twice, honest distributions."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import joblib
import numpy as np
import polars as pl
import pytest
from sdp_engine.distributions import Distribution
from sdp_engine.features import build
from sdp_engine.features.starters import STARTS
from sdp_engine.models import baseline, boosted, fitting, ridge, rolling, spread, starting, training
from sdp_engine.models.families import FAMILIES
from sdp_engine.models.model import BEHIND, EXPECTED, MOMENT, TARGET, Design
from sdp_sports.spec import load

SPORT = load("nfl")
MARKETS = ["receptions", "passing_yards", "anytime_touchdown", "two_touchdowns"]
LATE = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def features(league: Any) -> pl.DataFrame:
    made = build.history(SPORT, league.sources)
    return made.join(league.games.select("game_id", as_of="starts_at"), on="game_id")


def frame(league: Any, features: pl.DataFrame, market: str) -> pl.DataFrame:
    return training.frame_of(
        SPORT, market, features, training.outcomes_of(SPORT, features, league.lines, league.snaps, league.roles)
    )


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("market", MARKETS)
def test_a_fit_predicts_distributions_of_the_declared_family(
    league: Any, features: pl.DataFrame, family: str, market: str
) -> None:
    rows = frame(league, features, market)
    if rows.height < 400:
        rows = pl.concat([rows, rows.with_columns(pl.col("player_id") + 1_000)])
    judged = FAMILIES[family].fit_and_judge(rows, market, SPORT.markets[market], LATE)
    if EXPECTED in rows.columns:  # who came in though no roster had named him is learnt from, and never asked for
        rows = rows.filter(~((pl.col(STARTS) == 0) & pl.col(EXPECTED).is_null()).fill_null(value=False))
    predicted = judged.model.predict(rows)
    assert predicted.family == SPORT.markets[market].family
    assert len(predicted) == rows.height
    assert abs(predicted.mean().mean() - rows[TARGET].mean()) < 0.15 * rows[TARGET].mean()
    assert judged.metrics["crps"] > 0
    assert judged.held_out_from > rows[MOMENT].quantile(0.7)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_data_give_the_same_predictions(league: Any, features: pl.DataFrame, family: str) -> None:
    rows = frame(league, features, "receptions")
    market = SPORT.markets["receptions"]
    first = FAMILIES[family].fit(rows, "receptions", market, LATE)
    second = FAMILIES[family].fit(rows.sample(fraction=1, shuffle=True, seed=8), "receptions", market, LATE)
    levels = np.linspace(0.05, 0.95, 7)
    assert np.allclose(first.predict(rows).mean(), second.predict(rows).mean(), atol=1e-9, rtol=0)
    assert np.allclose(first.predict(rows).quantile(levels), second.predict(rows).quantile(levels), atol=1e-9, rtol=0)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_survives_its_file(league: Any, features: pl.DataFrame, family: str) -> None:
    rows = frame(league, features, "receptions")
    model = FAMILIES[family].fit(rows, "receptions", SPORT.markets["receptions"], LATE)
    body = BytesIO()
    joblib.dump(model, body)
    body.seek(0)
    again = joblib.load(body)
    assert np.array_equal(again.predict(rows).mean(), model.predict(rows).mean())


def test_boosting_knows_more_than_the_average(league: Any, features: pl.DataFrame) -> None:
    rows = frame(league, features, "receptions")
    scores = {
        f: FAMILIES[f].fit_and_judge(rows, "receptions", SPORT.markets["receptions"], LATE).metrics for f in FAMILIES
    }
    no_skill = float((rows[TARGET] - rows[TARGET].mean()).abs().mean())
    assert scores["boosted"]["mae"] < 0.9 * no_skill
    assert scores["boosted"]["crps"] < scores["baseline"]["crps"] * 1.05


def test_figures_are_of_rows_the_judged_model_never_saw(league: Any, features: pl.DataFrame) -> None:
    """Garbage in the held-out part changes the figures, and not the model they are of."""
    rows = frame(league, features, "receptions")
    since = rolling.cut(rows, rolling.SHARES[-1])
    wrong = rows.with_columns(y=pl.when(pl.col(MOMENT) >= since).then(50.0).otherwise(pl.col(TARGET)))
    market, family = SPORT.markets["receptions"], FAMILIES["baseline"]
    true, false = (family.fit_and_judge(r, "receptions", market, LATE) for r in (rows, wrong))
    assert true.held_out_from == since
    shift = 50 - float(rows.filter(pl.col(MOMENT) >= since)[TARGET].mean())  # type: ignore[arg-type]
    assert false.metrics["bias"] == pytest.approx(true.metrics["bias"] - shift, abs=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_drivers_name_what_moved_the_mean(league: Any, features: pl.DataFrame, family: str) -> None:
    rows = frame(league, features, "receptions")
    model = FAMILIES[family].fit(rows, "receptions", SPORT.markets["receptions"], LATE)
    told = model.drivers(rows.tail(5), 4)
    assert [len(row) for row in told] == [min(4, len(model.columns))] * 5
    assert all(driver["feature"] in model.columns for row in told for driver in row)
    sizes = [abs(driver["effect"]) for driver in told[0]]
    assert sizes == sorted(sizes, reverse=True)


def test_effects_add_up_to_the_mean(league: Any, features: pl.DataFrame) -> None:
    rows = frame(league, features, "receptions")
    model = FAMILIES["boosted"].fit(rows, "receptions", SPORT.markets["receptions"], LATE)
    matrix, codes = model.design.matrix(rows), model.design.codes(rows)
    rest = model.mean.of(matrix, codes) - model.mean.effects(matrix, codes).sum(axis=1)
    for code in np.unique(codes):
        inside = rest[(codes == code) & (model.mean.of(matrix, codes) > 0)]
        assert np.ptp(inside) < 1e-9


def test_a_frame_without_the_features_is_refused_by_name(league: Any, features: pl.DataFrame) -> None:
    rows = frame(league, features, "receptions")
    model = FAMILIES["boosted"].fit(rows, "receptions", SPORT.markets["receptions"], LATE)
    with pytest.raises(ValueError, match="lack wind_mph"):
        model.predict(rows.drop("wind_mph"))
    with pytest.raises(ValueError, match="lack receptions_fast"):
        baseline.columns(("receptions_slow",), "receptions")


def test_too_few_rows_are_refused(league: Any, features: pl.DataFrame) -> None:
    rows = frame(league, features, "receptions").head(50)
    for family in FAMILIES.values():
        with pytest.raises(ValueError, match="too few"):
            family.fit(rows, "receptions", SPORT.markets["receptions"], LATE)


def test_blocks_are_predicted_from_what_came_before(league: Any, features: pl.DataFrame) -> None:
    rows = frame(league, features, "receptions")
    blocks = rolling.blocks(rows)
    assert len(blocks) == len(rolling.SHARES)
    for block in blocks:
        assert rows.filter(block.train)[MOMENT].max() < rows.filter(block.ahead)[MOMENT].min()
    assert not np.any(blocks[0].ahead & blocks[1].ahead)


def test_the_empirical_layer_keeps_mean_zeros_and_shape() -> None:
    rng = np.random.default_rng(4)
    mean = rng.gamma(4, 8, 6_000)
    observed = np.round(np.where(rng.random(6_000) < 0.15, 0, rng.gamma(2, mean / 0.85 / 2)))
    layer = spread.learn("empirical", mean, observed, np.zeros(6_000, dtype=np.int64))
    at = np.array([10.0, 30.0, 60.0])
    made = layer.around(at, np.zeros(3, dtype=np.int64))
    assert made.mean() == pytest.approx(at, rel=0.02)
    assert made.prob_zero() == pytest.approx([0.15] * 3, abs=0.06)
    assert np.all(made.quantile([0.01]) >= 0)
    truth = Distribution.of("empirical", levels=[0, 1], values=[[0, 1]])
    assert truth.sd()[0] < made.sd()[0] < made.sd()[1] < made.sd()[2]
    assert layer.step == 1.0


def test_a_count_may_exceed_the_largest_seen() -> None:
    rng = np.random.default_rng(9)
    mean = rng.gamma(9, 0.1, 2_000)
    observed = np.minimum(rng.poisson(mean), 4).astype(float)
    layer = spread.learn("empirical", mean, observed, np.zeros(2_000, dtype=np.int64))
    made = layer.around(np.array([mean.mean()]), np.zeros(1, dtype=np.int64))
    assert 0 < made.prob_over(4.0)[0] < 0.01
    assert np.all(made.prob_push(np.arange(6.0)[None, :])[0] > 0)


def test_the_count_layer_finds_the_size_of_its_negative_binomial() -> None:
    rng = np.random.default_rng(5)
    mean = rng.gamma(6, 0.7, 8_000)
    observed = rng.negative_binomial(3.0, 3.0 / (3.0 + mean)).astype(float)
    layer = spread.learn("negative_binomial", mean, observed, np.zeros(8_000, dtype=np.int64))
    assert layer.sizes[0] == pytest.approx(3.0, rel=0.15)
    assert len(layer.around(np.array([1.0]), np.array([7]))) == 1  # a position never seen takes the shape of all


def test_a_layer_needs_something_to_learn_from() -> None:
    with pytest.raises(ValueError, match="no out-of-sample"):
        spread.learn("poisson", np.array([]), np.array([]), np.array([], dtype=np.int64))


def test_ridge_finds_a_line_and_ignores_the_unknown() -> None:
    rng = np.random.default_rng(6)
    matrix = rng.normal(size=(5_000, 3))
    observed = 10 + 4 * matrix[:, 0] - 2 * matrix[:, 1] + rng.normal(0, 0.1, 5_000)
    codes = np.zeros(5_000, dtype=np.int64)
    fitted = ridge.fit(matrix, observed, codes)
    assert np.corrcoef(fitted.mean(matrix, codes), observed)[0, 1] > 0.99
    blank = np.full((1, 3), np.nan)
    assert fitted.mean(blank, codes[:1]) == pytest.approx([10.0], abs=0.2)


def test_design_marks_positions_and_unknowns() -> None:
    design = Design(("a",), ("QB", "WR"))
    rows = pl.DataFrame({"a": [1.0, None, 3.0, 4.0], "position": ["WR", "QB", "K", "QB"]})
    rows = rows.with_columns(is_starter=pl.Series([None, 1.0, None, 0.0]))
    made = design.matrix(rows)
    assert np.array_equal(made[:, 1:], [[0, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 1]])
    assert np.isnan(made[1, 0])
    assert design.codes(rows).tolist() == [1, 0, -1, BEHIND]
    assert design.codes(rows.drop("is_starter")).tolist() == [1, 0, -1, 0]


def test_nothing_is_fitted_on_what_was_not_known_yet(league: Any, features: pl.DataFrame) -> None:
    """The check of `max(known_at) < as_of` at fit time, and a row that breaks it."""
    rows = frame(league, features, "receptions")
    last = rows["known_at"].max()
    assert isinstance(last, datetime)
    FAMILIES["baseline"].fit(rows, "receptions", SPORT.markets["receptions"], last + timedelta(seconds=1))
    for family in FAMILIES.values():
        with pytest.raises(fitting.Leak, match="must not see it"):
            family.fit(rows, "receptions", SPORT.markets["receptions"], last)


def test_a_yes_or_no_is_predicted_as_a_chance(league: Any, features: pl.DataFrame) -> None:
    rows = frame(league, features, "two_touchdowns")
    assert set(rows[TARGET].unique()) == {0.0, 1.0}
    model = FAMILIES["boosted"].fit(rows, "two_touchdowns", SPORT.markets["two_touchdowns"], LATE)
    chance = model.predict(rows).mean()
    assert np.all((chance > 0) & (chance < 1))
    assert chance.mean() == pytest.approx(rows[TARGET].mean(), rel=0.2)
    assert all(abs(driver["effect"]) <= 1 for row in model.drivers(rows.head(20), 5) for driver in row)


def test_every_outcome_alike_is_nothing_to_learn(league: Any, features: pl.DataFrame) -> None:
    rows = frame(league, features, "plays")
    with pytest.raises(ValueError, match="every outcome is the same"):
        FAMILIES["boosted"].fit(rows, "plays", SPORT.markets["plays"], LATE)


def test_a_fingerprint_tells_data_and_configuration_apart(league: Any, features: pl.DataFrame) -> None:
    rows = frame(league, features, "receptions")
    market = SPORT.markets["receptions"]
    digest = training.digest(rows)
    assert digest == training.digest(frame(league, features, "receptions"))
    assert digest != training.digest(rows.with_columns(pl.col(TARGET) + (pl.col("player_id") == 3)))
    assert digest != training.digest(rows.head(rows.height - 1))
    prints = {training.fingerprint(digest, market, family) for family in FAMILIES.values()}
    assert len(prints) == 2


def test_the_trees_are_pinned() -> None:
    assert boosted.PARAMS["deterministic"]
    assert boosted.PARAMS["num_threads"] == 1


def test_growing_parts_are_learnt_as_from_the_start() -> None:
    rng = np.random.default_rng(4)
    matrix = rng.normal(size=(2_000, 6))
    matrix[:900, 3] = np.nan  # known of later rows alone
    observed = matrix[:, 0] + np.nan_to_num(matrix[:, 3]) + rng.normal(size=2_000)
    codes = np.zeros(2_000, dtype=np.int64)
    again = boosted.Again(matrix, observed, codes)
    asked = matrix[-200:]
    for until, same in ((800, True), (1_600, True), (1_700, False)):
        part = np.arange(2_000) < until
        fresh = boosted.learn(matrix[part], observed[part], codes[part]).of(asked, codes[-200:])
        made = again(part).of(asked, codes[-200:])
        # Binned by the rows of this part: the same trees. Else by those of one a little earlier.
        assert np.array_equal(made, fresh) is same
        assert np.sqrt(np.mean((made - fresh) ** 2)) < 0.05


def test_a_quarterbacks_prediction_is_mixed_of_starting_and_of_sitting() -> None:
    levels = np.array([0.0, 0.5, 1.0])
    starts = Distribution.of("empirical", levels=levels, values=[[200.0, 250.0, 300.0]] * 3)
    sits = Distribution.of("empirical", levels=levels, values=[[0.0, 10.0, 20.0]] * 3)
    plain = Distribution.of("empirical", levels=levels, values=[[1.0, 2.0, 3.0]] * 4)
    rows, chance = np.array([0, 2, 3]), np.array([0.2, 1.0, 0.0])
    fine = np.linspace(0.0, 1.0, 201)
    wide = {"levels": fine, "step": 0.0}
    made = starting.mixed(
        Distribution.of("empirical", values=plain.quantile(fine), **wide),
        rows,
        Distribution.of("empirical", values=starts.quantile(fine), **wide),
        Distribution.of("empirical", values=sits.quantile(fine), zero=0.4, **wide),
        chance,
    )
    sits = sits.given(0.6)
    assert made.mean() == pytest.approx([0.2 * 250 + 0.8 * 0.6 * 10, 2.0, 250.0, 6.0])
    assert made[[0, 2, 3]].zero == pytest.approx([0.8 * 0.4, 0.0, 0.4])
    for at in (5.0, 15.0, 100.0, 220.0, 280.0):
        both = chance * starts.cdf(at) + (1 - chance) * sits.cdf(at)
        assert made[[0, 2, 3]].cdf(at) == pytest.approx(both, abs=0.01)
    yes = Distribution.of("bernoulli", prob=[0.1, 0.2])
    mixed = starting.mixed(yes, np.array([1]), yes[[0]], yes[[1]], np.array([0.25]))
    assert mixed.params["prob"] == pytest.approx([0.1, 0.25 * 0.1 + 0.75 * 0.2])


def test_who_is_to_start_is_told_by_what_became_of_such_players() -> None:
    rng = np.random.default_rng(6)
    matrix = np.column_stack([rng.normal(size=2_000), np.full(2_000, np.nan)])
    expected = np.repeat([1.0, 0.0], 1_000)
    started = np.where(expected > 0, 1.0, (rng.random(2_000) < 0.3 + 0.2 * np.sign(matrix[:, 0])).astype(float))
    odds = starting.learn(matrix, expected, started)
    asked = np.array([[-1.0, np.nan], [1.0, np.nan], [0.0, np.nan]])
    low, high, sure = odds.of(asked, np.array([0.0, 0.0, 1.0]))
    assert 0.08 < low < 0.2
    assert 0.4 < high < 0.55
    assert sure == pytest.approx((1_000 + 0.97 * starting.WEIGHT) / (1_000 + starting.WEIGHT))
    # Of few, and of nobody, what is thought of any such player.
    few = starting.learn(matrix[998:1_002], expected[998:1_002], np.array([1.0, 1.0, 1.0, 1.0]))
    assert few.of(asked, np.zeros(3)) == pytest.approx([(2 + 4) / 22] * 3, abs=0.02)
    assert starting.learn(matrix[:9], expected[:9], started[:9]).of(asked, np.zeros(3)) == pytest.approx([0.2] * 3)


def test_who_is_not_expected_to_start_is_predicted_as_he_may(league: Any, features: pl.DataFrame) -> None:
    rows = frame(league, features, "passing_yards")
    rows = pl.concat([rows.with_columns(pl.col("player_id") + 1_000 * copy) for copy in range(4)])
    rng = np.random.default_rng(3)
    told = (rng.random(rows.height) < 0.7).astype(float)
    began = np.where(rng.random(rows.height) < 0.85, told, 1 - told)
    rows = rows.with_columns(
        pl.Series(STARTS, began), pl.Series(EXPECTED, told), pl.Series(TARGET, rng.gamma(9.0, 4.0 + 20 * began))
    )
    judged = FAMILIES["baseline"].fit_and_judge(rows, "passing_yards", SPORT.markets["passing_yards"], LATE)
    served = rows.with_columns(pl.Series(STARTS, told))
    mean = judged.model.predict(served).mean()
    for kind, chance in ((1.0, 0.85), (0.0, 0.15)):
        assert mean[told == kind].mean() == pytest.approx(36 + 180 * chance, abs=25)
    assert judged.metrics["coverage_80"] == pytest.approx(0.8, abs=0.06)
