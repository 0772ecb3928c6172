"""A portfolio made for a contest: optima of simulated worlds, chosen for what each adds to the winnings of all.

Candidates are the best lineups of worlds, or of means of several; each keeps every rule that holds for one lineup. One
half of the worlds proposes and chooses, the other judges, so that what is said of the chosen was not used to choose
them.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.rules import Rules
from sdp_sports.spec import Contest, Stack

from sdp_engine.contest import portfolio
from sdp_engine.contest.choose import choose
from sdp_engine.contest.field import Crowd
from sdp_engine.contest.habits import Habits
from sdp_engine.contest.payouts import Offer
from sdp_engine.contest.simulate import Int16s, hundredths
from sdp_engine.optimize.assign import assign
from sdp_engine.optimize.build import build
from sdp_engine.optimize.faults import NoLineup, check_rules
from sdp_engine.optimize.ledger import Items, Ledger
from sdp_engine.optimize.program import Program
from sdp_engine.optimize.search import Search
from sdp_engine.optimize.solve import lineup_values
from sdp_engine.optimize.worlds import best_of_worlds, blend, single, worth

CANDIDATES = 1000
"""Worlds, or means of worlds, whose best lineups are proposed."""
CHOICE_WORLDS = 2000
"""Most worlds in which lineups are chosen."""
_PROPOSED, _PLACED, _CHOSEN = 0.45, 0.5, 0.75
"""How much of the work is done by then."""


@dataclass(frozen=True, eq=False)
class Composed:
    """Lineups chosen for a contest.

    Attributes:
        lineups: Draftable ids in the order of the contest's slots, in the order in which they were chosen.
        added_usd: What each adds to the expected winnings of those before it; None where no candidate fitted any
            more, and the lineup is the best by its worlds instead.
        candidates: How many different lineups were proposed.
        outcome: What the lineups may win in worlds that did not choose them (see `portfolio.simulate`).
    """

    lineups: list[tuple[int, ...]]
    added_usd: list[float | None]
    candidates: int
    outcome: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Slate:
    """What lineups are made of.

    Attributes:
        contest, stacks: The format, and the stacks declared for its sport.
        pool: A POOL frame, with what `Crowd` reads.
        points: Of each pool row in each world, shape (pool rows, worlds).
        starts: When each game starts.
    """

    contest: Contest
    stacks: Mapping[str, Stack]
    pool: pl.DataFrame
    points: NDArray[np.float32]
    starts: Mapping[str, datetime]

    @property
    def halves(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The points in the worlds that choose, and in those that judge."""
        middle = self.points.shape[1] // 2
        return self.points[:, :middle], self.points[:, middle:]


def compose(
    slate: Slate,
    rules: Rules,
    offer: Offer,
    habits: Habits,
    *,
    candidates: int = CANDIDATES,
    ticket_value: float = 1.0,
    threads: int = 1,
    on_share: Callable[[float, str], None] | None = None,
) -> Composed:
    """Return a portfolio: each lineup adds most to what those before it win, within the user's exposures.

    Args:
        slate: Who may be drafted, and what they score in every world.
        rules: The request; `worlds_per_lineup` says of how many worlds a candidate is the best, one where None.
        offer: The contest's money.
        habits: How the field drafts.
        candidates: How many worlds, or means of worlds, propose a lineup.
        ticket_value: What a dollar of a ticket is worth.
        threads: How many blocks of worlds are played at once.
        on_share: Told how much is done, 0 to 1, and what; may raise to stop.

    Raises:
        ValueError: The request or the contest cannot be used.
        NoLineup: The rules cannot all hold.
    """
    tell = on_share or (lambda _share, _what: None)
    if faults := check_rules(rules, slate.contest, slate.pool, slate.stacks):
        raise ValueError("; ".join(f"{f.field}: {f.message}" for f in faults))
    asked = rules.model_copy(update={"worlds_per_lineup": rules.worlds_per_lineup or 1})
    program = build(slate.contest, slate.pool, asked, slate.stacks)
    chooses, judges = slate.halves
    proposed = propose(program, slate, asked, candidates, lambda share, what: tell(_PROPOSED * share, what))
    crowd = Crowd(slate.contest, slate.pool, habits)
    tell(_PROPOSED, "drafting the field")
    field = crowd.draw(offer.entries, np.random.default_rng(asked.seed))
    few = np.ascontiguousarray(chooses[:, :CHOICE_WORLDS])
    rows = [placed(program, slate, items) for items in proposed]
    ledger = Ledger(program, asked)
    tell(_PLACED, f"choosing from {len(proposed):,} candidates")

    def chosen(k: int, n: int) -> None:
        ledger.add(proposed[k])
        tell(_PLACED + (_CHOSEN - _PLACED) * n / asked.lineups, f"{n} of {asked.lineups} lineups")

    picked = choose(
        moves(crowd, few),
        crowd.roster.moves(slate.contest, np.array(rows)),
        field[: offer.entries - asked.lineups],
        offer,
        asked.lineups,
        ticket_value=ticket_value,
        fits=lambda _chosen, k: ledger.fits(proposed[k]),
        on_chosen=chosen,
    )
    added: list[float | None] = [worth_usd for _, worth_usd in picked]
    if ledger.left:  # no candidate fits any more: the rest are built for what is left
        completed(program, slate, asked, ledger)
    added += [None] * (asked.lineups - len(added))
    lineups = [placed(program, slate, items) for items in ledger.chosen]
    own = crowd.roster.moves(slate.contest, np.array(lineups))
    outcome = portfolio.simulate(
        moves(crowd, np.ascontiguousarray(judges)),
        own,
        field,
        offer,
        ticket_value=ticket_value,
        threads=threads,
        on_share=lambda share: tell(_CHOSEN + (1 - _CHOSEN) * share, "playing the contest"),
    )
    ids = slate.pool["draftable_id"].to_list()
    return Composed(
        [tuple(ids[r] for r in rows) for rows in lineups],
        added,
        len(proposed),
        portfolio.beside_field(outcome, crowd, own, offer),
    )


