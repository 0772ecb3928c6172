import numpy as np
import pytest
from sdp_engine.distributions import Distribution
from sdp_engine.evaluate import calibration, scores
from sdp_engine.evaluate.report import report


def test_crps_of_a_normal_at_its_mean() -> None:
    value = scores.crps(Distribution.of("normal", mean=3.0, sd=2.0), np.array([3.0]))
    assert value == pytest.approx([2 * (np.sqrt(2) - 1) / np.sqrt(np.pi)])


def test_crps_of_a_chance_is_its_brier_score() -> None:
    d = Distribution.of("bernoulli", prob=[0.3, 0.3])
    assert scores.crps(d, np.array([0.0, 1.0])) == pytest.approx([0.09, 0.49])


@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
def test_crps_of_a_uniform(y: float) -> None:
    d = Distribution.of("empirical", levels=[0, 1], values=[[0, 1]])
    assert scores.crps(d, np.array([y])) == pytest.approx([(y**3 + (1 - y) ** 3) / 3], abs=1e-4)


def test_crps_of_a_poisson_agrees_with_the_expectation_form() -> None:
    d = Distribution.of("poisson", mean=2.5)
    rng = np.random.default_rng(1)
    x, z = rng.poisson(2.5, 400_000), rng.poisson(2.5, 400_000)
    assert scores.crps(d, np.array([4.0])) == pytest.approx([np.abs(x - 4).mean() - np.abs(x - z).mean() / 2], abs=0.01)


def test_a_sharper_true_forecast_scores_better() -> None:
    rng = np.random.default_rng(2)
    y = rng.normal(0, 1, 4_000)
    true, wide = (Distribution.of("normal", mean=np.zeros(4_000), sd=s) for s in (1.0, 2.0))
    assert scores.crps(true, y).mean() < scores.crps(wide, y).mean()
    assert scores.log_score(true, y).mean() < scores.log_score(wide, y).mean()


def test_log_score_of_a_count_is_its_mass() -> None:
    assert scores.log_score(Distribution.of("poisson", mean=1.0), np.array([0.0])) == pytest.approx([1.0])


def test_errors() -> None:
    a, b = np.array([1.0, 5.0]), np.array([4.0, 1.0])
    assert scores.mean_absolute_error(a, b) == 3.5
    assert scores.root_mean_squared_error(a, b) == pytest.approx(np.sqrt(12.5))
    assert scores.brier(np.array([0.2, 0.9]), np.array([0.0, 1.0])) == pytest.approx(0.025)


def test_the_pit_of_the_truth_is_uniform_and_of_a_falsehood_is_not() -> None:
    rng = np.random.default_rng(3)
    y = rng.poisson(1.3, 20_000).astype(float)
    true = calibration.Pit.of(Distribution.of("poisson", mean=np.full(y.size, 1.3)), y)
    false = calibration.Pit.of(Distribution.of("poisson", mean=np.full(y.size, 2.0)), y)
    assert true.error() < 0.01 < 0.1 < false.error()
    assert true.coverage(0.8) == pytest.approx(0.8, abs=0.01)
    assert true.histogram(10) == pytest.approx([0.1] * 10, abs=0.01)


def test_the_pit_s_noise_is_the_error_of_a_perfect_forecast() -> None:
    rng = np.random.default_rng(4)
    for mean in (0.8, 30.0):
        d = Distribution.of("poisson", mean=np.full(500, mean))
        trials = [calibration.Pit.of(d, rng.poisson(mean, 500).astype(float)) for _ in range(200)]
        assert np.mean([t.noise() for t in trials]) == pytest.approx(np.mean([t.error() for t in trials]), rel=0.15)
        assert 0.88 < np.mean([t.error() < t.bound() for t in trials]) < 0.995


def test_the_pit_is_what_drawing_within_the_jump_gives_on_average() -> None:
    rng = np.random.default_rng(5)
    d = Distribution.of("poisson", mean=np.full(300, 1.1))
    pit = calibration.Pit.of(d, rng.poisson(1.4, 300).astype(float))
    drawn = pit.low + rng.random((2_000, 300)) * (pit.high - pit.low)
    assert pit.coverage(0.8) == pytest.approx(np.mean(np.abs(drawn - 0.5) <= 0.4), abs=2e-3)


def test_coverage_and_calibration_of_known_cases() -> None:
    d = Distribution.of("normal", mean=np.zeros(3), sd=1.0)
    assert calibration.Pit.of(d, np.array([0.0, 1.0, 3.0])).coverage(0.9) == pytest.approx(2 / 3)
    happened = np.array([1.0, 0.0, 1.0, 1.0])
    assert calibration.expected_calibration_error(np.full(4, 0.75), happened) == pytest.approx(0)
    assert calibration.expected_calibration_error(np.full(4, 0.95), happened) == pytest.approx(0.2)


def test_a_report_holds_every_figure() -> None:
    figures = report(Distribution.of("poisson", mean=[1.0, 2.0]), np.array([0.0, 3.0]))
    assert figures["mae"] == pytest.approx(1.0)
    assert figures["rows"] == 2
    assert {"crps", "rmse", "bias", "log_score", "pit_error", "coverage_80", "brier_any"} <= set(figures)
