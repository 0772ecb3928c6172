"""Published optima of real slates, to the hundredth of a point."""

import csv
from pathlib import Path

import polars as pl
import pytest
from sdp_engine.frames import POOL
from sdp_engine.optimize.check import check_lineups
from sdp_engine.optimize.solve import solve
from sdp_sports.rules import Rules
from sdp_sports.spec import Contest, Slot, Stack, StackNeed, load

NFL = load("nfl")
CONTEST = NFL.contests["draftkings_classic"]
GUARDS, FORWARDS = ("PG", "SG"), ("SF", "PF")
BASKETBALL = Contest(
    site="draftkings",
    title="Basketball",
    salary_cap_usd=50_000,
    min_games=2,
    slots=(
        *(Slot(name=p, positions=(p,)) for p in (*GUARDS, *FORWARDS, "C")),
        Slot(name="G", positions=GUARDS),
        Slot(name="F", positions=FORWARDS),
        Slot(name="UTIL", positions=(*GUARDS, *FORWARDS, "C")),
    ),
    scoring={},
)
BASEBALL = Contest(
    site="draftkings",
    title="Baseball",
    salary_cap_usd=50_000,
    min_games=2,
    slots=(
        Slot(name="P", positions=("SP", "RP"), count=2),
        *(Slot(name=p, positions=(p,)) for p in ("C", "1B", "2B", "3B", "SS")),
        Slot(name="OF", positions=("OF",), count=3),
    ),
    scoring={},
)
SLATES = {
    "nfl": ("nfl_dk_2023w12_DKSalaries.csv", CONTEST),
    "nba": ("nba_dk_2018-12-03_DKSalaries.csv", BASKETBALL),
    "mlb": ("mlb_dk_2020-09-24_DKSalaries.csv", BASEBALL),
}
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


def a_pool(file: Path, contest: Contest) -> pl.DataFrame:
    rows = []
    for line in csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()):
        game = line["Game Info"].split(" ")[0]
        if "@" not in game:  # postponed
            continue
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
                "roster_slots": [x.name for x in contest.slots if set(line["Position"].split("/")) & set(x.positions)],
                "salary_usd": int(float(line["Salary"])),
                "points": float(line["AvgPointsPerGame"]),
            }
        )
    return pl.DataFrame(rows, schema=dict(POOL)).unique("draftable_id", keep="first")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("slate", "rules", "first", "total"),
    [
        ("nfl", Rules(lineups=20), 152.39, 3035.08),
        ("nfl", Rules(lineups=20, stack="back", max_exposure=0.5, min_unique=3), 146.25, 2822.83),
        ("nba", Rules(lineups=20), 279.53, 5574.61),
        ("nba", Rules(lineups=20, max_exposure=0.5, min_unique=3), 279.53, 5519.91),
        ("mlb", Rules(lineups=1), 216.77, 216.77),
    ],
)
def test_the_optima_of_a_real_slate_are_the_published_ones(
    shared: Path, slate: str, rules: Rules, first: float, total: float
) -> None:
    name, contest = SLATES[slate]
    pool = a_pool(shared / "bench/dfs" / name, contest)
    lineups = solve(contest, pool, rules, STACKS)
    assert lineups[0].points == first
    assert sum(x.points for x in lineups) == pytest.approx(total, abs=1e-6)
    assert check_lineups(contest, pool, [x.draftable_ids for x in lineups], rules, STACKS) == []
