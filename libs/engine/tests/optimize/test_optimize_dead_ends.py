"""Where no further lineup exists: said at once and with the rules in the way, and what was made is kept."""

import random

import numpy as np
import polars as pl
import pytest
from made_slate import a_slate
from sdp_engine.optimize import cpsat, search
from sdp_engine.optimize.bound import refute
from sdp_engine.optimize.check import check_lineups
from sdp_engine.optimize.cpsat import Solver
from sdp_engine.optimize.faults import NoLineup
from sdp_engine.optimize.program import Row, Task
from sdp_engine.optimize.solve import best_after, solve
from sdp_sports.rules import GroupExposure, PlayerExposure, Rules, TeamExposure, Who
from sdp_sports.spec import Contest, Stack, find_contest

CLASSIC, SHOWDOWN = "dk_nfl_classic", "dk_nfl_showdown"


def slate(code: str) -> tuple[Contest, dict[str, Stack], pl.DataFrame]:
    sport, key = find_contest(code)
    return sport.contests[key], dict(sport.stacks), a_slate(sport.contests[key], 4)


def captains(pool: pl.DataFrame) -> tuple[GroupExposure, ...]:
    return tuple(
        GroupExposure(who=Who(captain=True, draftables=(i,)), at_most=0.01) for i in pool["draftable_id"].to_list()
    )


HOSTILE = {
    "nobody twice": (CLASSIC, lambda _: Rules(lineups=150, min_unique=9, max_exposure=0.02)),
    "nobody twice as captain or flex": (SHOWDOWN, lambda _: Rules(lineups=150, min_unique=6)),
    "a hundredth each": (CLASSIC, lambda _: Rules(lineups=150, max_exposure=0.01)),
    "passers in one lineup each": (
        CLASSIC,
        lambda p: Rules(
            lineups=150,
            exposures=tuple(
                PlayerExposure(draftable_id=i, at_most=0.01)
                for i in p.filter(pl.col("position").str.contains("QB"))["draftable_id"]
            ),
        ),
    ),
    "teams in a tenth": (
        CLASSIC,
        lambda p: Rules(
            lineups=150, team_exposures=tuple(TeamExposure(team_id=t, at_most=0.1) for t in p["team_id"].unique())
        ),
    ),
    "captains in one lineup each": (SHOWDOWN, lambda p: Rules(lineups=150, group_exposures=captains(p))),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_was_made_before_a_dead_end_is_kept_and_nothing_else_was_left(kind: str) -> None:
    code, asked = HOSTILE[kind]
    contest, stacks, pool = slate(code)
    rules = asked(pool)
    with pytest.raises(NoLineup, match=rf"After \d+ of {rules.lineups} lineups no other satisfies") as refused:
        solve(contest, pool, rules, stacks)
    assert str(refused.value).endswith("(others before them might have left room for more)")  # greed, not a proof
    made = refused.value.lineups
    ids = [lineup.draftable_ids for lineup in made]
    assert 0 < len(made) < rules.lineups
    assert refused.value.rules
    assert check_lineups(contest, pool, ids, rules, stacks, is_whole=False) == []
    assert best_after(contest, pool, rules, stacks, ids) is None  # the oracle finds no other either
    for step in (0, len(made) // 2, len(made) - 1):
        assert best_after(contest, pool, rules, stacks, ids[:step]) == pytest.approx(made[step].points, abs=1e-9)


def test_a_limit_on_everybody_is_told_once() -> None:
    contest, stacks, pool = slate(CLASSIC)
    with pytest.raises(NoLineup) as refused:
        solve(contest, pool, Rules(lineups=150, max_exposure=0.01), stacks)
    assert "no player in more than 1 lineups" in refused.value.rules


def test_where_nothing_is_proven_within_the_limit_of_work_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    contest, stacks, pool = slate(CLASSIC)
    rules = Rules(lineups=20, min_unique=4)
    whole = solve(contest, pool, rules, stacks)
    monkeypatch.setattr(search, "STEPS", 1)
    monkeypatch.setattr(search, "WORK", 1)
    monkeypatch.setattr(cpsat, "TOTAL", 0.0)
    with pytest.raises(NoLineup, match=r"After \d+ of 20 lineups the next best could not be proven") as refused:
        solve(contest, pool, rules, stacks)
    assert refused.value.rules == ()
    assert list(refused.value.lineups) == whole[: len(refused.value.lineups)]


@pytest.mark.parametrize("size", [None, 3])
def test_an_end_that_bands_have_proven_is_not_left_to_the_integer_program(
    size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest, stacks, pool = slate("dk_mma_classic")
    draws = np.random.default_rng(5).uniform(0.0, 30.0, (20, len(pool)))
    rules = Rules(lineups=150, min_unique=4, worlds_per_lineup=size)
    monkeypatch.setattr(Solver, "best", lambda *_: pytest.fail("the integer program was asked"))
    with pytest.raises(NoLineup, match="of 150 lineups no other satisfies") as refused:
        solve(contest, pool, rules, stacks, draws=draws)
    monkeypatch.undo()
    made = [lineup.draftable_ids for lineup in refused.value.lineups]
    assert best_after(contest, pool, rules, stacks, made) is None


@pytest.mark.parametrize("seed", range(60))
def test_rules_that_the_relaxation_refutes_have_no_answer_and_the_others_are_not_needed(seed: int) -> None:
    rng = random.Random(seed)
    columns = 8
    rows = [
        Row(
            f"rule {number}",
            np.arange(columns),
            np.array([rng.randint(-3, 5) for _ in range(columns)]),
            *sorted((rng.randint(-2, 14), rng.randint(0, 18))),
        )
        for number in range(6)
    ]
    upper = np.ones(columns, np.int64)
    core = refute(upper, rows)

    def has_answer(some: list[Row]) -> bool:
        return cpsat.feasible(Task(np.zeros(columns, np.int64), upper, some, columns))

    if core is not None:
        assert core
        assert not has_answer([rows[i] for i in core])
