"""Lineup sets on a real PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sdp_common.db.models.accounts import User
from sdp_common.db.models.lineups import LineupSet
from sdp_common.db.models.projections import ProjectionSet
from sdp_common.db.models.slates import Slate
from sdp_common.errors import NotFound
from sdp_common.store import lineups
from sqlalchemy import func, select
from sqlalchemy.orm import Session

LOCK = datetime(2031, 9, 7, 17, tzinfo=UTC)
RULES = {"lineups": 2, "max_exposure": 0.5, "locked": [7]}
ROWS = [
    {"draftable_ids": [3, 1, 2], "salary_usd": 49_900, "projected_points": 151.125},
    {"draftable_ids": [3, 1, 9], "salary_usd": 50_000, "projected_points": 150.5},
]


@pytest.fixture
def row(session: Session) -> dict[str, Any]:
    """A lineup set not yet saved, of a user, slate and projections that stand."""
    user = User(username="ann", password_hash="x")
    slate = Slate(
        sport="nfl", site="draftkings", contest="draftkings_classic", name="Main", source="test", external_id="1",
        starts_at=LOCK, known_at=LOCK,
    )  # fmt: skip
    session.add_all([user, slate])
    session.flush()
    projected = ProjectionSet(slate_id=slate.id, kind="simulated", name="Ours", as_of=LOCK, inputs={})
    session.add(projected)
    session.flush()
    return {
        "slate_id": slate.id,
        "projection_set_id": projected.id,
        "user_id": user.id,
        "name": "Mine",
        "rules": RULES,
    }


def test_a_set_is_read_back_by_rank_with_its_order_of_slots(session: Session, row: dict[str, Any]) -> None:
    set_id = lineups.save_set(session, row, ROWS)
    frame = lineups.lineups(session, set_id)
    assert dict(frame.schema) == lineups.LINEUPS
    assert frame["rank"].to_list() == [1, 2]
    assert frame["draftable_ids"].to_list() == [[3, 1, 2], [3, 1, 9]]
    assert frame["projected_points"].to_list() == [151.125, 150.5]
    assert frame["realised_points"].to_list() == [None, None]
    assert lineups.lineup_set(session, set_id).rules == RULES


def test_the_same_request_is_saved_once(session: Session, row: dict[str, Any]) -> None:
    set_id = lineups.save_set(session, row, ROWS)
    reordered = dict(reversed(RULES.items()))
    assert lineups.save_set(session, row | {"rules": reordered, "name": "Again"}, ROWS[:1]) == set_id
    assert session.scalar(select(func.count()).select_from(LineupSet)) == 1
    assert len(lineups.lineups(session, set_id)) == 2


@pytest.mark.parametrize("changed", [{"lineups": 3}, {"max_exposure": 0.6}, {"locked": []}])
def test_other_rules_are_another_set(session: Session, row: dict[str, Any], changed: dict[str, Any]) -> None:
    set_id = lineups.save_set(session, row, ROWS)
    assert lineups.save_set(session, row | {"rules": RULES | changed}, ROWS) != set_id


def test_another_users_set_is_not_found(session: Session, row: dict[str, Any]) -> None:
    lineups.save_set(session, row, ROWS)
    other = row["user_id"] + 1
    assert lineups.find_set(session, row["slate_id"], row["projection_set_id"], other, RULES) is None


def test_realised_points_are_written_to_this_set_alone(session: Session, row: dict[str, Any]) -> None:
    set_id = lineups.save_set(session, row, ROWS)
    other = lineups.save_set(session, row | {"rules": {}}, ROWS)
    ids = lineups.lineups(session, set_id)["id"].to_list()
    foreign = lineups.lineups(session, other)["id"].to_list()
    lineups.save_realised(session, set_id, {ids[0]: 120.5, ids[1]: 98.25, foreign[0]: 1.0})
    lineups.save_realised(session, set_id, {})
    assert lineups.lineups(session, set_id)["realised_points"].to_list() == [120.5, 98.25]
    assert lineups.lineups(session, other)["realised_points"].to_list() == [None, None]


def test_a_set_or_slate_that_does_not_exist_is_not_found(session: Session, row: dict[str, Any]) -> None:
    with pytest.raises(NotFound, match="no lineup set 404"):
        lineups.lineups(session, 404)
    with pytest.raises(NotFound, match="no slate 404"):
        lineups.save_set(session, row | {"slate_id": 404}, ROWS)
