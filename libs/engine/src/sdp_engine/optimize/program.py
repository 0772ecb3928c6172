"""A lineup as an integer program: columns that may be drafted and rows, each with the rule that put it there."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.spec import Contest, Stack

from sdp_engine.frames import POOL, check
from sdp_engine.optimize.rules import DEFENCE, Rules

MILLI = 1000
"""Points count to the thousandth: they are rounded to it once, and everything after is whole numbers."""
SLOTS = "the contest's roster slots"
_ONCE = "a player once a lineup"

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


Terms = tuple[tuple[Ints, int], ...]
"""Items and how many of them a lineup holds at least, of each: all must hold."""


@dataclass(frozen=True)
class Choice:
    """A rule that can be kept in several ways: at least `least` of the options hold."""

    rule: str
    options: tuple[Terms, ...]
    least: int = 1


@dataclass(frozen=True)
class Case:
    """One way to keep a rule: these items are out, and these terms hold."""

    excluded: Ints
    terms: Terms


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
        cases: A rule that every lineup keeps in one of these ways, where there is one; the same as rows `split`.
        split: The rule that the cases stand for.
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
    split: str = ""

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

    def auxiliaries(self, count: int) -> list[int]:
        """Add auxiliary columns and return them."""
        first = self.items + self.auxiliary
        self.auxiliary += count
        return list(range(first, first + count))


def slot_groups(contest: Contest) -> list[tuple[float, float]]:
    """Return the distinct (points, salary) multipliers of a contest's slots, in slot order."""
    return list(dict.fromkeys((s.points_multiplier, s.salary_multiplier) for s in contest.slots))


def slot_salary(salary_usd: int, multiplier: float) -> int:
    """Return what a player costs in a slot, USD, rounded up to whole dollars."""
    return math.ceil(Fraction(repr(multiplier)) * salary_usd)


