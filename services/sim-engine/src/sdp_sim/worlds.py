"""The worlds of a stored set: those kept with it, or drawn again from its record; and what of them still holds."""

from typing import Any

from sdp_common.db.models.projections import ProjectionSet
from sdp_common.errors import Misconfigured, NotFound
from sdp_common.service import Job
from sdp_common.store import projections
from sdp_engine.simulate import Draws
from sdp_engine.simulate import simulate as draw

from sdp_sim.inputs import Inputs, read
from sdp_sim.keeping import read_kept
from sdp_sim.threads import threads

SAME = "joint"
OTHER = "joint, drawn anew: what the projections were made from has changed since"


def worlds_of(job: Job, chosen: ProjectionSet, worlds: int, seed: int) -> tuple[Draws, str]:
    """Return at least so many worlds of a simulated set, and whether they are the set's own.

    They are mapped where they are still kept. Otherwise they are drawn again from what the set's record names: the
    slate as of the set's moment, its seed, so that the same numbers come out unless the record's digest says that
    something has changed.

    Args:
        job: Whose database and artifacts directory are read.
        chosen: The set.
        worlds: How many worlds are wanted.
        seed: Of the draws, where the set has none.

    Raises:
        Misconfigured: The kept worlds are not those that were written: their digest differs.
        NotFound: The set's slate is gone.
        Conflict: The slate can no longer be simulated.
    """
    if chosen.worlds is not None and worlds <= chosen.worlds:
        try:
            kept = read_kept(job.settings.draws_dir, chosen.inputs.get("draws") or {})
        except NotFound:
            kept = None
        if kept is not None:
            return kept, SAME
    started = chosen.seed if chosen.seed is not None else seed
    with job.session() as session:
        inputs = read(session, chosen.slate_id, chosen.as_of)
    same = inputs.record(chosen.worlds or worlds, started)["digest"] == chosen.inputs.get("digest")
    return draw(inputs.slate, inputs.predictions, started, worlds, threads=threads()), SAME if same else OTHER


def earlier(job: Job, inputs: Inputs, recorded: dict[str, Any]) -> tuple[Draws | None, list[str]]:
    """Return the newest set's worlds where some of its games still stand as they were, and the games that do not.

    A game's worlds depend on its line, players and predictions, on the past games, the seed and the simulation's
    version. Without such worlds every game is named.
    """
    everything = list(recorded["games"])
    with job.session() as session:
        found = projections.last_simulated(session, inputs.slate_id, recorded["worlds"], recorded["seed"])
    if found is None or any(found.inputs.get(key) != recorded[key] for key in ("engine", "simulation", "past_games")):
        return None, everything
    was = found.inputs.get("games", {})
    touched = [game for game, digest in recorded["games"].items() if was.get(game) != digest]
    if len(touched) == len(everything):
        return None, everything
    try:
        kept = read_kept(job.settings.draws_dir, found.inputs.get("draws") or {})
    except (NotFound, Misconfigured):
        kept = None  # worlds that are gone or damaged are drawn again
    return (kept, touched) if kept is not None else (None, everything)