def propose(
    program: Program, slate: Slate, rules: Rules, count: int, tell: Callable[[float, str], None]
) -> list[Items]:
    """Return different lineups, each the best of a world or of a mean of worlds; of the mean of all, the best so many.

    For a minimum that too few of them count for, others are proposed that do.
    """
    draws = slate.halves[0].T
    if (rules.worlds_per_lineup or 1) >= len(draws):
        return _best_by_mean(program, slate, rules, count)
    rng = np.random.default_rng(rules.seed)
    means = worth(program, slate.pool, blend(draws, rules.worlds_per_lineup or 1, count, rng))
    found: dict[Items, None] = {}

    def add(values: NDArray[np.int32], variant: Program, standing: set[int], share: float) -> None:
        def told(done: int) -> None:
            tell(share + (0.8 if not standing else 0.05) * done / len(values), f"best lineups of {done} worlds")

        solved = best_of_worlds(variant, rules, values, standing=frozenset(standing), on_world=told)
        found.update(dict.fromkeys(tuple(row) for row in solved.tolist()))

    try:
        add(means, program, set(), 0.0)
    except LookupError:
        Search(program, rules, None).run()  # says which rules clash
        raise
    ledger = Ledger(program, rules)
    for place, exposed in enumerate(ledger.reserve.owed):
        wanted = min(2 * program.exposed[exposed].at_least, count)
        if sum(int(ledger.counts(items)[exposed]) for items in found) >= wanted:
            continue
        variant, standing = ledger.reserve.holding(place)
        with suppress(LookupError):  # what cannot be is refused when the set is completed
            add(means[:wanted], variant, standing, 0.9)
    return list(found)


def _best_by_mean(program: Program, slate: Slate, rules: Rules, count: int) -> list[Items]:
    mean = worth(program, slate.pool, slate.halves[0].T.mean(0, dtype=np.float64)[None])[0].astype(np.int64)
    alone = single(rules).model_copy(update={"lineups": count})
    search = Search(replace(build(slate.contest, slate.pool, alone, slate.stacks), value=mean), alone, None)
    try:
        return search.run()
    except NoLineup:
        if not search.reached:
            raise
        return search.reached


def completed(program: Program, slate: Slate, rules: Rules, ledger: Ledger) -> None:
    """Complete the set with the best lineups of worlds that the rules still allow.

    Raises:
        NoLineup: There is none beside those that were chosen.
    """
    search = Search(program, rules, None, lineup_values(program, slate.pool, rules, slate.halves[0].T))
    search.stand(ledger.chosen)
    for items in search.run()[len(ledger.chosen) :]:
        ledger.add(items)


def placed(program: Program, slate: Slate, items: Sequence[int]) -> tuple[int, ...]:
    """Return the pool rows of a lineup in the order of the contest's slots."""
    ids = assign(program.contest, [(program.of(i), int(program.group[i])) for i in items], slate.starts)
    row_of = {draftable: row for row, draftable in enumerate(slate.pool["draftable_id"].to_list())}
    return tuple(row_of[i] for i in ids)


def moves(crowd: Crowd, points: NDArray[np.float32]) -> Int16s:
    """Return hundredths of what every move of the crowd's roster scores, (moves, worlds)."""
    roster = crowd.roster
    return hundredths(points[roster.row] * roster.multiplier[:, None].astype(np.float32))
