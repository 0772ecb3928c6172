"""Projection sets on a real PostgreSQL."""

from datetime import UTC, datetime

import pytest
from sdp_common.db.models.accounts import User
from sdp_common.db.models.reference import Game, Player, Team
from sdp_common.db.models.slates import Slate
from sdp_common.errors import NotFound
from sdp_common.store import projections, slates

LOCK = datetime(2023, 11, 26, 18, tzinfo=UTC)
GAME = "nfl:2023_12_A_B"


@pytest.fixture
def slate(session):
    """A slate of one game: two players, a disabled one, one that matches nobody."""
    session.add_all([Team(id=f"nfl:{t}", sport="nfl", abbreviation=t, name=t) for t in "AB"])
    session.flush()
    session.add(
        Game(
            id=GAME, sport="nfl", season=2023, season_type="REG", week=12, starts_at=LOCK, status="scheduled",
            home_team_id="nfl:A", away_team_id="nfl:B", neutral_site=False,
        )
    )  # fmt: skip
    players = [Player(sport="nfl", name=n, normalised_name=n, position="WR") for n in ("one", "two", "three")]
    session.add_all(players)
    session.flush()
    head = {
        "sport": "nfl", "site": "draftkings", "contest": "draftkings_classic", "name": "Main", "source": "file",
        "external_id": "1", "salary_source": "site", "starts_at": LOCK, "known_at": LOCK,
    }  # fmt: skip
    rows = [
        {
            "external_id": str(i), "name": name, "player_id": player, "match_score": 1.0, "team_id": team,
            "game_id": GAME if team else None, "position": "WR", "roster_slots": ["WR", "FLEX"], "salary_usd": salary,
            "average_points": None, "status": None, "is_disabled": disabled,
        }
        for i, (name, player, team, salary, disabled) in enumerate(
            [
                ("One", players[0].id, "nfl:A", 7000, False),
                ("Two", players[1].id, "nfl:B", 5000, False),
                ("Three", players[2].id, "nfl:B", 4000, True),
                ("Nobody", None, None, 3000, False),
            ]
        )
    ]  # fmt: skip
    return slates.save_slate(session, head, rows)


@pytest.fixture
def ids(session, slate):
    """The draftables' ids by name."""
    return dict(slates.draftables(session, slate).select("name", "id").iter_rows())


def head(slate, **parts):
    given = {
        "slate_id": slate, "user_id": None, "kind": "simulated", "name": "S", "as_of": LOCK, "worlds": 100, "seed": 1,
        "inputs": {"digest": "d1"},
    }  # fmt: skip
    return given | parts


def full(draftable, stat, mean):
    return {
        "draftable_id": draftable, "stat": stat, "mean": mean, "sd": 2.5, "prob_zero": 0.25,
        "quantiles": [0.0, 1.5, 4.0], "hist_from": 0.0, "hist_width": 2.0, "hist_counts": [0.75, 0.25],
    }  # fmt: skip


def mean_only(draftable, mean):
    empty = dict.fromkeys(("sd", "prob_zero", "quantiles", "hist_from", "hist_width", "hist_counts"))
    return {"draftable_id": draftable, "stat": "draftkings_classic_points", "mean": mean} | empty


GAME_ROW = {
    "game_id": GAME, "home_score_mean": 24.5, "away_score_mean": 20.25, "total_sd": 13.0, "margin_sd": 12.5,
    "prob_home_win": 0.625, "line_source": "market",
}  # fmt: skip


def test_a_simulated_set_reads_back_as_it_was_written(session, slate, ids):
    rows = [full(ids["One"], "receptions", 5.5), full(ids["One"], "draftkings_classic_points", 14.25)]
    set_id = projections.save_set(session, head(slate), rows, [GAME_ROW])
    frame = projections.projections(session, set_id)
    assert frame.schema == projections.PROJECTIONS
    assert frame["stat"].to_list() == ["draftkings_classic_points", "receptions"]
    assert frame.row(1, named=True) == {"set_id": set_id, **rows[0]}
    games = projections.game_projections(session, set_id)
    assert games.rows(named=True) == [{"set_id": set_id, **GAME_ROW}]
    assert projections.projection_set(session, set_id).inputs == {"digest": "d1"}


