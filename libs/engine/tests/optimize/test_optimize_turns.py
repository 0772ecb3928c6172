"""CP-SAT's turns while bands take long: they change how long it takes, never what comes out."""

from typing import Any

import pytest
from made_slate import a_slate
from sdp_engine.optimize import bands, turns
from sdp_engine.optimize.cpsat import Solver
from sdp_engine.optimize.faults import NoLineup
from sdp_engine.optimize.solve import solve
from sdp_engine.optimize.turns import MOVES_A_UNIT, Turns
from sdp_sports.rules import Group, Rules, StackRule, TeamExposure, Who
from sdp_sports.spec import find_contest

REQUESTS = {
    "plain": ("dk_nfl_classic", Rules(lineups=12, min_unique=3, max_exposure=0.6)),
    "stacks": ("dk_mlb_classic", Rules(lineups=6, stacks=(StackRule(sizes=(4, 2), opponents=1),), min_games=4)),
    "captains": ("dk_nfl_showdown", Rules(lineups=10, min_unique=2)),
    "far apart": ("dk_nfl_classic", Rules(lineups=16, min_unique=6)),
    "conditions": (
        "fd_mlb_classic",
        Rules(
            lineups=5,
            max_salary_usd=26_000,
            groups=(Group(who=Who(teams=("T1", "T2")), given=Who(positions=("SS", "2B")), at_least=2),),
            team_exposures=(TeamExposure(team_id="T5", at_most=0.4),),
        ),
    ),
}


@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize("moves", [1, 1 << 8])
def test_who_finds_a_lineup_changes_nothing(kind: str, moves: int, monkeypatch: pytest.MonkeyPatch) -> None:
    code, rules = REQUESTS[kind]
    sport, key = find_contest(code)
    contest = sport.contests[key]
    pool = a_slate(contest, 6)
    monkeypatch.setattr(turns, "MOVES_A_UNIT", 1 << 60)
    alone = solve(contest, pool, rules, sport.stacks)
    taken: list[Any] = []
    best = Solver.best

    def noted(self: Solver, task: Any) -> Any:
        taken.append(best(self, task))
        return taken[-1]

    monkeypatch.setattr(Solver, "best", noted)
    monkeypatch.setattr(bands, "SOON", 1)
    monkeypatch.setattr(turns, "MOVES_A_UNIT", moves)
    assert solve(contest, pool, rules, sport.stacks) == alone
    assert taken


def test_each_turn_is_earned_by_twice_the_work_of_the_one_before() -> None:
    due = Turns()
    begun = [n for n in range(1, 151) if due.earn(MOVES_A_UNIT // 100) is not None]
    assert begun == [1, 3, 7, 15, 31, 63, 127]
    solver = due.earn(MOVES_A_UNIT * 10)
    assert solver is not None
    assert solver.work == pytest.approx(11.5)


def test_a_turn_that_finds_no_lineup_ends_the_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    sport, key = find_contest("dk_nhl_classic")
    contest = sport.contests[key]
    monkeypatch.setattr(bands, "SOON", 1)
    monkeypatch.setattr(turns, "MOVES_A_UNIT", 1)
    goalies = Who(positions=("G",), teams=("T1", "T3"))
    rules = Rules(lineups=3, groups=(Group(who=goalies, given=Who(positions=("LW", "D")), at_least=3),))
    with pytest.raises(NoLineup, match="at least 3 of G"):
        solve(contest, a_slate(contest, 8), rules, sport.stacks)


def test_where_minima_are_owed_the_bands_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    sport, key = find_contest("dk_nba_classic")
    contest = sport.contests[key]
    monkeypatch.setattr(bands, "SOON", 1)
    monkeypatch.setattr(turns, "MOVES_A_UNIT", 1)
    monkeypatch.setattr(Solver, "best", lambda *_: pytest.fail("the integer program was asked"))
    rules = Rules(lineups=8, team_exposures=(TeamExposure(team_id="T5", at_least=0.5),))
    assert len(solve(contest, a_slate(contest, 6), rules, sport.stacks)) == 8
