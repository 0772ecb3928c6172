"""Who began a game is a fact of afterwards; who was expected to is told before it."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sdp_engine.features import starters

DAY = datetime(2023, 9, 10, 17, tzinfo=UTC)
ONE, TWO = 1, 2
"""Two quarterbacks of one team."""


def test_the_list_tells_who_began_unless_he_threw_no_pass_and_another_nearly_all() -> None:
    lines = pl.DataFrame(
        [
            ("whole", ONE, "QB", 30.0, False),  # the list names the other one by mistake
            ("whole", TWO, "QB", 0.0, True),
            ("hurt", ONE, "QB", 1.0, True),
            ("hurt", TWO, "QB", 34.0, False),
            ("untold", ONE, "QB", 10.0, None),
            ("untold", TWO, "QB", 25.0, None),
            ("whole", 3, "WR", 1.0, None),  # a receiver's throw is none of it
        ],
        schema=["game_id", "player_id", "position", "passing_attempts", "started"],
        orient="row",
    ).with_columns(team_id=pl.lit("t"))
    assert starters.began(lines)["started"].to_list() == [True, False, True, False, None, None, None]


def asked(week: int, *quarterbacks: tuple[int, int | None, str | None, str | None]) -> list[dict[str, object]]:
    """Return panel rows of (player, depth, status, injury) in a week."""
    return [
        {
            "player_id": player,
            "team_id": "t",
            "game_id": f"w{week}",
            "position": "QB",
            "depth": depth,
            "status": status,
            "injury_status": injury,
            "here": None if status is None else float(status == "ACT"),
        }
        for player, depth, status, injury in quarterbacks
    ]


def told(weeks: list[list[dict[str, object]]], began: list[int | None]) -> list[int | None]:
    """Return who was expected in each week, given who began the earlier ones (None: not played yet)."""
    schema = {"depth": pl.Int64, "status": pl.String, "injury_status": pl.String, "here": pl.Float64}
    rows = pl.DataFrame([row for week in weeks for row in week], schema_overrides=schema)
    teams = pl.DataFrame(
        {
            "team_id": ["t"] * len(began),
            "game_id": [f"w{number}" for number in range(len(began))],
            "starts_at": [DAY + timedelta(weeks=number) for number in range(len(began))],
            "season": [2023] * len(began),
            "starter": pl.Series(began, dtype=pl.Int64),
            "targets": [None if who is None else 30.0 for who in began],
        }
    )
    return starters.expected(rows, teams)["expected"].to_list()


def test_the_first_game_goes_by_the_chart_and_the_next_by_who_started() -> None:
    weeks = [asked(n, (ONE, 2, "ACT", None), (TWO, 1, "ACT", None)) for n in range(3)]
    assert told(weeks, [TWO, ONE, None]) == [TWO, TWO, ONE]


def test_the_first_of_the_chart_comes_back_from_an_absence() -> None:
    away = asked(1, (ONE, 2, "ACT", None))
    back = asked(2, (ONE, 2, "ACT", None), (TWO, 1, "ACT", None))
    assert told([asked(0, (ONE, 2, "ACT", None), (TWO, 1, "ACT", None)), away, back], [TWO, ONE, ONE])[1:] == [ONE, TWO]


@pytest.mark.parametrize(("status", "injury"), [("INA", None), ("ACT", "out"), ("ACT", "doubtful")])
def test_who_is_out_is_not_expected(status: str, injury: str | None) -> None:
    hurt = asked(1, (ONE, 1, status, injury), (TWO, 2, "ACT", None))
    assert told([asked(0, (ONE, 1, "ACT", None), (TWO, 2, "ACT", None)), hurt], [ONE, TWO]) == [ONE, TWO]


def test_without_a_roster_the_last_starter_of_the_season_unless_he_is_out() -> None:
    weeks = [asked(n, (ONE, None, None, None)) for n in range(3)]
    assert told(weeks, [ONE, ONE, ONE]) == [None, ONE, ONE]
    weeks[2] = asked(2, (ONE, None, None, "out"))
    assert told(weeks, [ONE, ONE, ONE]) == [None, ONE, None]
