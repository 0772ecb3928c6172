"""The invented league, made once."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))  # for `league`

from league import League, make


@pytest.fixture(scope="session")
def league() -> League:
    return make()
