"""Simulations around a user's own projections: any sport, from means with deviations or quantiles."""

import hashlib
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_common.db.models.projections import ProjectionSet
from sdp_common.errors import BadInput, Conflict, NotFound
from sdp_common.store import projections, runs, slates
from sdp_engine.simulate import readoff
from sdp_engine.simulate.pool import around
from sdp_sports.correlations import load_correlations
from sdp_sports.spec import Sport, load
from sqlalchemy.orm import Session

from sdp_sim.rows import told

MOST_CELLS = 60_000_000
"""Players times worlds of one request: twice so many numbers of four bytes are held."""


class Own:
    """A set of a user's own projections, ready to be drawn around.

    Attributes:
        chosen: The set whose means, deviations and quantiles count: where `read` was given one that was made around
            another, that other.
        sport, contest, stat: The slate's sport, contest and the stat of its points.
        pool: POOL rows of everybody with points, with `sd` and `quantiles` where the set tells them.
        besides: What else the set tells, by stat and draftable.
    """

    def __init__(self, session: Session, chosen: ProjectionSet) -> None:
        slate = slates.slate(session, chosen.slate_id)
        self.chosen, self.sport, self.contest = _base(session, chosen), load(slate.sport), slate.contest
        self.stat = f"{slate.contest}_points"
        whole = projections.pool(session, slate.id, self.chosen.id, self.stat).filter(pl.col("points") > 0)
        known = projections.projections(session, self.chosen.id).filter(pl.col("stat") == self.stat)
        self.pool = whole.join(known.select("draftable_id", "sd", "quantiles"), on="draftable_id", how="left")
        self.besides = projections.told_besides(session, self.chosen.id)

    def draw(self, worlds: int, seed: int) -> NDArray[np.float32]:
        """Return points of the pool's rows, (rows, worlds): one draw for a slate, whoever asks for it.

        Raises:
            BadInput: So many worlds of so many players take too much memory; says how many fit.
        """
        if worlds * max(self.pool.height, 1) > MOST_CELLS:
            most = MOST_CELLS // self.pool.height
            raise BadInput(f"{worlds:,} worlds of {self.pool.height} players take too much: choose {most:,} at most")
        return around(self.pool, load_correlations(self.sport.code), seed, worlds)

    def record(self, worlds: int, seed: int) -> dict[str, Any]:
        """Return everything needed to draw the same worlds again, JSON-ready, with a digest of it all."""
        recorded: dict[str, Any] = {
            "around": self.chosen.id,
            "worlds": worlds,
            "seed": seed,
            "engine": version("sdp-engine"),
            "correlations": _correlations(self.sport),
        }
        digest = hashlib.sha256(repr(sorted(recorded.items())).encode())
        digest.update(self.pool.sort("draftable_id").write_json().encode())
        return recorded | {"digest": digest.hexdigest()}


def _base(session: Session, chosen: ProjectionSet) -> ProjectionSet:
    """Return the set that a set was made around, itself where there is none such any more."""
    named = chosen.inputs.get("around")
    if not isinstance(named, int):
        return chosen
    try:
        return projections.projection_set(session, named)
    except NotFound:
        return chosen


def _correlations(sport: Sport) -> str:
    return hashlib.sha256(load_correlations(sport.code).model_dump_json().encode()).hexdigest()[:16]


def read(session: Session, run_id: int, slate_id: int, set_id: int) -> Own:
    """Return a set of the run's user's, to be simulated around.

    Raises:
        NotFound: There is no such set of his.
        BadInput: The set is another slate's, or a simulation of ours.
        Conflict: It gives nobody points.
    """
    chosen = projections.projection_set(session, set_id)
    user_id = runs.run(session, run_id).user_id
    if chosen.user_id is not None and user_id not in (None, chosen.user_id):
        raise NotFound(f"there is no projection set {set_id}")
    if chosen.slate_id != slate_id:
        raise BadInput(f"projection set {set_id} is of slate {chosen.slate_id}, not of this one")
    if chosen.user_id is None:
        raise BadInput("this set is our own simulation already: choose projections that you uploaded")
    own = Own(session, chosen)
    if own.pool.is_empty():
        raise Conflict("these projections give nobody points")
    return own


def save(session: Session, own: Own, points: NDArray[np.float32], recorded: dict[str, Any]) -> int:
    """Keep what the draws say of every player, as a set of its own beside the one it was made around; return its id."""
    summary = readoff.summarise(np.round(points * readoff.CENTS).astype(np.int32), 1 / readoff.CENTS)
    listed = own.pool["draftable_id"].to_list()
    rows = [{"draftable_id": i, "stat": own.stat, **told(summary, at)} for at, i in enumerate(listed)]
    blank = dict.fromkeys(("sd", "prob_zero", "quantiles", "hist_from", "hist_width", "hist_counts"))
    rows += [
        {"draftable_id": draftable, "stat": stat, "mean": mean, **blank}
        for stat, told_of in own.besides.items()
        for draftable, mean in told_of.items()
    ]
    set_row = {
        "slate_id": own.chosen.slate_id,
        "user_id": own.chosen.user_id,
        "kind": "uploaded",
        "name": f"{own.chosen.name}, {recorded['worlds']:,} worlds",
        "as_of": own.chosen.as_of,
        "worlds": recorded["worlds"],
        "seed": recorded["seed"],
        "inputs": recorded,
    }
    return projections.save_set(session, set_row, rows)
