"""The field of a contest: who is drafted how often, and as many legal lineups as there are entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.spec import Contest

from sdp_engine.contest import lattice
from sdp_engine.contest import roster as rosters
from sdp_engine.contest.habits import Bond, Habits, pulls, unspent_bins
from sdp_engine.contest.roster import Roster

Floats = NDArray[np.float64]
Int32s = NDArray[np.int32]
CALIBRATIONS = 25
CONCENTRATION = 200.0
"""Keeps the first entries from being copied by everybody who follows."""
_HOPELESS = 14.0
"""A person whose pull is so far below the slot's best is left out of the lattice: nobody drafts him."""


@dataclass(frozen=True, eq=False)
class Theme:
    """One way of drafting: around an anchor (-1: around nobody), with a power; its share of all lineups."""

    anchor: int
    log_weight: Floats
    power: float
    share: float
    log_total: float


class Crowd:
    """The field model on one pool.

    Args:
        contest: The format.
        pool: `sdp_engine.frames.POOL`, perhaps with `field_points` (what others project) and `ownership` (0 to 1,
            what others say); both may be null.
        habits: How people draft.

    Raises:
        ValueError: No legal lineup can be made of the pool.
    """

    def __init__(self, contest: Contest, pool: pl.DataFrame, habits: Habits) -> None:
        self.contest, self.pool = contest, pool
        self.roster: Roster = rosters.build(contest, pool)
        self.bins = unspent_bins(self.roster.budget)
        states = int(self.roster.layers.width.max())
        self._table = np.empty((len(self.roster.layer) + 1, states, self.roster.budget + 1))
        self.follow(habits)

    def follow(self, habits: Habits) -> None:
        """Draft by other habits from now on.

        Raises:
            ValueError: No legal lineup can be made of the pool under the cap.
        """
        self.habits = habits
        self.pull = pulls(habits, self.contest, self.pool)
        self.themes = self._make_themes()

    def ownership(self) -> Floats:
        """Return the share of lineups in which each row of the pool stands, (rows,)."""
        used = np.zeros(len(self.roster.row))
        for theme in self.themes:
            used += theme.share * self.expect(theme)[0]
        return np.asarray(np.bincount(self.roster.row, used, minlength=self.pool.height), np.float64)

    def calibrate(self, ownership: Floats, rounds: int = CALIBRATIONS) -> None:
        """Move the pulls until the rows of the pool are drafted as often as is said, as closely as legal lineups can.

        Args:
            ownership: Share of lineups for each row, (rows,); NaN leaves a row's pull as it is.
            rounds: How often the pulls are moved.
        """
        said = ~np.isnan(ownership)
        target = np.clip(np.where(said, ownership, 0.5), 1e-5, 1 - 1e-5)
        for _ in range(rounds):
            now = np.clip(self.ownership(), 1e-9, 1 - 1e-9)
            error = np.log(target / (1 - target)) - np.log(now / (1 - now))
            self.pull = self.pull + np.where(said, np.clip(0.8 * error, -3, 3), 0.0)
            self.themes = self._make_themes()
            if float(np.abs(now - target)[said].max(initial=0.0)) < 0.002:
                break

    def draw(self, entries: int, rng: np.random.Generator) -> Int32s:
        """Return the field: legal lineups as moves of the roster, (entries, size), in no order of meaning.

        Raises:
            ValueError: Hardly any lineup satisfies the contest's limits.
        """
        trains = train_sizes(entries, self.habits.discount, rng)
        return np.repeat(rng.permutation(self.draft(len(trains), rng)), trains, axis=0)

    def draft(self, lineups: int, rng: np.random.Generator) -> Int32s:
        """Return legal lineups that nobody copied, (lineups, size).

        Those that break a limit the lattice does not know (games, teams) are drawn again.

        Raises:
            ValueError: Hardly any lineup satisfies the contest's limits.
        """
        kept: list[Int32s] = []
        wanted, tries = lineups, 0
        while wanted > 0:
            drawn = self._draw(max(wanted, 64), rng)
            legal = rng.permutation(drawn[self.is_legal(drawn)])[:wanted]
            kept.append(legal)
            wanted -= len(legal)
            tries += 1
            if tries > 50 and wanted > lineups / 2:
                raise ValueError("hardly any lineup of this pool satisfies the contest's limits on teams and games")
        return np.concatenate(kept)

    def is_legal(self, lineups: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Say which lineups come from enough games and teams, and from no team too often, (lineups,)."""
        rows = self.roster.row[lineups]
        fine = np.ones(len(lineups), np.bool_)
        for name, least in (("game_id", self.contest.min_games), ("team_id", self.contest.min_teams)):
            if least > 1 and self._tells(name):
                fine &= _distinct(self._codes(name)[rows]) >= least
        if self.contest.max_per_team is not None and self._tells("team_id"):
            fine &= _most_alike(self._codes("team_id")[rows]) <= self.contest.max_per_team
        return fine

    def log_probability(self, lineups: NDArray[np.integer[Any]]) -> Floats:
        """Return the log of the probability that one entrant drafts each lineup of moves, (lineups,)."""
        left = self.roster.budget - self.roster.cost[lineups].sum(axis=1)
        unspent = np.array(self.habits.unspent)[self.bins[np.clip(left, 0, None)]]
        found = np.full(len(lineups), -np.inf)
        for theme in self.themes:
            weight = theme.log_weight[lineups].sum(axis=1) + theme.power * unspent
            found = np.logaddexp(found, np.log(theme.share) + weight - theme.log_total)
        return np.where(left < 0, -np.inf, found)

    def _draw(self, entries: int, rng: np.random.Generator) -> Int32s:
        chosen = np.zeros((entries, self.roster.size), np.int32)
        shares = np.array([theme.share for theme in self.themes])
        counts = rng.multinomial(entries, shares / shares.sum())
        at, r = 0, self.roster
        for theme, count in zip(self.themes, counts.tolist(), strict=True):
            if count == 0:
                continue
            weight = self._complete(theme)
            luck = np.sort(rng.random(count))
            lattice.decode(
                r.layer, r.first, r.way, r.cost, weight, r.layers.take, r.layers.down, r.layers.start, self._table,
                luck, chosen[at : at + count],
            )  # fmt: skip
            at += count
        return chosen

    def _complete(self, theme: Theme) -> Floats:
        """Fill the table for a theme and return the weights it is made of."""
        r = self.roster
        weight = np.exp(theme.log_weight)
        unspent = np.exp(theme.power * np.array(self.habits.unspent)[self.bins])
        lattice.completions(
            r.layer, r.first, r.way, r.cost, weight, r.layers.take, r.layers.down, r.layers.width, unspent, self._table
        )
        return weight

    def expect(self, theme: Theme) -> tuple[Floats, Floats]:
        """Return how often each move is used within a theme, and the distribution of the salary left over."""
        r = self.roster
        weight = self._complete(theme)
        used, left = np.zeros(len(r.row)), np.zeros(r.budget + 1)
        lattice.marginals(
            r.layer, r.first, r.way, r.cost, weight, r.layers.take, r.layers.down, r.layers.width, r.layers.start,
            self._table, used, left,
        )  # fmt: skip
        return used, left

    def _make_themes(self) -> list[Theme]:
        """Return the themes with their shares: within a sharpness by the weight of all their lineups."""
        themes: list[Theme] = []
        for kind in self.habits.sharpness:
            made = [(anchor, kind.power * weight) for anchor, weight in self._log_weights()]
            totals = [self._log_total(weight, kind.power) for _, weight in made]
            whole = float(np.logaddexp.reduce(totals))
            if not np.isfinite(whole):
                raise ValueError("no legal lineup can be made of this pool under the cap")
            themes += [
                Theme(anchor, weight, kind.power, kind.share * float(np.exp(total - whole)), total)
                for (anchor, weight), total in zip(made, totals, strict=True)
                if total - whole > -_HOPELESS
            ]
        return themes

    def _log_total(self, log_weight: Floats, power: float) -> float:
        self._complete(Theme(-1, log_weight, power, 1.0, 0.0))
        with np.errstate(divide="ignore"):
            return float(np.log(self._table[0, self.roster.layers.start, -1]))

    def _log_weights(self) -> Iterator[tuple[int, Floats]]:
        """Yield each theme's pull of every move: the pulls alone, or an anchor's, with those bound to him."""
        base = (self.pull - self.pull.max())[self.roster.row]
        if not self.habits.bonds:
            yield -1, base
            return
        for anchor in self.anchors():
            yield anchor, base + self.bound(anchor) + np.where(self._barred(anchor), -np.inf, 0.0)

    def anchors(self) -> list[int]:
        """Return the rows that a lineup may be built around."""
        position = self.pool["position"].to_list()
        rows = [row for row, p in enumerate(position) if p in self.habits.anchor]
        best = max((self.pull[row] for row in rows), default=0.0)
        return [row for row in rows if self.pull[row] > best - _HOPELESS]

    def _barred(self, anchor: int) -> NDArray[np.bool_]:
        """Say which moves take another anchor than this one."""
        is_anchor = np.isin(self.pool["position"].to_numpy(), self.habits.anchor)
        return np.asarray(is_anchor[self.roster.row] & (self.roster.row != anchor))

    def bound(self, anchor: int) -> Floats:
        """Return what the bonds to an anchor add to the pull of every move."""
        total = np.zeros(len(self.roster.row))
        for bond in self.habits.bonds:
            total += bond.pull * self.holds(bond, anchor)
        return total

    def holds(self, bond: Bond, anchor: int) -> Floats:
        """Say (1 or 0) for which moves a bond to an anchor holds, (moves,); of an unknown opponent, none."""
        mine = self.pool.row(anchor, named=True)
        key, wanted = {
            "team": ("team_id", mine["team_id"]),
            "opponent": ("team_id", mine["opponent_id"]),
            "game": ("game_id", mine["game_id"]),
        }[bond.side]
        if wanted is None:
            return np.zeros(len(self.roster.row))
        holds = (self.pool[key] == wanted).fill_null(value=False).to_numpy().copy()
        if bond.positions:
            holds &= np.isin(self.pool["position"].to_numpy(), bond.positions)
        holds[anchor] = False
        return np.asarray(holds[self.roster.row], np.float64)

    def _tells(self, name: str) -> bool:
        """Whether the pool says of everybody which team or game he is of; one that does not cannot be judged by it."""
        return name in self.pool.columns and self.pool[name].null_count() == 0

    def _codes(self, name: str) -> NDArray[np.int64]:
        return self.pool[name].cast(pl.Categorical).to_physical().cast(pl.Int64).to_numpy()


def train_sizes(entries: int, discount: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return how many entries are the same lineup, for each that somebody drafted himself.

    Pitman and Yor's process: an entry after n others in k trains starts a train of its own with probability
    (CONCENTRATION + k * discount) / (CONCENTRATION + n), else joins one of size s in proportion to s - discount.

    Args:
        entries: How many there are.
        discount: 1: nobody copies.
        rng: The generator.
    """
    if discount >= 1 or entries == 0:
        return np.ones(entries, np.int64)
    return np.asarray(lattice.join_trains(rng.random(entries), rng.random(entries), discount, CONCENTRATION))


def _distinct(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    ordered = np.sort(codes, axis=1)
    return np.asarray(1 + (np.diff(ordered, axis=1) != 0).sum(axis=1))


def _most_alike(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray((codes[:, :, None] == codes[:, None, :]).sum(axis=2).max(axis=1))
