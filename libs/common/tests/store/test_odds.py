"""Quotes are appended where they say something new."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sdp_common.db.models.odds import OddsQuote
from sdp_common.store import odds, reference
from sqlalchemy import select
from sqlalchemy.orm import Session

START = datetime(2023, 11, 20, 12, tzinfo=UTC)
GAME = "nfl:2023_12_BUF_PHI"


def quote(minute: int, line: float, **change: Any) -> dict[str, Any]:
    return {
        "game_id": GAME,
        "source": "test",
        "book": "a",
        "market": "spread",
        "side": "home",
        "line": line,
        "price_decimal": 1.91,
        "known_at": START + timedelta(minutes=minute),
    } | change


@pytest.fixture
def league(session: Session) -> Session:
    reference.save_teams(session, "nfl")
    row = {"id": GAME, "sport": "nfl", "season": 2023, "season_type": "REG", "week": 12, "starts_at": START}
    reference.save_games(session, [row | {"home_team_id": "nfl:PHI", "away_team_id": "nfl:BUF"}])
    return session


def lines(session: Session) -> list[float | None]:
    return list(session.scalars(select(OddsQuote.line).order_by(OddsQuote.known_at)))


def test_a_row_is_a_movement(league: Session) -> None:
    told = [quote(0, -3.0), quote(5, -3.0), quote(10, -3.5), quote(15, -3.5), quote(20, -3.0)]
    counts = odds.save(league, told)
    assert (counts.new, counts.changed, counts.unchanged) == (1, 2, 2)
    assert lines(league) == [-3.0, -3.5, -3.0]
    again = odds.save(league, told)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 5)


@pytest.mark.parametrize("change", [{"price_decimal": 1.95}, {"status": "suspended"}, {"line": None}])
def test_price_and_status_are_movements_too(league: Session, change: dict[str, Any]) -> None:
    odds.save(league, [quote(0, -3.0)])
    assert odds.save(league, [quote(5, -3.0) | change]).changed == 1


@pytest.mark.parametrize("change", [{"book": "b"}, {"side": "away"}, {"market": "total"}, {"source": "other"}])
def test_every_key_has_a_line_of_its_own(league: Session, change: dict[str, Any]) -> None:
    odds.save(league, [quote(0, -3.0)])
    assert odds.save(league, [quote(5, -3.0) | change]).new == 1


def test_the_order_of_reading_does_not_matter(league: Session) -> None:
    told = [quote(minute, line) for minute, line in enumerate([-3.0, -3.5, -4.0, -4.5, -3.0])]
    random.Random(7).shuffle(told)
    for one in told:
        odds.save(league, [one])
    assert lines(league) == [-3.0, -3.5, -4.0, -4.5, -3.0]


def test_nothing_is_nothing(league: Session) -> None:
    assert odds.save(league, []).rows == 0
