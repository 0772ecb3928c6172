"""A lineup as an integer program: columns that may be drafted and rows, each with the rule that put it there."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sdp_sports.rules import Who
from sdp_sports.spec import Contest

MILLI = 1000
"""Points count to the thousandth: they are rounded to it once, and everything after is whole numbers."""
SLOTS = "the contest's roster slots"
COUNTS = "what makes a lineup count for "
"""How rows begin that only say when an auxiliary column may be one: without a share they ask for nothing."""

_KNOWN = 1 << 15
"""Sums that are remembered: exact fractions are slow, and the same players are offered again and again."""
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Row:
    """One linear rule: `low <= weights . columns <= high` (a missing end is open); `rule` says it in words."""

    rule: str
    columns: Ints
    weights: Ints
    low: int | None = None
    high: int | None = None


def row(rule: str, columns: Iterable[int], *, low: int | None = None, high: int | None = None) -> Row:
    """Return a row of weight one on every column."""
    index = np.fromiter(columns, np.int64)
    return Row(rule, index, np.ones(len(index), np.int64), low, high)


@dataclass(frozen=True)
class Task:
    """Columns with a value and a largest value each, the rules, and how many leading columns are items.

    Only items, which are 0 or 1, decide which of two answers of equal value comes first.
    """

    value: Ints
    upper: Ints
    rows: Sequence[Row]
    items: int


Terms = tuple[tuple[Ints, int], ...]
"""Items and how many of them a lineup holds at least, of each: all must hold."""


@dataclass(frozen=True)
class Choice:
    """A rule that can be kept in several ways: at least `least` of the options hold."""

    rule: str
    options: tuple[Terms, ...]
    least: int = 1


@dataclass(frozen=True)
class Pooled:
    """Terms of which some hold: those that do weigh `least` together or more; of each its weight."""

    least: int
    ways: tuple[tuple[int, Terms], ...]


@dataclass(frozen=True)
class Case:
    """Lineups without some items, for which some terms hold, and of others enough."""

    excluded: Ints
    terms: Terms
    pools: tuple[Pooled, ...] = ()


@dataclass(frozen=True)
class Exposed:
    """What stands in some of the lineups: those for which any of the options holds.

    Attributes:
        name: It, in words.
        options: A lineup counts where every term of any of them holds.
        at_least, at_most: How many lineups of the set.
        column: An auxiliary column that can only be one where the lineup counts; None where no minimum is asked.
        broken: Of each option, auxiliary columns that can only be one where a term does not hold; only for options
            of several terms, where there is a maximum.
    """

    name: str
    options: tuple[Terms, ...]
    at_least: int
    at_most: int
    column: int | None = None
    broken: tuple[tuple[int, ...], ...] = ()

    def counts(self, items: Iterable[int]) -> bool:
        """Return whether a lineup counts."""
        held = set(items)
        return any(
            all(len(held.intersection(members.tolist())) >= least for members, least in option)
            for option in self.options
        )


@dataclass
class Program:
    """The program of one lineup.

    The first columns are `items`: a pool row in a slot group (slots of equal multipliers), in the order of
    draftable id, then group; the rest are auxiliary and worth nothing. All columns are 0 or 1.

    Attributes:
        owner: Pool row of each item.
        group: Slot group of each item.
        value: What each item scores, in whole units of 1 / `scale` points.
        salary: What each item costs, USD.
        scale: Units a point.
        auxiliary: How many columns follow the items.
        frame: The rows that make a lineup: its slots, a player once, what it costs.
        rows: Every other rule that all lineups of the set share.
        choices: Those of the rules that need auxiliary columns as rows, once more as what they mean.
        cases: Every lineup is one of at least one of these; none where lineups are not told apart so.
        split: The rules that the cases say as much as.
        exposed: What stands in some of the lineups only, with how many.
        counted: Of items, numbers k and the auxiliary column of each that can only be one where k of them are held.
    """

    contest: Contest
    pool: list[dict[str, Any]]
    owner: Ints
    group: Ints
    value: Ints
    salary: Ints
    scale: int
    auxiliary: int = 0
    frame: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    split: frozenset[str] = frozenset()
    exposed: list[Exposed] = field(default_factory=list)
    counted: dict[frozenset[int], dict[int, int]] = field(default_factory=dict)

    @property
    def every_row(self) -> list[Row]:
        """The whole program of one lineup."""
        return [*self.frame, *self.rows]

    @property
    def items(self) -> int:
        """How many columns are items."""
        return len(self.owner)

    def where(self, **wanted: object) -> list[int]:
        """Return the items whose pool row has these values."""
        return [i for i in range(self.items) if all(self.of(i)[k] == v for k, v in wanted.items())]

    def of(self, item: int) -> dict[str, Any]:
        """Return an item's pool row."""
        return self.pool[int(self.owner[item])]

    def plays(self, item: int, positions: Iterable[str]) -> bool:
        """Return whether an item's player plays any of the positions."""
        return not set(self.of(item)["position"].split("/")).isdisjoint(positions)

    def grouped(self, key: str) -> dict[Any, list[int]]:
        """Return the items by a value of their pool row, rows without it left out."""
        found: dict[Any, list[int]] = {}
        for i in range(self.items):
            if self.of(i)[key] is not None:
                found.setdefault(self.of(i)[key], []).append(i)
        return found

    def select(self, who: Who) -> list[int]:
        """Return the items that a selection names."""
        times = [points for points, _ in slot_groups(self.contest)]
        wanted: dict[str, set[Any]] = {
            "draftable_id": set(who.draftables),
            "name": set(who.names),
            "team_id": set(who.teams),
            "opponent_id": set(who.opponents),
            "game_id": set(who.games),
        }
        return [
            i
            for i, g in enumerate(self.group.tolist())
            if all(not values or self.of(i)[key] in values for key, values in wanted.items())
            and (not who.positions or self.plays(i, who.positions))
            and (who.captain is None or who.captain == (times[g] > 1))
        ]

    def describe(self, who: Who) -> str:
        """Return a selection in words."""
        names = {r["draftable_id"]: str(r["name"]) for r in self.pool}
        parts = [
            "/".join([*(names[d] for d in who.draftables), *who.names]),
            "/".join(who.positions),
            f"of {', '.join(who.teams)}" if who.teams else "",
            f"against {', '.join(who.opponents)}" if who.opponents else "",
            f"in {', '.join(who.games)}" if who.games else "",
            {True: "as captain", False: "not as captain", None: ""}[who.captain],
        ]
        return " ".join(filter(None, parts if parts[0] or parts[1] else ["players", *parts]))

    def slots_of(self, item: int) -> list[str]:
        """Return the slots that an item may fill: those of its group that its player fits."""
        group = slot_groups(self.contest)[int(self.group[item])]
        fits = self.of(item)["roster_slots"]
        slots = self.contest.slots
        return [s.name for s in slots if s.name in fits and (s.points_multiplier, s.salary_multiplier) == group]

    def places(self, items: Iterable[int]) -> int:
        """Return how many slots there are that any of some items may fill."""
        names = {name for i in items for name in self.slots_of(i)}
        return sum(s.count for s in self.contest.slots if s.name in names)

    def auxiliaries(self, count: int) -> list[int]:
        """Add auxiliary columns and return them."""
        first = self.items + self.auxiliary
        self.auxiliary += count
        return list(range(first, first + count))


