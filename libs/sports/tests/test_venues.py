"""Where games are played."""

import pytest
from sdp_sports.venues import places


def test_every_stadium_of_the_nfl_is_somewhere() -> None:
    found = places("nfl")
    assert len(found) >= 50
    for code, place in found.items():
        assert -60 < place.latitude < 60, code
        assert -125 < place.longitude < 20, code
    assert found["MIN01"].roof == "dome"


def test_an_unknown_sport_has_none() -> None:
    with pytest.raises(KeyError):
        places("curling")
