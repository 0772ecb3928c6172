"""What the lineups that stand leave for the next: people, exposures, distance, and what minima still ask for."""

from collections.abc import Sequence

import numpy as np
from sdp_sports.rules import Rules

from sdp_engine.optimize.bands import Limits
from sdp_engine.optimize.program import Ints, Program
from sdp_engine.optimize.reserve import Cut, Reserve

Items = tuple[int, ...]


class Ledger:
    """The lineups taken so far, by their items, and what they have used up."""

    def __init__(self, program: Program, rules: Rules) -> None:
        self._program, self._lineups = program, rules.lineups
        self.most_shared = program.contest.roster_size - rules.min_unique
        self._caps = np.array([rules.cap(int(r["draftable_id"])) for r in program.pool], np.int64)
        self._used = np.zeros(len(program.pool), np.int64)
        self._at_most = np.array([e.at_most for e in program.exposed], np.int64)
        self._at_least = np.array([e.at_least for e in program.exposed], np.int64)
        self.held = np.zeros(len(program.exposed), np.int64)
        self._options = [
            [[(_mask(members, program.items), least) for members, least in option] for option in e.options]
            for e in program.exposed
        ]
        self._stands = np.zeros((rules.lineups, program.items), np.bool_)
        self.reserve = Reserve(program)
        self.chosen: list[Items] = []

    @property
    def left(self) -> int:
        """How many lineups are still to come."""
        return self._lineups - len(self.chosen)

    @property
    def missing(self) -> Ints:
        """How many lineups are still owed to each minimum."""
        missing: Ints = np.maximum(self._at_least - self.held, 0)[self.reserve.owed]
        return missing

    def counts(self, items: Sequence[int]) -> Ints:
        """Return 1 for what stands in some lineups and for which this one counts, else 0, shape (exposed,)."""
        index = list(items)
        return np.array(
            [
                any(all(int(mask[index].sum()) >= least for mask, least in option) for option in options)
                for options in self._options
            ],
            np.int64,
        )

    def allows(self, items: Sequence[int]) -> bool:
        """Return whether the minima can still be met after this lineup, as far as is known."""
        demands = self.demands()
        if not demands:
            return True
        counted = self.counts(items)[self.reserve.owed]
        return all(int(cut.weights @ counted) >= least for cut, least in demands)

    def fits(self, items: Sequence[int]) -> bool:
        """Return whether a lineup may stand beside the others."""
        index = list(items)
        who = self._program.owner[index]
        if (self._used[who] >= self._caps[who]).any():
            return False
        if self.chosen and int(self._stands[: len(self.chosen), index].sum(1).max()) > self.most_shared:
            return False
        return not (self.counts(items)[self.held >= self._at_most] > 0).any() and self.allows(items)

    def add(self, items: Items) -> None:
        """Take a lineup."""
        self._stands[len(self.chosen)] = False
        self._stands[len(self.chosen), list(items)] = True
        self.chosen.append(items)
        self._count(items, 1)

    def pop(self) -> Items:
        """Give the last lineup back."""
        items = self.chosen.pop()
        self._count(items, -1)
        return items

    def _count(self, items: Items, by: int) -> None:
        self._used[self._program.owner[list(items)]] += by
        self.held += by * self.counts(items)

    def demands(self) -> list[tuple[Cut, int]]:
        """Return what the next lineup must count for."""
        return self.reserve.demands(self.missing, self.left) if self.reserve.owed else []

    def is_hopeless(self) -> bool:
        """Return whether the lineups still to come provably cannot meet the minima; remembers why."""
        return bool(self.reserve.owed) and self.left > 0 and self.reserve.learn(self.missing, self.left)

    def shortfall(self) -> Cut | None:
        """Return minima of which more is owed than the lineups to come can count for, None where none are known."""
        return self.reserve.too_much(self.missing, self.left) if self.is_hopeless() else None

    def is_broken(self) -> bool:
        """Return whether what is remembered proves that the minima cannot be met any more."""
        return bool(self.reserve.owed) and self.reserve.broken(self.missing, self.left)

    def limits(self) -> Limits:
        """Return what ties the next lineups to those that stand."""
        scarce = np.flatnonzero(self._at_most < self._lineups)
        return Limits(
            self.most_shared,
            self._program.owner,
            self._caps - self._used,
            [self._program.exposed[x].options for x in scarce],
            (self._at_most - self.held)[scarce],
        )


def _mask(members: Ints, items: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    mask = np.zeros(items, np.bool_)
    mask[members] = True
    return mask
