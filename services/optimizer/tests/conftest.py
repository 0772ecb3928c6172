"""A slate that is written, one a test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # for `drafted`

from drafted import LOCK, World, write
from sdp_common.db.models.accounts import User
from sdp_common.db.session import make_engine, session_scope
from sqlalchemy import text


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    engine = make_engine(database_url)
    with session_scope(engine) as session:
        users = [User(username=name, password_hash="x") for name in ("ann", "bob")]
        session.add_all(users)
        slate_id, set_id = write(session, LOCK)
        ids = [user.id for user in users]
    yield World(engine, database_url, slate_id, set_id, ids[0], ids[1])
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE users, slates, games, players, teams, runs, procrastinate_jobs CASCADE"))
    engine.dispose()
