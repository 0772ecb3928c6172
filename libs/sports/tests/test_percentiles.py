"""Quantiles by what files call their columns, and a distribution's values at our levels."""

import pytest
from sdp_sports.files.percentiles import at_levels, falls, level_of, told
from sdp_sports.spec import QUANTILES


@pytest.mark.parametrize(
    ("label", "level"),
    [
        ("P5", 0.05), ("p90", 0.9), ("Q 0.25", 0.25), ("75%", 0.75), ("90th Percentile", 0.9), ("1st percentile", 0.01),
        ("percentile_10", 0.1), (" 50TH ", 0.5), ("99.5%", 0.995), ("10", None), ("P0", None), ("P100", None),
        ("Proj", None), ("3P%", None), ("", None), ("Own%", None),
    ],
)  # fmt: skip
def test_a_columns_name_is_a_level_where_it_says_so(label: str, level: float | None) -> None:
    assert level_of(label) == level


def test_levels_are_told_in_their_order() -> None:
    assert list(told({"P90": 3.0, "P10": 1.0, "Usage": 9.0, "50%": 2.0}).items()) == [
        (0.1, 1.0),
        (0.5, 2.0),
        (0.9, 3.0),
    ]


def test_what_is_told_comes_back_and_what_lies_between_rises() -> None:
    found = at_levels({0.1: 5.0, 0.5: 12.0, 0.9: 30.0})
    assert found is not None
    at = dict(zip(QUANTILES, found, strict=True))
    assert (at[0.1], at[0.5], at[0.9]) == pytest.approx((5.0, 12.0, 30.0))
    assert not falls(found)
    assert min(found) >= 0
    assert falls([1.0, 3.0, 2.0])
    below = at_levels({0.1: -4.0, 0.9: 10.0})
    assert below is not None
    assert min(below) == -4.0  # a player who may lose points loses no more than the file says
    assert at_levels({0.5: 3.0}) is None
    assert at_levels({}) is None


def test_a_normal_distribution_is_met_at_every_level() -> None:
    from statistics import NormalDist

    normal = NormalDist(40, 8)
    found = at_levels({level: normal.inv_cdf(level) for level in (0.1, 0.5, 0.9)})
    assert found == pytest.approx([normal.inv_cdf(level) for level in QUANTILES])
