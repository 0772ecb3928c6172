"""The optimizer's jobs on a real PostgreSQL: requests asked for as runs, executed as the process executes them."""

from typing import Any

import pytest
from drafted import CONTEST, LOCK, NFL, SCORES, World, finish_games
from sdp_common.db.models.lineups import Lineup, LineupSet
from sdp_common.db.models.projections import ProjectionSet
from sdp_common.db.models.reference import Game
from sdp_common.db.models.slates import Draftable
from sdp_common.db.session import session_scope
from sdp_common.store import lineups, runs
from sdp_engine.optimize.check import check_lineups
from sdp_sports.rules import Rules
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session


def test_lineups_are_kept_as_the_rules_ask(world: World) -> None:
    asked = {"lineups": 8, "stack": "qb_one", "max_exposure": 0.5, "min_unique": 2, "min_salary_usd": 45_000}
    run = world.optimize(asked, name="Sunday")
    assert (run.status, run.error) == ("succeeded", None)
    assert run.result is not None
    assert run.result["rows"] == 8
    with session_scope(world.engine) as session:
        kept = lineups.lineup_set(session, run.result["lineup_set_id"])
        frame = lineups.lineups(session, kept.id)
    assert (kept.user_id, kept.name, kept.rules["stack"]) == (world.user_id, "Sunday", "qb_one")
    ids = frame["draftable_ids"].to_list()
    assert check_lineups(CONTEST, world.pool(), ids, Rules(**asked), NFL.stacks) == []
    assert frame["projected_points"].is_sorted(descending=True)
    points = dict(world.pool().select("draftable_id", "points").iter_rows())
    assert frame["projected_points"][0] == pytest.approx(sum(points[i] for i in ids[0]), abs=0.01)
    assert run.result["projected_points"] == pytest.approx(frame["projected_points"].sum(), abs=1e-3)


def test_the_latest_game_fills_the_flexible_slot(world: World) -> None:
    run = world.optimize({"lineups": 5})
    assert run.result is not None
    with session_scope(world.engine) as session:
        query = select(Draftable.id, Game.starts_at).join(Game, Game.id == Draftable.game_id)
        starts = {row.id: row.starts_at for row in session.execute(query)}
        frame = lineups.lineups(session, run.result["lineup_set_id"])
    for ids in frame["draftable_ids"].to_list():
        flexible = [starts[i] for i in ids[1:8]]
        assert flexible[6] == max(flexible)


def test_the_same_request_is_answered_with_the_same_set(world: World) -> None:
    first = world.optimize({"lineups": 3}).result
    again = world.optimize({"lineups": 3, "max_exposure": 1}).result
    assert first is not None
    assert again == {"lineup_set_id": first["lineup_set_id"], "rows": 0, "is_new": False}
    theirs = world.ask(
        "optimize",
        user_id=world.other_id,
        slate_id=world.slate_id,
        projection_set_id=world.set_id,
        rules={"lineups": 3},
    ).result
    assert theirs is not None
    assert theirs["lineup_set_id"] != first["lineup_set_id"]
    with session_scope(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(LineupSet)) == 2


BAD = [
    ({"lineups": 0}, "rules.lineups", "greater than or equal to 1"),
    ({"lineups": "many"}, "rules.lineups", "valid integer"),
    ({"max_exposure": 1.5}, "rules.max_exposure", "less than or equal to 1"),
    ({"exposure": 1}, "rules.exposure", "not permitted"),
    ({"locked": ["Tom"]}, "rules.locked.0", "valid integer"),
    ({"locked": [987654321]}, "rules.locked", "not in this slate's pool"),
    ({"excluded": [987654321]}, "rules.excluded", "not in this slate's pool"),
    ({"min_salary_usd": 50_001}, "rules.min_salary_usd", "above the contest's cap of 50000"),
    ({"min_salary_usd": 40_000, "max_salary_usd": 39_000}, "rules.min_salary_usd", "above the ceiling"),
    ({"min_unique": 10}, "rules.min_unique", "cannot differ in 10 of 9"),
    ({"stack": "none_such"}, "rules.stack", "declared: qb_one"),
    ({"teams": [{"team_id": "nfl:XX", "at_least": 1}]}, "rules.teams", "nfl:XX"),
    ({"team_exposures": [{"team_id": "nfl:XX", "at_most": 0.5}]}, "rules.team_exposures", "nfl:XX"),
    ({"exposures": [{"draftable_id": 987654321, "at_least": 0.5}]}, "rules.exposures", "not in this slate's pool"),
    ({"max_per_team": 1}, "rules.max_per_team", "do not fill a lineup"),
]


