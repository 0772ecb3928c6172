"""Lineups entered into a contest, on a real PostgreSQL."""

import json

import pytest
from entered import job
from sdp_common.db.models.lineups import Lineup, LineupSet
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput, Cancelled, Conflict, NotFound
from sdp_common.store import runs
from sdp_sim.main import simulate_contest

OFFER = {
    "name": "Small", "fee_usd": 5, "entries": 300, "entries_max_per_user": 3,
    "prizes": [{"first": 1, "last": 1, "cash_usd": 200}, {"first": 2, "last": 60, "cash_usd": 15}],
}  # fmt: skip


@pytest.fixture(scope="module")
def result(engine, stored):
    return simulate_contest(job(engine, stored["ann"]), stored["set"], OFFER, worlds=800, seed=4)


def test_every_lineup_and_all_together_are_told(result, stored):
    assert [row["prob_cash"] >= row["prob_top"] >= row["prob_first"] for row in result["lineups"]] == [True, True]
    whole = result["portfolio"]
    assert whole["cost_usd"] == 10
    assert whole["profit_usd"] == pytest.approx(sum(row["profit_usd"] for row in result["lineups"]), abs=1e-4)
    assert result["field_entries"] == 298
    assert [point["lineups"] for point in result["roi_by_lineups"]] == [1, 2]
    assert sum(result["profit_histogram"]["shares"]) + result["profit_histogram"]["beyond"] == pytest.approx(1)
    assert result["contest"]["prize_pool_usd"] == 200 + 59 * 15
    assert (result["slate_id"], result["draws"]) == (stored["slate"], "copula")
    assert len(result["field"]["most_drafted"]) == 25
    json.dumps(result, allow_nan=False)


def test_the_same_request_gives_the_same_answer(engine, stored, result):
    again = simulate_contest(job(engine, stored["ann"]), stored["set"], OFFER, worlds=800, seed=4)
    assert again == result
    assert simulate_contest(job(engine, stored["ann"]), stored["set"], OFFER, worlds=800, seed=5) != result


def test_another_users_lineups_are_not_found(engine, stored):
    with pytest.raises(NotFound):
        simulate_contest(job(engine, stored["bob"]), stored["set"], OFFER)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"worlds": 5}, "between 100"),
        ({"seed": -1}, "choose one from 0"),
        ({"ticket_value": 2.0}, "from 0 to 1"),
        ({"offer": OFFER | {"entries_max_per_user": 1}}, "one user may enter"),
        ({"offer": OFFER | {"entries": 1}}, "greater than or equal to 2"),
        ({"offer": OFFER | {"prizes": [{"first": 1, "last": 3, "cash_usd": 1}] * 2}}, "paid twice"),
        ({"offer": OFFER | {"colour": "red"}}, "not permitted"),
        ({"offer": OFFER | {"entries": 400_000}, "worlds": 50_000}, "12,500 worlds at most"),
    ],
)
def test_what_cannot_be_simulated_says_what_to_do(engine, stored, change, message):
    given = {"lineup_set_id": stored["set"], "offer": OFFER, "worlds": 200} | change
    with pytest.raises(BadInput, match=message):
        simulate_contest(job(engine, stored["ann"]), **given)


def test_a_cancelled_run_stops(engine, stored):
    mine = job(engine, stored["ann"])
    with session_scope(engine) as session:
        runs.cancel(session, mine.run_id)
    with pytest.raises(Cancelled):
        simulate_contest(mine, stored["set"], OFFER)


def test_lineups_with_somebody_who_may_not_be_drafted_any_more_are_refused(engine, stored):
    with session_scope(engine) as session:
        lost = LineupSet(
            slate_id=stored["slate"], projection_set_id=stored["chosen"], user_id=stored["ann"], name="Lost",
            rules={"x": 1},
        )  # fmt: skip
        session.add(lost)
        session.flush()
        session.add(Lineup(set_id=lost.id, rank=1, draftable_ids=[10**9] * 9, salary_usd=1, projected_points=1.0))
        session.flush()
        set_id = lost.id
    with pytest.raises(Conflict, match="build the lineups again"):
        simulate_contest(job(engine, stored["ann"]), set_id, OFFER)
