"""What must be kept back so that every minimum can still be met: lower limits on what the next lineup counts for.

With `missing[x]` lineups owed to minimum x, `left` lineups to come and any weights w >= 0, the set cannot be completed
where w . missing exceeds left times the most that one lineup can count for, so weighted. The next lineup therefore
counts for at least w . missing - (left - 1) * most. Each minimum alone is such a cut; cuts over several come from the
linear relaxation of a lineup: where no mixture of `left` relaxed lineups meets all that is owed, its prices are the
weights. Cuts never forbid a set that exists; what they miss shows as a dead end.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, hstack, vstack

from sdp_engine.optimize.bound import Floats, one_sided
from sdp_engine.optimize.counted import choose
from sdp_engine.optimize.program import Case, Choice, Ints, Pooled, Program, Row, Task, Terms, person

_SCALES = (1, 2, 3, 4, 6, 12, 60)
"""Whole-number weights are tried at these scales of the largest."""
_NODES = 20
"""Branches after which the most that a lineup counts for is taken from the bound."""
_ROUNDING = 1e-6
_RULE = "a set that can be completed"


@dataclass(frozen=True, eq=False)
class Cut:
    """Weights of the minima, and the most that one lineup can count for, so weighted."""

    weights: Ints
    most: int

    def least(self, missing: Ints, left: int) -> int:
        """Return what the next of `left` lineups counts for at least."""
        return int(self.weights @ missing) - (left - 1) * self.most

    def among(self, missing: Ints) -> "Cut":
        """Return the same of the minima that are still owed: what is met already counts for nothing."""
        return Cut(np.where(missing > 0, self.weights, 0), self.most)


class Reserve:
    """The cuts known so far; `owed` are indices of `program.exposed` with a minimum."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.owed = [x for x, e in enumerate(program.exposed) if e.at_least]
        self.cuts = [Cut(unit, 1) for unit in np.eye(len(self.owed), dtype=np.int64)]
        self._unions = [self._single(x) for x in self.owed]
        self._ways = [self._way(x) for x in range(len(self.owed))]
        self._pace: Cut | None = None
        self._weighed: set[bytes] = set()
        self._unasked = list(range(len(self.owed)))

    def demands(self, missing: Ints, left: int) -> list[tuple[Cut, int]]:
        """Return what the next of `left` lineups must count for, with how much of it."""
        found: dict[bytes, tuple[Cut, int]] = {}
        for cut, least in ((cut.among(missing), cut.least(missing, left)) for cut in self.cuts):
            key = cut.weights.tobytes()  # cuts that differ in minima that are met ask for the same
            if least > found.get(key, (cut, 0))[1]:
                found[key] = (cut, least)
        return list(found.values())

    def broken(self, missing: Ints, left: int) -> bool:
        """Return whether a cut proves that `left` lineups cannot meet what is missing."""
        return any(int(cut.weights @ missing) > left * cut.most for cut in self.cuts)

    def learn(self, missing: Ints, left: int) -> bool:
        """Return whether the relaxation proves that `left` lineups cannot meet what is missing; then note why."""
        self._weigh_each()
        self._weigh_together(missing, left)
        if self.broken(missing, left):
            return True
        wanted = np.flatnonzero(missing > 0)
        if len(wanted) < 2 or int(missing.sum()) <= left:
            return False
        prices = self._prices(missing, left, wanted)
        if prices.max(initial=0.0) <= 1e-9:
            return False
        if any(self._ways[x] is None for x in np.flatnonzero(prices > 1e-9)):
            return False  # the compiled search cannot weigh what counts in several ways
        for scale in _SCALES:
            weights = np.rint(prices / prices.max() * scale).astype(np.int64)
            cut = Cut(weights, self._most(weights))
            if int(weights @ missing) > left * cut.most:
                self.cuts.append(cut)
                return True
        return False

    def _weigh_each(self) -> None:
        """Note, once, for which minima no lineup can count.

        One that counts for several says so of all of them; who is in none of those is asked for alone.
        """
        columns = np.array(self._columns())
        while self._unasked:
            asked = np.isin(np.arange(len(columns)), self._unasked)
            _, mix = self._relaxed(asked.astype(np.int64))
            counted = mix[columns] > 1.0 - _ROUNDING
            if not (asked & counted).any():
                alone = np.arange(len(columns)) == self._unasked[0]
                most, mix = self._relaxed(alone.astype(np.int64))
                if most == 0:
                    self.cuts.append(Cut(alone.astype(np.int64), 0))
                counted = alone | (mix[columns] > 1.0 - _ROUNDING)
            self._unasked = [x for x in self._unasked if not counted[x]]

    def rule_out(self, missing: Ints) -> bool:
        """Return whether CP-SAT proves of any minimum still owed that no lineup can count for it; then note which."""
        from sdp_engine.optimize.cpsat import Undecided, feasible  # takes longer to load than most requests take

        known, program = len(self.cuts), self._program
        upper = np.ones(program.items + program.auxiliary, np.int64)
        for x in np.flatnonzero(missing > 0):
            alone = Cut((np.arange(len(self.owed)) == x).astype(np.int64), 0)
            with suppress(Undecided):
                if not feasible(Task(0 * upper, upper, [*program.every_row, self.beyond(alone)], program.items)):
                    self.cuts.append(alone)
        return len(self.cuts) > known

    def _weigh_together(self, missing: Ints, left: int) -> None:
        """Note, once, how many of the minima that are still owed a lineup counts for at most."""
        owed = np.array([way is not None for way in self._ways], np.bool_) & (missing > 0)
        if int(missing[owed].sum()) > left and owed.tobytes() not in self._weighed:
            self._weighed.add(owed.tobytes())
            self.cuts.append(Cut(owed.astype(np.int64), self._most_whole(owed.astype(np.int64))))

    def too_much(self, missing: Ints, left: int) -> Cut | None:
        """Return why `left` lineups cannot meet what is missing: as few minima as do, None where no cut says so."""
        for cut in (cut for cut in self.cuts if cut is not self._pace):
            weights = np.where(missing > 0, cut.weights, 0)
            for x in np.argsort(weights * missing, kind="stable"):
                if int(weights @ missing) - int(weights[x] * missing[x]) > left * cut.most:
                    weights[x] = 0
            if int(weights @ missing) > left * cut.most:
                return Cut(weights, cut.most)
        return None

    def beyond(self, cut: Cut) -> Row:
        """Return the row of a lineup that counts for more than a cut says."""
        return self.asked(cut, cut.most + 1)

    def asked(self, cut: Cut, least: int) -> Row:
        """Return the row of a lineup that counts for so much of a cut."""
        chosen = np.flatnonzero(cut.weights)
        return Row(_RULE, np.array(self._columns())[chosen], cut.weights[chosen], low=least)

    def slow_down(self, missing: Ints, left: int) -> bool:
        """Plan from now on with lineups that count for fewer minima at once; return whether fewer would still do.

        Greed leaves minima to the last lineups, which then hold them all and have nothing left to differ in.
        """
        plain = np.array([way is not None for way in self._ways])
        least = -(-int(missing[plain].sum()) // max(left, 1))
        most = self._most_whole(plain.astype(np.int64)) if self._pace is None else self._pace.most
        if plain.sum() < 2 or most <= least:
            return False
        if self._pace is not None:
            self.cuts.remove(self._pace)
        self._pace = Cut(plain.astype(np.int64), (most + least) // 2)
        self.cuts.append(self._pace)
        return True

    @property
    def is_paced(self) -> bool:
        """Whether lineups are planned that count for fewer minima than they could."""
        return self._pace is not None

    def hurry(self) -> None:
        """Plan again with lineups that count for as many minima at once as they can."""
        if self._pace is not None:
            self.cuts.remove(self._pace)
            self._pace = None

    def holding(self, place: int) -> tuple[Program, set[int]]:
        """Return the program of a lineup that counts for one of `owed`, and items of people who must stand in it."""
        return self.demanded([(self.cuts[place], 1)])

    def demanded(self, demands: list[tuple[Cut, int]]) -> tuple[Program, set[int]]:
        """Return the program of a lineup that meets demands, and items of people who must stand in it."""
        program = replace(
            self._program,
            rows=[*self._program.rows],
            choices=[*self._program.choices],
            cases=[*self._program.cases],
            counted={items: dict(steps) for items, steps in self._program.counted.items()},
        )
        locked: set[int] = set()
        pools: list[Pooled] = []
        for cut, least in demands:
            among = np.flatnonzero(cut.weights)
            unions = [self._unions[x] for x in among]
            if len(among) == 1 and self._is_person(unions[0]):
                locked.update(unions[0])  # type: ignore[arg-type]  # seen by `_is_person`
            elif all(union is not None for union in unions):
                weight = np.zeros(program.items, np.int64)
                for x, union in zip(among, unions, strict=True):
                    weight[union] += cut.weights[x]
                columns = np.flatnonzero(weight)
                program.rows.append(Row(_RULE, columns, weight[columns], low=least))
                if not program.cases and least == cut.most == 1:
                    program.cases.append(Case(np.zeros(0, np.int64), ((columns, 1),)))
            elif len(among) > 1:
                ways = [(int(cut.weights[x]), way) for x in among if (way := self._ways[x]) is not None]
                pools.append(Pooled(least, tuple(ways)))
                program.rows += choose(program, [Choice(_RULE, tuple(way for n, way in ways for _ in range(n)), least)])
            else:
                options = program.exposed[self.owed[int(among[0])]].options
                if not program.cases:
                    program.cases += [Case(np.zeros(0, np.int64), option) for option in options]
                program.rows += choose(program, [Choice(_RULE, options)])
        if pools:
            cases = program.cases or [Case(np.zeros(0, np.int64), ())]
            program.cases = [replace(case, pools=tuple(pools)) for case in cases]
        return program, locked

    def _single(self, exposed: int) -> list[int] | None:
        """Return the items of what counts by one item of which a lineup holds one at most; None where it does not."""
        options = self._program.exposed[exposed].options
        if any(len(option) != 1 or option[0][1] != 1 for option in options):
            return None
        items = sorted({i for ((members, _),) in options for i in members.tolist()})
        alone = len({person(self._program.of(i)) for i in items}) == 1
        return items if alone or self._program.places(items) == 1 else None

    def _way(self, place: int) -> Terms | None:
        """Return the terms all of which hold where a lineup counts for one of `owed`; None where there are others."""
        options, union = self._program.exposed[self.owed[place]].options, self._unions[place]
        if union is not None:
            return ((np.array(union, np.int64), 1),)
        return options[0] if len(options) == 1 else None

    def _is_person(self, items: list[int] | None) -> bool:
        """Return whether items are one person, in every slot he may fill."""
        if not items:
            return False
        who = {person(self._program.of(i)) for i in items}
        return len(who) == 1 and items == [i for i in range(self._program.items) if person(self._program.of(i)) in who]

    @cached_property
    def _polytope(self) -> tuple[csr_matrix, Floats, int]:
        """The relaxation of one lineup, A x <= b over so many columns from 0 to 1."""
        width = self._program.items + self._program.auxiliary
        matrix, limits, _, _ = one_sided(self._program.every_row, width)
        return matrix, limits, width

    def _columns(self) -> list[int]:
        """Return the column of each minimum that says whether a lineup counts for it."""
        columns = [self._program.exposed[x].column for x in self.owed]
        return [c for c in columns if c is not None]

    def _prices(self, missing: Ints, left: int, wanted: Ints) -> Floats:
        """Return the price of each minimum in the best mixture of relaxed lineups, all zero where it meets them."""
        matrix, limits, width = self._polytope
        columns, rows = np.array(self._columns())[wanted], np.arange(len(wanted))
        asked = csr_matrix((-np.ones(len(wanted)), (rows, columns)), shape=(len(wanted), width))
        known, most = self._known(width)
        limits = np.concatenate([limits, most])
        short = csr_matrix(np.concatenate([np.zeros(len(limits)), -np.ones(len(wanted))])[:, None])
        answer: Any = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrix
            np.concatenate([np.zeros(width), [1.0]]),
            A_ub=hstack([vstack([matrix, known, asked]), short]).tocsr(),
            b_ub=np.concatenate([limits, -missing[wanted] / left]),
            bounds=[(0, 1)] * width + [(0, None)],
            method="highs",
        )
        prices = np.zeros(len(self.owed))
        if answer.status == 0 and answer.fun > 1e-7:
            prices[wanted] = np.maximum(0.0, -answer.ineqlin.marginals[len(limits) :])
        return prices

    def _known(self, width: int) -> tuple[csr_matrix, Floats]:
        """Return what the cuts say of every lineup, as rows and limits of the relaxation."""
        cuts = [cut for cut in self.cuts if cut is not self._pace]
        columns = np.array(self._columns())
        found = csr_matrix((len(cuts), width))
        if cuts:
            weights = np.stack([cut.weights for cut in cuts]).astype(np.float64)
            at = (np.repeat(np.arange(len(cuts)), len(columns)), np.tile(columns, len(cuts)))
            found = csr_matrix((weights.ravel(), at), shape=(len(cuts), width))
        return found, np.array([float(cut.most) for cut in cuts])

    def _most(self, weights: Ints) -> int:
        """Return the most that a relaxed lineup counts for: no lineup counts for more."""
        return self._relaxed(weights)[0]

    def _relaxed(self, weights: Ints) -> tuple[int, Floats]:
        """Return the most that a relaxed lineup counts for, and one that does; of zeros where that is not known."""
        matrix, limits, width = self._polytope
        known, most = self._known(width)
        answer: Any = linprog(  # type: ignore[call-overload]  # as above
            -self._valued(weights),
            A_ub=vstack([matrix, known]).tocsr(),
            b_ub=np.concatenate([limits, most]),
            bounds=(0, 1),
            method="highs",
        )
        if answer.status != 0:
            return int(weights.sum()), np.zeros(width)
        return int(np.floor(-answer.fun + _ROUNDING)), answer.x

    def _most_whole(self, weights: Ints) -> int:
        """Return the same by a short branch and bound: closer, in ten times as long."""
        matrix, limits, width = self._polytope
        answer: Any = milp(
            -self._valued(weights),
            constraints=LinearConstraint(matrix, ub=limits),
            integrality=np.ones(width, np.int64),
            bounds=Bounds(0, 1),
            options={"node_limit": _NODES},
        )
        bound = answer.mip_dual_bound
        known = answer.status in {0, 1} and bound is not None and np.isfinite(bound)
        return int(min(np.floor(-bound + 1e-6), weights.sum())) if known else int(weights.sum())

    def _valued(self, weights: Ints) -> Floats:
        value = np.zeros(self._polytope[2])
        value[self._columns()] = weights
        return value