@pytest.mark.parametrize(("rules", "field", "message"), BAD)
def test_a_rule_that_cannot_be_used_is_refused_by_its_field(
    world: World, rules: dict[str, Any], field: str, message: str
) -> None:
    run = world.optimize(rules)
    assert run.status == "failed"
    assert run.error is not None
    assert run.error["code"] == "bad_input"
    assert [(p["column"], message in p["message"]) for p in run.error["problems"]] == [(field, True)]
    assert field in run.error["message"]
    with session_scope(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(LineupSet)) == 0


def test_rules_that_contradict_each_other_are_all_listed(world: World) -> None:
    one, two, three = world.ids("WR")[:3]
    rules = {
        "lineups": 10,
        "locked": [one, two],
        "excluded": [one, three],
        "exposures": [
            {"draftable_id": two, "at_most": 0.5},
            {"draftable_id": three, "at_least": 0.5},
            {"draftable_id": world.ids("QB")[0], "at_least": 0.6, "at_most": 0.4},
            {"draftable_id": world.ids("QB")[1], "at_least": 0.42, "at_most": 0.45},
        ],
    }
    error = world.optimize(rules).error
    assert error is not None
    messages = [p["message"] for p in error["problems"]]
    assert len(messages) == 5
    for expected in ("both locked and excluded", "is locked: he cannot", "is excluded: he cannot"):
        assert sum(expected in m for m in messages) == 1
    assert any("at least 0.6 is above at most 0.4" in m for m in messages)
    assert any("at least 5 and at most 4 contradict each other after rounding" in m for m in messages)


def test_rules_that_clash_are_named(world: World) -> None:
    quarterbacks = world.ids("QB")[:2]
    error = world.optimize({"locked": quarterbacks}).error
    assert error is not None
    assert error["code"] == "infeasible"
    assert sorted(error["rules"]) == ["BUF QB0 locked", "PHI QB0 locked", "the contest's roster slots"]
    with session_scope(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(Lineup)) == 0


def test_minimum_exposures_are_met(world: World) -> None:
    wanted = [world.ids("QB")[i] for i in (0, 2, 4)]
    rules = {"lineups": 10, "exposures": [{"draftable_id": i, "at_least": 0.3, "at_most": 1} for i in wanted]}
    run = world.optimize(rules)
    assert run.result is not None, run.error
    with session_scope(world.engine) as session:
        ids = lineups.lineups(session, run.result["lineup_set_id"])["draftable_ids"].to_list()
    assert all(sum(i in lineup for lineup in ids) >= 3 for i in wanted)


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"slate_id": 987}, "not_found", "no slate 987"),
        ({"projection_set_id": 987}, "not_found", "no projection set 987"),
    ],
)
def test_what_does_not_exist_is_not_found(world: World, params: dict[str, int], code: str, message: str) -> None:
    error = world.optimize({"lineups": 1}, **params).error
    assert error is not None
    assert (error["code"], message in error["message"]) == (code, True)


def test_another_users_projections_are_not_found(world: World) -> None:
    with session_scope(world.engine) as session:
        theirs = ProjectionSet(
            slate_id=world.slate_id, user_id=world.other_id, kind="uploaded", name="Bob's", as_of=LOCK, inputs={}
        )
        session.add(theirs)
        session.flush()
        set_id = theirs.id
    error = world.optimize({"lineups": 1}, projection_set_id=set_id).error
    assert error is not None
    assert error["code"] == "not_found"


def test_a_run_of_nobody_is_refused(world: World) -> None:
    error = world.ask(
        "optimize", user_id=None, slate_id=world.slate_id, projection_set_id=world.set_id, rules={"lineups": 1}
    ).error
    assert error is not None
    assert "lineups belong to a user" in error["message"]


def test_a_request_is_stopped_between_lineups_and_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str | None] = []
    written = runs.progress

    def and_cancel(session: Session, run_id: int, share: float, message: str | None) -> bool:
        told.append(message)
        if message == "2 of 50 lineups":
            runs.cancel(session, run_id)
        return written(session, run_id, share, message)

    monkeypatch.setattr(runs, "progress", and_cancel)
    run = world.optimize({"lineups": 50})
    assert run.status == "cancelled"
    assert told[1:] == ["1 of 50 lineups", "2 of 50 lineups"]
    with session_scope(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(LineupSet)) == 0


