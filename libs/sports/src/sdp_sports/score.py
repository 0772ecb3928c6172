"""Fantasy points from stats: one number or a million draws, same code."""

from collections.abc import Mapping
from typing import Any

from sdp_sports.spec import Contest


def points(contest: Contest, stats: Mapping[str, Any], position: str | None = None) -> Any:
    """Return the fantasy points of a stat line.

    Args:
        contest: The declared contest whose scoring applies.
        stats: Stat to a number, or to an array of draws (all of one shape); a missing stat is zero.
        position: The player's position; bands that name positions apply to those alone.

    Returns:
        A number, or an array of the stats' shape.
    """
    total: Any = 0.0
    for stat, weight in contest.scoring.items():
        if stat in stats:
            total = total + weight * stats[stat]
    for bonus in contest.bonuses:
        counted = [stats[stat] for stat in (bonus.stat, *bonus.plus) if stat in stats]
        if counted:
            total = total + bonus.points * (sum(counted[1:], counted[0]) >= bonus.at_least)
    for milestone in contest.milestones:
        known = [stats[stat] for stat in milestone.stats if stat in stats]
        if len(known) >= milestone.count:
            passed = sum(1 * (value >= milestone.each_at_least) for value in known)
            total = total + milestone.points * (passed >= milestone.count)
    for band in contest.bands:
        if band.stat not in stats or (band.positions and position not in band.positions):
            continue
        value = stats[band.stat]
        low = True if band.at_least is None else value >= band.at_least
        high = True if band.below is None else value < band.below
        total = total + band.points * (low & high)
    return total
