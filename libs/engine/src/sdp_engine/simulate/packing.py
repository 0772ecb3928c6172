"""Draws as named arrays and a plain document, and back: what is kept of worlds for whoever plays in them again."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sdp_engine.simulate.draws import GAME_LINES, PLAYERS, RECONCILED, Draws

_SHEET, _PLACE = "sheet_", "place_"


class Held(Protocol):
    """An array as it is kept."""

    @property
    def dtype(self) -> str:
        """Its element type, as numpy calls it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""

    @property
    def body(self) -> Any:
        """Its bytes, in C order."""


def pack(draws: Draws) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the raw worlds by name, and who is who, JSON-ready; what was asked for (`Draws.expected`) is left out."""
    arrays = {f"{_SHEET}{name}": np.ascontiguousarray(sheet) for name, sheet in draws.sheets.items()}
    arrays |= {f"{_PLACE}{name}": np.ascontiguousarray(places) for name, places in draws.places.items()}
    document = {
        "label": "raw worlds: every identity holds, nothing is mapped",
        "worlds": draws.worlds,
        "games": draws.games.to_dicts(),
        "players": draws.players.to_dicts(),
    }
    return arrays, document


def unpack(arrays: Mapping[str, Held], document: Mapping[str, Any]) -> Draws:
    """Return the draws that `pack` took apart; the arrays are looked at where they lie, not copied."""
    found = {name: np.frombuffer(a.body, np.dtype(a.dtype)).reshape(a.shape) for name, a in arrays.items()}
    sheets, places = (
        {name.removeprefix(kind): array for name, array in found.items() if name.startswith(kind)}
        for kind in (_SHEET, _PLACE)
    )
    games, players = (
        pl.DataFrame(document[name], schema=schema) for name, schema in (("games", GAME_LINES), ("players", PLAYERS))
    )
    expected = pl.DataFrame(schema={name: kind for name, kind in RECONCILED.items() if name != "simulated"})
    return Draws(int(document["worlds"]), games, players, sheets, places, expected)
