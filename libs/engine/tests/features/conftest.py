"""The invented league, made once."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))  # for `league`

from league import League, make, tell


@pytest.fixture(scope="session")
def league() -> League:
    return make()


@pytest.fixture(scope="session")
def told() -> League:
    """The league with rosters, starters, reports, snaps and drafts."""
    return tell(make())
