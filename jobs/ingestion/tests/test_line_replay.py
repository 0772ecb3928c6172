"""Real line movement, replayed by its bench over the first games of each league; skipped where it is not here."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

pytestmark = pytest.mark.shared
BENCH = Path(__file__).parents[3] / "bench" / "line_history.py"


@pytest.fixture(scope="module")
def bench() -> dict[str, Any]:
    return runpy.run_path(str(BENCH))


@pytest.mark.parametrize("league", ["mlb", "wnba", "ncaaf"])
def test_what_was_replayed_reads_back_as_the_files_have_it(
    shared: Path, engine: Engine, bench: dict[str, Any], league: str
) -> None:
    told = bench["bench"](engine, shared / "data" / "odds_line_history", league, 5)
    assert told["rows"] >= told["kept"] > 500
    assert told["lines_equal"] > 1000
