"""Quotes are appended where they say something new."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sdp_common.db.bulk import Counts
from sdp_common.db.models.odds import OddsQuote
from sdp_common.db.session import session_scope
from sdp_common.store import odds, reference, retention, standings
from sqlalchemy import Engine, select, text
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


def test_how_series_stand_is_read_from_the_quotes_where_it_is_missing(league: Session) -> None:
    told = [quote(0, -3.0), quote(1, -3.5), quote(0, 6.5, book="b"), quote(0, 44.5, market="alternate_total")]
    odds.save(league, told)
    standings.forget(league)
    again = odds.save(league, [quote(9, -3.5), quote(9, 6.5, book="b"), quote(9, 44.5, market="alternate_total")])
    assert (again.new, again.changed, again.unchanged) == (0, 0, 3)
    standings.forget(league, "test", "nfl")
    assert odds.save(league, [quote(10, -4.0)]).changed == 1
    assert odds.save(league, [quote(11, -4.0), quote(11, 6.5, book="b")]).unchanged == 2


def test_a_quote_that_leaves_and_returns_in_one_body_moves_twice(league: Session) -> None:
    odds.save(league, [quote(0, -3.0)])
    assert odds.save(league, [quote(5, -3.5), quote(6, -3.0), quote(7, -3.0)]).changed == 2
    assert lines(league) == [-3.0, -3.5, -3.0]


@pytest.fixture
def engine_with_a_game(engine: Engine) -> Iterator[Engine]:
    with session_scope(engine) as session:
        reference.save_teams(session, "nfl")
        row = {"id": GAME, "sport": "nfl", "season": 2023, "season_type": "REG", "week": 12, "starts_at": START}
        reference.save_games(session, [row | {"home_team_id": "nfl:PHI", "away_team_id": "nfl:BUF"}])
    yield engine
    with session_scope(engine) as session:
        session.execute(text("DELETE FROM games"))


def test_a_process_that_dies_leaves_nothing_and_all_can_be_told_again(engine_with_a_game: Engine) -> None:
    with session_scope(engine_with_a_game) as session:
        odds.save(session, [quote(0, -3.0)])
    with Session(engine_with_a_game) as session:
        odds.save(session, [quote(5, -3.5), quote(5, -7.0, book="b")])
        session.connection().connection.driver_connection.close()  # the process is gone before it commits
        session.invalidate()
    with session_scope(engine_with_a_game) as session:
        told = odds.save(session, [quote(5, -3.5), quote(5, -7.0, book="b")])
        assert (told.new, told.changed, told.unchanged) == (1, 1, 0)
        assert sorted(lines(session)) == [-7.0, -3.5, -3.0]


def test_replicas_at_once_write_each_movement_once(engine_with_a_game: Engine) -> None:
    told = [quote(0, line, market="alternate_total") for line in range(200)]

    def tell(_: int) -> Counts:
        with session_scope(engine_with_a_game) as session:
            return odds.save(session, told)

    with ThreadPoolExecutor(4) as pool:
        counts = sum(pool.map(tell, range(4)), Counts())
    assert (counts.new, counts.changed, counts.unchanged) == (200, 0, 600)
    with session_scope(engine_with_a_game) as session:
        assert sorted(lines(session)) == sorted(float(line) for line in range(200))


def test_any_moment_is_told_whether_a_series_moves_often_seldom_or_not(league: Session) -> None:
    retention.make_months(league, START - timedelta(days=40), START)
    dice = random.Random(11)
    gaps = {"often": 0.2, "daily": 24.0, "weekly": 170.0, "once": 5000.0}  # hours between movements
    told = []
    for book, gap in gaps.items():
        at = START - timedelta(days=40) + timedelta(hours=dice.random())
        while at < START + timedelta(hours=6):
            told.append(quote(0, float(len(told)), book=book, known_at=at))
            at += timedelta(hours=gap * dice.uniform(0.5, 1.5))
    told.sort(key=lambda row: row["known_at"])
    odds.save(league, told)

    def last(until: datetime) -> dict[str, float]:
        return {row["book"]: row["line"] for row in told if row["known_at"] <= until}

    for moment in [START - timedelta(hours=dice.uniform(-9, 970)) for _ in range(12)]:
        assert dict(odds.lines(league, [GAME], moment).select("book", "line").iter_rows()) == last(moment)
    assert dict(odds.closings(league, [GAME]).select("book", "line").iter_rows()) == last(START)
    first = {row["book"]: row["line"] for row in reversed(told)}
    assert dict(odds.openings(league, [GAME]).select("book", "line").iter_rows()) == first


def rungs(minute: int, *lines: float, **change: Any) -> list[dict[str, Any]]:
    return [quote(minute, line, **{"market": "alternate_total"} | change) for line in lines]


def statuses(session: Session, minute: int) -> dict[tuple[str, float], str]:
    told = odds.lines(session, [GAME], START + timedelta(minutes=minute)).filter(market="alternate_total")
    return {(book, line): status for book, line, status in told.select("book", "line", "status").iter_rows()}


def test_what_a_whole_market_lists_no_longer_is_closed(league: Session) -> None:
    whole = {(GAME, "a", "alternate_total")}
    odds.save(league, [*rungs(0, 40, 41, 42), *rungs(0, 41, book="b"), quote(0, -3.0)])
    told = odds.save(league, rungs(5, 41, 42, 43), whole=whole)
    assert (told.new, told.changed, told.unchanged) == (1, 1, 2)
    everything = {("a", 40): "closed", ("a", 41): "open", ("a", 42): "open", ("a", 43): "open", ("b", 41): "open"}
    assert statuses(league, 5) == everything  # the other book, the other market and the past are as they were
    assert odds.lines(league, [GAME], START + timedelta(minutes=5)).filter(market="spread")["status"].item() == "open"
    assert set(statuses(league, 4).values()) == {"open"}
    assert odds.save(league, rungs(6, 41, 42, 43), whole=whole).unchanged == 3
    assert odds.save(league, rungs(7, 40, 41, 42, 43), whole=whole).changed == 1  # it is offered again
    assert statuses(league, 7) == everything | {("a", 40): "open"}


def test_silence_closes_nothing_where_it_may_mean_something_else(league: Session) -> None:
    odds.save(league, rungs(5, 40, 41))
    odds.save(league, rungs(6, 41))  # a part of the market
    odds.save(league, [quote(7, -3.0)], whole={(GAME, "a", "alternate_total")})  # nothing at all of it
    odds.save(league, rungs(4, 41), whole={(GAME, "a", "alternate_total")})  # said before
    assert set(statuses(league, 9).values()) == {"open"}


def test_nothing_is_nothing(league: Session) -> None:
    assert odds.save(league, []).rows == 0
