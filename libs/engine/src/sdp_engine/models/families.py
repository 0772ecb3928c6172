"""Every model family by its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sdp_engine.models import baseline, boosted, ridge, rolling, spread
from sdp_engine.models.model import Fit

_LAYER = {
    "blocks": rolling.SHARES,
    "levels": spread.LEVELS.tolist(),
    "knots": spread.KNOTS,
    "neighbours": spread.NEIGHBOURS,
}


@dataclass(frozen=True)
class Family:
    """A way to fit a market.

    Attributes:
        fit: Learns a model.
        version: Raised where the same configuration gives another model.
        config: Everything that the fit depends on but the data, JSON-ready.
    """

    fit: Fit
    version: int
    config: Mapping[str, Any]


FAMILIES: dict[str, Family] = {
    "baseline": Family(baseline.fit, 1, {"averages": ["slow", "fast"], "layer": _LAYER}),
    "boosted": Family(
        boosted.fit,
        1,
        {
            "rounds": boosted.ROUNDS,
            "trees": boosted.PARAMS,
            "ridge": {"alpha": ridge.ALPHA, "clip": ridge.CLIP},
            "layer": _LAYER,
        },
    ),
}
