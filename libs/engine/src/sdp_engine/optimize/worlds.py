"""The best lineup of every simulated world: one table of completions a world, nothing sampled away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.rules import Rules
from sdp_sports.spec import Contest, Stack

from sdp_engine.optimize.assign import assign
from sdp_engine.optimize.bands import Bands, Limits
from sdp_engine.optimize.build import build
from sdp_engine.optimize.faults import check_rules
from sdp_engine.optimize.kernels import NEVER, world_optima
from sdp_engine.optimize.listing import Weary
from sdp_engine.optimize.net import CELLS, Grid, Net, compile_case, grid
from sdp_engine.optimize.program import MILLI, Case, Ints, Program, Task, slot_groups

_EVERYBODY = 1 << 30
_AT_ONCE = 64
"""Worlds that are solved between two reports."""


@dataclass(frozen=True)
class Optima:
    """The best lineup of each world.

    Attributes:
        lineups: Draftable ids in the order of the contest's slots, shape (worlds, roster places).
        points: What each scores in its world, shape (worlds,).
    """

    lineups: Ints
    points: NDArray[np.float64]


def optima(
    contest: Contest,
    pool: pl.DataFrame,
    rules: Rules,
    stacks: Mapping[str, Stack],
    draws: NDArray[np.floating],
    *,
    on_world: Callable[[int], None] | None = None,
) -> Optima:
    """Return the best lineup of each world under the rules that hold for single lineups.

    Points count to the thousandth. Of lineups of equal points always the same one is returned.

    Args:
        contest: The contest's declaration.
        pool: A POOL frame; its `points` are not read.
        rules: The request; what ties lineups together (exposures, `min_unique`) does not apply to worlds.
        stacks: The stacks declared for the sport.
        draws: Points of each player in each world, shape (worlds, pool rows), in the order of the pool.
        on_world: Told how many worlds are done; may raise to stop.

    Raises:
        ValueError: The request is wrong, or a draw is not a number.
        LookupError: No lineup keeps the rules.
    """
    alone = single(rules)
    if faults := check_rules(alone, contest, pool, stacks):
        raise ValueError("; ".join(f"{f.field}: {f.message}" for f in faults))
    program = build(contest, pool, alone, stacks)
    value = worth(program, pool, draws)
    items = best_of_worlds(program, alone, value, on_world=on_world)
    lineups = np.array([_placed(program, row) for row in items.tolist()], np.int64).reshape(len(items), -1)
    return Optima(lineups, np.take_along_axis(value, items, 1).sum(1) / program.scale)


def single(rules: Rules) -> Rules:
    """Return what is asked of a lineup by itself: without what ties lineups together."""
    return rules.model_copy(
        update={"lineups": 1, "exposures": (), "team_exposures": (), "group_exposures": (), "max_exposure": 1.0,
                "min_unique": 1, "stacks": tuple(s for s in rules.stacks if s.at_least == 1),
                "worlds_per_lineup": None}
    )  # fmt: skip


def blend(draws: NDArray[np.floating], size: int, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return means of `size` different worlds each, shape (count, columns).

    Worlds are used up before any is used again, so that each enters as many of the means as any other, give or take
    one; with as many as there are, every row is the mean of all.

    Args:
        draws: One row a world, shape (worlds, columns).
        size: How many worlds a mean is of, at least one.
        count: How many means.
        rng: The generator that says which.
    """
    worlds = len(draws)
    if size >= worlds:
        return np.repeat(draws.mean(0, dtype=np.float64)[None], count, axis=0)
    found = np.empty((count, draws.shape[1]))
    deck = np.zeros(0, np.int64)
    for row in range(count):
        hand, deck = deck[:size], deck[size:]
        if len(hand) < size:
            fresh = rng.permutation(worlds)
            fresh = np.concatenate([fresh[~np.isin(fresh, hand)], fresh[np.isin(fresh, hand)]])
            more = size - len(hand)
            hand, deck = np.concatenate([hand, fresh[:more]]), fresh[more:]
        found[row] = draws[hand].mean(0, dtype=np.float64)
    return found


