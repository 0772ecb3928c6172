"""The joint game simulation: one set of draws, and every market and fantasy score read off it.

A game is played drive by drive (`flow`), so that scores, margins and the mix of touchdowns and field goals come with
the structure of the league's (`league`). Given its course, each offence's plays, targets, catches, carries and yards
are drawn (`offence`) around what the players are predicted to do (`expectation`, `calibrate`). Nothing is drawn twice:
a quarterback's yards are his receivers', a defence's sacks the other side's, a score the sum of its events.
"""

from sdp_engine.simulate.draws import Draws
from sdp_engine.simulate.joint import simulate
from sdp_engine.simulate.slate import Line, Slate

__all__ = ["Draws", "Line", "Slate", "simulate"]
