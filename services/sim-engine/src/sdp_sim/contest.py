"""A stored lineup set against a simulated field: what is read, and what the contest's simulation needs of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import ValidationError
from sdp_common.db.models.projections import ProjectionSet
from sdp_common.errors import BadInput, Conflict, NotFound, Problem
from sdp_common.service import Job
from sdp_common.store import lineups, projections, runs, slates
from sdp_engine.contest import habits as field_habits
from sdp_engine.contest import portfolio
from sdp_engine.contest.field import Crowd
from sdp_engine.contest.payouts import Offer, Prize
from sdp_engine.contest.simulate import hundredths
from sdp_engine.simulate import readoff
from sdp_sports import offer as offers
from sdp_sports.spec import Contest, load
from sqlalchemy.orm import Session

from sdp_sim.own import Own
from sdp_sim.threads import threads
from sdp_sim.worlds import worlds_of

MOST_WORLDS = 100_000
MOST_WORK = 5e9
"""Lineup-worlds of one request."""


def read_offer(given: dict[str, Any]) -> Offer:
    """Return the contest of a request.

    Raises:
        BadInput: Names every field that cannot be used.
    """
    try:
        told = offers.Offer.model_validate(given)
    except ValidationError as error:
        problems = [Problem(e["msg"], column=".".join(["offer", *map(str, e["loc"])])) for e in error.errors()]
        raise BadInput("the contest cannot be used: " + "; ".join(p.message for p in problems), problems) from error
    prizes = tuple(Prize(**prize.model_dump()) for prize in told.prizes)
    return Offer(told.name, told.fee_usd, told.entries, prizes, told.entries_max_per_user)


def check_size(offer: Offer, worlds: int, seed: int, ticket_value: float) -> None:
    """Refuse what takes too long or makes no sense.

    Raises:
        BadInput: Says what to choose instead.
    """
    if not 100 <= worlds <= MOST_WORLDS:
        raise BadInput(f"worlds is {worlds}: choose between 100 and {MOST_WORLDS:,}")
    if worlds * offer.entries > MOST_WORK:
        most = int(MOST_WORK // offer.entries)
        raise BadInput(f"{worlds:,} worlds of {offer.entries:,} entries take too long: choose {most:,} worlds at most")
    if not 0 <= seed < 2**63:
        raise BadInput(f"seed is {seed}: choose one from 0 to {2**63 - 1}")
    if not 0 <= ticket_value <= 1:
        raise BadInput(f"ticket_value is {ticket_value}: choose a share from 0 to 1")


@dataclass(frozen=True, eq=False)
class Entry:
    """A lineup set that enters a contest.

    Attributes:
        sport, contest: The format.
        pool: Who may be drafted, with the set's points.
        lineups: Rows of the pool, slot by slot, (lineups, size).
        lineup_ids: The lineups' ids, in the same order.
        chosen: The projection set they were built on.
        slate_id: Their slate.
    """

    sport: str
    contest: Contest
    pool: pl.DataFrame
    lineups: NDArray[np.int64]
    lineup_ids: list[int]
    chosen: ProjectionSet
    slate_id: int


def read_entry(session: Session, run_id: int, set_id: int) -> Entry:
    """Return a lineup set with everything its contest needs.

    Raises:
        NotFound: There is no such set, or it is not the run's user's.
        Conflict: It holds no lineup, or a player who may not be drafted any more.
    """
    kept = lineups.lineup_set(session, set_id)
    if runs.run(session, run_id).user_id not in (None, kept.user_id):
        raise NotFound(f"there is no lineup set {set_id}")
    slate = slates.slate(session, kept.slate_id)
    contest = load(slate.sport).contests[slate.contest]
    whole = projections.pool(session, slate.id, kept.projection_set_id, f"{slate.contest}_points")
    built = lineups.lineups(session, set_id)
    if built.is_empty():
        raise Conflict(f"lineup set {set_id} holds no lineup")
    drafted = set(built["draftable_ids"].explode().to_list())
    pool = whole.filter((pl.col("points") > 0) | pl.col("draftable_id").is_in(list(drafted)))
    row_of = {draftable: row for row, draftable in enumerate(pool["draftable_id"].to_list())}
    if missing := drafted - set(row_of):
        raise Conflict(f"{len(missing)} drafted players may not be drafted any more: build the lineups again")
    rows = np.array([[row_of[i] for i in ids] for ids in built["draftable_ids"].to_list()], np.int64)
    chosen = projections.projection_set(session, kept.projection_set_id)
    return Entry(slate.sport, contest, pool, rows, built["id"].to_list(), chosen, slate.id)


def draw_points(job: Job, entry: Entry, worlds: int, seed: int) -> tuple[NDArray[np.float32], str]:
    """Return fantasy points of the pool's rows, (rows, worlds), and how they were drawn.

    A simulated set's worlds are the simulation's own (`worlds.worlds_of`). Around a user's own projections points are
    drawn with the sport's correlations (`own.Own.draw`).

    Raises:
        BadInput: So many worlds of so many players take too much memory.
        Misconfigured: The set's worlds were changed or damaged.
    """
    if entry.chosen.kind == "simulated":
        draws, how = worlds_of(job, entry.chosen, worlds, seed)
        scored = readoff.points(draws, entry.contest)
        row_of = {player: row for row, player in enumerate(draws.players["player_id"].to_list()) if player is not None}
        found = np.zeros((entry.pool.height, worlds), np.float32)
        for row, player in enumerate(entry.pool["player_id"].to_list()):
            if player in row_of:
                found[row] = scored[row_of[player], :worlds] / readoff.CENTS
        return found, how
    with job.session() as session:
        own = Own(session, entry.chosen)
    drawn = own.draw(worlds, seed if entry.chosen.seed is None else entry.chosen.seed)
    return spread_over(entry.pool["draftable_id"].to_list(), own.pool["draftable_id"].to_list(), drawn), "copula"


def spread_over(wanted: list[int], known: list[int], drawn: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows of draws in another order; who was not drawn has zeros."""
    row_of = {draftable: row for row, draftable in enumerate(known)}
    found = np.zeros((len(wanted), drawn.shape[1]), np.float32)
    for row, draftable in enumerate(wanted):
        if draftable in row_of:
            found[row] = drawn[row_of[draftable]]
    return found


def simulate(
    entry: Entry,
    offer: Offer,
    points: NDArray[np.float32],
    seed: int,
    ticket_value: float,
    on_share: Callable[[float], None],
) -> dict[str, Any]:
    """Return what the entries may win against a field that drafts as people do.

    Raises:
        BadInput: More lineups than may be entered, or a pool without a legal lineup.
    """
    contest = entry.contest
    try:
        habits = field_habits.load(f"{entry.sport}_{contest.mode}")
        crowd = Crowd(contest, entry.pool, habits)
        roster = crowd.roster
        own = roster.moves(contest, entry.lineups)
        field = crowd.draw(offer.entries, np.random.default_rng(seed))
        moves = hundredths(points[roster.row] * roster.multiplier[:, None].astype(np.float32))
        told = portfolio.simulate(
            moves, own, field, offer, ticket_value=ticket_value, threads=threads(), on_share=on_share
        )
    except ValueError as error:
        raise BadInput(f"the contest cannot be simulated: {error}") from error
    told = portfolio.beside_field(told, crowd, own, offer)
    for row, lineup in zip(told["lineups"], entry.lineup_ids, strict=True):
        row |= {"lineup_id": lineup}
    return told
