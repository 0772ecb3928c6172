"""Where games are played: a sport's `venues.toml`, checked on load."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field, model_validator

from sdp_sports.spec import Spec, codes


class Place(Spec):
    """A stadium: coordinates in degrees, the direction of the field's long axis clockwise from north.

    `azimuth_doubted` says that sources contradict one another about the direction, so that none is believed.
    """

    name: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    roof: Literal["outdoors", "dome", "retractable"]
    azimuth_deg: float | None = Field(None, ge=0, lt=360)
    azimuth_doubted: bool = False

    @model_validator(mode="after")
    def _check_direction(self) -> "Place":
        if self.azimuth_doubted and self.azimuth_deg is not None:
            raise ValueError(f"{self.name}: a direction that is doubted is not stated")
        return self


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