def test_where_the_rules_allow_no_more_lineups_those_that_stand_are_kept(world: World) -> None:
    rules = {"lineups": 20, "min_unique": 9}
    run = world.optimize(rules)
    assert run.status == "succeeded"
    assert run.result is not None
    assert run.result["wanted"] == 20
    assert 0 < run.result["rows"] < 20
    stopped = run.result["stopped"]
    assert stopped["message"].startswith(f"After {run.result['rows']} of 20 lineups no other satisfies")
    assert stopped["rules"]
    with session_scope(world.engine) as session:
        set_id = run.result["lineup_set_id"]
        frame, kept = lineups.lineups(session, set_id), lineups.lineup_set(session, set_id)
    assert (len(frame), kept.note) == (run.result["rows"], stopped["message"])
    assert frame["draftable_ids"].explode().is_unique().all()
    again = world.optimize(rules).result
    assert again is not None
    assert (again["lineup_set_id"], again["stopped"]["message"]) == (set_id, stopped["message"])


def built(world: World, **rules: Any) -> int:
    result = world.optimize({"lineups": 3} | rules).result
    assert result is not None
    return int(result["lineup_set_id"])


def test_lineups_are_settled_by_what_happened(world: World) -> None:
    set_id = built(world)
    with session_scope(world.engine) as session:
        finish_games(session)
    run = world.ask("settle", lineup_set_id=set_id)
    assert run.error is None
    assert run.result is not None
    with session_scope(world.engine) as session:
        frame = lineups.lineups(session, set_id)
        position = {row.id: row.position for row in session.execute(select(Draftable.id, Draftable.position))}
    expected = [sum(SCORES[position[i]] for i in ids) for ids in frame["draftable_ids"].to_list()]
    assert frame["realised_points"].to_list() == pytest.approx(expected)
    assert run.result["realised_points"] == pytest.approx(sum(expected))
    assert run.result["best_realised_points"] == pytest.approx(max(expected))
    assert run.result["projected_points"] == pytest.approx(frame["projected_points"].sum())
    assert (run.result["rows"], run.result["without_line"], run.result["unmatched"]) == (3, [], [])


def test_a_player_without_a_line_or_an_identity_scores_nothing_and_is_listed(world: World) -> None:
    quarterback, end = world.ids("QB")[0], world.ids("TE")[0]
    set_id = built(world, lineups=1, locked=[quarterback, end])
    with session_scope(world.engine) as session:
        finish_games(session, absent="BUF QB0")
        session.execute(text("UPDATE draftables SET player_id = NULL WHERE id = :id"), {"id": end})
    result = world.ask("settle", lineup_set_id=set_id).result
    assert result is not None
    assert (result["without_line"], result["unmatched"]) == (["BUF QB0"], ["BUF TE6"])
    with session_scope(world.engine) as session:
        frame = lineups.lineups(session, set_id)
        position = {row.id: row.position for row in session.execute(select(Draftable.id, Draftable.position))}
    others = [i for i in frame["draftable_ids"][0].to_list() if i not in (quarterback, end)]
    assert frame["realised_points"][0] == pytest.approx(sum(SCORES[position[i]] for i in others))


def test_a_slate_not_over_is_not_settled(world: World) -> None:
    set_id = built(world)
    error = world.ask("settle", lineup_set_id=set_id).error
    assert error is not None
    assert error["code"] == "conflict"
    assert "the slate is not over: 3 of 3 games have no final score yet" in error["message"]
    assert "2023-11-26 18:00 UTC" in error["message"]
    with session_scope(world.engine) as session:
        assert lineups.lineups(session, set_id)["realised_points"].to_list() == [None] * 3


def test_final_scores_without_stat_lines_are_no_result(world: World) -> None:
    set_id = built(world)
    with session_scope(world.engine) as session:
        finish_games(session)
        session.execute(text("DELETE FROM player_game_stats"))
    error = world.ask("settle", lineup_set_id=set_id).error
    assert error is not None
    assert error["code"] == "conflict"
    assert "no stat lines are known of nfl:2023_12_" in error["message"]


def test_another_users_lineups_are_not_settled(world: World) -> None:
    set_id = built(world)
    error = world.ask("settle", user_id=world.other_id, lineup_set_id=set_id).error
    assert error is not None
    assert (error["code"], error["message"]) == ("not_found", f"there is no lineup set {set_id}")
    assert world.ask("settle", lineup_set_id=404).error is not None
