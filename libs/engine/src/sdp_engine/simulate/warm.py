"""The simulation's kernels compiled ahead of the first request; later processes load them from disk."""

import numpy as np
from sdp_sports.spec import QUANTILES, Contest, Market, Slot

from sdp_engine.simulate import joint, readoff

_CONTEST = Contest(
    site="none",
    title="One of one",
    salary_cap_usd=20,
    slots=(Slot(name="A", positions=("QB",)),),
    scoring={"passing_yards": 0.04},
)
_MARKET = Market(title="Passing yards", stats=("passing_yards",), positions=("QB",), family="empirical")


def warm() -> None:
    """Simulate one game of nobody and read everything off it."""
    draws = joint.nobody()
    scored = readoff.points(draws, _CONTEST)
    readoff.summarise(readoff.mapped(scored, {0: np.arange(len(QUANTILES), dtype=np.float64)}))
    readoff.settled(draws, _MARKET, np.arange(1))
    readoff.scored(draws, _CONTEST, np.arange(1))
