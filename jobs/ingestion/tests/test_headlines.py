"""Headlines become facts, or nothing where they are not sure enough."""

import pytest
from sdp_ingestion.headlines import SURE_ENOUGH, classify

LABELLED = [
    ("Adam Thrower: Ruled out for Sunday", "out"),
    ("Adam Thrower: Placed on injured reserve", "injured_reserve"),
    ("Adam Thrower: Out for season with torn ACL", "injured_reserve"),
    ("Adam Thrower: Doubtful for Week 5", "doubtful"),
    ("Adam Thrower: Questionable for Monday", "questionable"),
    ("Adam Thrower: Game-time decision", "questionable"),
    ("Adam Thrower: Limited in practice Wednesday", "questionable"),
    ("Adam Thrower: Active in Week 8", "active"),
    ("Adam Thrower: Cleared to play", "active"),
    ("Adam Thrower: Expected to play Sunday", "active"),
    ("Adam Thrower: Won't play Thursday", "out"),
    ("Adam Thrower: Undergoes surgery", "out"),
    ("Adam Thrower: Not ruled out for Sunday", None),
    ("Adam Thrower: Catches two touchdowns in win", None),
    ("Adam Thrower: Active, but questionable", None),
    ("Waiver wire: Who is out, who is questionable", None),
    ("Projections for questionable players", None),
]


@pytest.mark.parametrize(("headline", "status"), LABELLED)
def test_reads_one_player(headline: str, status: str | None) -> None:
    facts = classify(headline)
    assert [fact.status for fact in facts] == ([status] if status else [])
    assert all(fact.name == "Adam Thrower" and fact.confidence >= SURE_ENOUGH for fact in facts)


def test_a_hedge_costs_confidence() -> None:
    (sure,), (hedged,) = classify("Adam Thrower: Ruled out"), classify("Adam Thrower: Could be ruled out")
    assert hedged.confidence < sure.confidence


def test_a_list_names_them_all() -> None:
    facts = classify("Week 8 inactives: Adam Thrower, Bob Runner, Carl Catcher all sitting")
    assert [(fact.name, fact.status) for fact in facts] == [
        ("Adam Thrower", "out"),
        ("Bob Runner", "out"),
        ("Carl Catcher", "out"),
    ]


def test_a_part_of_the_body_is_read() -> None:
    (fact,) = classify("Adam Thrower: Ruled out with hamstring injury")
    assert fact.body_part == "hamstring"
