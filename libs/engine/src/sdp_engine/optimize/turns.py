"""CP-SAT's turns at the next lineups while bands take long.

Bands list many lineups at once where their bounds are close, and pass through nearly everything where they are not;
there CP-SAT may find the one lineup in a moment, and which is the case shows only as they go. Both find the same. So
they take turns, each of CP-SAT's twice as long as the one before it and earned by several times as much work of the
bands.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sdp_engine.optimize.cpsat import Solver

MOVES_A_UNIT = 640_000_000
"""Moves of the bands that earn a unit of CP-SAT's work, which takes a fifth as long or so."""
_FIRST = 0.01
"""Units of the first turn."""


class Turns:
    """What CP-SAT has earned."""

    def __init__(self) -> None:
        self._earned, self._next = 0.0, _FIRST
        self._solver: Solver | None = None

    def earn(self, moves: int) -> "Solver | None":
        """Count moves of the bands; return CP-SAT with the work that these have earned it where it is its turn."""
        self._earned += moves / MOVES_A_UNIT
        if self._earned < self._next:
            return None
        from sdp_engine.optimize.cpsat import Solver  # takes longer to load than most requests take

        self._solver = self._solver or Solver(0.0)
        self._solver.lend(self._earned)
        self._earned, self._next = 0.0, 2.0 * self._next
        return self._solver
