"""Bodies are kept once a content and come back as they were."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sdp_common.db.models.runs import RawPayload
from sdp_common.errors import Misconfigured
from sdp_common.store.payloads import Body, Validators, mark_seen, replay, save_payload, validators
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

MOMENT = datetime(2023, 11, 26, tzinfo=UTC)
URL = "https://a.example/odds"


def keep(session: Session, content: bytes, hours: int = 0, **changes: Any) -> bool:
    values = {"provider": "espn", "sport": "nfl", "tag": "odds", "url": URL, "status": 200}
    return save_payload(session, content=content, fetched_at=MOMENT + timedelta(hours=hours), **(values | changes))


def test_same_content_is_kept_once_and_seen_twice(session: Session) -> None:
    assert keep(session, b"a", etag="1")
    assert not keep(session, b"a", hours=1, etag="2")
    assert keep(session, b"b", hours=2)
    assert keep(session, b"a", url=URL + "/other")
    first = session.scalars(select(RawPayload).order_by(RawPayload.id)).first()
    assert first is not None
    assert (first.fetched_at, first.last_seen_at, first.etag) == (MOMENT, MOMENT + timedelta(hours=1), "2")


def test_validators_are_those_of_the_copy_seen_last(session: Session) -> None:
    assert validators(session, URL) is None
    keep(session, b"a", etag="a1")
    keep(session, b"b", hours=1, etag="b1", last_modified="then")
    assert validators(session, URL) == Validators("b1", "then")
    keep(session, b"a", hours=2, etag="a2")  # the source went back
    assert validators(session, URL) == Validators("a2", None)
    keep(session, b"c", hours=3)
    assert validators(session, URL) is None


def test_unchanged_answer_moves_the_last_sight(session: Session) -> None:
    keep(session, b"a")
    keep(session, b"b", hours=1)
    mark_seen(session, URL, MOMENT + timedelta(hours=5))
    session.expire_all()
    seen = session.scalars(select(RawPayload.last_seen_at).order_by(RawPayload.id)).all()
    assert seen == [MOMENT, MOMENT + timedelta(hours=5)]


def test_replay_gives_the_bodies_in_their_order(session: Session) -> None:
    contents = [os.urandom(1000), b"", "ü".encode() * 5000]
    for hours, content in ((2, contents[2]), (0, contents[0]), (1, contents[1])):
        keep(session, content, hours=hours)
    keep(session, b"x", provider="other")
    keep(session, b"y", tag="teams", hours=9)
    assert [body.content for body in replay(session, "espn", tag="odds")] == contents
    between = replay(session, "espn", since=MOMENT + timedelta(hours=1), until=MOMENT + timedelta(hours=2))
    (body,) = between
    assert body == Body(body.id, "espn", "nfl", "odds", URL, 200, b"", MOMENT + timedelta(hours=1))
    assert list(replay(session, "espn", sport="nba")) == []


def test_bodies_are_compressed(session: Session) -> None:
    keep(session, b'{"a": 1}' * 10_000)
    assert (session.scalar(select(func.length(RawPayload.body))) or 0) < 1000


@pytest.mark.parametrize("damage", [b"nonsense", b""])
def test_damage_is_noticed(session: Session, damage: bytes) -> None:
    keep(session, b"a")
    session.execute(update(RawPayload).values(body=damage))
    with pytest.raises(Misconfigured, match="damaged"):
        list(replay(session, "espn"))


def test_wrong_content_is_noticed(session: Session) -> None:
    keep(session, b"a")
    session.execute(update(RawPayload).values(sha256="0" * 64))
    with pytest.raises(Misconfigured, match="not what came"):
        list(replay(session, "espn"))
