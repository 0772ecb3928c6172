"""Entries of several contests filled from one pool: rules kept, nothing twice, and nothing left to exchange."""

from functools import cache
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from made_slate import a_slate
from sdp_engine.contest import habits
from sdp_engine.contest.compose import Slate
from sdp_engine.contest.divide import Filled, by_entry, divide
from sdp_engine.contest.groups import Group, group_entries
from sdp_engine.contest.payouts import Offer, Prize
from sdp_engine.optimize.check import check_lineups
from sdp_engine.optimize.faults import NoLineup
from sdp_engine.optimize.solve import solve
from sdp_sports.entering import ContestGroup, Entering
from sdp_sports.files.entries import Entry, Place
from sdp_sports.offer import Offer as Told
from sdp_sports.offer import Prize as ToldPrize
from sdp_sports.rules import PlayerExposure, Rules
from sdp_sports.spec import find_contest

WORLDS = 400
OFFER = Offer("Top heavy", 5.0, 200, (Prize(1, 1, 500.0), Prize(2, 10, 25.0)))


@cache
def slate() -> Slate:
    sport, key = find_contest("dk_nfl_classic")
    contest = sport.contests[key]
    pool = a_slate(contest, 6)
    rng = np.random.default_rng(4)
    points = pool["points"].to_numpy()[:, None] * rng.gamma(4.0, 1 / 4, (len(pool), WORLDS))
    return Slate(contest, sport.stacks, pool, points.astype(np.float32), {})


def group(name: str, size: int, objective: str = "points", fee: float | None = 1.0, **more: Any) -> Group:
    rules = more.pop("rules", Rules()).model_copy(update={"lineups": size})
    return Group(name, name, tuple(f"{name}{n}" for n in range(size)), rules, objective, fee, **more)


def filled(*groups: Group, **more: Any) -> list[Filled]:
    return divide(slate(), groups, habits.load("nfl_classic"), candidates=more.pop("candidates", 120), **more)


def faults(one: Filled) -> list[str]:
    s = slate()
    return check_lineups(s.contest, s.pool, one.lineups, one.group.rules, s.stacks)


