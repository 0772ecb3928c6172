"""The registry of models, who may speak as of when, and what was said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sdp_common.db.models.predictions import ModelVersion
from sdp_common.errors import NotFound
from sdp_common.store import players, predictions, reference, slates
from sdp_common.store.players import Person
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

LOCK = datetime(2023, 11, 26, 18, tzinfo=UTC)
GAME = "nfl:2023_12_BUF_PHI"


def add(session: Session, family: str = "boosted", market: str = "receptions", **change: Any) -> ModelVersion:
    row = {"sport": "nfl", "market": market, "family": family, "version": "1", "path": "x", "sha256": "0"}
    crps = change.pop("crps", 1.0)
    days = change.pop("days", 1)
    row |= {"data_until": LOCK - timedelta(days=days), "details": {"metrics": {"crps": crps}}}
    return predictions.register(session, row | change)


def test_a_version_is_registered_once(session: Session) -> None:
    assert add(session).stage == "candidate"
    with pytest.raises(IntegrityError):
        add(session)


def test_one_version_a_market_is_promoted(session: Session) -> None:
    one, two, other = add(session), add(session, "baseline"), add(session, market="targets")
    for version in (one, other, two):
        predictions.promote(session, version)
    session.expire_all()
    assert [one.stage, two.stage, other.stage] == ["candidate", "promoted", "promoted"]


def test_a_promotion_is_rolled_back_step_by_step(session: Session) -> None:
    first, second, third = add(session), add(session, version="2"), add(session, version="3")
    with pytest.raises(NotFound, match="nothing to go back to"):
        predictions.rollback(session, "nfl", "receptions")
    for version in (first, second, third):
        predictions.promote(session, version)
    assert predictions.rollback(session, "nfl", "receptions").id == second.id
    assert [first.stage, second.stage, third.stage] == ["candidate", "promoted", "candidate"]
    assert predictions.rollback(session, "nfl", "receptions").id == first.id
    with pytest.raises(NotFound, match="nothing to go back to"):
        predictions.rollback(session, "nfl", "receptions")
    assert predictions.version(session, third.id) is third
    with pytest.raises(NotFound, match="no model 0"):
        predictions.version(session, 0)


def test_the_promoted_model_speaks_unless_it_has_seen_too_much(session: Session) -> None:
    promoted = add(session, days=1, crps=9.0)
    older, best_of_older = add(session, version="2", days=5, crps=2.0), add(session, version="3", days=5, crps=1.0)
    oldest = add(session, version="4", days=9, crps=0.1)
    predictions.promote(session, promoted)
    assert predictions.serving(session, "nfl", as_of=LOCK) == {"receptions": promoted}
    assert predictions.serving(session, "nfl", as_of=LOCK - timedelta(days=2)) == {"receptions": best_of_older}
    assert predictions.serving(session, "nfl", as_of=LOCK - timedelta(days=6)) == {"receptions": oldest}
    assert predictions.serving(session, "nfl", as_of=LOCK - timedelta(days=10)) == {}
    best_of_older.stage = "retired"
    assert predictions.serving(session, "nfl", as_of=LOCK - timedelta(days=2)) == {"receptions": older}


@pytest.fixture
def slate_id(session: Session) -> int:
    reference.save_teams(session, "nfl")
    row = {"id": GAME, "sport": "nfl", "season": 2023, "season_type": "REG", "week": 12, "starts_at": LOCK}
    reference.save_games(session, [row | {"home_team_id": "nfl:PHI", "away_team_id": "nfl:BUF"}])
    players.save_people(session, "nfl", [Person([("gsis", "1")], "Adam Thrower", "QB", "nfl:PHI")])
    who = players.ids(session, "nfl")["gsis", "1"]
    head: dict[str, Any] = {"sport": "nfl", "site": "draftkings", "contest": "draftkings_classic", "name": "Main"}
    head |= {"source": "test", "external_id": "1", "starts_at": LOCK, "known_at": LOCK}
    listed = {"external_id": "a", "name": "Adam", "player_id": who, "team_id": "nfl:PHI", "game_id": GAME}
    return slates.save_slate(session, head, [listed | {"position": "QB", "roster_slots": ["QB"], "salary_usd": 5000}])


def said(session: Session, version: ModelVersion, as_of: datetime, mean: float) -> dict[str, Any]:
    who = players.ids(session, "nfl")["gsis", "1"]
    row = {
        "player_id": who,
        "game_id": GAME,
        "market": version.market,
        "model_version_id": version.id,
        "mode": "independent",
    }
    row |= {"as_of": as_of, "team_id": "nfl:PHI", "position": "QB", "mean": mean, "sd": 1.0, "prob_zero": 0.0}
    return row | {"quantiles": [1.0, 2.0], "family": "poisson", "params": {"mean": mean}, "drivers": []}


def test_the_latest_word_stands_and_the_promoted_model_s_before_others(session: Session, slate_id: int) -> None:
    promoted, newer = add(session), add(session, version="2")
    predictions.promote(session, promoted)
    early = LOCK - timedelta(days=1)
    predictions.save(session, [said(session, newer, early, 1.0), said(session, promoted, LOCK, 2.0)])
    predictions.save(session, [said(session, newer, LOCK, 3.0)])
    found = predictions.slate(session, slate_id, as_of=LOCK)
    assert found["mean"].to_list() == [2.0]
    assert found["model_version_id"].to_list() == [promoted.id]
    assert found["quantiles"].to_list() == [[1.0, 2.0]]
    assert predictions.slate(session, slate_id, as_of=early)["mean"].to_list() == [1.0]
    assert predictions.slate(session, slate_id, as_of=early - timedelta(days=1)).is_empty()


def test_saying_the_same_twice_changes_nothing(session: Session, slate_id: int) -> None:
    row = said(session, add(session), LOCK, 2.0)
    assert predictions.save(session, [row]).new == 1
    assert predictions.save(session, [row]).unchanged == 1
    assert predictions.save(session, [row | {"mean": 4.0}]).changed == 1
