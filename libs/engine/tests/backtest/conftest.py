"""The invented league with rosters and snaps, its features and what became of them, made once."""

import sys
from pathlib import Path
from typing import Any

import pytest
from sdp_engine.features import build
from sdp_engine.models import training
from sdp_sports.spec import load

sys.path.append(str(Path(__file__).parents[1]))  # for `league`

from league import League, make, tell


@pytest.fixture(scope="session")
def told() -> League:
    return tell(make(seasons=4))


@pytest.fixture(scope="session")
def built(told: League) -> tuple[Any, Any]:
    """Features and outcomes."""
    sport = load("nfl")
    features = build.history(sport, told.sources)
    features = features.join(told.games.select("game_id", as_of="starts_at"), on="game_id")
    return features, training.outcomes_of(sport, features, told.lines, told.snaps, told.roles)
