"""Minimum exposures of every kind, and lineups on worlds of their own, against CP-SAT and the independent judge."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from made_slate import a_slate
from sdp_engine.optimize import automaton
from sdp_engine.optimize.bands import Bands
from sdp_engine.optimize.build import build
from sdp_engine.optimize.check import check_lineups
from sdp_engine.optimize.cpsat import Solver
from sdp_engine.optimize.faults import NoLineup
from sdp_engine.optimize.listing import Weary
from sdp_engine.optimize.reserve import Cut
from sdp_engine.optimize.search import Search
from sdp_engine.optimize.solve import best_after, lineup_values, solve
from sdp_engine.optimize.worlds import blend
from sdp_sports.rules import Group, GroupExposure, PlayerExposure, Rules, StackRule, TeamExposure, Who
from sdp_sports.spec import Contest, find_contest

SHOWDOWN, CLASSIC = "dk_nfl_showdown", "dk_nfl_classic"
HITTERS = ("C", "1B", "2B", "3B", "SS", "OF")
LINEUPS = 20


def worst(pool: pl.DataFrame, count: int) -> list[int]:
    """Players whom no lineup would choose by himself."""
    return [int(i) for i in pool.sort("points")["draftable_id"].head(count)]


def weakest(pool: pl.DataFrame) -> str:
    """The team whose best players are the poorest."""
    best = pool.sort("points", descending=True).group_by("team_id", maintain_order=True).head(6)
    return str(best.group_by("team_id").agg(pl.col("points").sum()).sort("points")["team_id"][0])


def captain(pool: pl.DataFrame) -> tuple[GroupExposure, ...]:
    who = Who(captain=True, draftables=tuple(worst(pool, 2)))
    return (GroupExposure(who=who, at_least=0.3, at_most=0.5),)


MINIMA: dict[str, tuple[str, Any]] = {
    "a player": (CLASSIC, lambda p: {"exposures": (PlayerExposure(draftable_id=worst(p, 1)[0], at_least=0.4),)}),
    "players": (
        CLASSIC,
        lambda p: {"exposures": tuple(PlayerExposure(draftable_id=i, at_least=0.25) for i in worst(p, 3))},
    ),
    "a team": (CLASSIC, lambda p: {"team_exposures": (TeamExposure(team_id=weakest(p), at_least=0.7),)}),
    "a captain": (SHOWDOWN, lambda p: {"group_exposures": captain(p)}),
    "a pair": (
        CLASSIC,
        lambda p: {
            "group_exposures": (GroupExposure(who=Who(teams=(weakest(p),)), count=3, at_least=0.4, at_most=0.6),)
        },
    ),
    "threes of many teams": (
        CLASSIC,
        lambda p: {
            "group_exposures": tuple(
                GroupExposure(who=Who(teams=(team,)), count=3, at_least=0.3) for team in sorted(set(p["team_id"]))
            )
        },
    ),
    "a stack": (
        CLASSIC,
        lambda p: {"stacks": (StackRule(sizes=(3,), teams=("T6", "T7"), opponents=1, at_least=0.3, at_most=0.5),)},
    ),
}


def prepared(code: str, asked: Any) -> tuple[Contest, Any, pl.DataFrame, Rules]:
    sport, key = find_contest(code)
    contest = sport.contests[key]
    pool = a_slate(contest, 4)
    return contest, sport.stacks, pool, Rules(lineups=LINEUPS, min_unique=2, max_exposure=0.6, **asked(pool))


@pytest.mark.parametrize("kind", MINIMA)
def test_every_step_towards_a_minimum_is_the_optimum_that_cp_sat_finds(kind: str) -> None:
    contest, stacks, pool, rules = prepared(*MINIMA[kind])
    free = rules.model_copy(
        update={"exposures": (), "team_exposures": (), "group_exposures": (), "stacks": (), "max_exposure": 0.6}
    )
    built = solve(contest, pool, rules, stacks)
    ids = [x.draftable_ids for x in built]
    assert check_lineups(contest, pool, ids, rules, stacks) == []
    assert sum(x.points for x in built) < sum(x.points for x in solve(contest, pool, free, stacks))
    for step in (0, 9, 13, 16, 19):
        assert best_after(contest, pool, rules, stacks, ids[:step]) == pytest.approx(built[step].points, abs=1e-9)


@pytest.mark.parametrize("kind", MINIMA)
def test_a_minimum_needs_no_integer_program(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    contest, stacks, pool, rules = prepared(*MINIMA[kind])
    program = build(contest, pool, rules, stacks)
    search = Search(program, rules, None)

    def never(*_: object) -> None:
        raise AssertionError("the integer program was asked")

    monkeypatch.setattr(Solver, "best", never)
    assert len(search.run()) == LINEUPS


def test_minima_that_greed_leaves_to_the_end_are_spread() -> None:
    sport, key = find_contest(CLASSIC)
    contest = sport.contests[key]
    pool = a_slate(contest, 4)
    poor = pool.sort("points").group_by("position", maintain_order=True).head(3)["draftable_id"].to_list()[:14]
    minima = tuple(PlayerExposure(draftable_id=i, at_least=0.2) for i in poor)
    rules = Rules(lineups=60, min_unique=2, exposures=minima)
    built = solve(contest, pool, rules, sport.stacks)
    assert check_lineups(contest, pool, [x.draftable_ids for x in built], rules, sport.stacks) == []


def test_minima_of_stacks_are_met_where_no_automaton_knows_them() -> None:
    sport, key = find_contest("dk_mlb_classic")
    contest = sport.contests[key]
    pool = a_slate(contest, 4)
    four = tuple(
        StackRule(sizes=(4,), positions=HITTERS, teams=(team,), at_least=0.4, at_most=1)
        for team in ("T0", "T1", "T2", "T3")
    )
    rules = Rules(lineups=10, min_unique=2, stacks=four)
    built = solve(contest, pool, rules, sport.stacks)
    assert check_lineups(contest, pool, [x.draftable_ids for x in built], rules, sport.stacks) == []


def fours(code: str, teams: int, lineups: int, least: float) -> tuple[Contest, Any, pl.DataFrame, Rules]:
    """Minima of stacks of four batters of several teams, two of which every other lineup must hold."""
    sport, key = find_contest(code)
    contest = sport.contests[key]
    four = [StackRule(sizes=(4,), positions=HITTERS, teams=(f"T{team}",), at_least=least) for team in range(teams)]
    return contest, sport.stacks, a_slate(contest, 4), Rules(lineups=lineups, min_unique=2, stacks=tuple(four))


def test_minima_of_stacks_of_many_teams_need_no_integer_program(monkeypatch: pytest.MonkeyPatch) -> None:
    contest, stacks, pool, rules = fours("dk_mlb_classic", 5, 20, 0.3)
    with monkeypatch.context() as patched:
        patched.setattr(Solver, "best", lambda *_: pytest.fail("the integer program was asked"))
        built = solve(contest, pool, rules, stacks)
    ids = [x.draftable_ids for x in built]
    assert check_lineups(contest, pool, ids, rules, stacks) == []
    for step in (4, 19):
        assert best_after(contest, pool, rules, stacks, ids[:step]) == pytest.approx(built[step].points, abs=1e-9)


def test_what_no_automaton_counts_is_priced(monkeypatch: pytest.MonkeyPatch) -> None:
    contest, stacks, pool, rules = fours("dk_mlb_classic", 3, 8, 0.5)
    counted = solve(contest, pool, rules, stacks)
    monkeypatch.setattr(automaton, "STATES", 30_000)
    monkeypatch.setattr(Solver, "best", lambda *_: pytest.fail("the integer program was asked"))
    automaton.build_layers.cache_clear()
    assert solve(contest, pool, rules, stacks) == counted
    automaton.build_layers.cache_clear()


def test_what_is_asked_by_several_cuts_is_asked_once() -> None:
    contest, stacks, pool, rules = fours("dk_mlb_classic", 3, 8, 0.5)
    ledger = Search(build(contest, pool, rules, stacks), rules, None).ledger
    ledger.reserve.cuts += [Cut(np.array(weights), 2) for weights in ([1, 1, 1], [1, 1, 0])]
    (cut, least), *others = ledger.reserve.demands(np.array([4, 4, 0]), 4)
    assert (cut.weights.tolist(), least) == ([1, 0, 0], 1)
    assert [(cut.weights.tolist(), least) for cut, least in others] == [([0, 1, 0], 1), ([1, 1, 0], 2)]


def test_a_band_that_takes_too_long_is_given_up() -> None:
    contest, stacks, pool, rules = prepared(*MINIMA["a team"])
    search = Search(build(contest, pool, rules, stacks), rules, None)
    program = build(contest, pool, rules, stacks)
    with pytest.raises(Weary):
        Bands(program, search.ledger.limits(), set(), 0, contest.salary_cap_usd, steps=1, work=1).take(1)


@pytest.mark.parametrize("code", [CLASSIC, SHOWDOWN, "dk_nba_classic"])
@pytest.mark.parametrize("size", [1, 7])
def test_each_lineup_is_the_best_on_its_own_worlds(code: str, size: int) -> None:
    sport, key = find_contest(code)
    contest = sport.contests[key]
    pool = a_slate(contest, 6)
    draws = np.random.default_rng(2).gamma(2.0, pool["points"].to_numpy() / 2 + 0.1, (50, len(pool)))
    team = (TeamExposure(team_id="T1", at_least=0.5, at_most=0.7),)
    rules = Rules(
        lineups=12, worlds_per_lineup=size, seed=3, min_unique=2, max_exposure=0.5, team_exposures=team,
        exposures=(PlayerExposure(draftable_id=worst(pool, 1)[0], at_least=0.25),),
    )  # fmt: skip
    built = solve(contest, pool, rules, sport.stacks, draws=draws)
    ids = [x.draftable_ids for x in built]
    assert check_lineups(contest, pool, ids, rules, sport.stacks) == []
    program = build(contest, pool, rules, sport.stacks)
    values = lineup_values(program, pool, rules, draws)
    search = Search(program, rules, None, values)
    for step, items in enumerate(search.run()):
        if step in {0, 5, 11}:
            oracle = Search(program, rules, None, values)
            oracle.stand(search.ledger.chosen[:step])
            best = Solver().best(oracle.task())
            assert best is not None
            assert values is not None
            assert values[step][list(best)].sum() == values[step][list(items)].sum()
    assert [x.draftable_ids for x in solve(contest, pool, rules, sport.stacks, draws=draws)] == ids


def test_all_worlds_are_the_mean() -> None:
    sport, key = find_contest(CLASSIC)
    contest = sport.contests[key]
    pool = a_slate(contest, 6)
    draws = np.random.default_rng(2).uniform(0, 30, (50, len(pool)))
    every = solve(contest, pool, Rules(lineups=5, worlds_per_lineup=50), sport.stacks, draws=draws)
    mean = pool.with_columns(points=draws.mean(0))
    assert [x.draftable_ids for x in every] == [
        x.draftable_ids for x in solve(contest, mean, Rules(lineups=5), sport.stacks)
    ]
    with pytest.raises(ValueError, match="no simulated worlds"):
        solve(contest, pool, Rules(lineups=5, worlds_per_lineup=50), sport.stacks)


def test_worlds_are_used_up_before_any_is_used_again() -> None:
    draws = np.eye(10)
    for size in (1, 3, 4, 9):
        means = blend(draws, size, 10, np.random.default_rng(1))
        assert np.allclose(means.sum(1), 1.0)
        assert ((means > 0).sum(1) == size).all()
        assert ((means > 0).sum(0) == size).all()
    assert np.allclose(blend(draws, 10, 2, np.random.default_rng(1)), 0.1)


def test_minima_that_clash_are_told_once_each() -> None:
    sport, key = find_contest(CLASSIC)
    contest = sport.contests[key]
    pool = a_slate(contest, 3)
    passers = pool.filter((pl.col("position") == "QB") & (pl.col("roster_slots").list.len() == 1))
    owed = tuple(PlayerExposure(draftable_id=int(i), at_least=0.5) for i in passers["draftable_id"].head(3))
    with pytest.raises(NoLineup) as refused:
        solve(contest, pool, Rules(lineups=LINEUPS, exposures=owed), sport.stacks)
    names = passers["name"].head(3).to_list()
    told = {"the contest's roster slots", *(f"{name} in at least 10 lineups" for name in names)}
    assert set(refused.value.rules) == told


def test_minima_of_which_a_lineup_counts_for_one_are_added_up() -> None:
    sport, key = find_contest(CLASSIC)
    contest = sport.contests[key]
    pool = a_slate(contest, 4)
    teams = sorted(set(pool["team_id"]))
    owed = tuple(GroupExposure(who=Who(teams=(team,)), count=5, at_least=0.3) for team in teams)
    with pytest.raises(NoLineup, match="No lineup satisfies all of") as refused:  # 5 and 5 are more than 9
        solve(contest, pool, Rules(lineups=LINEUPS, group_exposures=owed[:4]), sport.stacks)
    told = [f"5 of players of {team} in at least 6 lineups" for team in teams[:4]]
    assert set(refused.value.rules) == {"the contest's roster slots", *told}
    assert len(solve(contest, pool, Rules(lineups=LINEUPS, group_exposures=owed[:3]), sport.stacks)) == LINEUPS


@pytest.mark.parametrize("size", [2, 4])
def test_a_minimum_for_which_no_lineup_counts_is_refused_before_any_is_made(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sport, key = find_contest(CLASSIC)
    contest = sport.contests[key]
    pool = a_slate(contest, 5)
    teams = sorted(set(pool["team_id"]))
    stacks = tuple(StackRule(sizes=(k,), teams=(team,), at_least=0.2) for k, team in ((2, teams[0]), (size, teams[3])))
    exposures = tuple(PlayerExposure(draftable_id=i, at_least=0.1) for i in worst(pool, 4))
    rules = Rules(lineups=LINEUPS, max_per_team=3, stacks=stacks, exposures=exposures)
    if size == 2:
        assert len(solve(contest, pool, rules, sport.stacks)) == LINEUPS
        return
    monkeypatch.setattr(Bands, "take", lambda *_: pytest.fail("a band was listed"))
    monkeypatch.setattr(Solver, "best", lambda *_: pytest.fail("the integer program was asked"))
    with pytest.raises(NoLineup, match="No lineup satisfies all of") as refused:
        solve(contest, pool, rules, sport.stacks)
    stack = f"a stack of 4 of one team (of {teams[3]}) in at least 4 lineups"
    assert set(refused.value.rules) == {"at most 3 players a team", stack}


def test_a_minimum_that_whole_numbers_alone_rule_out_is_refused_without_stepping_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sport, key = find_contest("dk_nhl_classic")
    contest = sport.contests[key]
    pool = a_slate(contest, 3)
    team, *others = sorted(set(pool["team_id"]))
    company = Group(who=Who(teams=(team,)), given=Who(teams=(team, *others[:2])), at_least=3)
    stack = StackRule(sizes=(2,), teams=(team,), at_least=0.3)
    retreats: list[int] = []
    retreat = Search._retreat

    def noted(self: Search, stuck: Any) -> None:
        retreats.append(len(self.ledger.chosen))
        retreat(self, stuck)

    monkeypatch.setattr(Search, "_retreat", noted)
    with pytest.raises(NoLineup, match="No lineup satisfies all of") as refused:
        solve(contest, pool, Rules(lineups=LINEUPS, max_per_team=2, groups=(company,), stacks=(stack,)), sport.stacks)
    assert retreats == [0]
    assert refused.value.lineups == ()
    assert f"a stack of 2 of one team (of {team}) in at least 6 lineups" in refused.value.rules
