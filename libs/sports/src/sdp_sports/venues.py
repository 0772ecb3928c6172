"""Where games are played: a sport's `venues.toml`, checked on load."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field

from sdp_sports.spec import Spec, codes


class Place(Spec):
    """A stadium: coordinates in degrees, the direction of the field's long axis clockwise from north."""

    name: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    roof: Literal["outdoors", "dome", "retractable"]
    azimuth_deg: float | None = Field(None, ge=0, lt=360)


@cache
def places(code: str) -> dict[str, Place]:
    """Return a sport's stadiums by their id; empty where the sport declares none.

    Raises:
        KeyError: No such sport is declared.
        ValueError: A declaration is wrong.
    """
    if code not in codes():
        raise KeyError(f"no sport {code!r}; declared: {', '.join(codes())}")
    file = files(__package__) / code / "venues.toml"
    if not file.is_file():
        return {}
    return {key: Place(**entry) for key, entry in tomllib.loads(file.read_text(encoding="utf-8")).items()}
