"""A finished contest's standings graded against a stored slate, on a real PostgreSQL."""

import json

import numpy as np
import pytest
from entered import CONTEST, LOCK, job
from sdp_common.db.models.projections import Projection, ProjectionSet
from sdp_common.db.models.slates import Draftable
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput, Conflict, NotFound
from sdp_common.store import lineups, projections, slates, uploads
from sdp_engine.contest import habits
from sdp_engine.contest.field import Crowd
from sdp_sim.main import grade_contest
from sdp_sports.spec import QUANTILES
from sqlalchemy import select

STAT = "draftkings_classic_points"
OFFER = {"name": "Small", "fee_usd": 5, "entries": 200, "prizes": [{"first": 1, "last": 40, "cash_usd": 20}]}
SLOTS = [slot.name for slot in CONTEST.expanded_slots]


def written(pool, field, scored, *, rename: str = "") -> bytes:
    """Standings in the site's shape."""
    names = [f"{rename}{name}" for name in pool["name"]]
    share = np.bincount(field.ravel(), minlength=len(names)) / len(field)
    points, fits = scored[field].sum(axis=1), pool["roster_slots"].to_list()
    drafted = np.flatnonzero(share > 0).tolist()
    lines = ["Rank,EntryId,EntryName,TimeRemaining,Points,Lineup,,Player,Roster Position,%Drafted,FPTS"]
    for n, at in enumerate(np.argsort(-points, kind="stable").tolist()):
        lineup = " ".join(f"{slot} {names[row]}" for slot, row in zip(SLOTS, field[at], strict=True))
        right = ["", "", "", ""]
        if n < len(drafted):
            row = drafted[n]
            right = [names[row], fits[row][n % len(fits[row])], f"{100 * share[row]:.2f}%", f"{scored[row]:.2f}"]
        user = f"user{n} (1/1)" if n else "ann (1/1)"
        lines.append(",".join([str(n + 1), str(900 + n), user, "0", f"{points[at]:.2f}", lineup, "", *right]))
    return ("\r\n".join(lines) + "\r\n").encode()


@pytest.fixture(scope="module")
def contest(engine, stored):
    """Two hundred entries of a field that drafts as the model thinks; points are known of everybody drafted."""
    with session_scope(engine) as session:
        pool = projections.pool(session, stored["slate"], stored["chosen"], STAT)
    crowd = Crowd(CONTEST, pool, habits.load("nfl_classic"))
    rng = np.random.default_rng(3)
    rows = crowd.roster.row[crowd.draw(200, rng)]
    order = {slot: place for place, slot in enumerate(dict.fromkeys(SLOTS))}
    field = np.array([in_slots(row, pool["roster_slots"].to_list(), order) for row in rows.tolist()])
    return pool, field, np.round(pool["points"].to_numpy() * rng.uniform(0.4, 1.6, pool.height), 1)


def in_slots(rows, fits, order):
    """Put a lineup's players into slots, those with the fewest ways first; FLEX takes whom the others leave."""
    left, made = list(rows), []
    for slot in sorted(SLOTS, key=lambda s: (s == "FLEX", order[s])):
        row = next(r for r in left if slot in fits[r])
        left.remove(row)
        made.append((slot, row))
    by_slot: dict[str, list[int]] = {}
    for slot, row in made:
        by_slot.setdefault(slot, []).append(row)
    return [by_slot[slot].pop(0) for slot in SLOTS]


def keep(engine, stored, body: bytes) -> int:
    with session_scope(engine) as session:
        return uploads.save_upload(
            session, kind="standings", filename="final.csv", body=body, user_id=stored["ann"], slate_id=stored["slate"]
        )


@pytest.fixture(scope="module")
def upload_id(engine, stored, contest) -> int:
    return keep(engine, stored, written(*contest))


def ask(engine, stored, upload_id, **more):
    given = {"slate_id": stored["slate"], "upload_id": upload_id, "projection_set_id": stored["chosen"]}
    return grade_contest(job(engine, stored["ann"]), **(given | more))


