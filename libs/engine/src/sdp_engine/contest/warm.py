"""The contest's kernels compiled ahead of the first request; later processes load them from disk."""

import numpy as np
import polars as pl
from sdp_sports.spec import Contest, Slot

from sdp_engine.contest import simulate
from sdp_engine.contest.choose import choose
from sdp_engine.contest.field import Crowd
from sdp_engine.contest.habits import Habits
from sdp_engine.contest.payouts import Offer

_CONTEST = Contest(
    site="none",
    title="Two of three",
    salary_cap_usd=20,
    slots=(Slot(name="A", positions=("A",)), Slot(name="B", positions=("B",))),
    scoring={},
)


def warm() -> None:
    """Draft a field of four players and play a contest with it."""
    simulate.warm()
    rows = [(i, f"{p}{i}", f"T{i}", p, [p], 10, float(i)) for i, p in enumerate(("A", "A", "B", "B"), 1)]
    columns = ("player_id", "name", "team_id", "position", "roster_slots", "salary_usd", "points")
    pool = pl.DataFrame(rows, schema=columns, orient="row")
    crowd = Crowd(_CONTEST, pool, Habits(source="warm", pulls={"points": 1.0}, discount=0.9))
    crowd.ownership()
    moves = crowd.draw(4, np.random.default_rng(1))
    points = np.ones((len(crowd.roster.row), 1), np.int16)
    choose(points, moves[:1], moves, Offer("warm", 1.0, 5, ()), 1)
