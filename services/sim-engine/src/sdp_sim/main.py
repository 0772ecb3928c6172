"""The sim-engine process."""

import threading
from typing import Any

from sdp_common.errors import BadInput
from sdp_common.service import Job, Service
from sdp_common.store import projections
from sdp_engine.contest.warm import warm as warm_contests
from sdp_engine.simulate import joint
from sdp_engine.simulate import simulate as draw
from sdp_engine.simulate.warm import warm as warm_simulation

from sdp_sim import contest as contests
from sdp_sim import grading, own
from sdp_sim.inputs import Inputs, read
from sdp_sim.keeping import keep
from sdp_sim.rows import game_rows, projection_rows, story
from sdp_sim.scenarios import assumed, difference
from sdp_sim.threads import threads
from sdp_sim.worlds import earlier

service = Service("sim-engine")


@service.job(attempts=3)
def simulate(job: Job, slate_id: int, worlds: int = 10_000, seed: int = 1) -> dict[str, Any]:
    """Simulate a slate's games and keep what the draws say of every draftable and game.

    Sees what was known at min(now, the slate's lock). The same inputs give the same set: where it stands already,
    its id is returned and nothing is drawn. News since an earlier set draws the games that it touches alone.

    Args:
        job: This execution.
        slate_id: The slate.
        worlds: How many joint draws, 1 to 200,000.
        seed: Seed of the draws.

    Raises:
        NotFound: There is no such slate.
        Conflict: The slate has no game or nothing was predicted for it yet.
        BadInput: Worlds or seed out of range.
    """
    _check(worlds, seed)
    job.progress(0.01, "reading predictions and lines")
    with job.session() as session:
        inputs = read(session, slate_id, job.now)
        recorded = inputs.record(worlds, seed)
        found = projections.find_set(session, slate_id, "simulated", recorded["digest"])
    if found is not None:
        return {"projection_set_id": found, "rows": 0, "is_new": False, **inputs.left_out()}
    return _draw_and_save(job, inputs, recorded, worlds, seed)


@service.job(attempts=3)
def simulate_around(
    job: Job, slate_id: int, projection_set_id: int, worlds: int = 10_000, seed: int = 1
) -> dict[str, Any]:
    """Simulate a slate of any sport around a user's own projections, joined by the sport's correlations.

    Keeps what the draws say as a set of the user's; where it stands already, its id is returned. Contests on either
    set are played in these very draws.

    Args:
        job: This execution.
        slate_id: The slate.
        projection_set_id: Projections that its run's user uploaded.
        worlds: How many joint draws.
        seed: Seed of the draws.

    Raises:
        NotFound: There is no such set of the user's.
        Conflict: The set gives nobody points.
        BadInput: Worlds or seed out of range, or the set is another slate's.
    """
    _check(worlds, seed)
    job.progress(0.02, "reading the projections")
    with job.session() as session:
        found = own.read(session, job.run_id, slate_id, projection_set_id)
    recorded = found.record(worlds, seed)
    job.progress(0.1, f"drawing {worlds:,} worlds of {found.pool.height} players")
    try:
        points = found.draw(worlds, seed)
    except ValueError as error:
        raise BadInput(f"the slate cannot be simulated: {error}") from error
    job.progress(0.8, "summarising")
    with job.session() as session:
        set_id = own.save(session, found, points, recorded)
    return {"projection_set_id": set_id, "rows": found.pool.height, "worlds": worlds}


@service.job(attempts=3)
def what_if(
    job: Job,
    slate_id: int,
    out: list[int] | None = None,
    lines: dict[str, list[float | None]] | None = None,
    wind_mph: dict[str, float] | None = None,
    worlds: int = 10_000,
    seed: int = 1,
) -> dict[str, Any]:
    """Say what another assumption changes: the difference of two runs with the same luck, nothing is kept.

    Only the games that are touched are drawn.

    Args:
        job: This execution.
        slate_id: The slate.
        out: Draftables who do not play.
        lines: Margin of the home side and total by game, each null where it stays.
        wind_mph: Wind by game.
        worlds: How many joint draws.
        seed: Seed of the draws.

    Raises:
        NotFound: There is no such slate.
        Conflict: The slate has no game or nothing was predicted for it yet.
        BadInput: A draftable or game is not of the slate, a number is out of reason, or nothing is assumed.
    """
    _check(worlds, seed)
    job.progress(0.05, "reading predictions and lines")
    with job.session() as session:
        inputs = read(session, slate_id, job.now)
    return difference(inputs, assumed(inputs, out or [], lines or {}, wind_mph or {}), worlds, seed)


def _check(worlds: int, seed: int) -> None:
    """Refuse worlds and seeds out of range."""
    if not 1 <= worlds <= joint.MAX_WORLDS:
        raise BadInput(f"worlds is {worlds}: choose between 1 and {joint.MAX_WORLDS:,}")
    if not 0 <= seed < 2**63:
        raise BadInput(f"seed is {seed}: choose one from 0 to {2**63 - 1}")


