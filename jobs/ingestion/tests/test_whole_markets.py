"""Only a market of which nothing was left out closes what it lists no longer."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.registry import provider
from sdp_ingestion.rows import MarketRows

AT = datetime(2026, 9, 10, 17, tzinfo=UTC)
OVER = {"name": "Over", "price": -110, "point": 45.5}


def parse(*outcomes: dict[str, Any] | None) -> list[Any]:
    market = {"key": "alternate_totals", "outcomes": list(outcomes)}
    event = {
        "home_team": "Buffalo Bills",
        "away_team": "New York Jets",
        "commence_time": "2026-09-13T17:00:00Z",
        "bookmakers": [{"key": "book", "markets": [market]}],
    }
    payload = Payload(Request("https://odds.example.org/odds", "odds"), orjson.dumps([event]), AT)
    return list(provider("the_odds_api").parse(payload))


def test_a_market_that_was_read_whole_says_so() -> None:
    (row,) = parse(OVER, {**OVER, "name": "Under"})
    assert row.is_whole


@pytest.mark.parametrize("broken", [None, {"name": "Over", "point": 46.5}, {**OVER, "name": "Odd"}, {"price": 1}])
def test_a_market_with_an_outcome_that_cannot_be_read_is_not_whole(broken: dict[str, Any] | None) -> None:
    (row,) = (row for row in parse(OVER, broken) if isinstance(row, MarketRows))
    assert list(row.lines) == [45.5]
    assert not row.is_whole