def units(points: float, multiplier: float, scale: int) -> int:
    """Return what a player scores in a slot, in whole units of 1 / `scale` points."""
    return int(Fraction(repr(multiplier)) * round(points * MILLI) * (scale // MILLI))


def points_scale(contest: Contest) -> int:
    """Return how many units make a point, so that every slot's multiple of a thousandth is whole."""
    return MILLI * math.lcm(*(Fraction(repr(s.points_multiplier)).denominator for s in contest.slots))


def build(contest: Contest, pool: pl.DataFrame, rules: Rules, stacks: Mapping[str, Stack]) -> Program:
    """Return the program of one lineup under the contest's rules and the user's, exposures apart.

    Args:
        contest: The contest's declaration.
        pool: A POOL frame; `player_id` may be null (the draftable then stands for himself).
        rules: A checked request.
        stacks: The stacks declared for the sport.

    Raises:
        ValueError: The pool lacks a column, repeats a draftable or has points that are not numbers.
    """
    check(pool, POOL, "pool")
    if pool["draftable_id"].is_duplicated().any():
        raise ValueError("pool: a draftable stands twice")
    if not pool["points"].is_finite().fill_null(value=False).all():
        raise ValueError("pool: points must be finite numbers")
    rows = pool.sort("draftable_id").to_dicts()
    groups, scale = slot_groups(contest), points_scale(contest)
    names = [{s.name for s in contest.slots if (s.points_multiplier, s.salary_multiplier) == g} for g in groups]
    pairs = [(i, g) for i, r in enumerate(rows) for g, n in enumerate(names) if not n.isdisjoint(r["roster_slots"])]
    program = Program(
        contest,
        rows,
        np.array([i for i, _ in pairs], np.int64),
        np.array([g for _, g in pairs], np.int64),
        np.array([units(rows[i]["points"], groups[g][0], scale) for i, g in pairs], np.int64),
        np.array([slot_salary(rows[i]["salary_usd"], groups[g][1]) for i, g in pairs], np.int64),
        scale,
    )
    program.frame += [*_roster(program, names), *_persons(program), *_salaries(program, rules)]
    program.rows += [
        *_spread(program, rules),
        *_named(program, rules),
        *_stack(program, rules, stacks),
        *_defences(program, rules),
    ]
    return program


def _roster(program: Program, names: Sequence[set[str]]) -> Iterator[Row]:
    """Hall's condition: a set of players fits a group's slots iff no subset is short of slots it may fill."""
    for group, kinds in enumerate(names):
        count = {s.name: s.count for s in program.contest.slots if s.name in kinds}
        fits = {
            i: frozenset(kinds.intersection(program.of(i)["roster_slots"]))
            for i in range(program.items)
            if program.group[i] == group
        }
        total = sum(count.values())
        yield row(SLOTS, fits, low=total, high=total)
        for union in _unions(set(fits.values())):
            inside = [i for i, f in fits.items() if f <= union]
            places = sum(count[name] for name in union)
            if places < min(total, len(inside)):
                yield row(SLOTS, inside, high=places)


def _unions(sets: set[frozenset[str]]) -> list[frozenset[str]]:
    """Return every union of the sets, in a fixed order."""
    unions: set[frozenset[str]] = set()
    for one in sets:
        unions |= {one, *(one | other for other in unions)}
    return sorted(unions, key=lambda u: (len(u), sorted(u)))


def _grouped(program: Program, key: str) -> dict[Any, list[int]]:
    """Return the items by a value of their pool row, rows without it left out."""
    found: dict[Any, list[int]] = {}
    for i in range(program.items):
        if program.of(i)[key] is not None:
            found.setdefault(program.of(i)[key], []).append(i)
    return found


def person(player: Mapping[str, Any]) -> tuple[str, int]:
    """Return who a pool row is: one player may be draftable more than once, at several salaries."""
    return ("player", player["player_id"]) if player["player_id"] is not None else ("draftable", player["draftable_id"])


def _persons(program: Program) -> Iterator[Row]:
    found: dict[tuple[str, int], list[int]] = {}
    for i in range(program.items):
        found.setdefault(person(program.of(i)), []).append(i)
    for items in found.values():
        if len(items) > 1:
            yield row(_ONCE, items, high=1)


def _salaries(program: Program, rules: Rules) -> Iterator[Row]:
    every = np.arange(program.items)
    cap = program.contest.salary_cap_usd
    yield Row(f"the salary cap of {cap}", every, program.salary, high=cap)
    if rules.max_salary_usd is not None and rules.max_salary_usd < cap:
        yield Row(f"the salary ceiling of {rules.max_salary_usd}", every, program.salary, high=rules.max_salary_usd)
    if rules.min_salary_usd:
        yield Row(f"the salary floor of {rules.min_salary_usd}", every, program.salary, low=rules.min_salary_usd)


def _spread(program: Program, rules: Rules) -> Iterator[Row]:
    contest = program.contest
    for most, rule in (
        (contest.max_per_team, "the contest's {} players a team at most"),
        (rules.max_per_team, "at most {} players a team"),
    ):
        if most is not None:
            for items in _grouped(program, "team_id").values():
                yield row(rule.format(most), items, high=most)
    yield from _at_least(program, "game_id", contest.min_games, f"the contest's {contest.min_games} games at least")
    yield from _at_least(program, "team_id", contest.min_teams, f"the contest's {contest.min_teams} teams at least")


def _at_least(program: Program, key: str, least: int, rule: str) -> Iterator[Row]:
    """Demand so many distinct values of a pool column among the players of a lineup."""
    found = _grouped(program, key)
    known = sorted(i for items in found.values() for i in items)
    if least <= 1:
        return
    if least == 2 and len(known) == program.items:
        for items in found.values():
            yield row(rule, items, high=program.contest.roster_size - 1)
        return
    program.choices.append(Choice(rule, tuple(((np.array(items), 1),) for items in found.values()), least))
    used = program.auxiliaries(len(found))
    for column, items in zip(used, found.values(), strict=True):
        yield Row(rule, np.array([*items, column]), np.array([1] * len(items) + [-1]), low=0)
    yield row(rule, used, low=least)


def _named(program: Program, rules: Rules) -> Iterator[Row]:
    def name(items: Sequence[int]) -> str:
        return str(program.of(items[0])["name"]) if items else "a player no slot accepts"

    for draftable in rules.locked:
        items = program.where(draftable_id=draftable)
        yield row(f"{name(items)} locked", items, low=1)
    for draftable in rules.excluded:
        items = program.where(draftable_id=draftable)
        yield row(f"{name(items)} excluded", items, high=0)
    for team in rules.teams:
        items = program.where(team_id=team.team_id)
        if team.at_least:
            yield row(f"at least {team.at_least} players of {team.team_id}", items, low=team.at_least)
        if team.at_most is not None:
            yield row(f"at most {team.at_most} players of {team.team_id}", items, high=team.at_most)


def _stack(program: Program, rules: Rules, stacks: Mapping[str, Stack]) -> Iterator[Row]:
    if rules.stack is None:
        return
    stack = stacks[rules.stack]
    rule = f"the stack {rules.stack} ({stack.title})"
    anchors = [i for i in range(program.items) if program.plays(i, stack.anchor)]
    yield row(rule, anchors, low=1)
    slots = {name for i in anchors for name in program.of(i)["roster_slots"]}
    alone = sum(s.count for s in program.contest.slots if s.name in slots) == 1
    sides: dict[tuple[Any, Any], list[int]] = {}
    for i in anchors:
        sides.setdefault((program.of(i)["team_id"], program.of(i)["opponent_id"]), []).append(i)
    if alone and all(not set(stack.anchor) & set(n.positions) for n in stack.needs):
        program.split = rule
    for (team, opponent), members in sides.items():
        terms: list[tuple[Ints, int]] = [(np.array(members), 1)]
        for need in stack.needs:
            side = team if need.side == "team" else opponent
            near = [i for i in range(program.items) if program.plays(i, need.positions)]
            near = [] if side is None else [i for i in near if program.of(i)["team_id"] == side]
            terms.append((np.array(near, np.int64), need.at_least))
            # Where at most one anchor fits a lineup, one row for all of a team's is the tighter relaxation.
            parts = [members] if alone and not set(near) & set(members) else [[i] for i in members]
            for part in parts:
                bring = [i for i in near if all(person(program.of(i)) != person(program.of(a)) for a in part)]
                weights = [1] * len(bring) + [-need.at_least] * len(part)
                yield Row(rule, np.array([*bring, *part]), np.array(weights), low=0)
        if program.split:
            program.cases.append(Case(np.array(sorted(set(anchors) - set(members)), np.int64), tuple(terms)))


def _defences(program: Program, rules: Rules) -> Iterator[Row]:
    if not rules.no_defence_against_own_offence:
        return
    defences: dict[str, dict[tuple[str, int], list[int]]] = {}
    for team, items in _grouped(program, "team_id").items():
        for i in items:
            if program.plays(i, (DEFENCE,)):
                defences.setdefault(team, {}).setdefault(person(program.of(i)), []).append(i)
    for i in range(program.items):
        if not program.plays(i, (DEFENCE,)):
            for defence in defences.get(program.of(i)["opponent_id"], {}).values():
                yield row("no defence against own offence", [i, *defence], high=1)
