"""The best lineup of every simulated world: one table of completions a world, nothing sampled away."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.rules import Rules
from sdp_sports.spec import Contest, Stack

from sdp_engine.optimize.assign import assign
from sdp_engine.optimize.bands import Bands, Limits, Weary
from sdp_engine.optimize.build import build
from sdp_engine.optimize.faults import check_rules
from sdp_engine.optimize.kernels import NEVER, world_optima
from sdp_engine.optimize.net import CELLS, Grid, Net, compile_case, grid
from sdp_engine.optimize.program import MILLI, Case, Ints, Program, Task, slot_groups

_EVERYBODY = 1 << 30


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
    contest: Contest, pool: pl.DataFrame, rules: Rules, stacks: Mapping[str, Stack], draws: NDArray[np.floating]
) -> Optima:
    """Return the best lineup of each world under the rules that hold for single lineups.

    Points count to the thousandth. Of lineups of equal points always the same one is returned.

    Args:
        contest: The contest's declaration.
        pool: A POOL frame; its `points` are not read.
        rules: The request; what ties lineups together (exposures, `min_unique`) does not apply to worlds.
        stacks: The stacks declared for the sport.
        draws: Points of each player in each world, shape (worlds, pool rows), in the order of the pool.

    Raises:
        ValueError: The request is wrong, or a draw is not a number.
        LookupError: No lineup keeps the rules.
    """
    alone = rules.model_copy(
        update={"lineups": 1, "exposures": (), "team_exposures": (), "group_exposures": (), "max_exposure": 1.0,
                "min_unique": 1, "stacks": tuple(s for s in rules.stacks if s.at_least == 1)}
    )  # fmt: skip
    if faults := check_rules(alone, contest, pool, stacks):
        raise ValueError("; ".join(f"{f.field}: {f.message}" for f in faults))
    if not np.isfinite(draws).all():
        raise ValueError("draws must be finite numbers")
    program = build(contest, pool, alone, stacks)
    value = _values(program, pool, draws)
    items = _solved(program, alone, value)
    lineups = np.array([_placed(program, row) for row in items.tolist()], np.int64).reshape(len(items), -1)
    return Optima(lineups, np.take_along_axis(value, items, 1).sum(1) / program.scale)


def _values(program: Program, pool: pl.DataFrame, draws: NDArray[np.floating]) -> NDArray[np.int32]:
    """Return what every item scores in every world, in whole units, shape (worlds, items)."""
    column = np.argsort(pool["draftable_id"].to_numpy())[program.owner]
    times = np.array([points for points, _ in slot_groups(program.contest)])[program.group]
    units = np.rint(draws[:, column] * MILLI) * (program.scale // MILLI)
    found: NDArray[np.int32] = np.rint(units * times).astype(np.int32)
    return found


def _solved(program: Program, rules: Rules, value: NDArray[np.int32]) -> Ints:
    """Return the items of the best lineup of each world, shape (worlds, roster places)."""
    cap = program.contest.salary_cap_usd
    ceiling = cap if rules.max_salary_usd is None else min(cap, rules.max_salary_usd)
    floor = rules.min_salary_usd or 0
    salaries = grid(program, floor, ceiling)
    locked = {i for i in range(program.items) if program.of(i)["draftable_id"] in rules.locked}
    size = program.contest.roster_size
    best = np.full(len(value), NEVER, np.int64)
    items = np.zeros((len(value), size), np.int64)
    for case in program.cases or [Case(np.zeros(0, np.int64), ())]:
        net = compile_case(program, case, program.value, locked)
        if net is None or net.cells(salaries) > CELLS:  # too large: every world on its own
            best[:] = NEVER
            break
        found, total = _run(net, salaries, value, size)
        better = total > best
        best[better], items[better] = total[better], found[better]
    for world in np.flatnonzero(
        (best <= NEVER // 2) | ~_kept(program, items) | np.full(len(value), not salaries.exact)
    ):
        items[world] = _alone(program, value[world], locked, floor, ceiling)
    return np.sort(items, 1)


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
