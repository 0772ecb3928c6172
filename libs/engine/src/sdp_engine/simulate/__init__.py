"""The joint game simulation: one set of draws, and every market and fantasy score read off it.

Scores come from how past games with nearly this line ended (`past`, `scores`), touchdowns by air and ground with them;
what else the points are made of is drawn (`makeup`). Given the score, each side's plays, targets, catches, carries and
yards are drawn (`course`, `touches`, `credit`) around what the players are predicted to do (`expectation`, `arrange`).
Nothing is drawn twice: a quarterback's yards are his receivers', a defence's sacks the other side's, a score the sum of
its events. The heart is compiled (`kernel`); every random number is a function of seed, game, world and side
(`streams`).
"""

from sdp_engine.simulate.draws import Draws
from sdp_engine.simulate.joint import simulate
from sdp_engine.simulate.line import Line
from sdp_engine.simulate.slate import Slate

__all__ = ["Draws", "Line", "Slate", "simulate"]
