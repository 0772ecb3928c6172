import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sdp_engine.distributions import FAMILIES, Distribution

positive = st.floats(0.05, 60)
chance = st.floats(0, 1)


@st.composite
def grids(draw: st.DrawFn) -> dict[str, object]:
    values = np.sort(draw(arrays(np.float64, 6, elements=st.floats(-20, 400).map(lambda v: round(v, 3)))))
    return {"levels": [0, 0.1, 0.3, 0.6, 0.9, 1], "values": values, "step": draw(st.sampled_from([0.0, 1.0]))}


@st.composite
def distributions(draw: st.DrawFn) -> Distribution:
    family = draw(st.sampled_from(sorted(FAMILIES)))
    params = {
        "empirical": grids(),
        "normal": st.fixed_dictionaries({"mean": st.floats(-50, 300), "sd": positive}),
        "poisson": st.fixed_dictionaries({"mean": positive}),
        "negative_binomial": st.fixed_dictionaries({"mean": positive, "size": st.floats(0.3, 50)}),
        "bernoulli": st.fixed_dictionaries({"prob": chance}),
    }[family]
    return Distribution.of(family, zero=draw(st.one_of(st.just(0.0), chance)), **draw(params))


lines = st.floats(-30, 400).map(lambda v: round(v * 2) / 2)


@given(distributions(), st.lists(lines, min_size=2, max_size=8))
def test_the_cdf_rises_from_zero_to_one(d: Distribution, points: list[float]) -> None:
    reached = d.cdf(np.array([sorted(points)]))[0]
    assert np.all(np.diff(reached) >= -1e-12)
    assert np.all((reached >= 0) & (reached <= 1 + 1e-12))
    assert d.cdf(1e7)[0] == pytest.approx(1)
    assert d.cdf(-1e7)[0] == pytest.approx(0)


@given(distributions(), lines)
def test_over_push_and_under_are_everything(d: Distribution, line: float) -> None:
    over, push = d.prob_over(line)[0], d.prob_push(line)[0]
    under = d.cdf(line)[0] - push
    assert over + push + under == pytest.approx(1)
    assert min(over, push, under) >= -1e-12
    if d.is_discrete and line % 1:
        assert push == pytest.approx(0, abs=1e-12)


@given(distributions(), st.floats(0.001, 0.999))
def test_the_quantile_is_the_smallest_value_that_reaches_its_level(d: Distribution, level: float) -> None:
    x = d.quantile([level])[0, 0]
    assert d.cdf(x + 1e-6)[0] >= level - 1e-6
    assert d.cdf(x - 1e-3)[0] - d.prob_push(x - 1e-3)[0] <= level + 1e-6


@given(distributions())
def test_json_rebuilds_it_exactly(d: Distribution) -> None:
    again = Distribution.from_params(d.family, json.loads(json.dumps(d.to_params())))
    levels = np.linspace(0.01, 0.99, 25)
    assert np.array_equal(d.quantile(levels), again.quantile(levels))
    assert np.array_equal(d.mean(), again.mean())


@settings(max_examples=60)
@given(distributions())
def test_samples_have_the_mean_the_spread_and_the_zeros(d: Distribution) -> None:
    draws = d.sample(np.random.default_rng(5), 20_000)[0]
    rounding = 0.6 if d.family == "empirical" else 0.0
    assert draws.mean() == pytest.approx(d.mean()[0], abs=5 * d.sd()[0] / np.sqrt(20_000) + 1e-9 + rounding)
    assert np.mean(draws == 0) == pytest.approx(d.prob_zero()[0], abs=0.02)


def test_closed_forms() -> None:
    count = Distribution.of("negative_binomial", mean=[2.0, 4.0], size=3.0)
    assert count.sd() == pytest.approx(np.sqrt([2 + 4 / 3, 4 + 16 / 3]))
    poisson = Distribution.of("poisson", mean=0.7, zero=0.25)
    assert poisson.mean() == pytest.approx([0.525])
    assert poisson.prob_zero() == pytest.approx([0.25 + 0.75 * np.exp(-0.7)])
    uniform = Distribution.of("empirical", levels=[0, 1], values=[[0, 12]])
    assert uniform.sd() == pytest.approx([np.sqrt(12)])
    assert uniform.cdf([[3.0, 6.0]]) == pytest.approx(np.array([[0.25, 0.5]]))


def test_whole_yards_push_on_a_whole_line_only() -> None:
    yards = Distribution.of("empirical", levels=[0, 1], values=[[0, 100]], step=1.0)
    assert yards.prob_push(50.0) == pytest.approx([0.01])
    assert yards.prob_push(50.5) == pytest.approx([0.0])
    assert yards.prob_over(50.0) == pytest.approx([0.495])
    assert yards.quantile([0.5]) == pytest.approx(np.array([[50.0]]))


def test_many_variables_answer_as_one_by_one() -> None:
    many = Distribution.of("normal", mean=[1.0, 5.0, 9.0], sd=[1.0, 2.0, 3.0], zero=[0.0, 0.2, 0.9])
    levels = [0.05, 0.5, 0.97]
    alone = [
        Distribution.of("normal", mean=m, sd=s, zero=z).quantile(levels)[0]
        for m, s, z in [(1, 1, 0), (5, 2, 0.2), (9, 3, 0.9)]
    ]
    assert np.allclose(many.quantile(levels), alone)
    assert len(many[[2, 0]]) == 2
    assert many[2].mean() == pytest.approx(many.mean()[2:])


@pytest.mark.parametrize(
    ("family", "params", "words"),
    [
        ("gamma", {}, "unknown family"),
        ("normal", {"mean": 1}, "takes mean, sd"),
        ("normal", {"mean": 1, "sd": 0}, "sd is not positive"),
        ("poisson", {"mean": -1}, "mean is negative"),
        ("poisson", {"mean": float("nan")}, "not finite"),
        ("bernoulli", {"prob": 1.5}, "not a probability"),
        ("empirical", {"levels": [0, 0.5, 1], "values": [[1, 3, 2]]}, "values fall"),
        ("empirical", {"levels": [0, 0.5], "values": [[1, 3]]}, "from 0 to 1"),
    ],
)
def test_what_is_no_distribution_is_refused(family: str, params: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Distribution.of(family, **params)


def test_nothing_is_no_distribution() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Distribution.from_params("poisson", [])


def test_given_mixes_a_zero_in() -> None:
    made = Distribution.of("poisson", mean=[2.0, 2.0], zero=[0.0, 0.5]).given([0.8, 0.8])
    assert made.mean() == pytest.approx([1.6, 0.8])
    assert made.prob_zero() == pytest.approx([0.2 + 0.8 * np.exp(-2), 0.6 + 0.4 * np.exp(-2)])
    assert Distribution.of("normal", mean=3.0, sd=1.0).given(1.0).mean() == pytest.approx([3.0])
