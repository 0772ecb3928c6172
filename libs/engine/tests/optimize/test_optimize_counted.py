"""Columns that say how many of some items are held: never in the way of a lineup, and enough to refute most at once."""

import itertools
import random

import numpy as np
import polars as pl
import pytest
from made_slate import a_slate
from sdp_engine.optimize import cpsat, faults
from sdp_engine.optimize.bound import refute
from sdp_engine.optimize.build import build
from sdp_engine.optimize.clash import clash
from sdp_engine.optimize.counted import choose, expose
from sdp_engine.optimize.program import Choice, Exposed, Program, Row, Task, Terms
from sdp_engine.optimize.solve import solve
from sdp_sports.rules import Group, Rules, StackRule, Who
from sdp_sports.spec import find_contest

ITEMS = 7
SPORT, KEY = find_contest("dk_mlb_classic")
MLB = SPORT.contests[KEY]


def a_program() -> Program:
    zeros = np.zeros(ITEMS, np.int64)
    return Program(MLB, [], np.arange(ITEMS), zeros, zeros, zeros, 1)


def some_terms(rng: random.Random) -> Terms:
    """One or two terms over runs of the items, which often lie within one another."""
    terms = []
    for _ in range(rng.choice([1, 1, 2])):
        first = rng.randrange(ITEMS - 1)
        items = np.arange(first, rng.randint(first + 2, ITEMS))
        terms.append((items, rng.randint(1, min(4, len(items)))))
    return tuple(terms)


def holds(option: Terms, held: set[int]) -> bool:
    return all(len(held.intersection(items.tolist())) >= least for items, least in option)


def answered(program: Program, rows: list[Row], held: set[int]) -> bool:
    """Return whether auxiliary columns can be found for these items and no others."""
    width = program.items + program.auxiliary
    fixed = [Row("held", np.array([i]), np.ones(1, np.int64), int(i in held), int(i in held)) for i in range(ITEMS)]
    return cpsat.feasible(Task(np.zeros(width, np.int64), np.ones(width, np.int64), [*rows, *fixed], ITEMS))


@pytest.mark.parametrize("seed", range(12))
def test_the_rows_hold_for_just_the_lineups_that_keep_the_rules(seed: int) -> None:
    rng, program = random.Random(seed), a_program()
    rows: list[Row] = []
    asked: list[Choice] = []
    for number in range(3):
        several = [
            Choice(f"rule {number}", tuple(some_terms(rng) for _ in range(n)), rng.randint(1, n))
            for n in (rng.randint(1, 4), rng.randint(1, 2))
        ]
        asked += several
        rows += choose(program, several)
    shown = Exposed("shown", tuple(some_terms(rng) for _ in range(2)), 1, 1)
    rows += expose(program, shown, 1)
    column = program.exposed[0].column
    assert column is not None
    counts = Row("it counts", np.array([column]), np.ones(1, np.int64), low=1)
    kept = 0
    for held in (set(c) for n in range(ITEMS + 1) for c in itertools.combinations(range(ITEMS), n)):
        wanted = all(sum(holds(option, held) for option in choice.options) >= choice.least for choice in asked)
        kept += wanted
        assert answered(program, rows, held) == wanted
        assert answered(program, [*rows, counts], held) == (wanted and shown.counts(held))
    assert kept


CLASHES = {
    "games": (Rules(min_games=6, stacks=(StackRule(sizes=(5, 3)),)), "at least 6 games"),
    "teams": (Rules(min_teams=5, stacks=(StackRule(sizes=(5, 3), opponents=1),)), "at least 5 teams"),
    "thirds": (Rules(min_teams=6, stacks=(StackRule(sizes=(3, 3, 3)),)), "at least 6 teams"),
    "both sides": (Rules(min_games=5, stacks=(StackRule(sizes=(4, 4), opponents=1),)), "at least 5 games"),
}


@pytest.mark.parametrize("kind", CLASHES)
def test_what_a_stack_leaves_no_room_for_is_refuted_by_the_relaxation_alone(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "_spread", lambda *_: iter(()))  # else the plainest are refused before
    rules, asked = CLASHES[kind]
    pool = a_slate(MLB, 3)
    more = pool.with_columns(
        **{c: pool[c] + 1000 for c in ("draftable_id", "player_id")},
        **{c: pool[c] + "+" for c in ("team_id", "opponent_id", "game_id")},
    )
    pool = pool.vstack(more)
    program = build(MLB, pool, rules, {})
    upper = np.ones(program.items + program.auxiliary, np.int64)
    assert refute(upper, program.every_row) is not None
    told = clash(Task(0 * upper, upper, program.every_row, program.items))
    assert {"the contest's roster slots", asked} < set(told)
    assert len(told) == 3
    assert solve(MLB, pool, rules.model_copy(update={"min_games": 1, "min_teams": 1, "lineups": 1}), {})


def test_conditions_on_who_fills_a_single_place_are_refuted_together() -> None:
    sport, key = find_contest("dk_nfl_classic")
    contest = sport.contests[key]
    beside = [
        Group(who=Who(positions=(who,)), given=Who(positions=(given,)), at_least=least)
        for who, given, least in (("WR", "QB", 4), ("RB", "DST", 3))
    ]
    pool = a_slate(contest, 7).filter(~pl.col("position").str.contains("/"))
    one, both = (build(contest, pool, Rules(groups=tuple(beside[:n])), {}) for n in (1, 2))
    upper = np.ones(both.items, np.int64)
    assert refute(upper, one.every_row) is None
    assert refute(upper, both.every_row) is not None
    assert set(clash(Task(0 * upper, upper, both.every_row, both.items))) == {
        "the contest's roster slots", "with QB at least 4 of WR", "with DST at least 3 of RB",
    }  # fmt: skip
