"""A season played again: only the past is read, and scores are what happened."""

import random

import numpy as np
import polars as pl
import pytest
from sdp_engine.optimize.season import CONTESTS, PAST, PROJECTIONS, Outlook, Project, play_week
from sdp_sports.rules import Rules
from sdp_sports.spec import find_contest

SPORT, KEY = find_contest("dk_nfl_classic")
CONTEST = SPORT.contests[KEY]
DEPTH = {"QB": 1, "RB": 2, "WR": 3, "TE": 1, "DST": 1}


def a_season() -> pl.DataFrame:
    rng, rows = random.Random(4), []
    for week in (1, 2, 3):
        for team in range(6):
            for position, depth in DEPTH.items():
                rows += [
                    {"name": f"{position} {team} {place}", "position": position, "team": f"T{team}",
                     "opponent": f"T{team ^ 1}", "week": week, "salary_usd": rng.randrange(3000, 7000, 100),
                     "points": round(rng.uniform(0, 30), 2)}
                    for place in range(depth)
                ]  # fmt: skip
    return pl.DataFrame(rows, schema=PAST)


PLAYED = pl.DataFrame(
    {"week": [3, 3], "entries": [100, 300], "cash_line": [0.0, 1000.0], "winning_score": [300.0, 200.0]},
    schema=CONTESTS,
)


@pytest.mark.parametrize("projected_by", PROJECTIONS.values())
def test_a_week_is_built_from_the_weeks_before_and_scored_by_what_happened(projected_by: Project) -> None:
    past, rules = a_season(), Rules(lineups=3)
    found = play_week(CONTEST, rules, SPORT.stacks, past, PLAYED, 3, projected_by)
    assert found.above_cash == pytest.approx(0.25)  # all are paid by the line of 0, which has a quarter of the entries
    assert found.best_of_winner == pytest.approx(found.best / 200)
    doubled = past.with_columns(points=pl.when(pl.col("week") == 3).then(2 * pl.col("points")).otherwise("points"))
    again = play_week(CONTEST, rules, SPORT.stacks, doubled, PLAYED, 3, projected_by)
    assert again.mean == pytest.approx(2 * found.mean)  # the same lineups: the week's own points are not read before
    with pytest.raises(ValueError, match="week 4 has 0 players"):
        play_week(CONTEST, rules, SPORT.stacks, past, PLAYED, 4, projected_by)


def test_lineups_may_be_built_on_the_worlds_that_an_outlook_tells() -> None:
    past = a_season()
    draws = np.random.default_rng(3).gamma(2.0, 5.0, (40, len(past.filter(pl.col("week") == 3))))

    def told(before: pl.DataFrame, slate: pl.DataFrame) -> Outlook:
        assert before["week"].max() == 2
        assert "points" not in slate.columns
        return Outlook(draws.mean(0), draws)

    upside = Rules(lineups=6, worlds_per_lineup=1)
    mean, best = (
        play_week(CONTEST, rules, SPORT.stacks, past, PLAYED, 3, told) for rules in (Rules(lineups=6), upside)
    )
    assert mean != best
    with pytest.raises(ValueError, match="no simulated worlds"):
        play_week(CONTEST, upside, SPORT.stacks, past, PLAYED, 3, PROJECTIONS["season_average"])
