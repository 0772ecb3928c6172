"""One line of many books, freed of their margin."""

import numpy as np
import polars as pl
import pytest
from sdp_engine import frames
from sdp_engine.models.consensus import consensus


def quoted(*rows: tuple[str, str, float | None, float | None, str]) -> pl.DataFrame:
    """Return quotes of (book, side, line, price, status) on one player's receptions."""
    told = [
        {"player_id": 7, "game_id": "g", "source": "s", "book": book, "market": "receptions", "side": side}
        | {"line": line, "price_decimal": price, "status": status}
        for book, side, line, price, status in rows
    ]
    return pl.DataFrame(told, schema=frames.PROP_QUOTES)


def pair(book: str, line: float, over: float, under: float) -> list[tuple[str, str, float, float, str]]:
    return [(book, "over", line, over, "open"), (book, "under", line, under, "open")]


def test_the_margin_is_taken_off_and_books_agree_on_the_mean_log_odds() -> None:
    (row,) = consensus(quoted(*pair("a", 4.5, 1.8, 2.0), *pair("b", 4.5, 1.9, 1.9)), ["receptions"]).to_dicts()
    a = (1 / 1.8) / (1 / 1.8 + 1 / 2.0)
    odds = (np.log(a / (1 - a)) + 0) / 2
    assert (row["line"], row["books"]) == (4.5, 2)
    assert row["chance"] == pytest.approx(1 / (1 + np.exp(-odds)))


def test_the_line_of_most_books_counts_and_then_the_most_even_one() -> None:
    many = quoted(*pair("a", 4.5, 1.9, 1.9), *pair("b", 5.5, 2.4, 1.6), *pair("c", 5.5, 2.4, 1.6))
    assert consensus(many, ["receptions"])["line"].to_list() == [5.5]
    even = quoted(*pair("a", 4.5, 1.5, 2.6), *pair("b", 5.5, 1.95, 1.85))
    assert consensus(even, ["receptions"])["line"].to_list() == [5.5]


@pytest.mark.parametrize(
    "rows",
    [
        [("a", "over", 4.5, 1.9, "open")],
        [("a", "over", 4.5, None, "open"), ("a", "under", 4.5, None, "open")],
        [("a", "over", None, 1.9, "open"), ("a", "under", None, 1.9, "open")],
        [("a", "over", 4.5, 1.9, "suspended"), ("a", "under", 4.5, 1.9, "open")],
        pair("a", 9.5, 9.0, 1.02),
    ],
    ids=["one side", "no price", "no line", "suspended", "far from even"],
)
def test_what_is_no_fair_line_says_nothing(rows: list[tuple[str, str, float | None, float | None, str]]) -> None:
    assert consensus(quoted(*rows), ["receptions"]).is_empty()


def test_other_markets_are_left_out() -> None:
    assert consensus(quoted(*pair("a", 4.5, 1.9, 1.9)), ["targets"]).is_empty()
