"""A request as an integer program."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
from sdp_sports.rules import Rules
from sdp_sports.spec import Contest, Stack

from sdp_engine.frames import POOL, check
from sdp_engine.optimize.counted import expose
from sdp_engine.optimize.kinds.players import players
from sdp_engine.optimize.kinds.roster import frame
from sdp_engine.optimize.kinds.spread import spread
from sdp_engine.optimize.kinds.stacks import stacks_of
from sdp_engine.optimize.program import Exposed, Program, Row, points_scale, slot_groups, slot_salary, units


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
    program.frame += frame(program, names, rules)
    # Stacks before what else can be kept in several ways: the first of those is what the compiled search splits by.
    program.rows += [
        *stacks_of(program, rules, stacks),
        *spread(program, rules),
        *players(program, rules),
        *_exposures(program, rules),
    ]
    return program


def _exposures(program: Program, rules: Rules) -> Iterator[Row]:
    """Yield the rows of what stands in some lineups only; a player's maximum is `Rules.cap` and needs none."""
    found: list[Exposed] = []
    for e in rules.exposures:
        if e.at_least:
            items = np.array(program.where(draftable_id=e.draftable_id), np.int64)
            name = str(program.of(int(items[0]))["name"]) if len(items) else f"draftable {e.draftable_id}"
            found.append(Exposed(name, (((items, 1),),), rules.least(e.at_least), rules.lineups))
    for t in rules.team_exposures:
        items = np.array(program.where(team_id=t.team_id), np.int64)
        found.append(Exposed(t.team_id, (((items, 1),),), rules.least(t.at_least), rules.most(t.at_most)))
    for g in rules.group_exposures:
        items = np.array(program.select(g.who), np.int64)
        count = f"{g.count} of " if g.count > 1 else ""
        name = g.name or f"{count}{program.describe(g.who)}"
        found.append(Exposed(name, (((items, g.count),),), rules.least(g.at_least), rules.most(g.at_most)))
    for exposed in found:
        yield from expose(program, exposed, rules.lineups)
