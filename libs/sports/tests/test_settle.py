"""Bets end as the rules say."""

import pytest
from sdp_sports.settle import settle
from sdp_sports.spec import load

YARDS = load("nfl").markets["receiving_yards"]
TOUCHDOWN = load("nfl").markets["anytime_touchdown"]


@pytest.mark.parametrize(
    ("side", "line", "amount", "outcome"),
    [
        ("over", 49.5, 50.0, "won"),
        ("over", 49.5, 49.0, "lost"),
        ("under", 49.5, 49.0, "won"),
        ("under", 49.5, 50.0, "lost"),
        ("over", 50.0, 50.0, "push"),
        ("under", 50.0, 50.0, "push"),
        ("under", 0.5, -3.0, "won"),
        ("over", 49.5, 0.0, "lost"),
    ],
)
def test_over_and_under(side: str, line: float, amount: float, outcome: str) -> None:
    assert settle(YARDS, side, line, amount, played=True) == outcome


def test_yes_and_no_need_one() -> None:
    assert [settle(TOUCHDOWN, side, None, n, played=True) for side in ("yes", "no") for n in (0.0, 1.0, 2.0)] == [
        "lost",
        "won",
        "won",
        "won",
        "lost",
        "lost",
    ]


def test_a_player_who_does_not_play_or_has_no_stat_is_void() -> None:
    assert settle(YARDS, "under", 49.5, 0.0, played=False) == "void"
    assert settle(YARDS, "under", 49.5, None, played=True) == "void"
    strict = YARDS.model_copy(update={"void_unless": "starts"})
    assert settle(strict, "under", 49.5, 12.0, played=True, started=False) == "void"
    assert settle(YARDS, "under", 49.5, 12.0, played=True, started=False) == "won"


def test_a_correction_settles_anew() -> None:
    before, after = (settle(YARDS, "over", 49.5, amount, played=True) for amount in (50.0, 49.0))
    assert (before, after) == ("won", "lost")


def test_an_over_without_a_line_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its line"):
        settle(YARDS, "over", None, 50.0, played=True)
