"""Games, lines and weather as they stood at a moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from sdp_common.store import odds, reference, weather
from sqlalchemy.orm import Session

KICK_OFF = datetime(2023, 11, 26, 18, tzinfo=UTC)
GAME = "nfl:2023_12_BUF_PHI"


def game(**change: Any) -> dict[str, Any]:
    return {
        "id": GAME,
        "sport": "nfl",
        "season": 2023,
        "season_type": "REG",
        "week": 12,
        "starts_at": KICK_OFF,
        "home_team_id": "nfl:PHI",
        "away_team_id": "nfl:BUF",
        "venue_id": "nfl:PHI00",
        "neutral_site": False,
        "status": "scheduled",
        "home_score": None,
        "away_score": None,
        "known_at": None,
    } | change


FINAL = game(status="final", home_score=37, away_score=34, known_at=KICK_OFF + timedelta(hours=12))
VENUE = {
    "id": "nfl:PHI00",
    "name": "The Linc",
    "roof": "outdoors",
    "surface": None,
    "latitude": 39.9,
    "longitude": -75.2,
    "azimuth_deg": None,
}


def quote(book: str, market: str, side: str, line: float, at: datetime, **change: Any) -> dict[str, Any]:
    return {
        "game_id": GAME,
        "source": "test",
        "book": book,
        "market": market,
        "side": side,
        "line": line,
        "price_decimal": 1.91,
        "known_at": at,
    } | change


@pytest.fixture
def league(session: Session) -> Session:
    reference.save_teams(session, "nfl")
    reference.save_venues(session, [VENUE])
    reference.save_games(session, [FINAL], [{"source": "espn", "external_id": "401", "game_id": GAME}])
    return session


def read(session: Session, as_of: datetime, **more: Any) -> pl.DataFrame:
    return reference.games(session, "nfl", as_of=as_of, **more)


def test_a_score_is_seen_from_the_moment_it_was_known(league: Session) -> None:
    before = read(league, FINAL["known_at"] - timedelta(seconds=1)).row(0, named=True)
    assert (before["home_score"], before["away_score"], before["known_at"]) == (None, None, None)
    after = read(league, FINAL["known_at"]).row(0, named=True)
    assert (after["home_score"], after["away_score"], after["roof"]) == (37, 34, "outdoors")
    assert after["known_at"] == FINAL["known_at"]


def test_a_later_row_without_the_score_leaves_it(league: Session) -> None:
    reference.save_games(league, [game(venue_id=None)])
    row = read(league, KICK_OFF + timedelta(days=1)).row(0, named=True)
    assert (row["home_score"], row["roof"]) == (37, "outdoors")


def test_seasons_and_empty_answers_keep_their_columns(league: Session) -> None:
    assert read(league, KICK_OFF, seasons=[2023]).height == 1
    empty = read(league, KICK_OFF, seasons=[1999])
    assert empty.height == 0
    assert empty.schema == pl.Schema(reference.GAMES)


def test_the_line_is_the_median_of_each_books_last_word(league: Session) -> None:
    early, late = KICK_OFF - timedelta(days=2), KICK_OFF - timedelta(hours=1)
    odds.save(
        league,
        [
            quote("a", "spread", "home", -3.0, early),
            quote("a", "spread", "home", -4.0, late),
            quote("a", "spread", "away", 4.0, late),
            quote("b", "spread", "away", 5.0, early),
            quote("c", "spread", "home", -6.0, early),
            quote("d", "spread", "home", -30.0, early),
            quote("d", "spread", "home", -30.0, late, status="suspended"),
            quote("a", "total", "over", 48.5, early),
            quote("b", "total", "under", 49.5, early),
            quote("a", "moneyline", "home", None, early),
        ],
    )
    assert read(league, early - timedelta(hours=1)).row(0, named=True)["spread"] is None
    at_first = read(league, early).row(0, named=True)
    assert (at_first["spread"], at_first["total"]) == (5.5, 49.0)
    assert read(league, late).row(0, named=True)["spread"] == 5.0


def test_prices_after_kick_off_never_count(league: Session) -> None:
    odds.save(
        league,
        [
            quote("a", "spread", "home", -3.0, KICK_OFF),
            quote("a", "spread", "home", -20.5, KICK_OFF + timedelta(hours=1)),
        ],
    )
    assert read(league, KICK_OFF + timedelta(days=1)).row(0, named=True)["spread"] == 3.0


def test_the_latest_forecast_known_counts(league: Session) -> None:
    def forecast(hours: int, wind: float) -> dict[str, Any]:
        return {
            "game_id": GAME,
            "source": "test",
            "known_at": KICK_OFF - timedelta(hours=hours),
            "forecast_for": KICK_OFF,
            "temp_f": 40.0,
            "wind_mph": wind,
        }

    weather.save(league, [forecast(48, 5.0), forecast(2, 15.0)])
    assert read(league, KICK_OFF - timedelta(hours=24)).row(0, named=True)["wind_mph"] == 5.0
    assert read(league, KICK_OFF).row(0, named=True)["wind_mph"] == 15.0


def test_a_venue_keeps_what_a_later_row_does_not_know(league: Session) -> None:
    reference.save_venues(league, [VENUE | {"latitude": None, "longitude": None, "surface": "grass"}])
    ((_, venue, _),) = reference.upcoming(league, "nfl", KICK_OFF, KICK_OFF)
    assert venue is not None
    assert (venue.latitude, venue.surface) == (39.9, "grass")


def test_saving_again_changes_nothing(league: Session) -> None:
    counts = reference.save_games(league, [FINAL])
    assert (counts.new, counts.changed, counts.unchanged) == (0, 0, 1)
    assert reference.game_index(league, "nfl")["home_score"].to_list() == [37]
