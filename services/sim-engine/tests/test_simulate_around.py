"""A user's own projections simulated around, on a real PostgreSQL: what is kept, and whose it is."""

import numpy as np
import pytest
from entered import CONTEST, LOCK, job
from sdp_common.db.models.lineups import Lineup, LineupSet
from sdp_common.db.models.projections import Projection, ProjectionSet
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput, Conflict, NotFound
from sdp_common.store import lineups, projections
from sdp_sim.contest import draw_points, read_entry
from sdp_sim.main import simulate_around
from sdp_sports.spec import QUANTILES

STAT = "draftkings_classic_points"


@pytest.fixture(scope="module")
def own(engine, stored):
    """Ann's projections: a quarterback with a deviation, a runner with quantiles, the others means alone."""
    with session_scope(engine) as session:
        pool = projections.pool(session, stored["slate"], stored["chosen"], STAT)
        mine = ProjectionSet(
            slate_id=stored["slate"], user_id=stored["ann"], kind="uploaded", name="Mine", as_of=LOCK, inputs={}
        )
        session.add(mine)
        session.flush()
        for n, (draftable, points) in enumerate(pool.select("draftable_id", "points").iter_rows()):
            more = {"sd": 6.5} if n == 0 else {"quantiles": [20 * q for q in QUANTILES]} if n == 1 else {}
            session.add(Projection(set_id=mine.id, draftable_id=draftable, stat=STAT, mean=points, **more))
        session.add(Projection(set_id=mine.id, draftable_id=pool["draftable_id"][0], stat="ownership", mean=0.3))
        return mine.id, pool


def ask(engine, stored, set_id, who="ann", **more):
    return simulate_around(job(engine, stored[who]), stored["slate"], set_id, **({"worlds": 4000, "seed": 2} | more))


def test_the_draws_have_the_means_and_spreads_that_were_brought(engine, stored, own):
    set_id, pool = own
    made = ask(engine, stored, set_id)
    with session_scope(engine) as session:
        kept = projections.projection_set(session, made["projection_set_id"])
        assert (kept.user_id, kept.worlds, kept.seed) == (stored["ann"], 4000, 2)
        told = projections.projections(session, kept.id)
        assert projections.told_besides(session, kept.id) == {"ownership": {pool["draftable_id"][0]: 0.3}}
    rows = {row["draftable_id"]: row for row in told.iter_rows(named=True) if row["stat"] == STAT}
    first, second = (rows[pool["draftable_id"][n]] for n in (0, 1))
    assert first["mean"] == pytest.approx(pool["points"][0], rel=0.03)
    assert first["sd"] == pytest.approx(6.5, rel=0.05)
    assert second["quantiles"][QUANTILES.index(0.5)] == pytest.approx(10.0, abs=0.6)
    assert sum(first["hist_counts"]) == pytest.approx(1, abs=1e-4)
    assert len(rows) == pool.height
    assert ask(engine, stored, set_id) == made  # the same request is the same set
    assert ask(engine, stored, set_id, seed=3)["projection_set_id"] != made["projection_set_id"]


def test_a_contest_is_played_in_the_very_draws_of_the_set(engine, stored, own):
    set_id, pool = own
    made = ask(engine, stored, set_id)["projection_set_id"]
    with session_scope(engine) as session:
        ids = lineups.lineups(session, stored["set"])["draftable_ids"].to_list()[0]
        built = LineupSet(slate_id=stored["slate"], projection_set_id=made, user_id=stored["ann"], name="X", rules={})
        session.add(built)
        session.flush()
        session.add(Lineup(set_id=built.id, rank=1, draftable_ids=ids, salary_usd=1, projected_points=1.0))
        session.flush()
        built_id = built.id
    mine = job(engine, stored["ann"])
    with session_scope(engine) as session:
        entry = read_entry(session, mine.run_id, built_id)
    points, how = draw_points(mine, entry, 4000, seed=99)  # the set's own seed counts
    assert how == "copula"
    row = entry.pool["draftable_id"].to_list().index(pool["draftable_id"][0])
    with session_scope(engine) as session:
        told = {p["draftable_id"]: p["mean"] for p in projections.projections(session, made).iter_rows(named=True)
                if p["stat"] == STAT}  # fmt: skip
    assert float(points[row].mean()) == pytest.approx(told[pool["draftable_id"][0]], abs=1e-3)
    quarterback = next(n for n, p in enumerate(entry.pool["position"]) if p == "QB")
    team = entry.pool["team_id"][quarterback]
    receiver = next(
        n for n, (p, t) in enumerate(entry.pool.select("position", "team_id").iter_rows()) if p == "WR" and t == team
    )
    assert np.corrcoef(points[quarterback], points[receiver])[0, 1] > 0.05  # team-mates go together
    assert CONTEST.roster_size == len(ids)


def test_only_ones_own_projections_of_this_slate_are_simulated(engine, stored, own):
    set_id, _ = own
    with pytest.raises(NotFound):
        ask(engine, stored, set_id, who="bob")
    with pytest.raises(BadInput, match="not of this one"):
        simulate_around(job(engine, stored["ann"]), stored["slate"] + 1, set_id)
    with pytest.raises(BadInput, match="that you uploaded"):
        ask(engine, stored, stored["chosen"])
    with pytest.raises(BadInput, match="between 1 and"):
        ask(engine, stored, set_id, worlds=0)


def test_projections_of_nobody_are_refused(engine, stored, own):
    _, pool = own
    with session_scope(engine) as session:
        none = ProjectionSet(
            slate_id=stored["slate"], user_id=stored["ann"], kind="uploaded", name="None", as_of=LOCK, inputs={}
        )
        session.add(none)
        session.flush()
        session.add(Projection(set_id=none.id, draftable_id=pool["draftable_id"][0], stat=STAT, mean=0.0))
        set_id = none.id
    with pytest.raises(Conflict, match="nobody points"):
        ask(engine, stored, set_id)
