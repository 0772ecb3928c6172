"""Who is meant."""

import pytest
from sdp_ingestion.identity import Candidate, Identities
from sdp_ingestion.rows import SourceId

PEOPLE = [
    Candidate(1, "michael williams", "WR", "nfl:LAC"),
    Candidate(2, "michael williams", "TE", "nfl:DET", seen=False),
    Candidate(3, "joshua palmer", "WR", "nfl:LAC"),
    Candidate(4, "amon ra st brown", "WR", "nfl:DET"),
    Candidate(5, "josh allen", "QB", "nfl:BUF"),
    Candidate(6, "josh allen", "LB", "nfl:JAX"),
    Candidate(7, "david johnson", "RB", "nfl:ARI"),
    Candidate(8, "david johnson", "TE", "nfl:PIT"),
    Candidate(9, "equanimeous st brown", "WR", "nfl:CHI"),
    Candidate(10, "chris moore", "WR", "nfl:HOU"),
    Candidate(11, "chris moore", "WR", "nfl:HOU"),
]
INDEX = Identities(PEOPLE, {("espn", "77"): 5})


@pytest.mark.parametrize(
    ("name", "team", "position", "expected"),
    [
        ("Mike Williams", "LAC", "WR", 1),
        ("Mike Williams", "NYJ", "WR", 1),
        ("Josh Palmer", "LAC", "WR", 3),
        ("Amon-Ra St. Brown", "DET", "WR", 4),
        ("A. St. Brown", "DET", "WR", 4),
        ("Josh Allen", "BUF", "QB", 5),
        ("Josh Allen", "JAX", "LB", 6),
        ("Josh Allen", None, None, None),
        ("David Johnson", "HOU", "RB", 7),
        ("D. Johnson", "HOU", "RB", None),
        ("Chris Moore", "HOU", "WR", None),
        ("Joshua Palmer", "TEN", "TE", 3),
        ("Joshua Palmer", "TEN", "QB", None),
        ("Nobody Atall", "HOU", "WR", None),
        ("", "HOU", "WR", None),
    ],
)
def test_matches_by_name_team_and_position(name: str, team: str | None, position: str | None, expected: int) -> None:
    found = INDEX.match(name, team_id=team and f"nfl:{team}", position=position)
    assert (found.player_id if found else None) == expected
    assert found is None or 0.6 <= found.score <= 1


@pytest.mark.parametrize(
    ("name", "team", "playing", "expected"),
    [
        ("D. Johnson", None, ("ARI", "LAC"), 7),  # of the team of today, of none at all, or rightly told
        ("D. Johnson", "NYJ", ("ARI", "LAC"), 7),
        ("D. Johnson", "ARI", ("ARI", "LAC"), 7),
        ("D. Johnson", None, ("NYJ", "LAC"), None),
        ("J. Allen", None, ("BUF", "JAX"), None),  # no back of either
        ("Chris Moore", None, ("HOU", "LAC"), None),
    ],
)
def test_he_is_of_one_of_the_teams_that_play(
    name: str, team: str | None, playing: tuple[str, str], expected: int | None
) -> None:
    there = [f"nfl:{code}" for code in playing]
    found = INDEX.match(name, team_id=team and f"nfl:{team}", position="RB", playing=there)
    assert (found.player_id if found else None) == expected


def test_of_namesakes_he_who_plays_is_meant_and_an_initial_is_nobody_of_old() -> None:
    found = INDEX.match("Josh Allen", playing=("nfl:BUF", "nfl:NYJ"))
    assert found is not None
    assert found.player_id == 5
    assert INDEX.match("Josh Allen", playing=("nfl:BUF", "nfl:JAX")) is None
    assert INDEX.match("M. Williams", team_id="nfl:DET", position="TE") is None


def test_an_id_is_certain_whatever_the_name() -> None:
    found = INDEX.match("Somebody Else", player=SourceId("espn", "77"))
    assert found is not None
    assert (found.player_id, found.score) == (5, 1.0)


def test_agreement_raises_the_score() -> None:
    alone = INDEX.match("Amon-Ra St. Brown")
    full = INDEX.match("Amon-Ra St. Brown", team_id="nfl:DET", position="WR")
    assert alone is not None
    assert full is not None
    assert alone.score < full.score == 1.0
