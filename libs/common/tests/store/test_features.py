"""Feature rows: saved under the set of their columns, read as they stood."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from sdp_common.db.models.features import FeatureSet
from sdp_common.store import features, players, reference, slates
from sdp_common.store.players import Person
from sqlalchemy import func, select
from sqlalchemy.orm import Session

KICK_OFF = datetime(2023, 11, 26, 18, tzinfo=UTC)
GAME = "nfl:2023_12_BUF_PHI"


@pytest.fixture
def player_id(session: Session) -> int:
    reference.save_teams(session, "nfl")
    row = {"id": GAME, "sport": "nfl", "season": 2023, "season_type": "REG", "week": 12, "starts_at": KICK_OFF}
    reference.save_games(session, [row | {"home_team_id": "nfl:PHI", "away_team_id": "nfl:BUF"}])
    players.save_people(session, "nfl", [Person([("gsis", "1")], "Adam Thrower", "QB", "nfl:PHI")])
    return players.ids(session, "nfl")["gsis", "1"]


def rows(player_id: int, as_of: datetime = KICK_OFF, **values: float | None) -> pl.DataFrame:
    keys = {"player_id": player_id, "game_id": GAME, "as_of": as_of, "team_id": "nfl:PHI", "opponent_id": "nfl:BUF"}
    frame = pl.DataFrame([keys | {"position": "QB"}], schema=features.KEYS)
    return frame.with_columns(pl.lit(value, pl.Float64).alias(name) for name, value in values.items())


def read(session: Session) -> pl.DataFrame:
    return features.history(session, "nfl", "x", until=KICK_OFF + timedelta(days=1))


def test_rows_come_back_exactly(session: Session, player_id: int) -> None:
    told = rows(player_id, form=0.1234567890123, share=None, wind=-3.0)
    counts = features.save(session, "nfl", "x", told)
    assert (counts.new, counts.changed, counts.unchanged) == (1, 0, 0)
    assert read(session).equals(told)
    assert features.save(session, "nfl", "x", told).unchanged == 1


def test_the_first_rows_of_a_set_count_each_key_once_and_keep_every_bit(session: Session, player_id: int) -> None:
    last = rows(player_id, tiny=5e-324, huge=-1.7976931348623157e308, none=None)
    told = pl.concat([rows(player_id, tiny=1.0, huge=1.0, none=1.0), last])
    assert features.save(session, "nfl", "x", told).new == 1
    assert read(session).equals(last)


def test_history_ends_before_its_moment_and_holds_rows_of_kick_off_alone(session: Session, player_id: int) -> None:
    features.save(session, "nfl", "x", rows(player_id, KICK_OFF - timedelta(hours=2), form=1.0))
    assert read(session).is_empty()
    features.save(session, "nfl", "x", rows(player_id, form=2.0))
    assert read(session)["form"].to_list() == [2.0]
    assert features.history(session, "nfl", "x", until=KICK_OFF).is_empty()


def test_other_columns_or_another_version_are_another_set(session: Session, player_id: int) -> None:
    features.save(session, "nfl", "x", rows(player_id, form=1.0))
    features.save(session, "nfl", "x", rows(player_id, form=2.0), version=2)
    assert read(session)["form"].to_list() == [2.0]
    features.save(session, "nfl", "x", rows(player_id, form=3.0, more=4.0), version=2)
    assert read(session)["more"].to_list() == [4.0]
    assert session.scalar(select(func.count()).select_from(FeatureSet)) == 3


def test_columns_that_come_back_do_not_bring_their_old_rows(session: Session, player_id: int) -> None:
    early = KICK_OFF - timedelta(hours=1)
    features.save(session, "nfl", "x", rows(player_id, form=1.0))
    features.save(session, "nfl", "x", rows(player_id, form=2.0, more=4.0))
    features.save(session, "nfl", "x", rows(player_id, early, form=3.0))
    assert read(session).is_empty()
    assert read(session).columns == [*features.KEYS, "form"]


def test_a_slate_reads_its_players_as_they_stood_last(session: Session, player_id: int) -> None:
    head: dict[str, Any] = {"sport": "nfl", "site": "draftkings", "contest": "draftkings_classic", "name": "Main"}
    head |= {"source": "test", "external_id": "1", "starts_at": KICK_OFF, "known_at": KICK_OFF}
    row = {"external_id": "a", "name": "Adam", "player_id": player_id, "team_id": "nfl:PHI", "game_id": GAME}
    slate_id = slates.save_slate(session, head, [row | {"position": "QB", "roster_slots": ["QB"], "salary_usd": 5000}])
    assert features.slate(session, slate_id, "x", KICK_OFF).is_empty()
    for hours, form in ((3, 1.0), (2, 2.0), (0, 3.0)):
        features.save(session, "nfl", "x", rows(player_id, KICK_OFF - timedelta(hours=hours), form=form))
    assert features.slate(session, slate_id, "x", KICK_OFF - timedelta(hours=1))["form"].to_list() == [2.0]
    assert features.slate(session, slate_id, "x", KICK_OFF)["form"].to_list() == [3.0]
    assert features.slate(session, slate_id, "x", KICK_OFF - timedelta(hours=9)).is_empty()
    assert features.slate(session, 9999, "x", KICK_OFF).is_empty()


def test_nothing_built_is_an_empty_frame(session: Session) -> None:
    assert features.history(session, "nfl", "never", until=KICK_OFF).columns == list(features.KEYS)
