"""What was told before a game, as it stood at a moment, and nothing else."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sdp_common.store import injuries, players, reference, roles, stats
from sdp_common.store.players import Draft, Person
from sqlalchemy.orm import Session

KICK_OFF = datetime(2023, 9, 10, 17, tzinfo=UTC)
GAME = "nfl:2023_01_BUF_KC"


@pytest.fixture
def ids(session: Session) -> dict[str, int]:
    """A game with a runner and two quarterbacks of Kansas City."""
    reference.save_teams(session, "nfl")
    game = {
        "id": GAME,
        "sport": "nfl",
        "season": 2023,
        "season_type": "REG",
        "week": 1,
        "starts_at": KICK_OFF,
        "home_team_id": "nfl:KC",
        "away_team_id": "nfl:BUF",
        "status": "scheduled",
    }
    reference.save_games(session, [game])
    people = [("runner", "RB"), ("first", "QB"), ("second", "QB")]
    players.save_people(session, "nfl", [Person([("made", n)], f"{n} Invented", p, "nfl:KC") for n, p in people])
    known = {name: player for (source, name), player in players.ids(session, "nfl").items() if source == "made"}
    entry = {"sport": "nfl", "season": 2023, "week": 1, "team_id": "nfl:KC", "status": "ACT"}
    listed = [
        {**entry, "player_id": known[n], "position": p, "known_at": KICK_OFF - timedelta(minutes=90)} for n, p in people
    ]
    players.save_rosters(session, listed)
    players.save_depths(session, "nfl", [{"season": 2023, "week": 1, "player_id": known["runner"], "depth": 2}])
    named = {"game_id": GAME, "team_id": "nfl:KC", "position": "QB", "player_id": known["first"]}
    players.save_starters(session, [{**named, "known_at": KICK_OFF + timedelta(hours=12)}])
    report = {"player_id": known["runner"], "source": "made", "team_id": "nfl:KC", "season": 2023, "week": 1}
    words = [("questionable", -48), ("doubtful", -24), ("out", 2)]
    for status, hours in words:
        told = {"status": status, "practice_status": "Limited", "body_part": None}
        injuries.save(session, [{**report, **told, "known_at": KICK_OFF + timedelta(hours=hours)}])
    return known


def test_a_row_has_everything_told_before_the_kick_off(session: Session, ids: dict[str, int]) -> None:
    told = {row["player_id"]: row for row in roles.roles(session, "nfl", as_of=KICK_OFF).iter_rows(named=True)}
    runner = told[ids["runner"]]
    assert (runner["status"], runner["depth"], runner["injury_status"]) == ("ACT", 2, "doubtful")
    assert {row["started"] for row in told.values()} == {None}


def test_of_what_came_after_the_kick_off_only_who_started_is_told(session: Session, ids: dict[str, int]) -> None:
    later = roles.roles(session, "nfl", as_of=KICK_OFF + timedelta(days=9))
    assert later.drop("started").equals(roles.roles(session, "nfl", as_of=KICK_OFF).drop("started"))
    began = dict(later.select("player_id", "started").iter_rows())
    assert (began[ids["runner"]], began[ids["first"]], began[ids["second"]]) == (None, True, False)


def test_before_the_inactives_are_named_only_the_report_is_known(session: Session, ids: dict[str, int]) -> None:
    early = roles.roles(session, "nfl", as_of=KICK_OFF - timedelta(hours=30))
    assert early.select("player_id", "status", "started", "injury_status").rows() == [
        (ids["runner"], None, None, "questionable")
    ]


def test_reading_a_roster_again_keeps_its_depths(session: Session, ids: dict[str, int]) -> None:
    entry = {"sport": "nfl", "season": 2023, "week": 1, "team_id": "nfl:KC", "position": "RB", "status": "INA"}
    players.save_rosters(session, [{**entry, "player_id": ids["runner"], "known_at": KICK_OFF - timedelta(hours=1)}])
    row = roles.roles(session, "nfl", as_of=KICK_OFF).filter(pl.col("player_id") == ids["runner"])
    assert row.select("status", "depth").rows() == [("INA", 2)]


def test_a_draft_is_kept_where_a_later_row_lacks_it(session: Session, ids: dict[str, int]) -> None:
    players.save_drafts(session, [Draft(ids["runner"], [("pfr", "RunnAl00")], 33, 2019)])
    players.save_drafts(session, [Draft(ids["runner"], [], None, None)])
    assert roles.drafts(session, "nfl").rows() == [(ids["runner"], 33, 2019)]
    assert players.ids(session, "nfl")["pfr", "RunnAl00"] == ids["runner"]


def test_snaps_are_known_after_the_game(session: Session, ids: dict[str, int]) -> None:
    row = {"player_id": ids["runner"], "game_id": GAME, "team_id": "nfl:KC", "position": "RB"}
    known = KICK_OFF + timedelta(hours=12)
    stats.save_snaps(session, [{**row, "offense_snaps": 40, "offense_share": 0.6, "known_at": known}])
    assert stats.snaps(session, "nfl", as_of=KICK_OFF).is_empty()
    assert stats.snaps(session, "nfl", as_of=known)["offense_share"].to_list() == [0.6]
