"""A player's position where a source does not say it: from what he did in a season and how he is built."""

from collections.abc import Mapping
from typing import Any

_LISTED = {"QB": "QB", "RB": "RB", "FB": "RB", "HB": "RB", "WR": "WR", "TE": "TE", "K": "K", "P": "P"}
_LINEMAN_LB, _END_LB, _BACK_LB = 275, 236, 190
_END_IN, _FULLBACK_IN = 74, 73


def position_of(person: Mapping[str, Any], totals: Mapping[str, float]) -> str | None:
    """Return a player's position, None for a defender.

    What he is listed as decides; three quarters of the package's players carry no listing, though all carry height
    (inches) and weight (pounds). For them: passers are quarterbacks, who kicks at goal is a kicker, who runs more
    than he is thrown to is a back, and of the rest the heavy tall ones are tight ends.

    Args:
        person: `position`, `height`, `weight` where known.
        totals: The season's sums of our stats, and his `tackles` and `punts`.
    """
    listed = _LISTED.get(person.get("position", ""))
    if listed:
        return listed
    passes, runs = totals.get("passing_attempts", 0), totals.get("rushing_attempts", 0)
    targets = max(totals.get("targets", 0), totals.get("receptions", 0))
    touches = passes + runs + targets
    kicks = sum(totals.get(s, 0) for s in ("fg_made_0_39", "fg_made_40_49", "fg_made_50_plus", "fg_missed", "xp_made"))
    if kicks > touches:
        return "K"
    if totals.get("punts", 0) > touches:
        return "P"
    if "position" in person or totals.get("tackles", 0) > max(touches, 2):
        return None
    if passes > runs + targets:
        return "QB"
    return _by_build(person.get("weight", 0), person.get("height", 0), runs, targets)


def _by_build(weight_lb: float, height_in: float, runs: float, targets: float) -> str | None:
    if not runs + targets or weight_lb >= _LINEMAN_LB:
        return None
    share = runs / (runs + targets)
    if share >= 0.5 or (share >= 0.25 and weight_lb >= _BACK_LB and height_in <= _FULLBACK_IN):
        return "RB"
    if weight_lb >= _END_LB:
        return "TE" if height_in >= _END_IN else "RB"
    return "WR"
