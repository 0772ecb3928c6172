"""The optimizer process."""

import threading
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sdp_common.errors import BadInput, Infeasible, PlatformError
from sdp_common.service import Job, Service
from sdp_common.store import lineups
from sdp_engine.optimize.check import check_lineups
from sdp_engine.optimize.solve import Lineup, NoLineup, solve
from sdp_engine.optimize.warm import warm

from sdp_optimizer.entering import fill_file
from sdp_optimizer.late_swap import swap_file
from sdp_optimizer.portfolio import build, keep, read_offer
from sdp_optimizer.request import Request, at_quantile, owner, read, read_quantiles, read_rules
from sdp_optimizer.result import score
from sdp_optimizer.worlds import points, quantile_of

service = Service("optimizer")


@service.job(attempts=3)
def optimize(
    job: Job,
    slate_id: int,
    projection_set_id: int,
    rules: dict[str, Any],
    name: str | None = None,
    quantile: float | None = None,
    column: str | None = None,
) -> dict[str, Any]:
    """Build the best lineups of a slate from a projection set and keep them.

    Idempotent: where the user has a set of the same slate, projections and rules, its id is returned.

    Args:
        job: This execution; the lineups belong to its run's user.
        slate_id: The slate.
        projection_set_id: A set of the slate that says `<contest>_points`.
        rules: See `sdp_sports.rules.Rules`.
        name: What the user calls the set.
        quantile: Maximise this quantile of every player's points, 0 to 1, instead of the mean.
        column: Maximise this column of the user's own projections instead.

    Raises:
        NotFound: There is no such slate or projection set.
        BadInput: A rule, the quantile or the column cannot be used; names its field.
        Conflict: The slate has nobody who may be drafted.
        Infeasible: No set of lineups satisfies the rules; names those that clash.
    """
    checked = read_rules(rules)
    if quantile is not None and column is not None:
        raise BadInput("a quantile and a column cannot both be maximised: choose one")
    aim = {"quantile": quantile, "column": column}
    asked = checked.model_dump(mode="json") | {name: value for name, value in aim.items() if value is not None}
    job.progress(0.01, "reading the slate and its projections")
    with job.session() as session:
        user_id = owner(session, job.run_id)
        found = lineups.find_set(session, slate_id, projection_set_id, user_id, asked)
        if found is not None:
            made, note = lineups.lineups(session, found).height, lineups.lineup_set(session, found).note
            return {"lineup_set_id": found, "rows": 0, "is_new": False} | _stopped(made, checked.lineups, note)
        request = read(session, job.run_id, slate_id, projection_set_id, checked, column=column)
        told_quantiles = {} if quantile is None else read_quantiles(session, request, quantile)
    draws = points(job, request)[0].T if checked.worlds_per_lineup is not None else None
    built, stopped = _solve(job, request if quantile is None else at_quantile(request, told_quantiles), draws)
    set_row = {
        "slate_id": slate_id,
        "projection_set_id": projection_set_id,
        "user_id": user_id,
        "name": name or _name(request, len(built)),
        "rules": asked,
        "note": None if stopped is None else str(stopped),
    }
    means = [_mean(request, x) if column is not None or quantile is not None else x.points for x in built]
    own = [None] * len(built) if quantile is None else quantile_of(job, request, built, quantile)
    rows = [
        {"draftable_ids": list(x.draftable_ids), "salary_usd": x.salary_usd, "projected_points": mean,
         "quantile_points": reached}
        for x, mean, reached in zip(built, means, own, strict=True)
    ]  # fmt: skip
    with job.session() as session:
        set_id = lineups.save_set(session, set_row, rows)
    return {
        "lineup_set_id": set_id,
        "rows": len(rows),
        "is_new": True,
        "projected_points": round(sum(means), 4),
    } | _stopped(len(rows), checked.lineups, str(stopped), stopped.rules if stopped else ())


def _mean(request: Request, lineup: Lineup) -> float:
    """Return what a lineup is projected to score, whatever was maximised."""
    times = [slot.points_multiplier for slot in request.contest.expanded_slots]
    return sum(request.projected[i] * t for i, t in zip(lineup.draftable_ids, times, strict=True))


def _stopped(made: int, wanted: int, why: str | None, rules: Sequence[str] = ()) -> dict[str, Any]:
    """Return what is told of a set that could not be completed: how many were wanted, and the rules in the way."""
    if made >= wanted:
        return {}
    return {"wanted": wanted, "stopped": {"message": why, "rules": list(rules)}}


def _name(request: Request, count: int) -> str:
    """Return what a set is called whose user named it not: how many lineups, and their stack in words."""
    stack = request.rules.stack
    return f"{count} lineups" if stack is None else f"{count} lineups, {request.stacks[stack].title}"


