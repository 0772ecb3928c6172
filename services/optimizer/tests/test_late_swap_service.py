"""The late swap of a kept entries file: asked for as a run, on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from drafted import CONTEST, World
from sdp_common.db.models.reference import Game
from sdp_common.db.models.slates import Draftable
from sdp_common.db.session import session_scope
from sdp_common.store import uploads
from sdp_engine.optimize.solve import solve
from sdp_sports.files import read
from sdp_sports.files.entries import Entries
from sdp_sports.rules import Rules
from sqlalchemy import select


def entries_file(world: World, lineups: list[tuple[int, ...]]) -> bytes:
    """An entries file as the site exports it: one reserved entry, and one with a stranger, at the end."""
    with session_scope(world.engine) as session:
        rows = {d.id: d for d in session.scalars(select(Draftable).where(Draftable.slate_id == world.slate_id))}
    slots = [slot.name for slot in CONTEST.expanded_slots]
    lines = [",".join(["Entry ID", "Contest Name", "Contest ID", "Entry Fee", *slots, "", "Instructions"])]
    for n, ids in enumerate(lineups, 1):
        cells = [f"{rows[i].name} ({rows[i].external_id})" for i in ids]
        lines.append(",".join([str(4000 + n), "Millions", "77", "$5", *cells, "", ""]))
    lines.append(",".join(["5001", "Millions", "77", "$5", *[""] * len(slots), "", ""]))
    lines.append(",".join(["5002", "Millions", "77", "$5", "Nobody (1)", *[""] * (len(slots) - 1), "", ""]))
    return ("\r\n".join(lines) + "\r\n").encode()


@pytest.fixture
def started(world: World) -> set[int]:
    """The first game has started, the others have not; returns who can no longer change."""
    now = datetime.now(UTC)
    with session_scope(world.engine) as session:
        games = list(session.scalars(select(Game).order_by(Game.id)))
        for n, game in enumerate(games):
            game.starts_at = now + timedelta(hours=3 * n - 1)
        return set(session.scalars(select(Draftable.id).where(Draftable.game_id == games[0].id)))


def ask(world: World, body: bytes, **more: Any) -> Any:
    with session_scope(world.engine) as session:
        upload_id = uploads.save_upload(session, kind="entries", filename="e.csv", body=body, user_id=world.user_id)
    given = {"slate_id": world.slate_id, "upload_id": upload_id, "projection_set_id": world.set_id}
    return world.ask("late_swap", **(given | more))


def test_started_players_stay_and_the_rest_is_built_anew(world: World, started: set[int]) -> None:
    poor = world.pool().with_columns(points=-world.pool()["points"])
    before = [x.draftable_ids for x in solve(CONTEST, poor, Rules(lineups=6, min_unique=2), {})]
    body = entries_file(world, before)
    run = ask(world, body, rules={"min_unique": 2})
    assert (run.status, run.error) == ("succeeded", None)
    told = run.result
    assert told["swapped"] == 7  # the reserved entry is filled
    assert (told["unknown"], told["rows"]) == (1, 8)
    after = {e["entry_id"]: e["draftable_ids"] for e in told["entries"]}
    for n, ids in enumerate(before, 1):
        new = after[str(4000 + n)]
        assert [i for i in new if i in started] == [i for i in ids if i in started]
        assert all(a == b for a, b in zip(ids, new, strict=True) if a in started)
    assert not started & set(after["5001"])
    assert len({tuple(sorted(ids)) for ids in after.values()}) == 7
    with session_scope(world.engine) as session:
        kept = uploads.upload(session, told["upload_id"], user_id=world.user_id)
    _, content = read(kept.body)
    assert isinstance(content, Entries)
    assert kept.filename == "swapped-e.csv"
    assert [e.entry_id for e in content.entries] == [*(str(4000 + n) for n in range(1, 7)), "5001", "5002"]
    assert kept.body.splitlines()[-1] == body.splitlines()[-1]  # whom we do not know is left alone
    again = ask(world, kept.body, rules={"min_unique": 2})
    assert (again.result["swapped"], again.result["same"]) == (0, 7)


def test_games_that_the_user_calls_started_are_locked(world: World, started: set[int]) -> None:
    with session_scope(world.engine) as session:
        late = session.scalars(select(Game).order_by(Game.id)).all()[-1]
        teams = [late.home_team_id, late.away_team_id]
        begun = started | set(session.scalars(select(Draftable.id).where(Draftable.game_id == late.id)))
    poor = world.pool().with_columns(points=-world.pool()["points"])
    before = [x.draftable_ids for x in solve(CONTEST, poor, Rules(lineups=6, min_unique=2), {})]
    body = entries_file(world, before)
    plain, told = ask(world, body).result, ask(world, body, started=teams[:1]).result
    after = [e["draftable_ids"] for e in told["entries"]][:-1]
    assert all(
        a == b for old, new in zip(before, after, strict=True) for a, b in zip(old, new, strict=True) if a in begun
    )
    assert all(
        new not in begun
        for old, lineup in zip(before, after, strict=True)
        for a, new in zip(old, lineup, strict=True)
        if a not in begun
    )
    assert [e["draftable_ids"] for e in plain["entries"]][:-1] != after, "who is not said to have started is exchanged"
    refused = ask(world, body, started=["nfl:XXX"])
    assert refused.error["message"] == "no team of the slate is nfl:XXX"
    assert teams[0] in refused.error["problems"][0]["message"]


def test_who_may_be_drafted_no_longer_is_exchanged(world: World, started: set[int]) -> None:
    before = [x.draftable_ids for x in solve(CONTEST, world.pool(), Rules(lineups=2), {})]
    out = next(i for i in before[0] if i not in started and i in before[1])
    body = entries_file(world, before)
    with session_scope(world.engine) as session:
        session.get_one(Draftable, out).is_disabled = True
    told = ask(world, body).result
    assert (told["unknown"], told["swapped"]) == (1, 3)
    for old, entry in zip(before, told["entries"], strict=False):
        assert out not in entry["draftable_ids"]
        assert {i for i in old if i in started} == {i for i in entry["draftable_ids"] if i in started}


def test_what_cannot_be_swapped_is_refused(world: World) -> None:
    assert "entries" in ask(world, b"Place,Prize\n1,5\n").error["message"]
    body = entries_file(world, [])
    assert ask(world, body, rules={"locked": [9]}).error["code"] == "bad_input"
    assert ask(world, body, user_id=world.other_id).error["code"] == "not_found"
