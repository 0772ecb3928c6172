"""Lineups entered into a contest, on a real PostgreSQL."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sdp_common.db.models.accounts import User
from sdp_common.db.models.lineups import Lineup, LineupSet
from sdp_common.db.models.projections import Projection, ProjectionSet
from sdp_common.db.models.reference import Game, Player, Team
from sdp_common.db.models.slates import Draftable, Slate
from sdp_common.db.session import make_engine, session_scope
from sdp_common.errors import BadInput, Cancelled, Conflict, NotFound
from sdp_common.service import Job
from sdp_common.settings import Settings
from sdp_common.store import runs
from sdp_sim.contest import scattered
from sdp_sim.main import simulate_contest
from sdp_sports.spec import load

LOCK = datetime(2023, 11, 26, 18, tzinfo=UTC)
CONTEST = load("nfl").contests["draftkings_classic"]
SHAPE = ["QB", "QB", "RB", "RB", "RB", "WR", "WR", "WR", "WR", "TE", "TE", "DST"]
OFFER = {
    "name": "Small", "fee_usd": 5, "entries": 300, "entries_max_per_user": 3,
    "prizes": [{"first": 1, "last": 1, "cash_usd": 200}, {"first": 2, "last": 60, "cash_usd": 15}],
}  # fmt: skip


@pytest.fixture(scope="module")
def engine(database_url):
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def stored(engine):
    """Two games with projections of means alone, two users, and a set of two lineups of the first one's."""
    rng = np.random.default_rng(1)
    with session_scope(engine) as session:
        users = [User(username=name, password_hash="x") for name in ("ann", "bob")]
        session.add_all(users)
        session.add_all([Team(id=f"nfl:{t}", sport="nfl", abbreviation=t, name=t) for t in "ABCD"])
        slate = Slate(
            sport="nfl", site="draftkings", contest="draftkings_classic", name="Main", source="test", external_id="1",
            salary_source="modelled", starts_at=LOCK, known_at=LOCK,
        )  # fmt: skip
        session.add(slate)
        session.flush()
        chosen = ProjectionSet(slate_id=slate.id, kind="uploaded", name="Mine", as_of=LOCK, inputs={})
        session.add(chosen)
        session.flush()
        drafted: dict[str, list[int]] = {}
        for home, away in ("AB", "CD"):
            game = Game(
                id=f"nfl:2023_12_{away}_{home}", sport="nfl", season=2023, season_type="REG", week=12, starts_at=LOCK,
                home_team_id=f"nfl:{home}", away_team_id=f"nfl:{away}",
            )  # fmt: skip
            session.add(game)
            session.flush()
            for team in (home, away):
                for n, position in enumerate(SHAPE):
                    player = Player(sport="nfl", name=f"{team}{n}", normalised_name=f"{team}{n}", position=position)
                    session.add(player)
                    session.flush()
                    row = Draftable(
                        slate_id=slate.id, external_id=str(player.id), name=f"{team}{n}", player_id=player.id,
                        team_id=f"nfl:{team}", game_id=game.id, position=position,
                        roster_slots=[s.name for s in CONTEST.slots if position in s.positions],
                        salary_usd=int(rng.integers(35, 62)) * 100,
                    )  # fmt: skip
                    session.add(row)
                    session.flush()
                    drafted.setdefault(position, []).append(row.id)
                    points = float(rng.uniform(3, 20))
                    session.add(
                        Projection(set_id=chosen.id, draftable_id=row.id, stat="draftkings_classic_points", mean=points)
                    )
        built = LineupSet(slate_id=slate.id, projection_set_id=chosen.id, user_id=users[0].id, name="Two", rules={})
        session.add(built)
        session.flush()
        for rank in (1, 2):
            ids = [
                drafted["QB"][rank], *drafted["RB"][:2], *drafted["WR"][:3], drafted["TE"][0], drafted["RB"][2],
                drafted["DST"][0],
            ]  # fmt: skip
            session.add(Lineup(set_id=built.id, rank=rank, draftable_ids=ids, salary_usd=45000, projected_points=100.0))
        session.flush()
        return {"slate": slate.id, "set": built.id, "ann": users[0].id, "bob": users[1].id, "chosen": chosen.id}


def job(engine, user_id, **parts):
    with session_scope(engine) as session:
        run = runs.create(session, "sim-engine", "simulate_contest", {}, user_id=user_id, status="running")
        run_id = run.id
    given = {"engine": engine, "settings": Settings(_env_file=None), "now": LOCK - timedelta(days=1), "progress_s": 0.0}
    return Job(run_id, **given | parts)


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
    assert (result["slate_id"], result["draws"]) == (stored["slate"], "independent")
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


def test_scattered_points_have_the_means_and_spreads_that_are_asked():
    drawn = scattered(np.array([12.0, 0.0, 30.0]), np.array([6.0, 1.0, 9.0]), 20_000, np.random.default_rng(1))
    np.testing.assert_allclose(drawn.mean(axis=1), [12, 0, 30], rtol=0.03)
    np.testing.assert_allclose(drawn.std(axis=1), [6, 0, 9], rtol=0.05)
