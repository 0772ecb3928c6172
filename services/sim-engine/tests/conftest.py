"""What the tests of contests share."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # for `entered`

import entered
from sdp_common.db.session import make_engine


@pytest.fixture(scope="module")
def engine(database_url):
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def stored(engine):
    """See `entered`; ids by name."""
    return entered.write(engine)
