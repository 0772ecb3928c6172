"""Published optima of a real slate, to the hundredth of a point."""

import csv
from pathlib import Path

import polars as pl
import pytest
from sdp_engine.frames import POOL
from sdp_engine.optimize.check import check_lineups
from sdp_engine.optimize.rules import Rules
from sdp_engine.optimize.solve import solve
from sdp_sports.spec import Stack, StackNeed, load

NFL = load("nfl")
CONTEST = NFL.contests["draftkings_classic"]
STACKS = {
    "back": Stack(
        title="Two receivers, an opposing receiver back",
        anchor=("QB",),
        needs=(
            StackNeed(side="team", positions=("WR", "TE"), at_least=2),
            StackNeed(side="opponent", positions=("WR",), at_least=1),
        ),
    )
}


def a_pool(file: Path) -> pl.DataFrame:
    rows = []
    for line in csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()):
        game = line["Game Info"].split(" ")[0]
        away, home = game.split("@")
        team = line["TeamAbbrev"]
        rows.append(
            {
                "draftable_id": int(line["ID"]),
                "player_id": None,
                "name": line["Name"],
                "team_id": team,
                "opponent_id": home if team == away else away,
                "game_id": game,
                "position": line["Position"],
                "roster_slots": line["Roster Position"].split("/"),
                "salary_usd": int(line["Salary"]),
                "points": float(line["AvgPointsPerGame"]),
            }
        )
    return pl.DataFrame(rows, schema=dict(POOL))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("rules", "first", "total"),
    [
        (Rules(lineups=20), 152.39, 3035.08),
        (Rules(lineups=20, stack="back", max_exposure=0.5, min_unique=3), 146.25, 2822.83),
    ],
    ids=["unique alone", "stack, exposure and uniqueness"],
)
def test_the_optima_of_a_real_slate_are_the_published_ones(
    shared: Path, rules: Rules, first: float, total: float
) -> None:
    pool = a_pool(shared / "bench/dfs/nfl_dk_2023w12_DKSalaries.csv")
    lineups = solve(CONTEST, pool, rules, STACKS)
    assert lineups[0].points == first
    assert sum(x.points for x in lineups) == pytest.approx(total, abs=1e-6)
    assert check_lineups(CONTEST, pool, [x.draftable_ids for x in lineups], rules, STACKS) == []
