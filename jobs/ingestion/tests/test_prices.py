"""Prices as sources write them."""

import pytest
from sdp_ingestion.prices import decimal_of_american


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (-110, 1.909091),
        ("+140", 2.4),
        ("\u2212110", 1.909091),
        ("EVEN", 2.0),
        ("ev", 2.0),
        (-120.0, 1.833333),
        (100, 2.0),
    ],
)
def test_reads_a_price(price: object, expected: float) -> None:
    assert decimal_of_american(price) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("price", [None, 0, 50, -99, "", "off", True, float("nan"), float("inf"), "1e9"])
def test_refuses_what_is_none(price: object) -> None:
    assert decimal_of_american(price) is None
