"""Bounds never exclude an item that an answer of the target's value holds."""

import itertools

import numpy as np
import pytest
from sdp_engine.optimize.bound import item_bounds
from sdp_engine.optimize.program import Row, row


def knapsack(rng: np.random.Generator, n: int) -> tuple[np.ndarray, list[Row]]:
    value = rng.integers(-50, 1000, n)
    weights = rng.integers(1, 60, n)
    rows = [
        Row("weight", np.arange(n), weights, high=int(weights.sum() // 3)),
        row("three", range(n), low=3, high=3),
        Row("floor", np.arange(n), weights, low=20),
    ]
    return value, rows


@pytest.mark.parametrize("seed", range(25))
def test_no_answer_is_worth_more_than_the_bound_of_any_of_its_items(seed: int) -> None:
    value, rows = knapsack(np.random.default_rng(seed), 9)
    bounds = item_bounds(value, np.ones(9, np.int64), rows)
    answers = 0
    for chosen in itertools.combinations(range(9), 3):
        inside = np.isin(np.arange(9), chosen)
        sums = [int(r.weights[inside[r.columns]].sum()) for r in rows]
        if all((r.low or 0) <= s <= (r.high if r.high is not None else s) for r, s in zip(rows, sums, strict=True)):
            answers += 1
            assert value[list(chosen)].sum() <= bounds[list(chosen)].min()
    assert answers > 0 or (bounds == -np.inf).all()


def test_a_relaxation_without_an_answer_has_no_bound() -> None:
    rows = [row("two", range(3), low=2), row("one", range(3), high=1)]
    assert (item_bounds(np.ones(3, np.int64), np.ones(3, np.int64), rows) == -np.inf).all()


def test_no_items_have_no_bounds() -> None:
    assert item_bounds(np.empty(0, np.int64), np.empty(0, np.int64), []).shape == (0,)


def test_without_rules_an_item_is_worth_itself_and_everything_that_helps() -> None:
    bounds = item_bounds(np.array([5, -3]), np.ones(2, np.int64), [])
    assert bounds.tolist() == [5.5, 2.5]
