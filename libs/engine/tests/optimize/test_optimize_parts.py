"""Lineups far apart: listed part by part, proven all the same."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from made_slate import a_slate
from sdp_engine.optimize import bands, listing, search, turns
from sdp_engine.optimize.bound import Relaxer
from sdp_engine.optimize.cpsat import Solver
from sdp_engine.optimize.faults import NoLineup
from sdp_engine.optimize.listing import Band, Parts
from sdp_engine.optimize.net import Bools
from sdp_engine.optimize.program import Row, row
from sdp_engine.optimize.solve import best_after, solve
from sdp_sports.rules import Group, Rules, StackRule, Who
from sdp_sports.spec import find_contest

FAR = {
    "classic": ("dk_nfl_classic", 10_000, Rules(lineups=16, min_unique=6)),
    "captains": ("dk_nfl_showdown", 200, Rules(lineups=8, min_unique=4, max_exposure=0.6)),
    "stacks": ("dk_nfl_classic", 10_000, Rules(lineups=10, min_unique=5, stacks=(StackRule(sizes=(4, 2)),))),
}
"""The contest, moves after which a part is parted, and what is asked."""


@pytest.mark.parametrize("kind", FAR)
def test_lineups_far_apart_are_the_optima_that_cp_sat_finds(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, moves, rules = FAR[kind]
    sport, key = find_contest(code)
    contest = sport.contests[key]
    parts: list[int] = []
    pool = a_slate(contest, 4)
    whole = solve(contest, pool, rules, sport.stacks)
    monkeypatch.setattr(search, "STEPS", 0)
    monkeypatch.setattr(listing, "_MOVES", moves)
    monkeypatch.setattr(listing, "_CELLS_A_MOVE", 1 << 40)
    monkeypatch.setattr(turns, "MOVES_A_UNIT", 1 << 60)
    monkeypatch.setattr(Solver, "best", lambda *_: pytest.fail("the integer program was asked"))
    part = Parts._part

    def counted(self: Parts, held: Bools, out: Bools, found: int) -> Any:
        parts.append(found)
        return part(self, held, out, found)

    monkeypatch.setattr(Parts, "_part", counted)
    built = solve(contest, pool, rules, sport.stacks)
    monkeypatch.undo()
    assert built == whole
    assert len(parts) > 2 * len(built)
    ids = [x.draftable_ids for x in built]
    for step in (1, len(ids) // 2, len(ids) - 1):
        assert best_after(contest, pool, rules, sport.stacks, ids[:step]) == pytest.approx(built[step].points, abs=1e-9)


def test_a_long_band_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    sport, key = find_contest("dk_nfl_classic")
    contest = sport.contests[key]
    monkeypatch.setattr(search, "STEPS", 0)
    told: list[int] = []

    def stop(done: int) -> None:
        told.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(contest, a_slate(contest, 4), FAR["classic"][2], sport.stacks, on_lineup=stop)
    assert told == [0]  # before the first lineup stood


def test_where_there_is_no_lineup_no_band_is_listed_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    sport, key = find_contest("dk_nhl_classic")
    contest = sport.contests[key]
    goalies = Who(positions=("G",), teams=("T1", "T3"))
    rules = Rules(lineups=3, groups=(Group(who=goalies, given=Who(positions=("LW", "D")), at_least=3),))
    listed: list[int] = []
    at_once = Band.at_once

    def noted(*of: Any) -> int:
        listed.append(int(of[5][0]))
        return at_once(*of)

    monkeypatch.setattr(Band, "at_once", noted)
    monkeypatch.setattr(bands, "SOON", 1000)
    with pytest.raises(NoLineup, match="at least 3 of G"):
        solve(contest, a_slate(contest, 8), rules, sport.stacks)
    assert set(listed) == {1000}  # it was asked before more was spent
    monkeypatch.setattr(search, "STEPS", 0)
    monkeypatch.setattr(Parts, "_part", lambda *_: pytest.fail("a band was listed"))
    with pytest.raises(NoLineup, match="at least 3 of G"):
        solve(contest, a_slate(contest, 8), rules, sport.stacks)


def _limits(columns: int, of: Callable[[int], int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([of(i) for i in range(columns)], np.int64)


@pytest.mark.parametrize("seed", range(40))
def test_no_answer_within_limits_is_worth_more_than_its_bound(seed: int) -> None:
    rng = np.random.default_rng(seed)
    value = rng.integers(-5, 20, 7)
    rows: Sequence[Row] = [
        Row("some", np.arange(7), rng.integers(-2, 5, 7), low=int(rng.integers(-1, 4)), high=int(rng.integers(4, 9)))
        for _ in range(3)
    ]
    lower = _limits(7, lambda i: int(i == 2))
    upper = _limits(7, lambda i: int(i != 5))
    relaxed = Relaxer(value, rows).relax(lower, upper)
    answers = [np.array([n >> i & 1 for i in range(7)]) for n in range(1 << 7)]
    legal = [
        x for x in answers
        if (x >= lower).all() and (x <= upper).all() and all(r.low <= r.weights @ x <= r.high for r in rows)
    ]  # fmt: skip
    assert relaxed.feasible or not legal
    for x in legal:
        assert (value @ x <= relaxed.bounds[x > 0]).all()


def test_a_column_that_must_stand_and_may_not_has_no_answer() -> None:
    relaxer = Relaxer(np.ones(3, np.int64), [row("one of them", [0, 1, 2], high=1)])
    assert not relaxer.relax(np.array([1, 1, 0]), np.ones(3, np.int64)).feasible
    assert relaxer.relax(np.array([1, 0, 0]), np.ones(3, np.int64)).feasible