def test_projections_field_and_entries_are_graded_together(engine, stored, upload_id, contest):
    pool, field, scored = contest
    told = ask(engine, stored, upload_id, user="ann", lineup_set_id=stored["set"], offer=OFFER)
    json.dumps(told, allow_nan=False)
    assert (told["entries"], told["is_final"], told["unknown_share"]) == (200, True, 0.0)
    assert told["ownership"]["rank_correlation"] > 0.7  # this field drafts as the model thinks
    seen = np.unique(field)
    error = np.abs(pool["points"].to_numpy() - scored)[seen].mean()
    assert told["projections"]["mae"] == pytest.approx(error)
    assert (told["entered"]["best_rank"], told["entered"]["cashed"]) == (1, 1)
    assert told["range"] is None  # these projections are means alone
    built = told["built"]
    assert len(built["lineups"]) == 2
    row_of = {draftable: row for row, draftable in enumerate(pool["draftable_id"])}
    with session_scope(engine) as session:
        drafted = lineups.lineups(session, stored["set"])["draftable_ids"].to_list()
    for ids, one in zip(drafted, built["lineups"], strict=True):
        rows = [row_of[i] for i in ids]
        if set(rows) <= set(seen.tolist()):
            assert one["real_points"] == pytest.approx(scored[rows].sum(), abs=0.01)


def test_quantiles_are_graded_as_a_range(engine, stored, upload_id, contest):
    pool, _, scored = contest
    with session_scope(engine) as session:
        told = ProjectionSet(slate_id=stored["slate"], kind="simulated", name="Wide", as_of=LOCK, inputs={})
        session.add(told)
        session.flush()
        for draftable, mean, real in zip(pool["draftable_id"], pool["points"], scored.tolist(), strict=True):
            ends = [real - 1 + 2 * q for q in QUANTILES]  # everybody's range holds what he scored
            session.add(
                Projection(set_id=told.id, draftable_id=draftable, stat=STAT, mean=mean, sd=1.0, quantiles=ends)
            )
        set_id = told.id
    found = ask(engine, stored, upload_id, projection_set_id=set_id)["range"]
    assert (found["within"], found["expected"]) == (1.0, 0.8)


def test_only_ones_own_file_and_lineups_are_graded(engine, stored, upload_id):
    with pytest.raises(NotFound):
        grade_contest(job(engine, stored["bob"]), stored["slate"], upload_id, stored["chosen"])
    theirs = {"slate_id": stored["slate"], "upload_id": upload_id, "projection_set_id": stored["chosen"]}
    with pytest.raises(NotFound):
        grade_contest(job(engine, stored["bob"]), **theirs, lineup_set_id=stored["set"])


@pytest.mark.parametrize(
    ("change", "message"),
    [({"user": "zed"}, "zed has no entry"), ({"offer": OFFER | {"fee_usd": -1}}, "greater than or equal")],
)
def test_what_cannot_be_graded_says_why(engine, stored, upload_id, change, message):
    with pytest.raises(BadInput, match=message):
        ask(engine, stored, upload_id, **change)


def test_another_slates_standings_and_another_kind_of_file_are_refused(engine, stored, contest):
    with pytest.raises(BadInput, match="own slate"):
        ask(engine, stored, keep(engine, stored, written(*contest, rename="Z")))
    with pytest.raises(Conflict, match="no file of contest standings"):
        ask(engine, stored, keep(engine, stored, b"name,points\nAl,3\n"))


def test_a_slate_with_the_sites_prices_refuses_lineups_that_break_its_cap(engine, stored, upload_id):
    with session_scope(engine) as session:
        slates.slate(session, stored["slate"]).salary_source = "site"
        rows = list(session.scalars(select(Draftable).where(Draftable.slate_id == stored["slate"])))
        for row in rows:
            row.salary_usd += 1500
    try:
        with pytest.raises(BadInput, match="break the cap"):
            ask(engine, stored, upload_id)
    finally:
        with session_scope(engine) as session:
            slates.slate(session, stored["slate"]).salary_source = "modelled"
            for row in session.scalars(select(Draftable).where(Draftable.slate_id == stored["slate"])):
                row.salary_usd -= 1500
