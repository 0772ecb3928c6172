"""Where games are played."""

from pathlib import Path

import polars as pl
import pytest
from sdp_sports.venues import Place, places


def test_every_stadium_of_the_nfl_is_somewhere() -> None:
    found = places("nfl")
    assert len(found) >= 50
    for code, place in found.items():
        assert -60 < place.latitude < 60, code
        assert -125 < place.longitude < 20, code
    assert found["MIN01"].roof == "dome"


def test_every_park_of_mlb_points_somewhere_or_says_that_nobody_knows() -> None:
    found = places("mlb")
    assert all((place.azimuth_deg is None) == place.azimuth_doubted for place in found.values())
    assert sum(place.azimuth_deg is not None for place in found.values()) >= 26
    assert {place.name for place in found.values() if place.roof == "dome"} == {"Tropicana Field"}
    assert sum(place.roof == "retractable" for place in found.values()) == 7


def test_a_direction_that_is_doubted_is_not_stated() -> None:
    with pytest.raises(ValueError, match="doubted is not stated"):
        Place(name="A park", latitude=0, longitude=0, roof="outdoors", azimuth_deg=10, azimuth_doubted=True)


@pytest.mark.shared
def test_the_parks_of_mlb_are_where_others_have_them(shared: Path) -> None:
    theirs = pl.read_csv(shared / "data/mlb_parks/stadiums.csv")
    near = 0
    for place in places("mlb").values():
        told = theirs.filter(pl.col("venue") == place.name)
        if told.height:
            row = told.row(0, named=True)
            assert abs(row["lat"] - place.latitude) < 0.01, place.name
            assert abs(row["lon"] - place.longitude) < 0.01, place.name
            assert bool(row["is_retractable"]) == (place.roof == "retractable"), place.name
            near += 1
    assert near >= 27


def test_an_unknown_sport_has_none() -> None:
    with pytest.raises(KeyError):
        places("curling")
