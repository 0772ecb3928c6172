"""Learning the habits of a field from finished contests: the pulls under which the real lineups are likeliest.

The likelihood is concave and its slope is what the model expects less what was seen: of every feature, of the salary
left over, of every bond. Both come from the lattice, exactly; no lineup is sampled.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize
from scipy.special import gammaln, softmax
from sdp_sports.spec import Contest

from sdp_engine.contest.field import CONCENTRATION, Crowd
from sdp_engine.contest.habits import LEFT_USD, Habits, Sharpness, column, features
from sdp_engine.contest.simulate import collapse

Floats = NDArray[np.float64]
RIDGE = 1e-4
POWERS = (0.6, 1.0, 1.5, 2.2)
"""Sharpnesses among which the entrants are divided."""
_EM_ROUNDS, _FEW = 60, 0.01


@dataclass(frozen=True, eq=False)
class Slate:
    """A finished contest's slate: what could be seen before the lock, and what was drafted.

    Attributes:
        contest: The format.
        pool: The pool, as `Crowd` takes it.
        lineups: Rows of the pool in the order of the contest's slots, (lineups, size).
        digest: What identifies the slate.
    """

    contest: Contest
    pool: pl.DataFrame
    lineups: NDArray[np.int64]
    digest: str = ""


class _Seen:
    """One slate's observed features, and the model on it."""

    def __init__(self, slate: Slate, habits: Habits) -> None:
        self.crowd = Crowd(slate.contest, slate.pool, habits)
        r = self.crowd.roster
        self.moves = r.moves(slate.contest, slate.lineups)
        found = features(slate.contest, slate.pool)
        self.columns = np.stack([column(name, found, slate.pool["position"]) for name in habits.pulls], axis=1)
        used = np.bincount(self.moves.ravel(), minlength=len(r.row)) / len(self.moves)
        left = np.clip(r.budget - r.cost[self.moves].sum(axis=1), 0, r.budget)
        self.left = np.bincount(self.crowd.bins[left], minlength=len(LEFT_USD)) / len(self.moves)
        self.drafted = np.bincount(r.row, used, minlength=slate.pool.height)
        self.held = self._held(habits)

    def _held(self, habits: Habits) -> Floats:
        """Return how many players a lineup holds by each bond to its anchor."""
        total = np.zeros(len(habits.bonds))
        if not len(total):
            return total
        rows = self.crowd.roster.row[self.moves]
        for anchor in self.crowd.anchors():
            mine = self.moves[(rows == anchor).any(axis=1)]
            for k, bond in enumerate(habits.bonds):
                total[k] += self.crowd.holds(bond, anchor)[mine].sum()
        return total / len(self.moves)

    def slope(self, habits: Habits) -> tuple[float, Floats]:
        """Return the mean log likelihood of the real lineups, and its slope in pulls, unspent and bonds."""
        crowd, r = self.crowd, self.crowd.roster
        crowd.follow(habits)
        used, left = np.zeros(len(r.row)), np.zeros(r.budget + 1)
        held = np.zeros(len(habits.bonds))
        for theme in crowd.themes:
            in_theme, over = crowd.expect(theme)
            used += theme.share * in_theme
            left += theme.share * over
            for k, bond in enumerate(habits.bonds):
                held[k] += theme.share * float(crowd.holds(bond, theme.anchor) @ in_theme)
        expected = np.bincount(r.row, used, minlength=len(self.drafted))
        over_bins = np.bincount(crowd.bins, left, minlength=len(LEFT_USD))
        whole = float(np.logaddexp.reduce([t.log_total for t in crowd.themes]))
        shift = float(crowd.pull.max()) * r.size
        seen = float(self.drafted @ crowd.pull + self.left @ np.array(habits.unspent))
        seen += float(self.held @ np.array([bond.pull for bond in habits.bonds]))
        slope = np.concatenate([self.columns.T @ (self.drafted - expected), self.left - over_bins, self.held - held])
        return seen - shift - whole, slope


