"""Stat lines as they stood at a moment, and who played."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from sdp_common.store import players, reference, stats
from sdp_common.store.players import Person
from sdp_sports.spec import load
from sqlalchemy.orm import Session

KICK_OFF = datetime(2023, 11, 26, 18, tzinfo=UTC)
KNOWN = KICK_OFF + timedelta(hours=12)
GAME = "nfl:2023_12_BUF_PHI"


@pytest.fixture
def league(session: Session) -> Session:
    reference.save_teams(session, "nfl")
    row = {"id": GAME, "sport": "nfl", "season": 2023, "season_type": "REG", "week": 12, "starts_at": KICK_OFF}
    reference.save_games(session, [row | {"home_team_id": "nfl:PHI", "away_team_id": "nfl:BUF"}])
    people = [Person([("gsis", "1")], "Adam Thrower", "QB", "nfl:PHI"), Person([("gsis", "2")], "Bob Runner", "RB")]
    players.save_people(session, "nfl", people)
    return session


def line(session: Session, gsis: str = "1", **change: Any) -> dict[str, Any]:
    return {
        "player_id": players.ids(session, "nfl")[("gsis", gsis)],
        "game_id": GAME,
        "source": "nflgame",
        "known_at": KNOWN,
        "team_id": "nfl:PHI",
        "position": "QB",
        "stats": {"passing_yards": 200, "passing_tds": 3.0},
    } | change


def read(session: Session, as_of: datetime, **more: Any) -> pl.DataFrame:
    return stats.player_games(session, "nfl", as_of=as_of, **more)


def test_one_wide_row_a_player_and_game(league: Session) -> None:
    stats.save(league, [line(league), line(league, "2", position=None, stats={})])
    frame = read(league, KNOWN)
    assert frame.columns == [*stats.KEYS, *load("nfl").stats, *load("nfl").plays]
    assert frame.select(*stats.KEYS).schema == pl.Schema(stats.KEYS)
    assert frame.select(load("nfl").stats).dtypes == [pl.Float64] * len(load("nfl").stats)
    first, second = frame.rows(named=True)
    assert (first["passing_yards"], first["passing_tds"], first["receptions"]) == (200.0, 3.0, 0.0)
    assert (second["position"], second["passing_yards"], second["known_at"]) == ("RB", 0.0, KNOWN)


def test_lines_of_some_positions_alone(league: Session) -> None:
    stats.save(league, [line(league), line(league, "2", position=None)])
    assert read(league, KNOWN, positions=["QB"])["position"].to_list() == ["QB"]
    assert read(league, KNOWN, positions=["RB"])["position"].to_list() == ["RB"], "the line's own is not known"
    assert read(league, KNOWN, positions=["K"]).is_empty()


def test_plays_are_unknown_where_none_are_held_and_nothing_is_zero_where_they_are(league: Session) -> None:
    reference.save_games(
        league,
        [
            {"id": "nfl:2023_13_BUF_PHI", "sport": "nfl", "season": 2023, "season_type": "REG", "week": 13}
            | {"starts_at": KICK_OFF, "home_team_id": "nfl:PHI", "away_team_id": "nfl:BUF"}
        ],
    )
    stats.save(league, [line(league), line(league, "2"), line(league, game_id="nfl:2023_13_BUF_PHI")])
    told = {key: line(league)[key] for key in ("player_id", "game_id", "known_at")}
    stats.save_plays(league, [told | {"stats": {"longest_completion": 41, "first_touchdown": 0}}])
    frame = read(league, KNOWN).sort("game_id", "player_id")
    assert frame["longest_completion"].to_list() == [41.0, 0.0, None]
    assert frame["first_touchdown"].to_list() == [0.0, 0.0, None]
    stats.save_plays(league, [told | {"known_at": KNOWN + timedelta(hours=1), "stats": {"longest_completion": 40}}])
    assert read(league, KNOWN)["longest_completion"].null_count() == 3


def test_nothing_is_seen_before_it_was_known(league: Session) -> None:
    stats.save(league, [line(league)])
    early = read(league, KNOWN - timedelta(microseconds=1))
    assert early.height == 0
    assert early.schema == read(league, KNOWN).schema
    assert read(league, KNOWN, seasons=[2022]).height == 0
    assert read(league, KNOWN, seasons=[2022, 2023]).height == 1


def test_a_correction_replaces_from_its_own_moment(league: Session) -> None:
    later = KNOWN + timedelta(days=3)
    stats.save(league, [line(league), line(league, known_at=later, stats={"passing_yards": 207})])
    assert read(league, KNOWN)["passing_yards"].to_list() == [200.0]
    assert read(league, later)["passing_yards"].to_list() == [207.0]


def test_of_two_sources_the_same_one_speaks_always(league: Session) -> None:
    stats.save(league, [line(league, source="nflverse", stats={"passing_yards": 1})])
    stats.save(league, [line(league)])
    assert read(league, KNOWN)["passing_yards"].to_list() == [1.0]


def test_saving_again_changes_nothing(league: Session) -> None:
    stats.save(league, [line(league)])
    counts = stats.save(league, [line(league)])
    assert (counts.new, counts.changed, counts.unchanged) == (0, 0, 1)


def test_any_known_id_finds_the_player(league: Session) -> None:
    both = Person([("espn", "77"), ("gsis", "1")], "A. Thrower", "QB", born_on=None)
    assert players.save_people(league, "nfl", [both]).counts.new == 0
    found = players.ids(league, "nfl")
    assert found[("espn", "77")] == found[("gsis", "1")]
    taken = Person([("gsis", "2"), ("espn", "77")], "Bob Runner")
    assert players.save_people(league, "nfl", [taken]).clashes == [(("espn", "77"), "Bob Runner")]
    assert players.ids(league, "nfl")[("espn", "77")] == found[("gsis", "1")]


def test_a_name_is_replaced_by_who_spells_it_now_and_where_it_was_an_initial(league: Session) -> None:
    def name() -> str:
        found = players.ids(league, "nfl")[("gsis", "9")]
        frame = players.identities(league, "nfl", as_of=KNOWN).filter(pl.col("player_id") == found)
        return str(frame["name"][0])

    for spelt, renames, expected in (
        ("D.Harris", False, "D.Harris"),
        ("Deonte Harris", False, "Deonte Harris"),
        ("Somebody", False, "Deonte Harris"),
        ("Deonte Harty", True, "Deonte Harty"),
    ):
        players.save_people(league, "nfl", [Person([("gsis", "9")], spelt, "WR", renames=renames)])
        assert name() == expected


def test_where_a_player_was_depends_on_the_moment(league: Session) -> None:
    who = players.ids(league, "nfl")[("gsis", "1")]

    def entry(week: int, team: str, at: datetime) -> dict[str, Any]:
        return {
            "sport": "nfl",
            "season": 2023,
            "week": week,
            "player_id": who,
            "team_id": team,
            "position": "QB",
            "known_at": at,
        }

    players.save_rosters(league, [entry(12, "nfl:BUF", KICK_OFF), entry(13, "nfl:KC", KICK_OFF + timedelta(days=7))])
    players.refresh(league, "nfl")

    def team(as_of: datetime) -> tuple[Any, ...]:
        frame = players.identities(league, "nfl", as_of=as_of).filter(pl.col("player_id") == who)
        return frame.select("team_id", "seen").row(0)

    assert team(KICK_OFF) == ("nfl:BUF", True)
    assert team(KICK_OFF + timedelta(days=7)) == ("nfl:KC", True)
    assert team(KICK_OFF - timedelta(days=1)) == ("nfl:KC", False)
    assert team(KICK_OFF + timedelta(days=3000)) == ("nfl:KC", False)


def test_a_teams_touchdowns_are_the_latest_known_lines(league: Session) -> None:
    later = KNOWN + timedelta(days=3)
    stats.save(league, [line(league), line(league, "2", stats={"rushing_tds": 2, "passing_tds": 1})])
    stats.save(league, [line(league, known_at=later, stats={"passing_tds": 2})])

    def told(as_of: datetime) -> list[tuple[Any, ...]]:
        return stats.team_touchdowns(league, "nfl", as_of=as_of).rows()

    assert told(KNOWN - timedelta(seconds=1)) == []
    assert told(KNOWN) == [(GAME, "nfl:PHI", 4, 2)]
    assert told(later) == [(GAME, "nfl:PHI", 3, 2)]
