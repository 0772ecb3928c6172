"""The sim-engine process."""

import os
import threading
from typing import Any

from sdp_common.errors import BadInput
from sdp_common.service import Job, Service
from sdp_common.store import projections
from sdp_engine.simulate import joint
from sdp_engine.simulate import simulate as draw

from sdp_sim.inputs import Inputs, read
from sdp_sim.rows import game_rows, projection_rows, story

service = Service("sim-engine")


@service.job(attempts=3)
def simulate(job: Job, slate_id: int, worlds: int = 10_000, seed: int = 1) -> dict[str, Any]:
    """Simulate a slate's games and keep what the draws say of every draftable and game.

    Sees what was known at min(now, the slate's lock). The same inputs give the same set: where it stands already,
    its id is returned and nothing is drawn.

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
    if not 1 <= worlds <= joint.MAX_WORLDS:
        raise BadInput(f"worlds is {worlds}: choose between 1 and {joint.MAX_WORLDS:,}")
    if not 0 <= seed < 2**63:
        raise BadInput(f"seed is {seed}: choose one from 0 to {2**63 - 1}")
    job.progress(0.01, "reading predictions and lines")
    with job.session() as session:
        inputs = read(session, slate_id, job.now)
        recorded = inputs.record(worlds, seed)
        found = projections.find_set(session, slate_id, "simulated", recorded["digest"])
    if found is not None:
        return {"projection_set_id": found, "rows": 0, "is_new": False, **inputs.left_out()}
    return _draw_and_save(job, inputs, recorded, worlds, seed)


def _draw_and_save(job: Job, inputs: Inputs, recorded: dict[str, Any], worlds: int, seed: int) -> dict[str, Any]:
    """Draw the worlds and write the set."""

    def told(done: int, games: int) -> None:
        job.progress(0.05 + 0.8 * done / games, f"simulated {done} of {games} games")

    try:
        draws = draw(inputs.slate, inputs.predictions, seed, worlds, threads=min(2, os.cpu_count() or 1), on_game=told)
    except ValueError as error:
        raise BadInput(f"the slate cannot be simulated: {error}") from error
    job.progress(0.86, "summarising")
    rows = projection_rows(draws, inputs)
    set_row = {
        "slate_id": inputs.slate_id,
        "user_id": None,
        "kind": "simulated",
        "name": f"Simulation of {worlds:,} worlds",
        "as_of": inputs.as_of,
        "worlds": worlds,
        "seed": seed,
        "inputs": recorded | {"calibration_error": draws.calibration_error()},
    }
    with job.session() as session:
        set_id = projections.save_set(session, set_row, rows, game_rows(draws))
    return {"projection_set_id": set_id, "rows": len(rows), "is_new": True, **story(draws, inputs)}


def main() -> None:
    """Run the service's command line; the kernels are compiled, or loaded, while the queue is reached."""
    threading.Thread(target=joint.warm, daemon=True).start()
    service.main()