def test_the_same_inputs_give_the_same_set_and_others_another(session, slate, ids):
    rows = [full(ids["One"], "receptions", 5.5)]
    first = projections.save_set(session, head(slate), rows)
    assert projections.save_set(session, head(slate), [full(ids["One"], "receptions", 9.0)]) == first
    assert projections.projections(session, first)["mean"].to_list() == [5.5]
    other = projections.save_set(session, head(slate, inputs={"digest": "d2"}), rows)
    assert other != first
    assert projections.find_set(session, slate, "simulated", "d2") == other
    assert projections.find_set(session, slate, "simulated", "d3") is None
    assert {found.id for found in projections.sets(session, slate)} == {first, other}


def test_uploaded_sets_hold_means_alone_and_are_their_owners(session, slate, ids):
    user = User(username="ann", password_hash="x", is_admin=False, is_active=True)
    session.add(user)
    session.flush()
    upload = head(slate, kind="uploaded", user_id=user.id, worlds=None, seed=None)
    set_id = projections.save_set(session, upload, [mean_only(ids["One"], 17.5)])
    frame = projections.projections(session, set_id)
    assert frame["mean"].to_list() == [17.5]
    assert frame["quantiles"].to_list() == [None]
    assert projections.find_set(session, slate, "uploaded", "d1") is None
    assert projections.find_set(session, slate, "uploaded", "d1", user_id=user.id) == set_id
    without_digest = upload | {"inputs": {}}
    assert projections.save_set(session, without_digest, []) != projections.save_set(session, without_digest, [])


def test_the_pool_leaves_out_disabled_and_unmatched_without_points(session, slate, ids):
    rows = [mean_only(ids[name], points) for name, points in (("One", 17.5), ("Three", 9.0))]
    set_id = projections.save_set(session, head(slate), rows)
    pool = projections.pool(session, slate, set_id, "draftkings_classic_points")
    assert pool.schema == projections.POOL
    assert pool.select("name", "points", "salary_usd").rows() == [("One", 17.5, 7000), ("Two", 0.0, 5000)]
    assert pool.row(0, named=True)["opponent_id"] == "nfl:B"
    assert pool["roster_slots"].to_list() == [["WR", "FLEX"]] * 2


def test_an_unmatched_draftable_with_points_may_be_drafted(session, slate, ids):
    set_id = projections.save_set(session, head(slate), [mean_only(ids["Nobody"], 6.0)])
    pool = projections.pool(session, slate, set_id, "draftkings_classic_points")
    nobody = pool.filter(pool["name"] == "Nobody").select("points", "player_id", "opponent_id")
    assert nobody.rows() == [(6.0, None, None)]


def test_what_is_not_there_is_named(session, slate, ids):
    set_id = projections.save_set(session, head(slate), [mean_only(ids["One"], 17.5)])
    with pytest.raises(NotFound, match="no slate 999999"):
        projections.save_set(session, head(999_999), [])
    with pytest.raises(NotFound, match="no projection set 999999"):
        projections.projections(session, 999_999)
    with pytest.raises(NotFound, match=f"set {set_id} is not of slate {slate + 1}"):
        projections.pool(session, slate + 1, set_id, "draftkings_classic_points")
    with pytest.raises(NotFound, match="has no fanduel_classic_points"):
        projections.pool(session, slate, set_id, "fanduel_classic_points")


def test_a_deleted_slate_takes_its_sets_along(session, slate, ids):
    set_id = projections.save_set(session, head(slate), [mean_only(ids["One"], 17.5)], [GAME_ROW])
    session.delete(session.get(Slate, slate))
    session.flush()
    session.expire_all()
    with pytest.raises(NotFound):
        projections.projections(session, set_id)
