"""Portfolios made for a contest: rules kept, worlds told apart, and better than lineups that know of no contest."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from made_slate import a_slate
from sdp_engine.contest import habits, portfolio
from sdp_engine.contest.compose import Composed, Slate, compose, moves
from sdp_engine.contest.field import Crowd
from sdp_engine.contest.payouts import Offer, Prize
from sdp_engine.optimize.check import check_lineups
from sdp_engine.optimize.faults import NoLineup
from sdp_engine.optimize.solve import solve
from sdp_sports.rules import PlayerExposure, Rules, TeamExposure
from sdp_sports.spec import find_contest

WORLDS, LINEUPS = 600, 12
OFFER = Offer("Top heavy", 5.0, 300, (Prize(1, 1, 600.0), Prize(2, 10, 40.0), Prize(11, 40, 10.0)))


@cache
def slate(code: str = "dk_nfl_classic") -> Slate:
    sport, key = find_contest(code)
    contest = sport.contests[key]
    pool = a_slate(contest, 6)
    mean = pool["points"].to_numpy()[:, None] * 0.6 + 2
    rng = np.random.default_rng(4)
    team = {t: rng.gamma(8.0, 1 / 8, WORLDS) for t in pool["team_id"].unique(maintain_order=True)}
    together = np.array([team[t] for t in pool["team_id"]])
    points = (mean * together * rng.gamma(4.0, 1 / 4, (len(pool), WORLDS))).astype(np.float32)
    return Slate(contest, sport.stacks, pool, points, {})


def made(rules: Rules, code: str = "dk_nfl_classic", **more: Any) -> Composed:
    return compose(slate(code), rules, OFFER, habits.load("nfl_classic"), candidates=150, **more)


def faults(found: Composed, rules: Rules, code: str = "dk_nfl_classic") -> list[str]:
    s = slate(code)
    return check_lineups(s.contest, s.pool, found.lineups, rules, s.stacks)


def test_exposures_distance_and_minima_are_kept() -> None:
    worst = int(slate().pool.sort("points")["draftable_id"][0])
    rules = Rules(
        lineups=LINEUPS, max_exposure=0.5, min_unique=3,
        exposures=(PlayerExposure(draftable_id=worst, at_least=0.25),),
        team_exposures=(TeamExposure(team_id="T2", at_least=0.5, at_most=0.75),),
    )  # fmt: skip
    found = made(rules)
    assert faults(found, rules) == []
    assert len(found.added_usd) == LINEUPS
    assert found.outcome["worlds"] == WORLDS // 2
    assert found.outcome["own_entries"] == LINEUPS
    assert [point["lineups"] for point in found.outcome["roi_by_lineups"]] == [1, 2, 5, 10, 12]


def test_it_earns_more_than_lineups_of_the_mean() -> None:
    rules = Rules(lineups=LINEUPS)
    s, found = slate(), made(rules)
    plain = solve(s.contest, s.pool.with_columns(points=s.points.mean(1, dtype=np.float64)), rules, s.stacks)
    crowd = Crowd(s.contest, s.pool, habits.load("nfl_classic"))
    field = crowd.draw(OFFER.entries, np.random.default_rng(1))
    row_of = {d: r for r, d in enumerate(s.pool["draftable_id"].to_list())}
    rows = np.array([[row_of[i] for i in x.draftable_ids] for x in plain])
    points = moves(crowd, np.ascontiguousarray(s.halves[1]))
    beside = portfolio.simulate(points, crowd.roster.moves(s.contest, rows), field, OFFER)
    assert found.outcome["portfolio"]["profit_usd"] > beside["portfolio"]["profit_usd"]


def test_the_same_request_has_the_same_answer_and_another_seed_another() -> None:
    first, again = made(Rules(lineups=5)), made(Rules(lineups=5))
    assert first.lineups == again.lineups
    assert first.outcome == again.outcome
    assert first.lineups != made(Rules(lineups=5, seed=9)).lineups


@pytest.mark.parametrize("size", [1, 20, WORLDS])
def test_from_one_world_to_all_of_them(size: int) -> None:
    rules = Rules(lineups=5, worlds_per_lineup=size, min_unique=2)
    found = made(rules)
    assert faults(found, rules) == []
    assert found.candidates > 5
    told: list[float] = []
    made(rules, on_share=lambda share, _: told.append(share))
    assert told == sorted(told)
    assert 0 < told[-1] <= 1


def test_what_no_candidate_fits_is_completed() -> None:
    rules = Rules(lineups=LINEUPS, min_unique=7, max_exposure=0.34)
    found = made(rules)
    assert faults(found, rules) == []
    assert found.added_usd[-1] is None


def test_a_showdown_has_captains() -> None:
    rules = Rules(lineups=5)
    found = made(rules, "dk_nfl_showdown")
    assert faults(found, rules, "dk_nfl_showdown") == []


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="locked: draftable 9999"):
        made(Rules(lineups=2, locked=(9999,)))
    with pytest.raises(NoLineup):
        made(Rules(lineups=40, min_unique=9, max_exposure=0.05))
    with pytest.raises(ValueError, match="one user may enter"):
        compose(slate(), Rules(lineups=5), Offer("x", 1.0, 20, (Prize(1, 1, 5.0),), 3), habits.load("nfl_classic"))
