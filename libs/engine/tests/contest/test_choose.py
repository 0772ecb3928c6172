import numpy as np
import pytest
from sdp_engine.contest.choose import choose
from sdp_engine.contest.payouts import Offer, Prize
from sdp_engine.contest.portfolio import enter
from sdp_engine.contest.simulate import hundredths, play

RNG = np.random.default_rng(12)
POINTS = hundredths(np.maximum(0, RNG.normal(15, 9, (30, 250))).round())  # many ties
FIELD = np.array([RNG.choice(30, 5, replace=False) for _ in range(120)])
CANDIDATES = np.array([RNG.choice(30, 5, replace=False) for _ in range(25)])
OFFER = Offer("x", 10.0, 140, (Prize(1, 1, 300.0), Prize(2, 2, 100.0), Prize(3, 30, 20.0)))


def together(chosen: list[int]) -> float:
    """Expected winnings of these candidates entered together, by the contest itself."""
    entered = enter(CANDIDATES[chosen], FIELD)
    return float(play(POINTS, entered.lineups, entered.copies, OFFER, own=entered.own).own_won_usd.mean())


def test_what_each_adds_is_what_the_contest_pays_more() -> None:
    found = choose(POINTS, CANDIDATES, FIELD, OFFER, 6)
    chosen = [k for k, _ in found]
    assert len(set(chosen)) == 6
    for n in range(1, 7):
        assert sum(added for _, added in found[:n]) == pytest.approx(together(chosen[:n]), abs=1e-6)


def test_each_is_the_one_that_adds_most() -> None:
    chosen = [k for k, _ in choose(POINTS, CANDIDATES, FIELD, OFFER, 5)]
    for n in range(5):
        rest = [k for k in range(len(CANDIDATES)) if k not in chosen[:n]]
        best = max(together([*chosen[:n], k]) for k in rest)
        assert together(chosen[: n + 1]) == pytest.approx(best, rel=1e-3)


def test_a_copy_of_the_best_is_worth_less_beside_it() -> None:
    alone = choose(POINTS, CANDIDATES, FIELD, OFFER, 1)[0]
    twins = np.stack([CANDIDATES[alone[0]]] * 2)
    first, second = choose(POINTS, twins, FIELD, OFFER, 2)
    assert first[1] == pytest.approx(alone[1])
    assert second[1] < first[1]


def test_only_what_fits_is_chosen() -> None:
    def apart(chosen, one):  # type: ignore[no-untyped-def]
        return all(len(set(CANDIDATES[one]) & set(CANDIDATES[k])) <= 2 for k in chosen)

    chosen = [k for k, _ in choose(POINTS, CANDIDATES, FIELD, OFFER, 25, fits=apart)]
    assert 1 < len(chosen) < 25
    assert all(apart([k for k in chosen if k != one], one) for one in chosen)


def test_more_than_there_are_brings_all_and_progress_is_told() -> None:
    told: list[int] = []
    assert len(choose(POINTS, CANDIDATES[:4], FIELD, OFFER, 9, on_chosen=lambda _k, n: told.append(n))) == 4
    assert told == [1, 2, 3, 4]
