"""What those who are out leave goes to those who run, and to nobody who does not."""

import numpy as np
import pytest
from sdp_engine.simulate.expectation import Row, expect


@pytest.mark.parametrize("yards", [0.0, 2e-313, 0.4, 40.0])
def test_a_man_who_hardly_runs_does_not_take_a_lead_backs_carries(yards: float) -> None:
    rows = [
        Row(1, "QB", {"passing_yards": 240.0, "rushing_yards": yards}, 6000.0),
        Row(2, "RB", {"rushing_yards": 80.0, "rushing_attempts": 18.0}, 7000.0, is_out=True),
        Row(3, "RB", {"rushing_yards": yards, "rushing_attempts": yards / 4}, 4000.0),
        Row(4, "WR", {"receiving_yards": 60.0, "receptions": 5.0, "rushing_yards": yards}, 6000.0),
    ]
    made = expect(rows, 22.0, 0.0)
    assert np.isfinite(made.carries).all()
    assert (made.carries >= 0).all()
    carries = dict(zip(made.players, made.carries, strict=True))
    assert carries.get(3, 0.0) > 10 if yards == 40.0 else carries.get(3, 0.0) < 1
