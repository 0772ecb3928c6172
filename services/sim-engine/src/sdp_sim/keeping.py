"""The raw worlds of a set, kept for whoever plays in them again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from sdp_common.drawn import Array, keep_draws, read_draws
from sdp_common.errors import Misconfigured
from sdp_engine.simulate import Draws
from sdp_engine.simulate.packing import pack, unpack

MOST = 6
"""Sets whose draws are kept; older ones are drawn again from their record where they are wanted."""


def keep(root: Path, draws: Draws) -> dict[str, Any]:
    """Keep the raw worlds and who is who; returns where, for the set's record, or why not.

    A set stands without its draws, which its record can draw again: a folder that cannot be written loses no set.
    """
    arrays, document = pack(draws)
    try:
        kept = keep_draws(root, {name: _bytes(array) for name, array in arrays.items()}, document, most=MOST)
    except Misconfigured as error:
        return {"path": None, "why": error.message}
    return {"path": kept.path, "sha256": kept.sha256, "bytes": kept.bytes}


def _bytes(array: "np.ndarray[Any, Any]") -> Array:
    body = memoryview(array.view(np.uint8).reshape(-1).data) if array.size else memoryview(b"")
    return Array(str(array.dtype), array.shape, body)


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
    return unpack(arrays, document)
