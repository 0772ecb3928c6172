"""What a side usually does, by its line alone."""

import numpy as np

from sdp_engine.simulate import league


def relief(spread: float) -> float:
    """Return the part of a starting quarterback's game that another is expected to play, by his side's line."""
    margin = np.arange(-70.0, 71.0)
    often = np.exp(-0.5 * ((margin - spread) / league.MARGIN_SD) ** 2)
    behind = np.clip(league.EXIT_BEHIND * (-margin - league.BEHIND), 0.0, league.MOST_EXIT)
    ahead = np.clip(league.EXIT_AHEAD * (margin - league.AHEAD), 0.0, league.MOST_EXIT)
    missed = (league.QB_EXIT + behind) * league.QB_ABSENT / 4 + ahead * league.LATE / 2
    return float(often @ missed / often.sum())


def implied(line: tuple[float, float], points: float) -> float:
    """Return the yards a side's expected points imply."""
    return line[0] + line[1] * (float(np.clip(points, *league.POINTS_RANGE)) - league.LEAGUE_POINTS)
