"""Optima of worlds, and steps of larger slates, against CP-SAT."""

import numpy as np
import polars as pl
import pytest
from made_slate import a_slate
from sdp_engine.optimize.check import check_lineup
from sdp_engine.optimize.solve import best_after, solve
from sdp_engine.optimize.worlds import optima
from sdp_sports.rules import Group, GroupExposure, Rules, StackRule, Who
from sdp_sports.spec import find_contest

CONTESTS = (
    "dk_nfl_classic", "fd_nfl_classic", "dk_nba_classic", "dk_mlb_classic", "dk_nhl_classic", "dk_nfl_showdown",
    "dk_pga_classic", "yh_nfl_classic",
)  # fmt: skip


@pytest.mark.parametrize("code", CONTESTS)
def test_every_step_is_the_optimum_that_cp_sat_finds(code: str) -> None:
    sport, key = find_contest(code)
    contest = sport.contests[key]
    pool = a_slate(contest, 1)
    asked = Rules(
        lineups=12,
        max_exposure=0.5,
        min_unique=2,
        groups=(Group(given=Who(teams=("T1",)), who=Who(teams=("T0",)), at_most=2),),
        group_exposures=(GroupExposure(who=Who(teams=("T2", "T3")), count=2, at_most=0.5),),
        stacks=(StackRule(sizes=(2,)),) if contest.roster_size > 6 else (),
    )
    built = solve(contest, pool, asked, sport.stacks)
    ids = [x.draftable_ids for x in built]
    for step in (0, 3, 11):
        assert best_after(contest, pool, asked, sport.stacks, ids[:step]) == pytest.approx(built[step].points, abs=1e-9)


@pytest.mark.parametrize("code", ["dk_nfl_classic", "dk_nba_classic", "dk_mlb_classic", "dk_nfl_showdown"])
def test_each_world_has_its_best_lineup(code: str) -> None:
    sport, key = find_contest(code)
    contest = sport.contests[key]
    pool = a_slate(contest, 2)
    draws = np.random.default_rng(5).uniform(0, 30, (4, len(pool)))
    rules = Rules(lineups=1, stacks=(StackRule(sizes=(3,)),))
    for asked in (Rules(lineups=1), rules, Rules(lineups=1, min_salary_usd=contest.salary_cap_usd)):
        found = optima(contest, pool, asked, sport.stacks, draws)
        for world in range(4):
            one = pool.with_columns(points=draws[world])
            assert found.points[world] == pytest.approx(best_after(contest, one, asked, sport.stacks, []), abs=1e-9)
            rows = pl.concat([one.filter(pl.col("draftable_id") == i) for i in found.lineups[world].tolist()])
            assert check_lineup(contest, rows) == []


def test_worlds_without_a_lineup_are_refused() -> None:
    sport, key = find_contest("dk_nfl_classic")
    contest = sport.contests[key]
    pool = a_slate(contest, 3).with_columns(salary_usd=pl.lit(20_000, pl.Int64))
    with pytest.raises(LookupError, match="no lineup"):
        optima(contest, pool, Rules(lineups=1), sport.stacks, np.ones((2, len(pool))))
    with pytest.raises(ValueError, match="finite"):
        optima(contest, pool, Rules(lineups=1), sport.stacks, np.full((2, len(pool)), np.nan))