def slot_groups(contest: Contest) -> list[tuple[float, float]]:
    """Return the distinct (points, salary) multipliers of a contest's slots, in slot order."""
    return list(dict.fromkeys((s.points_multiplier, s.salary_multiplier) for s in contest.slots))


@lru_cache(maxsize=_KNOWN)
def slot_salary(salary_usd: int, multiplier: float) -> int:
    """Return what a player costs in a slot, USD, rounded up to whole dollars."""
    return math.ceil(Fraction(repr(multiplier)) * salary_usd)


@lru_cache(maxsize=_KNOWN)
def units(points: float, multiplier: float, scale: int) -> int:
    """Return what a player scores in a slot, in whole units of 1 / `scale` points."""
    return int(Fraction(repr(multiplier)) * round(points * MILLI) * (scale // MILLI))


def points_scale(contest: Contest) -> int:
    """Return how many units make a point, so that every slot's multiple of a thousandth is whole."""
    return MILLI * math.lcm(*(Fraction(repr(s.points_multiplier)).denominator for s in contest.slots))


def person(player: Mapping[str, Any]) -> tuple[str, int]:
    """Return who a pool row is: one player may be draftable more than once, at several salaries."""
    return ("player", player["player_id"]) if player["player_id"] is not None else ("draftable", player["draftable_id"])