def test_each_group_keeps_its_own_rules_and_no_lineup_stands_twice() -> None:
    worst = int(slate().pool.sort("points")["draftable_id"][0])
    tight = Rules(max_exposure=0.34, min_unique=4)
    owed = Rules(exposures=(PlayerExposure(draftable_id=worst, at_least=0.5),))
    found = filled(
        group("a", 9, rules=tight), group("b", 6, "0.9", rules=owed), group("c", 8, "roi", 5.0, offer=OFFER),
        group("d", 2),
    )  # fmt: skip
    assert [faults(one) for one in found] == [[], [], [], []]
    everything = [frozenset(ids) for one in found for ids in one.lineups]
    assert len(set(everything)) == len(everything) == 25
    assert sum(worst in ids for ids in found[1].lineups) >= 3
    paid = found[2].outcome
    assert paid is not None
    assert (paid["worlds"], paid["own_entries"]) == (WORLDS // 2, 8)
    assert found[0].outcome is None
    assert set(by_entry(found)) == {entry for one in found for entry in one.group.entry_ids}


def test_a_group_of_points_alone_has_the_best_lineups_there_are() -> None:
    s = slate()
    best = solve(s.contest, s.pool, Rules(lineups=7), s.stacks)
    (found,) = filled(group("a", 7))
    assert sum(found.points) == pytest.approx(sum(x.points for x in best))


def test_the_best_lineups_go_where_most_is_at_stake() -> None:
    cheap, dear = filled(group("a", 4, fee=1.0), group("b", 4, fee=100.0))
    best = [x.points for x in solve(slate().contest, slate().pool, Rules(lineups=8), {})]
    assert sorted(dear.points, reverse=True) == pytest.approx(best[:4])
    assert sorted(cheap.points, reverse=True) == pytest.approx(best[4:])


def test_no_division_of_the_same_lineups_earns_more() -> None:
    s = slate()
    pool = s.pool.with_columns(leverage=(s.pool["draftable_id"] * 7) % 31 + 1.0)
    mine = Slate(s.contest, s.stacks, pool, s.points, {})
    groups = [group("a", 2, fee=3.0), group("b", 2, "leverage", 2.0), group("c", 2, "0.9", 4.0)]
    found = divide(mine, groups, habits.load("nfl_classic"), candidates=80)
    lineups = [ids for one in found for ids in one.lineups]
    row_of = {d: r for r, d in enumerate(pool["draftable_id"].to_list())}
    rows = np.array([[row_of[i] for i in ids] for ids in lineups])
    scores = np.quantile(s.halves[0][rows].sum(1), 0.9, axis=1)
    told = [pool["points"].to_numpy()[rows].sum(1), pool["leverage"].to_numpy()[rows].sum(1), scores]
    scale = [
        e / v
        for e, v in zip((found[n].earned_usd[0] for n in range(3)), (told[n][2 * n] for n in range(3)), strict=True)
    ]
    worth = np.array([v * k for v, k in zip(told, scale, strict=True)])
    places = [0, 0, 1, 1, 2, 2]
    best = max(sum(worth[g, k] for g, k in zip(places, order, strict=True)) for order in permutations(range(6)))
    assert sum(e or 0 for one in found for e in one.earned_usd) == pytest.approx(best)


def test_a_lineup_may_stand_in_several_contests_where_the_user_says_so() -> None:
    one, other = filled(group("a", 4), group("b", 4), repeats=True)
    assert set(one.lineups) == set(other.lineups)


def test_what_no_candidate_fits_is_completed() -> None:
    rules = Rules(min_unique=7, max_exposure=0.34)
    (found,) = filled(group("a", 12, "0.9", rules=rules), candidates=50)
    assert faults(found) == []
    assert found.earned_usd[-1] is None


def test_the_same_request_has_the_same_answer() -> None:
    asked = group("a", 5, "roi", 5.0, offer=OFFER), group("b", 3, "0.8")
    assert by_entry(filled(*asked)) == by_entry(filled(*asked))


@pytest.mark.parametrize(
    ("one", "message"),
    [
        (group("a", 3, "Leverage"), "a: 'Leverage' is neither points"),
        (group("a", 3, rules=Rules(locked=(9999,))), "a: locked: draftable 9999"),
        (group("a", 3, "roi", offer=Offer("x", 1.0, 20, (Prize(1, 1, 5.0),), 2)), "more than the 2"),
        (group("a", 3, "roi", offer=Offer("x", 1.0, 2, (Prize(1, 1, 5.0),))), "do not fit into a contest of 2"),
    ],
)
def test_what_cannot_be_is_refused_by_the_contest_s_name(one: Group, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        filled(one)


def test_rules_that_clash_are_told_with_their_contest() -> None:
    with pytest.raises(NoLineup, match="b: "):
        filled(group("a", 2), group("b", 40, rules=Rules(min_unique=9, max_exposure=0.05)))


def entry(number: int, contest: str, *, who: str | None = None, locked: bool = False) -> Entry:
    return Entry(number, str(number), contest, f"Contest {contest}", 3.0, (Place("QB", "", who, who, locked),))


def test_a_file_makes_one_group_a_contest() -> None:
    entries = [entry(1, "77"), entry(2, "78", who="5"), entry(3, "77", who="5", locked=True), entry(4, "77")]
    told = Told(name="x", fee_usd=3, entries=100, prizes=(ToldPrize(first=1, last=1, cash_usd=50),))
    asked = Entering(
        rules=Rules(max_exposure=0.5, min_unique=2),
        contests=(
            ContestGroup(contest="77", objective="0.9", rules=Rules(max_exposure=0.3)),
            ContestGroup(contest="Contest 78", offer=told),
        ),
    )
    one, other = group_entries(entries, asked)
    assert (one.entry_ids, one.objective, one.fee_usd, one.offer) == (("1", "4"), "0.9", 3.0, None)
    assert (one.rules.lineups, one.rules.max_exposure, one.rules.min_unique) == (2, 0.3, 2)
    assert (other.entry_ids, other.objective, other.rules.max_exposure) == (("2",), "roi", 0.5)
    (reserved,) = group_entries(entries, asked.model_copy(update={"reserved_only": True, "contests": ()}))
    assert reserved.entry_ids == ("1", "4")


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (ContestGroup(contest="99"), "no contest '99'; it has Contest 77"),
        (ContestGroup(contest="77", objective="roi"), "Contest 77: roi needs what the contest pays"),
        (ContestGroup(contest="77", objective="1.5"), "Contest 77: 1.5 is no quantile"),
    ],
)
def test_settings_that_fit_no_contest_are_refused(told: ContestGroup, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        group_entries([entry(1, "77")], Entering(contests=(told,)))
