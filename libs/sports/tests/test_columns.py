"""How a header is read by what the user said of earlier files."""

import pytest
from sdp_sports.files.columns import find_columns, no_longer, recalled

OLDER = {"points": "Median", "ownership": "Mine"}
NEWER = {"name": "Who", "points": "Blend"}


@pytest.mark.parametrize(
    ("header", "mapping", "lost"),
    [
        (["Who", "Blend", "Proj"], NEWER, {}),
        (["WHO", "blend.", "Proj"], NEWER, {}),
        (["Player", "Median", "Mine", "Proj"], OLDER, {}),
        (["Player", "Blend", "Proj"], {"points": "Blend"}, {"name": "Who"}),
        (["Who", "Median", "Proj"], {"points": "Median"}, {"ownership": "Mine"}),
        (["Who", "Proj"], {}, NEWER),
    ],
)
def test_what_was_said_holds_as_far_as_its_columns_are_there(
    header: list[str], mapping: dict[str, str], lost: dict[str, str]
) -> None:
    assert recalled(header, [NEWER, OLDER]) == (mapping, lost)


def test_nothing_said_loses_nothing() -> None:
    assert recalled(["Player", "Proj"], []) == ({}, {})


def test_what_is_read_instead_is_told() -> None:
    columns = find_columns(["Player", "Proj"], {})
    assert no_longer({"points": "Blend", "sd": "Dev"}, columns.header) == [
        "there is no column 'Blend', by which points was last read: 'Proj' was read instead",
        "there is no column 'Dev', by which sd was last read: nothing was read instead",
    ]
