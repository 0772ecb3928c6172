"""Names, brought to one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdp_sports.names import formal, initialled, normalise


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Odell Beckham Jr.", "odell beckham"),
        ("Patrick Mahomes II", "patrick mahomes"),
        ("Robert Griffin III", "robert griffin"),
        ("D.J. Moore", "dj moore"),
        ("D. J. Moore", "dj moore"),
        ("DJ Moore", "dj moore"),
        ("Ja'Marr Chase", "jamarr chase"),
        ("Ja’Marr Chase", "jamarr chase"),
        ("Amon-Ra St. Brown", "amon ra st brown"),
        ("Luka Dončić", "luka doncic"),
        ("Søren Łukasz", "soren lukasz"),
        ("Beckham, Odell", "odell beckham"),
        ("Beckham, Jr.", "beckham"),
        ("Beckham, Odell Jr.", "odell beckham"),
        ("Beckham, Odell, Jr.", "odell beckham"),
        ("Beckham Jr., Odell", "odell beckham"),
        ("St. Brown, Amon-Ra", "amon ra st brown"),
        ("Jr", "jr"),
        ("  Eagles ", "eagles"),
        ("V", "v"),
        ("", ""),
    ],
)
def test_one_form(name: str, expected: str) -> None:
    assert normalise(name) == expected


def test_nicknames_and_initials() -> None:
    assert formal("mike evans") == formal("michael evans") == "michael evans"
    assert formal("cher") == "cher"
    assert initialled("amon ra st brown") == "a brown"
    assert initialled("cher") == "cher"


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing_more_than_suffixes(name: str) -> None:
    once = normalise(name)
    assert once == once.lower()
    assert set(normalise(once).split()) <= {*once.split(), "".join(once.split()[:2])}
