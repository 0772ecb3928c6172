"""Contest formats: each declared one whole, found by its name, and sure of itself only where it may be."""

from collections import Counter
from datetime import date

import numpy as np
import pytest
from pydantic import ValidationError
from sdp_sports.score import points
from sdp_sports.spec import UNCAPPED, Bonus, Contest, Limit, Milestone, Slot, codes, find_contest, load

DECLARED = [(code, key) for code in codes() for key in load(code).contests]
TIERS = Contest(site="draftkings", title="Tiers", mode="tiers")


@pytest.mark.parametrize(("code", "key"), DECLARED)
def test_every_contest_says_how_sure_it_is_and_of_whom(code: str, key: str) -> None:
    contest = load(code).contests[key]
    assert contest.confidence != "unknown"
    assert contest.sources
    assert (contest.scoring_confidence == "unknown") == (not contest.scoring)
    assert contest.is_capped or contest.mode == "tiers" or contest.note
    for slot in contest.slots:
        assert (slot.points_multiplier, slot.salary_multiplier) == (1, 1) or slot.count == 1


@pytest.mark.parametrize(("code", "key"), DECLARED)
def test_a_copy_for_each_slot_is_what_makes_a_captain_dearer(code: str, key: str) -> None:
    contest = load(code).contests[key]
    captained = contest.site == "draftkings" and any(slot.name == "CPT" for slot in contest.slots)
    assert contest.copy_per_slot == captained


def test_codes_are_unique_and_lead_to_their_contest() -> None:
    named = Counter(load(code).contests[key].code for code, key in DECLARED)
    assert set(named.values()) == {1}
    assert len(named) >= 57
    for code, key in DECLARED:
        for name in (load(code).contests[key].code, f"{code}:{key}"):
            sport, found = find_contest(name)
            assert (sport.code, found) == (code, key)
    with pytest.raises(KeyError, match=r"no contest 'dk_nba_clasic' \(did you mean dk_nba_classic"):
        find_contest("dk_nba_clasic")
    with pytest.raises(KeyError, match=r"no contest 'dk_chess'\W*$"):
        find_contest("dk_chess")


def test_formats_that_followed_one_another_do_not_overlap() -> None:
    nfl = load("nfl").contests
    old, new = nfl["fanduel_single_game_2024"], nfl["fanduel_single_game"]
    assert old.valid_on(date(2024, 11, 1))
    assert not new.valid_on(date(2024, 11, 1))
    assert new.valid_on(date(2025, 11, 1))
    assert (old.is_open, new.is_open) == (False, True)
    assert not nfl["fanball_classic"].is_open


def test_points_and_salary_multiply_apart() -> None:
    mvp, star, pro, *_ = load("nba").contests["fanduel_single_game_2024"].slots
    assert [(s.points_multiplier, s.salary_multiplier) for s in (mvp, star, pro)] == [(2, 1), (1.5, 1), (1.2, 1)]
    captain = load("nba").contests["draftkings_showdown"].slots[0]
    assert (captain.points_multiplier, captain.salary_multiplier) == (1.5, 1.5)


def test_tiers_take_their_slots_from_the_slate() -> None:
    drafted = TIERS.with_tiers(["T1", "T2"], ["PG", "C"])
    assert (drafted.roster_size, drafted.salary_cap_usd, drafted.is_capped) == (2, UNCAPPED, False)
    assert drafted.upload_header == ("T1", "T2")
    with pytest.raises(ValueError, match="cannot be drafted"):
        TIERS.with_tiers(["T1", "T1"], ["PG"])
    with pytest.raises(ValueError, match="cannot be drafted"):
        load("nba").contests["draftkings_classic"].with_tiers(["T1"], ["PG"])


@pytest.mark.parametrize(
    "parts",
    [
        {"mode": "classic"},
        {"mode": "tiers", "slots": (Slot(name="A", positions=("A",)),)},
        {"slots": (Slot(name="A", positions=("A",)),), "valid_from": "2025-02-01", "valid_until": "2025-01-01"},
        {"slots": (Slot(name="A", positions=("A",)),), "limits": ({"positions": (), "at_most": 1},)},
    ],
)
def test_a_contest_that_contradicts_itself_is_refused(parts) -> None:
    with pytest.raises(ValidationError):
        Contest(**{"site": "x", "title": "X"} | parts)


def test_a_limit_counts_positions() -> None:
    (limit,) = load("mlb").contests["draftkings_classic"].limits
    assert limit == Limit(positions=("C", "1B", "2B", "3B", "SS", "OF"), at_most=5, per_team=True)


def scored(**parts) -> Contest:
    return Contest(site="x", title="X", slots=(Slot(name="A", positions=("A",)),), **parts)


def test_a_milestone_counts_the_stats_that_reach_it() -> None:
    double = Milestone(stats=("points", "rebounds", "assists"), each_at_least=10, count=2, points=1.5)
    contest = scored(scoring={"points": 1}, milestones=(double,))
    assert points(contest, {"points": 10, "rebounds": 9, "assists": 9}) == 10
    assert points(contest, {"points": 10, "assists": 10}) == 11.5
    drawn = points(contest, {"points": np.array([10, 9, 12]), "rebounds": np.array([10, 30, 1])})
    np.testing.assert_array_equal(drawn, [11.5, 9, 12])
    assert points(contest, {"points": 30}) == 30


def test_a_bonus_may_sum_stats() -> None:
    contest = scored(bonuses=(Bonus(stat="goals", plus=("assists",), at_least=3, points=3),))
    assert points(contest, {"goals": 2, "assists": 1}) == 3
    assert points(contest, {"assists": 3}) == 3
    assert points(contest, {"goals": 2}) == 0
    np.testing.assert_array_equal(points(contest, {"goals": np.array([1, 2]), "assists": np.array([1, 1])}), [0, 3])
