"""Lineups for a contest: chosen in simulated worlds, kept, and told with what they may win."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from sdp_common.errors import BadInput, Infeasible, PlatformError, Problem
from sdp_common.service import Job
from sdp_common.store import lineups
from sdp_engine.contest import habits
from sdp_engine.contest.compose import Composed, Slate, compose
from sdp_engine.contest.payouts import Offer, Prize
from sdp_engine.optimize.check import check_lineups
from sdp_engine.optimize.program import slot_salary
from sdp_engine.optimize.solve import NoLineup
from sdp_sports import offer as offers

from sdp_optimizer.request import Request

MOST_CANDIDATES = 5000
MOST_WORK = 5e9
"""Lineup-worlds of one request."""


def read_offer(given: dict[str, Any], candidates: int, ticket_value: float) -> Offer:
    """Return the contest of a request.

    Raises:
        BadInput: Names every field that cannot be used.
    """
    try:
        told = offers.Offer.model_validate(given)
    except ValidationError as error:
        problems = [Problem(e["msg"], column=".".join(["offer", *map(str, e["loc"])])) for e in error.errors()]
        raise BadInput("the contest cannot be used: " + "; ".join(p.message for p in problems), problems) from error
    if not 50 <= candidates <= MOST_CANDIDATES:
        raise BadInput(f"candidates is {candidates}: choose between 50 and {MOST_CANDIDATES:,}")
    if not 0 <= ticket_value <= 1:
        raise BadInput(f"ticket_value is {ticket_value}: choose a share from 0 to 1")
    prizes = tuple(Prize(**prize.model_dump()) for prize in told.prizes)
    return Offer(told.name, told.fee_usd, told.entries, prizes, told.entries_max_per_user)


def build(
    job: Job, request: Request, offer: Offer, points: NDArray[np.float32], candidates: int, ticket_value: float
) -> Composed:
    """Return the lineups that win most together, judged once more by the checker that shares nothing with the solver.

    Raises:
        BadInput: The request or the contest cannot be used.
        Infeasible: No set of lineups satisfies the rules.
    """
    most = int(MOST_WORK // offer.entries)  # a huge contest is played in fewer worlds
    slate = Slate(request.contest, request.stacks, request.pool, points[:, :most], request.starts)
    try:
        composed = compose(
            slate,
            request.rules,
            offer,
            habits.load(f"{request.sport}_{request.contest.mode}"),
            candidates=candidates,
            ticket_value=ticket_value,
            threads=min(2, os.cpu_count() or 1),
            on_share=lambda share, what: job.progress(0.05 + 0.93 * share, what),
        )
    except NoLineup as error:
        raise Infeasible(str(error), error.rules) from error
    except ValueError as error:
        raise BadInput(f"the portfolio cannot be built: {error}") from error
    if faults := check_lineups(request.contest, request.pool, composed.lineups, request.rules, request.stacks):
        raise PlatformError(f"the portfolio breaks the rules, nothing was kept: {'; '.join(faults[:5])}")
    return composed


def keep(job: Job, request: Request, offer: Offer, composed: Composed, name: str | None, how: str) -> dict[str, Any]:
    """Write the lineups as a set and return what they may win, one row a lineup with its id."""
    known = {row["draftable_id"]: row for row in request.pool.to_dicts()}
    slots = request.contest.expanded_slots
    rows = [
        {
            "draftable_ids": list(ids),
            "salary_usd": sum(
                slot_salary(known[i]["salary_usd"], s.salary_multiplier) for i, s in zip(ids, slots, strict=True)
            ),
            "projected_points": sum(known[i]["points"] * s.points_multiplier for i, s in zip(ids, slots, strict=True)),
        }
        for ids in composed.lineups
    ]
    set_row = {
        "slate_id": request.slate_id,
        "projection_set_id": request.projection_set_id,
        "user_id": request.user_id,
        "name": name or f"{len(rows)} lineups for {offer.name}",
        "rules": request.rules.model_dump(mode="json") | {"portfolio": {"run_id": job.run_id, "contest": offer.name}},
    }
    with job.session() as session:
        set_id = lineups.save_set(session, set_row, rows)
        ids = lineups.lineups(session, set_id)["id"].to_list()
    outcome = composed.outcome
    for row, lineup_id, added in zip(outcome["lineups"], ids, composed.added_usd, strict=True):
        row |= {"lineup_id": lineup_id, "added_usd": added}
    known_contest = {
        "name": offer.name, "fee_usd": offer.fee_usd, "entries": offer.entries, "prize_pool_usd": offer.pool_usd,
    }  # fmt: skip
    return {
        "lineup_set_id": set_id,
        "rows": len(rows),
        "slate_id": request.slate_id,
        "contest": known_contest,
        "candidates": composed.candidates,
        "draws": how,
        **outcome,
    }
