from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sdp_engine.contest import simulate as subject
from sdp_engine.contest.payouts import Offer, Prize
from sdp_engine.contest.simulate import Outcome, collapse, hundredths, play


def offer_of(dollars: list[float], entries: int, fee: float = 1.0) -> Offer:
    return Offer("test", fee, entries, tuple(Prize(i, i, usd) for i, usd in enumerate(dollars, 1)))


def by_hand(points: np.ndarray, lineups: np.ndarray, copies: np.ndarray, offer: Offer) -> list[list[Fraction]]:
    """Cents an entry of each lineup wins in each world: sort, split ties, in exact arithmetic."""
    cents = [int(c) for c in offer.prize_cents()] + [0]
    won = []
    for world in range(points.shape[1]):
        scores = [int(sum(int(points[p, world]) for p in line)) for line in lineups]
        standing = Counter[int]()
        for score, n in zip(scores, copies, strict=True):
            standing[score] += int(n)
        row = []
        for score, n in zip(scores, copies, strict=True):
            above = sum(c for s, c in standing.items() if s > score)
            sharing = standing[score] + (n == 0)
            row.append(Fraction(sum(cents[above : above + sharing]), sharing))
        won.append(row)
    return won


@st.composite
def contests(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, Offer]:
    players, worlds, size = draw(st.integers(4, 9)), draw(st.integers(1, 40)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    spread = draw(st.sampled_from([2, 40, 30000]))  # many ties, some, and sums that need the wide type
    points = rng.integers(-spread // 4, spread, (players, worlds)).astype(np.int16)
    lineups = np.array([rng.choice(players, size, replace=False) for _ in range(draw(st.integers(1, 12)))], np.int32)
    copies = rng.integers(0, 4, len(lineups)).astype(np.int32)
    copies[0] = max(copies[0], 1)
    entries = int(copies.sum()) + draw(st.integers(0, 3))
    paid = draw(st.integers(1, entries))
    dollars = sorted((float(x) / 100 for x in rng.integers(1, 10_000, paid)), reverse=True)
    return points, lineups, copies, offer_of(dollars, entries)


@settings(max_examples=150, deadline=None)
@given(contests())
def test_every_entry_wins_what_sorting_and_splitting_by_hand_give(case) -> None:  # type: ignore[no-untyped-def]
    points, lineups, copies, offer = case
    own = np.minimum(copies, 1)
    outcome = play(points, lineups, copies, offer, own=own)
    expected = by_hand(points, lineups, copies, offer)
    for i in range(len(lineups)):
        mean = float(sum(world[i] for world in expected) / len(expected)) / 100
        assert outcome.won_usd[i] == pytest.approx(mean, abs=1e-9)
        assert outcome.probability("cashed")[i] == pytest.approx(
            sum(world[i] > 0 for world in expected) / len(expected)
        )
    mine = [float(sum(x * int(n) for x, n in zip(world, own, strict=True))) / 100 for world in expected]
    np.testing.assert_allclose(outcome.own_won_usd, mine, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(contests())
def test_what_is_paid_is_what_the_ranks_are_paid_to_the_cent(case) -> None:  # type: ignore[no-untyped-def]
    points, lineups, copies, offer = case
    outcome = play(points, lineups, copies, offer, own=copies)
    entered = int(copies.sum())
    due = float(offer.prize_cents()[:entered].sum()) / 100
    np.testing.assert_allclose(outcome.own_won_usd, due, atol=0.001)
    assert float((outcome.won_usd * copies).sum()) == pytest.approx(due, abs=0.001)


def field(seed: int = 3, lineups: int = 700, worlds: int = 1100) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    points = hundredths(np.maximum(0, rng.normal(15, 9, (40, worlds)).round(1)))
    distinct = collapse(np.array([rng.choice(40, 6, replace=False) for _ in range(lineups)]))
    return points, distinct.lineups, distinct.copies


def test_threads_and_order_of_work_change_no_bit() -> None:
    points, lineups, copies = field()
    offer = offer_of([100.0, 50.0, 7.77, *[3.33] * 90], int(copies.sum()))
    one = play(points, lineups, copies, offer, own=copies)
    for threads in (2, 3, 5):
        other = play(points, lineups, copies, offer, own=copies, threads=threads)
        assert one.sums.tobytes() == other.sums.tobytes()
        assert one.own_won_usd.tobytes() == other.own_won_usd.tobytes()


def test_ranks_near_the_top_are_counted_even_where_fewer_are_paid() -> None:
    points, lineups, copies = field(lineups=500)
    offer = offer_of([100.0], int(copies.sum()))
    outcome = play(points, lineups, copies, offer)
    first, top = outcome.probability("first"), outcome.probability("top")
    assert float((first * copies).sum()) >= 1.0  # ties at the top are all first
    assert float((top * copies).sum()) >= 5.0
    assert np.all(top >= first)
    assert np.allclose(outcome.probability("cashed"), first)


def test_the_stated_interval_holds_the_truth_as_often_as_it_says() -> None:
    points, lineups, copies = field(lineups=200, worlds=8000)
    offer = offer_of([5.0] * 60, int(copies.sum()))
    truth = play(points, lineups, copies, offer).profit_usd
    covered = []
    for batch in np.split(points, 40, axis=1):
        few = play(np.ascontiguousarray(batch), lineups, copies, offer)
        covered.append(np.abs(few.profit_usd - truth) <= 1.96 * few.standard_error_usd)
    assert 0.93 < np.mean(covered) < 0.97


def test_a_lineup_tried_alone_wins_what_it_wins_when_it_enters_last() -> None:
    points, lineups, copies = field(lineups=120)
    copies[0] = 0
    offer = offer_of([50.0, 20.0, *[2.0] * 30], int(copies.sum()) + 1)
    tried: Outcome = play(points, lineups, copies, offer)
    entered = copies.copy()
    entered[0] = 1
    assert tried.won_usd[0] == pytest.approx(play(points, lineups, entered, offer).won_usd[0], abs=1e-9)


def test_collapsing_counts_lineups_whatever_their_order() -> None:
    distinct = collapse(np.array([[3, 1, 2], [1, 2, 3], [4, 1, 2]]))
    assert sorted(distinct.copies.tolist()) == [1, 2]
    assert distinct.place[0] == distinct.place[1] != distinct.place[2]
    assert distinct.lineups[distinct.place[2]].tolist() == [1, 2, 4]


def test_progress_is_told_and_may_stop_the_work() -> None:
    points, lineups, copies = field(lineups=50, worlds=900)
    told: list[int] = []
    play(points, lineups, copies, offer_of([1.0], int(copies.sum())), on_worlds=told.append)
    assert told[-1] == 900
    assert told == sorted(told)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(points, lineups, copies, offer_of([1.0], int(copies.sum())), on_worlds=stop)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"lineups": np.array([[0, 99]], np.int32)}, "rows"),
        ({"copies": np.array([-1], np.int32)}, "copies"),
        ({"copies": np.array([9], np.int32)}, "do not fit"),
        ({"points": np.zeros((3, 4))}, "hundredths"),
    ],
)
def test_impossible_contests_are_refused(change: dict[str, np.ndarray], word: str) -> None:
    case = {
        "points": np.zeros((3, 4), np.int16),
        "lineups": np.array([[0, 1]], np.int32),
        "copies": np.array([1], np.int32),
    }
    with pytest.raises(ValueError, match=word):
        play(**(case | change), offer=offer_of([1.0], 2))


def test_points_become_hundredths_or_are_refused() -> None:
    assert hundredths(np.array([[1.005, 12.34, -0.5]])).tolist() == [[100, 1234, -50]]
    for bad in (400.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="no such number"):
            hundredths(np.array([[bad]]))


def test_warming_compiles_both_widths() -> None:
    subject.warm()
    from sdp_engine.contest.kernel import block

    assert len(block.signatures) >= 2