def fit(
    slates: Sequence[Slate],
    start: Habits,
    *,
    trust: float = 0.0,
    rounds: int = 60,
    on_round: Callable[[int], None] | None = None,
) -> Habits:
    """Return habits learned from finished contests, each of which counts the same.

    Args:
        slates: The contests.
        start: Which features and bonds to weigh, and where to begin; its sharpness is learned anew.
        trust: How strongly to hold on to where it begins, because that was learned elsewhere; 0: not at all.
        rounds: Steps at most.
        on_round: Told the number of each trial; may raise to stop.

    Raises:
        ValueError: There is no slate, or a lineup that its contest does not allow.
    """
    if not slates:
        raise ValueError("there is no finished contest to learn from")
    plain = start.model_copy(update={"sharpness": (Sharpness(share=1.0, power=1.0),)})
    seen = [_Seen(slate, plain) for slate in slates]
    first: NDArray[np.float64] = _numbers(plain)
    ridge, centre = (trust / len(slates), first) if trust > 0 else (RIDGE, np.zeros(len(first)))

    told = 0

    def loss(numbers: NDArray[np.float64]) -> tuple[float, Floats]:
        nonlocal told
        told += 1
        if on_round is not None:
            on_round(told)
        habits = _habits(plain, numbers)
        parts = [one.slope(habits) for one in seen]
        off = numbers - centre
        value = -float(np.mean([p[0] for p in parts])) + ridge * float(off @ off)
        return value, np.asarray(2 * ridge * off - np.mean([p[1] for p in parts], axis=0))

    best = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": rounds, "ftol": 1e-6})
    learned = _habits(plain, best.x)
    sharp = learned.model_copy(update={"sharpness": _sharpness(seen, learned)})
    known = {s.digest for s in slates if s.digest} | (set(start.slates) if trust > 0 else set())
    found = {"discount": _discount(seen, sharp), "slates": tuple(sorted(known))}
    return sharp.model_copy(update=found)


def _sharpness(seen: Sequence[_Seen], habits: Habits) -> tuple[Sharpness, ...]:
    """Return the shares of POWERS that make the lineups likeliest, each slate counting the same."""
    logs: list[Floats] = []
    for one in seen:
        likely = []
        for power in POWERS:
            one.crowd.follow(habits.model_copy(update={"sharpness": (Sharpness(share=1.0, power=power),)}))
            likely.append(one.crowd.log_probability(one.moves))
        logs.append(np.array(likely))
    shares = np.full(len(POWERS), 1 / len(POWERS))
    for _ in range(_EM_ROUNDS):
        shares = np.mean([softmax(log + np.log(shares)[:, None], axis=0).mean(axis=1) for log in logs], axis=0)
        shares = np.maximum(shares, 1e-12)
    kept = [(power, share) for power, share in zip(POWERS, shares.tolist(), strict=True) if share > _FEW]
    whole = sum(share for _, share in kept)
    return tuple(Sharpness(share=share / whole, power=power) for power, share in kept)


def _discount(seen: Sequence[_Seen], habits: Habits) -> float:
    """Return the discount under which as many lineups are distinct as were, on average over the slates.

    Entries that draft for themselves meet by chance, too; so it is asked how many of them would show as many distinct
    lineups, and the discount sought under which n entries are expected in as many trains: with concentration c,
    c / d * (gamma(c + d + n) gamma(c) / (gamma(c + d) gamma(c + n)) - 1) (Pitman, Combinatorial Stochastic Processes).
    """
    found = []
    for one in seen:
        one.crowd.follow(habits)
        entries = len(one.moves)
        real = len(collapse(one.moves).copies)
        drafted = one.crowd.draft(entries, np.random.default_rng(entries))
        first = np.unique(_first_seen(drafted))
        drafters = int(first[min(real, len(first)) - 1]) + 1
        found.append(_solve_discount(entries, drafters))
    return float(np.mean(found))


def _first_seen(lineups: NDArray[Any]) -> NDArray[np.int64]:
    """Return for every lineup the place at which it stands first."""
    place = collapse(lineups).place
    first = np.full(int(place.max()) + 1, len(place), np.int64)
    np.minimum.at(first, place, np.arange(len(place)))
    return first[place]


def _solve_discount(entries: int, trains: int) -> float:
    if trains >= entries:
        return 1.0

    def excess(discount: float) -> float:
        c = CONCENTRATION
        grown = gammaln(c + discount + entries) + gammaln(c) - gammaln(c + discount) - gammaln(c + entries)
        return float(c / discount * np.expm1(grown) - trains)

    return float(brentq(excess, 1e-3, 1.0)) if excess(1e-3) < 0 < excess(1.0) else 1.0


def _numbers(habits: Habits) -> Floats:
    return np.array([*habits.pulls.values(), *habits.unspent, *(bond.pull for bond in habits.bonds)])


def _habits(like: Habits, numbers: Floats) -> Habits:
    values = numbers.tolist()
    names, bins = list(like.pulls), len(LEFT_USD)
    unspent = values[len(names) : len(names) + bins]
    bonds = tuple(
        bond.model_copy(update={"pull": pull})
        for bond, pull in zip(like.bonds, values[len(names) + bins :], strict=True)
    )
    pulls = dict(zip(names, values, strict=False))
    return like.model_copy(update={"pulls": pulls, "unspent": tuple(unspent), "bonds": bonds})
