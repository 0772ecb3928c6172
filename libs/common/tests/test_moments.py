"""Moments in a job's parameters."""

from datetime import UTC, datetime

import pytest
from sdp_common.errors import BadInput
from sdp_common.moments import read_moment

NOW = datetime(2023, 11, 26, 18, tzinfo=UTC)


def test_moments_are_utc_and_never_ahead_of_now() -> None:
    assert read_moment(None, NOW) == NOW
    assert read_moment("2022-01-01T00:00:00", NOW) == datetime(2022, 1, 1, tzinfo=UTC)
    assert read_moment("2022-01-01T00:00:00-05:00", NOW) == datetime(2022, 1, 1, 5, tzinfo=UTC)
    assert read_moment("2099-01-01T00:00:00Z", NOW) == NOW


def test_what_is_no_moment_is_refused_with_an_example() -> None:
    with pytest.raises(BadInput, match="2023-11-26T18:00:00"):
        read_moment("last Sunday", NOW)
