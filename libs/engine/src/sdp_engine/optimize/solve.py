"""The best lineups one after another, each proven optimal given those before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.rules import Rules
from sdp_sports.spec import Contest, Stack

from sdp_engine.optimize.assign import assign
from sdp_engine.optimize.build import build
from sdp_engine.optimize.faults import NoLineup, check_rules
from sdp_engine.optimize.program import Ints, Program, slot_groups
from sdp_engine.optimize.search import Search
from sdp_engine.optimize.worlds import blend, worth

__all__ = ["Lineup", "NoLineup", "best_after", "solve"]


@dataclass(frozen=True)
class Lineup:
    """One lineup.

    Attributes:
        draftable_ids: One a roster place, in the order of `Contest.expanded_slots`.
        salary_usd: What it costs, slot multipliers counted.
        points: What it is projected to score, slot multipliers counted, from points to the thousandth.
    """

    draftable_ids: tuple[int, ...]
    salary_usd: int
    points: float


def solve(
    contest: Contest,
    pool: pl.DataFrame,
    rules: Rules,
    stacks: Mapping[str, Stack],
    *,
    draws: NDArray[np.floating] | None = None,
    starts: Mapping[str, datetime] | None = None,
    on_lineup: Callable[[int], None] | None = None,
) -> list[Lineup]:
    """Return the lineups, the best first.

    Each is the best that satisfies every rule given those before it and leaves a way to complete the set; among
    equals the first by sorted draftable ids. The same request always has the same answer.

    With `rules.worlds_per_lineup` each is the best on the mean of so many simulated worlds of its own instead; its
    `points` are still the pool's.

    Args:
        contest: The contest's declaration.
        pool: A POOL frame; `points` is maximised.
        rules: The request.
        stacks: The stacks declared for the sport.
        draws: Points of each player in each world, shape (worlds, pool rows); read where the rules ask for worlds.
        starts: When each game starts, UTC; late starters then go to the most flexible slots.
        on_lineup: Called with how many lineups stand after each step (fewer than before where the search has run
            into a dead end and stepped back) and, where a step is long, within it; may raise to stop.

    Raises:
        ValueError: The pool or the request is wrong (`check_rules` lists all of a request's faults).
        NoLineup: The rules cannot all hold; it holds the lineups that were made until they no longer could.
    """
    if faults := check_rules(rules, contest, pool, stacks):
        raise ValueError("; ".join(f"{f.field}: {f.message}" for f in faults))
    program = build(contest, pool, rules, stacks)
    search = Search(program, rules, on_lineup, lineup_values(program, pool, rules, draws))
    try:
        chosen = search.run()
    except NoLineup as error:
        made = [_lineup(program, items, starts or {}) for items in search.reached]
        raise NoLineup(str(error), error.rules, made) from error
    return [_lineup(program, items, starts or {}) for items in chosen]


def lineup_values(
    program: Program, pool: pl.DataFrame, rules: Rules, draws: NDArray[np.floating] | None
) -> Ints | None:
    """Return what items are worth to each lineup, shape (lineups, items), None where to all the pool's points.

    Raises:
        ValueError: The rules ask for worlds and there are none, or a draw is not a number.
    """
    if rules.worlds_per_lineup is None:
        return None
    if draws is None or not len(draws):
        raise ValueError("worlds_per_lineup: there are no simulated worlds to build lineups on")
    means = blend(draws, rules.worlds_per_lineup, rules.lineups, np.random.default_rng(rules.seed))
    return worth(program, pool, means).astype(np.int64)


def best_after(
    contest: Contest, pool: pl.DataFrame, rules: Rules, stacks: Mapping[str, Stack], lineups: Sequence[Sequence[int]]
) -> float | None:
    """Return the points of the best next lineup by CP-SAT, None without one: the oracle of what `solve` returns.

    Args:
        contest: The contest's declaration.
        pool: A POOL frame.
        rules: The request.
        stacks: The stacks declared for the sport.
        lineups: Those that stand, the draftable ids of each in the order of the contest's slots.
    """
    from sdp_engine.optimize.cpsat import Solver  # see `Search.run`

    program = build(contest, pool, rules, stacks)
    groups = slot_groups(contest)
    slots = [groups.index((s.points_multiplier, s.salary_multiplier)) for s in contest.expanded_slots]
    where = {(int(program.of(i)["draftable_id"]), int(program.group[i])): i for i in range(program.items)}
    search = Search(program, rules, None)
    search.stand([tuple(sorted(where[key] for key in zip(ids, slots, strict=True))) for ids in lineups])
    found = Solver().best(search.task())
    return None if found is None else int(program.value[list(found)].sum()) / program.scale


def _lineup(program: Program, items: Sequence[int], starts: Mapping[str, datetime]) -> Lineup:
    index = list(items)
    return Lineup(
        assign(program.contest, [(program.of(i), int(program.group[i])) for i in items], starts),
        int(program.salary[index].sum()),
        int(program.value[index].sum()) / program.scale,
    )
