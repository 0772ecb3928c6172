"""The raw worlds of a set, kept for whoever plays in them again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sdp_common.drawn import Array, keep_draws, read_draws
from sdp_common.errors import Misconfigured
from sdp_engine.simulate import Draws
from sdp_engine.simulate.draws import GAME_LINES, PLAYERS, RECONCILED

MOST = 6
"""Sets whose draws are kept; older ones are drawn again from their record where they are wanted."""


def keep(root: Path, draws: Draws) -> dict[str, Any]:
    """Keep the raw worlds and who is who; returns where, for the set's record, or why not.

    A set stands without its draws, which its record can draw again: a folder that cannot be written loses no set.
    """
    arrays = {f"sheet_{name}": _bytes(sheet) for name, sheet in draws.sheets.items()}
    arrays |= {f"place_{name}": _bytes(places) for name, places in draws.places.items()}
    document = {
        "label": "raw worlds: every identity holds, nothing is mapped",
        "worlds": draws.worlds,
        "games": draws.games.to_dicts(),
        "players": draws.players.to_dicts(),
    }
    try:
        kept = keep_draws(root, arrays, document, most=MOST)
    except Misconfigured as error:
        return {"path": None, "why": error.message}
    return {"path": kept.path, "sha256": kept.sha256, "bytes": kept.bytes}


def _bytes(array: "np.ndarray[Any, Any]") -> Array:
    whole = np.ascontiguousarray(array)
    body = memoryview(whole.view(np.uint8).reshape(-1).data) if whole.size else memoryview(b"")
    return Array(str(whole.dtype), whole.shape, body)


def read_kept(root: Path, record: Mapping[str, Any]) -> Draws | None:
    """Return the worlds that `keep` kept, memory-mapped and checked by digest; None where they were not kept.

    What the simulation was asked for (`Draws.expected`) is not among them.

    Args:
        root: The draws directory.
        record: What `keep` returned.

    Raises:
        NotFound: They have given way to newer ones.
        Misconfigured: They are not those that were written.
    """
    if record.get("path") is None:
        return None
    arrays, document = read_draws(root, record["path"], record["sha256"])
    held = {name: np.frombuffer(a.body, a.dtype).reshape(a.shape) for name, a in arrays.items()}
    sheets, places = (
        {name.removeprefix(kind): array for name, array in held.items() if name.startswith(kind)}
        for kind in ("sheet_", "place_")
    )
    games, players = (
        pl.DataFrame(document[name], schema=schema) for name, schema in (("games", GAME_LINES), ("players", PLAYERS))
    )
    expected = pl.DataFrame(schema={name: kind for name, kind in RECONCILED.items() if name != "simulated"})
    return Draws(document["worlds"], games, players, sheets, places, expected)
