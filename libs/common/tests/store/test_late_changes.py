"""A status that changes shortly before a game is an event; one that was known is none."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sdp_common.db.session import libpq_url, make_engine
from sdp_common.store import injuries, players, reference
from sdp_common.store.events import CHANNEL
from sqlalchemy.orm import Session

KICK_OFF = datetime(2023, 11, 26, 21, 25, tzinfo=UTC)


@pytest.fixture
def league(session: Session) -> Session:
    reference.save_teams(session, "nfl")
    row = {"id": "nfl:2023_12_BUF_PHI", "sport": "nfl", "season": 2023, "season_type": "REG", "week": 12}
    sides = {"starts_at": KICK_OFF, "home_team_id": "nfl:PHI", "away_team_id": "nfl:BUF"}
    reference.save_games(session, [row | sides])
    players.save_people(session, "nfl", [players.Person([("gsis", "1")], "Adam Thrower", "QB", "nfl:PHI")])
    return session


def report(league: Session, minutes: float, status: str, **columns: Any) -> dict[str, Any]:
    (player,) = players.ids(league, "nfl").values()
    told = {"player_id": player, "source": "espn_injuries", "status": status, "team_id": "nfl:PHI"}
    row = told | {"known_at": KICK_OFF - timedelta(minutes=minutes), "body_part": None} | columns
    injuries.save(league, [row])
    return row


def test_a_change_in_the_last_ninety_minutes_is_raised_once(league: Session) -> None:
    report(league, 2000, "questionable")
    late = report(league, 80, "out")
    assert injuries.raise_late(league, [late]) == 1
    assert injuries.raise_late(league, [late]) == 0
    ((change, player),) = injuries.late_changes(league, KICK_OFF - timedelta(days=1))
    assert (player.name, change.status, change.was, change.starts_at) == (
        "Adam Thrower",
        "out",
        "questionable",
        KICK_OFF,
    )


@pytest.mark.parametrize(("minutes", "status"), [(120, "out"), (80, "questionable"), (-5, "out")])
def test_what_is_early_known_or_after_kick_off_is_none(league: Session, minutes: float, status: str) -> None:
    report(league, 2000, "questionable")
    assert injuries.raise_late(league, [report(league, minutes, status)]) == 0


def test_being_active_is_no_change_for_who_was_never_doubted(league: Session) -> None:
    assert injuries.raise_late(league, [report(league, 60, "active")]) == 0


def test_it_is_told_to_whoever_listens(database_url: str) -> None:
    engine = make_engine(database_url)
    with psycopg.connect(libpq_url(database_url), autocommit=True) as ear:
        ear.execute(f"LISTEN {CHANNEL}")
        with Session(engine) as session, session.begin():
            reference.save_teams(session, "nfl")
            row = {"id": "nfl:late", "sport": "nfl", "season": 2023, "season_type": "REG", "week": 1}
            sides = {"starts_at": KICK_OFF, "home_team_id": "nfl:PHI", "away_team_id": "nfl:BUF"}
            reference.save_games(session, [row | sides])
            players.save_people(session, "nfl", [players.Person([("gsis", "9")], "Late Man", "QB", "nfl:PHI")])
            injuries.raise_late(session, [report(session, 30, "out")])
        notice = next(ear.notifies(timeout=5, stop_after=1))
    engine.dispose()
    assert json.loads(notice.payload)["kind"] == "late_change"
