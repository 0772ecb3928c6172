"""The bucket, by a clock of the test's own."""

import pytest
from sdp_common.rate import TokenBucket


def test_after_the_burst_requests_leave_at_the_rate() -> None:
    bucket = TokenBucket(2.0, clock=lambda: 0.0)
    assert [bucket.reserve() for _ in range(5)] == [0.0, 0.0, 0.5, 1.0, 1.5]


def test_a_pause_saves_up_a_second_and_no_more() -> None:
    moment = 0.0
    bucket = TokenBucket(2.0, clock=lambda: moment)
    for _ in range(2):
        bucket.reserve()
    moment = 3600.0
    assert [bucket.reserve() for _ in range(3)] == [0.0, 0.0, 0.5]


def test_slow_rates_wait_for_their_turn() -> None:
    moment = 0.0
    bucket = TokenBucket(0.1, clock=lambda: moment)
    assert bucket.reserve() == 0.0
    assert bucket.reserve() == pytest.approx(10.0)
    moment = 10.0
    assert bucket.reserve() == pytest.approx(10.0)


@pytest.mark.parametrize("rate", [0.0, -1.0])
def test_no_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        TokenBucket(rate)