def _draw_and_save(job: Job, inputs: Inputs, recorded: dict[str, Any], worlds: int, seed: int) -> dict[str, Any]:
    """Draw the worlds and write the set."""

    def told(done: int, games: int) -> None:
        job.progress(0.05 + 0.8 * done / games, f"simulated {done} of {games} games")

    before, touched = earlier(job, inputs, recorded)
    try:
        if before is None:
            draws = draw(inputs.slate, inputs.predictions, seed, worlds, threads=threads(), on_game=told)
        else:
            draws = joint.renew(
                inputs.slate, inputs.predictions, seed, before, touched, threads=threads(), on_game=told
            )
    except ValueError as error:
        raise BadInput(f"the slate cannot be simulated: {error}") from error
    job.progress(0.86, "summarising")
    rows = projection_rows(draws, inputs)
    kept = keep(job.settings.draws_dir, draws)
    set_row = {
        "slate_id": inputs.slate_id,
        "user_id": None,
        "kind": "simulated",
        "name": f"Simulation of {worlds:,} worlds",
        "as_of": inputs.as_of,
        "worlds": worlds,
        "seed": seed,
        "inputs": recorded | {"calibration_error": draws.calibration_error(), "draws": kept},
    }
    with job.session() as session:
        set_id = projections.save_set(session, set_row, rows, game_rows(draws))
    drawn = {"games_drawn": len(touched), "projection_set_id": set_id, "rows": len(rows), "is_new": True}
    return drawn | story(draws, inputs)


@service.job(attempts=3)
def simulate_contest(
    job: Job,
    lineup_set_id: int,
    offer: dict[str, Any],
    worlds: int = 10_000,
    seed: int = 1,
    ticket_value: float = 1.0,
) -> dict[str, Any]:
    """Enter a lineup set into a contest against a simulated field, in every world of the slate.

    Args:
        job: This execution; the lineups are its run's user's.
        lineup_set_id: The lineups that are entered, once each.
        offer: See `sdp_sports.offer.Offer`.
        worlds: How many worlds are played.
        seed: Seed of the field, and of the worlds where the lineups' projections have none of their own.
        ticket_value: What a dollar of a ticket is worth, 0 to 1.

    Raises:
        NotFound: There is no such lineup set of the user's.
        Conflict: The lineups cannot be entered any more.
        BadInput: The contest, worlds, seed or ticket value cannot be used.
    """
    asked = contests.read_offer(offer)
    contests.check_size(asked, worlds, seed, ticket_value)
    job.progress(0.01, "reading the lineups and their projections")
    with job.session() as session:
        entry = contests.read_entry(session, job.run_id, lineup_set_id)
    job.progress(0.03, "drawing the worlds")
    points, how = contests.draw_points(job, entry, worlds, seed)

    def told(share: float) -> None:
        job.progress(0.3 + 0.69 * share, f"playing {worlds:,} worlds of {asked.entries:,} entries")

    job.progress(0.3, "drafting the field")
    found = contests.simulate(entry, asked, points, seed, ticket_value, told)
    known = {"name": asked.name, "fee_usd": asked.fee_usd, "entries": asked.entries, "prize_pool_usd": asked.pool_usd}
    return {"lineup_set_id": lineup_set_id, "slate_id": entry.slate_id, "contest": known, "draws": how, **found}


@service.job(attempts=3)
def grade_contest(
    job: Job,
    slate_id: int,
    upload_id: int,
    projection_set_id: int,
    lineup_set_id: int | None = None,
    user: str | None = None,
    offer: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Score a slate's projections, its field model and lineups by a finished contest's standings.

    Args:
        job: This execution; file and lineups are its run's user's.
        slate_id: The slate.
        upload_id: The standings.
        projection_set_id: What was expected of the players.
        lineup_set_id: Lineups to grade, entered or not.
        user: Whose entries to grade, as the standings name him.
        offer: What the contest paid, see `sdp_sports.offer.Offer`; without it no money is told.

    Raises:
        NotFound: There is no such slate, set, or file or lineup set of the user's.
        Conflict: The file is not of standings, or nobody is projected.
        BadInput: The standings are another slate's, or show what cannot be graded.
    """
    paid = None if offer is None else contests.read_offer(offer)
    job.progress(0.02, "reading the standings")
    asked = grading.gather(job, slate_id, upload_id, projection_set_id, lineup_set_id)
    job.progress(0.3, f"drafting a field of {len(asked.standings.entries):,} entries to compare")
    return {"slate_id": slate_id, "upload_id": upload_id, **grading.grade(asked, user, paid)}


def _warm() -> None:
    warm_simulation()
    warm_contests()


def main() -> None:
    """Run the service's command line; the kernels are compiled, or loaded, while the queue is reached."""
    threading.Thread(target=_warm, daemon=True).start()
    service.main()