def _solve(job: Job, request: Request, draws: NDArray[np.floating] | None) -> tuple[Sequence[Lineup], NoLineup | None]:
    """Return the lineups, judged once more by the checker that shares nothing with the solver.

    Where the rules allow some and not all of them, those, and why there are no more.
    """
    wanted, stopped = request.rules.lineups, None

    def told(done: int) -> None:
        job.progress(0.02 + 0.96 * done / wanted, f"{done} of {wanted} lineups")

    try:
        built: Sequence[Lineup] = solve(
            request.contest, request.pool, request.rules, request.stacks,
            draws=draws, starts=request.starts, on_lineup=told,
        )  # fmt: skip
    except NoLineup as error:
        if not error.lineups:
            raise Infeasible(str(error), error.rules) from error
        built, stopped = error.lineups, error
    except ValueError as error:
        raise BadInput(f"the slate cannot be optimised: {error}") from error
    ids = [x.draftable_ids for x in built]
    if faults := check_lineups(
        request.contest, request.pool, ids, request.rules, request.stacks, is_whole=stopped is None
    ):
        raise PlatformError(f"the solver broke the rules, nothing was kept: {'; '.join(faults[:5])}")
    return built, stopped


@service.job(attempts=3)
def portfolio(
    job: Job,
    slate_id: int,
    projection_set_id: int,
    rules: dict[str, Any],
    offer: dict[str, Any],
    candidates: int = 1000,
    ticket_value: float = 1.0,
    name: str | None = None,
) -> dict[str, Any]:
    """Build the lineups that win most together in a contest, keep them, and say what they may win.

    Args:
        job: This execution; the lineups belong to its run's user.
        slate_id: The slate.
        projection_set_id: A set of the slate that says `<contest>_points`.
        rules: See `sdp_sports.rules.Rules`; `worlds_per_lineup` is one where it is not said.
        offer: The contest's money, see `sdp_sports.offer.Offer`.
        candidates: How many worlds, or means of worlds, propose a lineup.
        ticket_value: What a dollar of a ticket is worth, 0 to 1.
        name: What the user calls the set.

    Raises:
        NotFound: There is no such slate or projection set.
        BadInput: A rule or the contest cannot be used; names its field.
        Conflict: The slate has nobody who may be drafted.
        Infeasible: No set of lineups satisfies the rules; names those that clash.
    """
    checked, asked = read_rules(rules), read_offer(offer, candidates, ticket_value)
    job.progress(0.01, "reading the slate and its projections")
    with job.session() as session:
        request = read(session, job.run_id, slate_id, projection_set_id, checked)
    job.progress(0.02, "reading the worlds")
    drawn, how = points(job, request)
    composed = build(job, request, asked, drawn, candidates, ticket_value)
    return keep(job, request, asked, composed, name, how)


@service.job(attempts=3)
def late_swap(
    job: Job,
    slate_id: int,
    upload_id: int,
    projection_set_id: int,
    rules: dict[str, Any] | None = None,
    started: Sequence[str] = (),
) -> dict[str, Any]:
    """Exchange the players of an entries file who have not started, and keep the new file.

    Args:
        job: This execution; the file is its run's user's.
        slate_id: The slate of the entries.
        upload_id: The entries file.
        projection_set_id: A set of the slate.
        rules: See `sdp_sports.rules.Rules`; how many lineups is the file's to say.
        started: Ids of teams whose game has started, beside those of which the slate says it.

    Raises:
        NotFound: There is no such file, slate or projection set of the user's.
        BadInput: A rule cannot be used, or the slate has no such team.
        Conflict: The file holds no entries.
    """
    job.progress(0.01, "reading the entries")
    return swap_file(job, slate_id, upload_id, projection_set_id, rules or {}, started)


@service.job(attempts=3)
def enter(
    job: Job, slate_id: int, upload_id: int, projection_set_id: int, entering: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Fill the entries of a file from one pool of lineups, each contest by its own rules, and keep the new file.

    Args:
        job: This execution; the file is its run's user's.
        slate_id: The slate of the entries.
        upload_id: The entries file.
        projection_set_id: A set of the slate.
        entering: See `sdp_sports.entering.Entering`.

    Raises:
        NotFound: There is no such file, slate or projection set of the user's.
        BadInput: A rule, a contest or an objective cannot be used.
        Conflict: The file holds no entries, or none that may be filled.
        Infeasible: The rules of a contest cannot all hold; names those that clash.
    """
    job.progress(0.01, "reading the entries")
    return fill_file(job, slate_id, upload_id, projection_set_id, entering or {})


@service.job(attempts=3)
def settle(job: Job, lineup_set_id: int) -> dict[str, Any]:
    """Score a set's lineups by what really happened, as known now, and keep the points.

    Args:
        job: This execution.
        lineup_set_id: The set; a run that belongs to a user settles that user's sets alone.

    Raises:
        NotFound: There is no such set.
        Conflict: A game of its lineups is not over, or its stat lines are not known yet.
    """
    with job.session() as session:
        scored = score(session, lineup_set_id, run_id=job.run_id, now=job.now)
        lineups.save_realised(session, lineup_set_id, scored.points)
    return {
        "lineup_set_id": lineup_set_id,
        "rows": len(scored.points),
        "projected_points": round(scored.projected, 4),
        "realised_points": round(sum(scored.points.values()), 4),
        "best_realised_points": max(scored.points.values(), default=None),
        "without_line": scored.without_line,
        "unmatched": scored.unmatched,
    }


def _prepare() -> None:
    """Compile or load the solver, and what says why rules clash: the first refusal is not to wait for it either."""
    warm()
    import_module("sdp_engine.optimize.cpsat")


def main() -> None:
    """Run the service's command line; the solver is made ready while the queue is reached."""
    threading.Thread(target=_prepare, daemon=True).start()
    service.main()
