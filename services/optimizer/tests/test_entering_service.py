"""Entries of several contests filled by a run, and lineups built for a user's own column, on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from drafted import CONTEST, World
from sdp_common.db.models.projections import Projection, ProjectionSet
from sdp_common.db.models.reference import Game
from sdp_common.db.models.slates import Draftable
from sdp_common.db.session import session_scope
from sdp_common.store import lineups, uploads
from sdp_common.store.projections import BATTING_ORDER, COLUMN, LINE
from sdp_sports.files import read
from sdp_sports.files.entries import Entries
from sqlalchemy import select

SLOTS = [slot.name for slot in CONTEST.expanded_slots]
OFFER = {
    "fee_usd": 5, "entries": 100,
    "prizes": [{"first": 1, "last": 1, "cash_usd": 200}, {"first": 2, "last": 20, "cash_usd": 10}],
}  # fmt: skip


CLASH = {"teams": [{"team_id": "nfl:BUF", "at_least": 3}], "max_per_team": 2}


def entries_file(*more: str) -> bytes:
    """Four entries of one contest and three of another, all reserved."""
    lines = [",".join(["Entry ID", "Contest Name", "Contest ID", "Entry Fee", *SLOTS, "", "Instructions"])]
    told = [("77", "Millions", n) for n in range(4)] + [("78", "Quarters", n) for n in range(3)]
    lines += [f"{contest}{n},{name},{contest},$5{',' * len(SLOTS)},," for contest, name, n in told]
    return ("\r\n".join([*lines, *more]) + "\r\n").encode()


@pytest.fixture
def ahead(world: World) -> list[int]:
    """No game has started but the first; returns who plays in it."""
    now = datetime.now(UTC)
    with session_scope(world.engine) as session:
        games = list(session.scalars(select(Game).order_by(Game.id)))
        for n, game in enumerate(games):
            game.starts_at = now + timedelta(hours=3 * n - 1)
        return list(session.scalars(select(Draftable.id).where(Draftable.game_id == games[0].id)))


def ask(world: World, body: bytes, entering: dict[str, Any], **more: Any) -> Any:
    with session_scope(world.engine) as session:
        upload_id = uploads.save_upload(session, kind="entries", filename="e.csv", body=body, user_id=world.user_id)
    given = {"slate_id": world.slate_id, "upload_id": upload_id, "projection_set_id": world.set_id}
    return world.ask("enter", entering={"candidates": 60} | entering, **(given | more))


def own_columns(world: World, stat: str, values: dict[int, float]) -> None:
    with session_scope(world.engine) as session:
        session.add_all(
            Projection(set_id=world.set_id, draftable_id=i, stat=stat, mean=value) for i, value in values.items()
        )


def test_each_contest_is_filled_by_its_own_rules(world: World, ahead: list[int]) -> None:
    with session_scope(world.engine) as session:
        late = session.get_one(Draftable, ahead[0])
        held = f"9001,Quarters,78,$5,{late.name} ({late.external_id}){',' * (len(SLOTS) - 1)},,"
    contests = [
        {"contest": "77", "offer": OFFER, "rules": {"max_exposure": 0.75}},
        {"contest": "Quarters", "objective": "0.9", "rules": {"min_unique": 3}},
    ]
    run = ask(world, body := entries_file(held), {"rules": {"min_unique": 2}, "contests": contests})
    assert (run.status, run.error) == ("succeeded", None)
    told = run.result
    assert [(g["name"], g["entries"], g["objective"]) for g in told["groups"]] == [
        ("Millions", 4, "roi"), ("Quarters", 3, "0.9"),
    ]  # fmt: skip
    assert told["groups"][0]["portfolio"]["cost_usd"] == 20
    assert told["groups"][0]["top_player"]["share"] <= 0.75
    assert (told["rows"], told["untouched"]) == (7, 1)
    filled = {e["entry_id"]: frozenset(e["draftable_ids"]) for e in told["entries"]}
    assert len(set(filled.values())) == 7
    assert not any(set(ahead) & ids for ids in filled.values())
    assert all(len(filled["780"] & filled[entry]) <= 6 for entry in ("781", "782"))
    with session_scope(world.engine) as session:
        kept = uploads.upload(session, told["upload_id"], user_id=world.user_id)
    _, content = read(kept.body)
    assert isinstance(content, Entries)
    assert kept.filename == "filled-e.csv"
    assert all(place.external_id for entry in content.entries[:7] for place in entry.places)
    assert kept.body.splitlines()[-1] == body.splitlines()[-1]


@pytest.mark.parametrize(
    ("entering", "code", "words"),
    [
        ({"contests": [{"contest": "Nothing"}]}, "bad_input", "no contest 'Nothing'"),
        ({"contests": [{"contest": "77", "objective": "Leverage"}]}, "bad_input", "no column 'Leverage'"),
        ({"contests": [{"contest": "77", "size": 4}]}, "bad_input", "entering.contests.0.size"),
        ({"rules": {"locked": [10**9]}}, "bad_input", "locked"),
        ({"contests": [{"contest": "78", "rules": CLASH}]}, "infeasible", "Quarters"),
    ],
)
def test_what_cannot_be_is_refused(world: World, entering: dict[str, Any], code: str, words: str) -> None:
    with session_scope(world.engine) as session:
        for game in session.scalars(select(Game)):
            game.starts_at = datetime.now(UTC) + timedelta(hours=3)
    error = ask(world, entries_file(), entering).error
    assert error["code"] == code
    assert words in str(error)


def test_a_file_of_another_user_or_without_entries_is_refused(world: World) -> None:
    assert ask(world, entries_file(), {}, user_id=world.other_id).error["code"] == "not_found"
    assert "entries" in ask(world, b"Place,Prize\n1,5\n", {}).error["message"]
    assert ask(world, entries_file().replace(b"$5,", b"$5,LOCKED"), {}).error["code"] == "conflict"


def test_a_column_of_ones_own_is_maximised_and_the_points_told(world: World) -> None:
    pool = world.pool()
    own_columns(world, COLUMN + "Edge", {i: float(i % 7) for i in pool["draftable_id"]})
    run = world.optimize({"lineups": 3}, column="Edge")
    assert (run.status, run.error) == ("succeeded", None)
    points = dict(pool.select("draftable_id", "points").iter_rows())
    with session_scope(world.engine) as session:
        kept = lineups.lineups(session, run.result["lineup_set_id"])
    for ids, told in kept.select("draftable_ids", "projected_points").iter_rows():
        assert told == pytest.approx(sum(points[i] for i in ids))
        assert sum(i % 7 for i in ids) >= 40  # of 54
    assert world.optimize({"lineups": 3}, column="Edge").result["is_new"] is False
    assert "they have Edge" in world.optimize({"lineups": 3}, column="Nothing").error["message"]
    assert "choose one" in world.optimize({"lineups": 3}, column="Edge", quantile=0.9).error["message"]


def test_lines_and_batting_orders_of_a_set_make_stacks(world: World) -> None:
    stack = {"sizes": [3], "of": "line"}
    assert "no column 'line'" in world.optimize({"lineups": 2, "stacks": [stack]}).error["message"]
    ids = world.pool()["draftable_id"].to_list()
    own_columns(world, LINE, {i: float(i % 2) for i in ids})
    own_columns(world, BATTING_ORDER, {i: float(i % 8 + 1) for i in ids})
    lines = dict(world.pool().select("draftable_id", "team_id").iter_rows())
    run = world.optimize({"lineups": 2, "stacks": [stack]})
    assert run.status == "succeeded"
    with session_scope(world.engine) as session:
        kept = lineups.lineups(session, run.result["lineup_set_id"])["draftable_ids"].to_list()
    for ids in kept:
        groups = [(lines[i], i % 2) for i in ids]
        assert max(groups.count(one) for one in groups) >= 3
    assert world.optimize({"lineups": 2, "stacks": [{"sizes": [3], "of": "order"}]}).status == "succeeded"


def test_the_set_must_be_of_the_user(world: World) -> None:
    with session_scope(world.engine) as session:
        session.get_one(ProjectionSet, world.set_id).user_id = world.other_id
    assert ask(world, entries_file(), {}).error["code"] == "not_found"


def test_a_slate_of_the_past_is_filled_as_of_its_lock(world: World) -> None:
    run = ask(world, entries_file(), {"contests": []})
    assert (run.status, run.error) == ("succeeded", None)
    assert (run.result["is_over"], run.result["rows"]) == (True, 7)