def worth(program: Program, pool: pl.DataFrame, draws: NDArray[np.floating]) -> NDArray[np.int32]:
    """Return what every item scores in every world, in whole units, shape (worlds, items).

    Args:
        program: The program of the pool.
        pool: A POOL frame.
        draws: Points of each player in each world, shape (worlds, pool rows), in the order of the pool.

    Raises:
        ValueError: A draw is not a number.
    """
    if not np.isfinite(draws).all():
        raise ValueError("draws must be finite numbers")
    column = np.argsort(pool["draftable_id"].to_numpy())[program.owner]
    times = np.array([points for points, _ in slot_groups(program.contest)])[program.group]
    units = np.rint(draws[:, column] * MILLI) * (program.scale // MILLI)
    found: NDArray[np.int32] = np.rint(units * times).astype(np.int32)
    return found


def best_of_worlds(
    program: Program,
    rules: Rules,
    value: NDArray[np.int32],
    *,
    standing: frozenset[int] = frozenset(),
    on_world: Callable[[int], None] | None = None,
) -> Ints:
    """Return the items of the best lineup of each world, sorted, shape (worlds, roster places).

    Args:
        program: The program of one lineup.
        rules: The request the program was built from; salaries and locked players are read.
        value: What every item is worth in each world, shape (worlds, items).
        standing: Items of people who stand in every lineup beside the locked ones, of each person all.
        on_world: Told how many worlds are done; may raise to stop.

    Raises:
        LookupError: No lineup keeps the rules.
    """
    cap = program.contest.salary_cap_usd
    ceiling = cap if rules.max_salary_usd is None else min(cap, rules.max_salary_usd)
    floor = rules.min_salary_usd or 0
    salaries = grid(program, floor, ceiling)
    locked = {i for i in range(program.items) if program.of(i)["draftable_id"] in rules.locked} | standing
    nets = [compile_case(program, c, program.value, locked) for c in program.cases or [Case(np.zeros(0, np.int64), ())]]
    fine = all(net is not None and net.cells(salaries) <= CELLS for net in nets)  # else every world on its own
    found = []
    for start in range(0, len(value), _AT_ONCE):
        some = value[start : start + _AT_ONCE]
        items, best = _over_nets([net for net in nets if net] if fine else [], salaries, some, program)
        good = (best > NEVER // 2) & _kept(program, items) & salaries.exact
        for world in np.flatnonzero(~good):
            items[world] = _alone(program, some[world], locked, floor, ceiling)
        found.append(np.sort(items, 1))
        if on_world is not None:
            on_world(start + len(some))
    return np.concatenate(found) if found else np.zeros((0, program.contest.roster_size), np.int64)


def _over_nets(nets: list[Net], salaries: Grid, value: NDArray[np.int32], program: Program) -> tuple[Ints, Ints]:
    """Return the best lineup of each world over all cases, and its value."""
    size = program.contest.roster_size
    best = np.full(len(value), NEVER, np.int64)
    items = np.zeros((len(value), size), np.int64)
    for net in nets:
        found, total = _run(net, salaries, value, size)
        better = total > best
        best[better], items[better] = total[better], found[better]
    return items, best


def _run(net: Net, salaries: Grid, value: NDArray[np.int32], size: int) -> tuple[Ints, Ints]:
    everybody = np.ones(value.shape[1], np.bool_)
    whole = net.restrict(everybody)
    found, total = np.zeros((len(value), size), np.int64), np.full(len(value), NEVER, np.int64)
    if whole is None:
        return found, total
    best = np.empty((int(whole.base[-1]) + 1, salaries.budget + 1), np.int32)
    world_optima(
        value, whole.layer, whole.first, whole.way, whole.item, salaries.cost[whole.item], whole.forced,
        whole.layers.take, whole.layers.down, whole.layers.width, whole.layers.start, salaries.budget, salaries.slack,
        _most(whole, salaries), best, found, total,
    )  # fmt: skip
    return found, total


def _most(net: Net, salaries: Grid) -> Ints:
    """Return how many people of each layer one lineup can hold, where more of them make the worst of them needless."""
    most = np.full(len(net.layers.down), _EVERYBODY, np.int64)
    if salaries.slack < salaries.budget:  # a cheaper man may leave too much over
        return most
    for layer, take in enumerate(net.layers.take):
        people = np.flatnonzero(net.layer == layer)
        if (np.diff(net.first)[people] != 1).any() or net.forced[people].any():
            continue
        states, steps = np.arange(int(net.layers.width[layer])), 0
        while len(states):
            states = np.unique(take[0][states])
            states, steps = states[states >= 0], steps + 1
        most[layer] = steps - 1
    return most


def _kept(program: Program, items: Ints) -> NDArray[np.bool_]:
    """Return for which lineups every rule holds that the automaton does not know."""
    good = np.ones(len(items), np.bool_)
    for rule in program.rows:
        if len(rule.columns) and rule.columns.max() >= program.items:
            continue
        weight = np.zeros(program.items, np.int64)
        np.add.at(weight, rule.columns, rule.weights)
        total = weight[items].sum(1)
        good &= (total >= (-_EVERYBODY if rule.low is None else rule.low)) & (rule.high is None or total <= rule.high)
    for choice in program.choices:
        held = np.zeros(len(items), np.int64)
        for option in choice.options:
            held += np.logical_and.reduce([np.isin(items, members).sum(1) >= least for members, least in option])
        good &= held >= choice.least
    return good


def _alone(program: Program, value: NDArray[np.int32], locked: set[int], floor: int, ceiling: int) -> Ints:
    """Return the best lineup of a world whose best by slots and salary alone breaks another rule."""
    limits = Limits(
        program.contest.roster_size, program.owner, np.ones(len(program.pool), np.int64), [], np.zeros(0, np.int64)
    )
    one = replace(program, value=value.astype(np.int64))
    try:
        bands = Bands(one, limits, locked, floor, ceiling)
        found = bands.chosen[0] if bands.take(1) else None
    except Weary:
        from sdp_engine.optimize.cpsat import Solver  # takes long to load

        worth = np.concatenate([one.value, np.zeros(one.auxiliary, np.int64)])
        found = Solver().best(Task(worth, np.ones(len(worth), np.int64), one.every_row, one.items))
    if found is None:
        raise LookupError("no lineup keeps the rules")
    return np.array(found, np.int64)


def _placed(program: Program, items: list[int]) -> tuple[int, ...]:
    return assign(program.contest, [(program.of(i), int(program.group[i])) for i in items], {})
