"""The raw worlds of a set, kept for other services to map."""

from pathlib import Path
from typing import Any

import numpy as np
from sdp_common.drawn import Array, keep_draws
from sdp_common.errors import Misconfigured
from sdp_engine.simulate import Draws

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
