import json

import numpy as np
import pytest
from sdp_engine.contest import portfolio
from sdp_engine.contest.payouts import Offer, Prize
from sdp_engine.contest.simulate import hundredths

RNG = np.random.default_rng(8)
POINTS = hundredths(np.maximum(0, RNG.normal(15, 9, (40, 600))).round(1))
FIELD = np.array([RNG.choice(40, 6, replace=False) for _ in range(300)])
OWN = np.array([RNG.choice(40, 6, replace=False) for _ in range(7)])
OFFER = Offer("x", 10.0, 200, (Prize(1, 1, 500.0), Prize(2, 40, 25.0)), 10)


def test_a_portfolio_is_the_sum_of_its_lineups() -> None:
    told = portfolio.simulate(POINTS, OWN, FIELD, OFFER)
    whole, rows = told["portfolio"], told["lineups"]
    assert whole["cost_usd"] == 70.0
    assert whole["profit_usd"] == pytest.approx(sum(r["profit_usd"] for r in rows), abs=1e-4)
    assert whole["roi"] == pytest.approx(whole["profit_usd"] / 70)
    assert told["field_entries"] == 193
    assert whole["interval_95_usd"][0] < whole["profit_usd"] < whole["interval_95_usd"][1]
    assert all(0 <= r["prob_first"] <= r["prob_top"] <= 1 for r in rows)
    json.dumps(told, allow_nan=False)


def test_the_histogram_holds_every_world() -> None:
    shown = portfolio.simulate(POINTS, OWN, FIELD, OFFER)["profit_histogram"]
    assert sum(shown["shares"]) + shown["beyond"] == pytest.approx(1)
    assert shown["from"] >= -70
    flat = portfolio.histogram(np.full(50, -10.0))
    assert flat["shares"][0] == 1.0


def test_the_curve_ends_with_all_lineups_and_agrees_with_the_portfolio() -> None:
    told = portfolio.simulate(POINTS, OWN, FIELD, OFFER)
    curve = told["roi_by_lineups"]
    assert [point["lineups"] for point in curve] == [1, 2, 5, 7]
    assert curve[-1]["profit_usd"] == pytest.approx(told["portfolio"]["profit_usd"])
    assert curve[0]["profit_usd"] == pytest.approx(max(r["profit_usd"] for r in told["lineups"]), rel=0.2, abs=2)


def test_lineups_are_picked_in_the_order_of_what_they_add(monkeypatch: pytest.MonkeyPatch) -> None:
    twins = np.concatenate([OWN, OWN])
    offer = Offer("x", 10.0, 200, (Prize(1, 1, 500.0), Prize(2, 40, 25.0)))
    rows = portfolio.simulate(POINTS, twins, FIELD, offer)["lineups"]
    assert sorted(r["pick"] for r in rows) == list(range(1, 15))
    first = min(range(14), key=lambda i: rows[i]["pick"])
    assert rows[first]["profit_usd"] == max(r["profit_usd"] for r in rows)
    monkeypatch.setattr(portfolio, "CHOSEN", 1)
    alone = portfolio.simulate(POINTS, OWN, FIELD, OFFER)["lineups"]
    by_pick = sorted(alone, key=lambda r: r["pick"])
    assert [r["profit_usd"] for r in by_pick] == sorted((r["profit_usd"] for r in alone), reverse=True)


def test_lineups_that_others_have_too_are_counted() -> None:
    field = np.concatenate([np.repeat(OWN[:1], 4, axis=0), FIELD])
    told = portfolio.simulate(POINTS, np.concatenate([OWN, OWN[1:2]]), field, OFFER)
    assert told["lineups"][0]["duplicates"] == 4
    assert told["lineups"][1]["duplicates"] == told["lineups"][7]["duplicates"] == 1


def test_a_free_contest_has_no_return_on_nothing() -> None:
    told = portfolio.simulate(POINTS, OWN, FIELD, Offer("free", 0.0, 200, OFFER.prizes))
    assert told["portfolio"]["roi"] is None
    assert told["lineups"][0]["roi"] is None


def test_more_lineups_than_may_be_entered_are_refused() -> None:
    with pytest.raises(ValueError, match="one user may enter"):
        portfolio.simulate(POINTS, np.repeat(OWN, 2, axis=0), FIELD, OFFER)
    with pytest.raises(ValueError, match="do not fit"):
        portfolio.simulate(POINTS, OWN, FIELD, Offer("x", 1.0, 5, ()))
    with pytest.raises(ValueError, match="no lineup"):
        portfolio.simulate(POINTS, OWN[:0], FIELD, OFFER)
