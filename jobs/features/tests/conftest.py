"""A database with the invented league in it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sdp_common.db.session import make_engine, session_scope
from sqlalchemy import Engine

sys.path.append(str(Path(__file__).parents[3] / "tests"))  # for `league_store`

from league_store import League, league_in


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def league(engine: Engine) -> League:
    with session_scope(engine) as session:
        return league_in(session)
