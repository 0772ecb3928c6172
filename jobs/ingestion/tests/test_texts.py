"""What is no text where text belongs costs its own row alone."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sdp_ingestion.rows import DraftableRow, MarketRows, Matchup, QuoteRow, Rejected, SlateRow, SourceId, StatRow
from sdp_ingestion.texts import checked

AT = datetime(2025, 1, 2, tzinfo=UTC)
GAME = Matchup("Buffalo Bills", "New York Jets", AT)


def quote(**changed: Any) -> QuoteRow:
    return QuoteRow(
        **({"game": GAME, "book": "a", "market": "total", "side": "over", "line": 1, "price_decimal": 2} | changed)
    )


@pytest.mark.parametrize(
    "row",
    [
        quote(),
        quote(name=None, player=SourceId("a", "1")),
        quote(game="2024_18_NYJ_BUF"),
        MarketRows(GAME, "a", "total", ("over",), (1.0,), (2.0,), AT),
        StatRow(SourceId("a", "1"), "g", "BUF", None, {"points": 1.0}),
    ],
)
def test_what_is_well_formed_stays(row: Any) -> None:
    assert list(checked(row)) == [row]


@pytest.mark.parametrize(
    "row",
    [
        quote(book=7),
        quote(position=[]),
        quote(name={"first": "A"}),
        quote(game=Matchup(["Bills"], "Jets", AT)),  # type: ignore[arg-type]
        quote(player=SourceId("a", {})),  # type: ignore[arg-type]
    ],
)
def test_what_is_not_is_rejected(row: Any) -> None:
    (found,) = checked(row)
    assert isinstance(found, Rejected)


def test_a_slate_keeps_its_other_players() -> None:
    good = DraftableRow("1", "A Man", "BUF", "QB", ("QB",), 5000, None)
    bad = DraftableRow("2", ["B"], "BUF", "QB", ("QB",), 5000, None)  # type: ignore[arg-type]
    rejected, slate = checked(SlateRow("1", "dk", "classic", "Main", AT, (good, bad)))
    assert isinstance(rejected, Rejected)
    assert isinstance(slate, SlateRow)
    assert slate.draftables == (good,)
