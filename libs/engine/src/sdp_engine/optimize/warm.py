"""The kernels compiled ahead of the first request; later processes load them from disk."""

import polars as pl
from sdp_sports.rules import Rules, TeamExposure
from sdp_sports.spec import Contest, Slot, Stack, StackNeed

from sdp_engine.frames import POOL
from sdp_engine.optimize.solve import solve

_CONTEST = Contest(
    site="none",
    title="Two of three",
    salary_cap_usd=20,
    slots=(Slot(name="A", positions=("A",)), Slot(name="B", positions=("B",))),
    scoring={},
)
_STACK = Stack(title="A with B", anchor=("A",), needs=(StackNeed(side="team", positions=("B",), at_least=1),))


def warm() -> None:
    """Solve a problem of four players, so that every kernel is compiled or loaded."""
    rows = [(i, i, f"{p}{i}", "T", "U", "T@U", p, [p], 10, float(i)) for i, p in enumerate(("A", "A", "B", "B"), 1)]
    rules = Rules(lineups=2, min_unique=1, stack="ab", team_exposures=(TeamExposure(team_id="T", at_most=1.0),))
    solve(_CONTEST, pl.DataFrame(rows, schema=dict(POOL), orient="row"), rules, {"ab": _STACK})
