"""Slates: saved whole, read back, and who is to be predicted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from sdp_common.errors import NotFound
from sdp_common.store import contests, injuries, players, reference, slates
from sdp_common.store.players import Person
from sqlalchemy.orm import Session

LOCK = datetime(2023, 11, 26, 18, tzinfo=UTC)
GAME = "nfl:2023_12_BUF_PHI"
SLATE = {
    "sport": "nfl",
    "site": "draftkings",
    "contest": "draftkings_classic",
    "name": "Main",
    "source": "test",
    "external_id": "1",
    "salary_source": "site",
    "starts_at": LOCK,
    "known_at": LOCK,
}


@pytest.fixture
def league(session: Session) -> Session:
    reference.save_teams(session, "nfl")
    row = {"id": GAME, "sport": "nfl", "season": 2023, "season_type": "REG", "week": 12, "starts_at": LOCK}
    reference.save_games(session, [row | {"home_team_id": "nfl:PHI", "away_team_id": "nfl:BUF"}])
    players.save_people(session, "nfl", [Person([("gsis", "1")], "Adam Thrower", "QB", "nfl:PHI")])
    return session


def who(session: Session) -> int:
    return players.ids(session, "nfl")[("gsis", "1")]


def draftable(external_id: str, player_id: int | None, **change: Any) -> dict[str, Any]:
    return {
        "external_id": external_id,
        "name": "Adam Thrower",
        "player_id": player_id,
        "match_score": 1.0 if player_id else None,
        "team_id": "nfl:PHI",
        "game_id": GAME,
        "position": "QB",
        "roster_slots": ["QB"],
        "salary_usd": 8000,
        "average_points": 20.5,
        "status": None,
        "is_disabled": False,
    } | change


def test_a_slate_reads_back_with_opponents_dearest_first(league: Session) -> None:
    rows = [draftable("b", None, name="Nobody", salary_usd=3000, game_id=None), draftable("a", who(league))]
    slate_id = slates.save_slate(league, SLATE, rows)
    assert slates.slate(league, slate_id).name == "Main"
    frame = slates.draftables(league, slate_id)
    assert frame.schema == pl.Schema(slates.DRAFTABLES)
    assert frame["external_id"].to_list() == ["a", "b"]
    assert frame["opponent_id"].to_list() == ["nfl:BUF", None]
    assert frame["roster_slots"].to_list() == [["QB"], ["QB"]]


def test_saving_again_keeps_ids_and_drops_who_is_gone(league: Session) -> None:
    first = slates.save_slate(league, SLATE, [draftable("a", None), draftable("b", None)])
    before = dict(slates.draftables(league, first).select("external_id", "id").iter_rows())
    second = slates.save_slate(
        league, SLATE | {"name": "Renamed"}, [draftable("a", who(league), salary_usd=8100), draftable("c", None)]
    )
    assert second == first
    league.expire_all()
    assert slates.slate(league, first).name == "Renamed"
    after = slates.draftables(league, first)
    assert set(after["external_id"]) == {"a", "c"}
    assert after.filter(pl.col("external_id") == "a").select("id", "salary_usd").row(0) == (before["a"], 8100)
    assert slates.by_source(league, "test") == {"1": first}


def test_a_slate_may_be_empty_and_an_unknown_one_is_told(league: Session) -> None:
    slate_id = slates.save_slate(league, SLATE, [])
    assert slates.draftables(league, slate_id).schema == pl.Schema(slates.DRAFTABLES)
    assert slates.population(league, slate_id, as_of=LOCK).schema == pl.Schema(slates.POPULATION)
    with pytest.raises(NotFound, match="999"):
        slates.slate(league, 999)


def report(session: Session, at: datetime, status: str, **change: Any) -> dict[str, Any]:
    return {"player_id": who(session), "source": "test", "known_at": at, "status": status} | change


def test_the_population_has_each_matched_player_once(league: Session) -> None:
    rows = [draftable("a", who(league)), draftable("b", who(league)), draftable("c", None)]
    slate_id = slates.save_slate(league, SLATE, rows)
    assert slates.population(league, slate_id, as_of=LOCK).rows() == [
        (who(league), GAME, "nfl:PHI", "nfl:BUF", "QB", None)
    ]


@pytest.mark.parametrize(
    ("days", "change", "expected"),
    [
        (-2, {"season": 2023, "week": 12}, "questionable"),
        (-2, {"season": 2023, "week": 11}, None),
        (-2, {}, "questionable"),
        (-15, {}, None),
        (1, {"season": 2023, "week": 12}, None),
    ],
)
def test_a_report_counts_for_its_week_and_once_known(
    league: Session, days: int, change: dict[str, Any], expected: str | None
) -> None:
    slate_id = slates.save_slate(league, SLATE, [draftable("a", who(league))])
    injuries.save(league, [report(league, LOCK + timedelta(days=days), "questionable", **change)])
    assert slates.population(league, slate_id, as_of=LOCK)["injury_status"].to_list() == [expected]


def test_the_latest_report_known_counts(league: Session) -> None:
    slate_id = slates.save_slate(league, SLATE, [draftable("a", who(league))])
    injuries.save(
        league,
        [
            report(league, LOCK - timedelta(days=2), "questionable"),
            report(league, LOCK - timedelta(hours=1), "out"),
            report(league, LOCK + timedelta(hours=1), "active"),
        ],
    )
    assert slates.population(league, slate_id, as_of=LOCK)["injury_status"].to_list() == ["out"]


def test_contests_are_saved_by_their_number(league: Session) -> None:
    slate_id = slates.save_slate(league, SLATE, [])
    offer = {
        "slate_id": slate_id,
        "source": "test",
        "external_id": "9",
        "name": "Big",
        "entry_fee_usd": 20.0,
        "prize_pool_usd": 100.0,
        "payouts": [],
        "known_at": LOCK,
    }
    assert contests.save(league, [offer, offer | {"external_id": "10", "prize_pool_usd": 500.0}]).new == 2
    assert contests.save(league, [offer | {"entries": 7}]).changed == 1
    assert [(row.external_id, row.entries) for row in contests.offers(league, slate_id)] == [("10", None), ("9", 7)]
