"""The worlds that lineups are built on: the simulation's own where they are kept, else drawn around the projections."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_common.db.models.projections import ProjectionSet
from sdp_common.drawn import read_draws
from sdp_common.errors import Misconfigured, NotFound
from sdp_common.service import Job
from sdp_common.store import projections
from sdp_engine.optimize.solve import Lineup
from sdp_engine.simulate.draws import Draws
from sdp_engine.simulate.packing import unpack
from sdp_engine.simulate.pool import around, drawn
from sdp_sports.correlations import load_correlations

from sdp_optimizer.request import Request

WORLDS = 10_000
"""Worlds that are drawn where none are kept."""
_LEAST_MEAN = 0.25
"""Points below which a mean is no measure to scale by."""


def points(job: Job, request: Request) -> tuple[NDArray[np.float32], str]:
    """Return what every row of the pool scores in every world, (rows, worlds), and how that was drawn.

    `joint`: the simulation's own worlds. `scaled`: the same, each player's points scaled to the mean of a set that was
    uploaded. `copula`: drawn around the projections with the sport's correlations, where no worlds are kept.
    """
    with job.session() as session:
        chosen = projections.projection_set(session, request.projection_set_id)
        others = [s for s in projections.sets(session, request.slate_id) if s.kind == "simulated"]
        told = projections.projections(session, chosen.id).filter(pl.col("stat") == request.stat)
    wanted_sets = [chosen] if chosen.kind == "simulated" else others
    kept = next((draws for one in wanted_sets if (draws := _kept(job, one)) is not None), None)
    pool = request.pool.join(told.select("draftable_id", "sd", "quantiles"), on="draftable_id", how="left")
    drawn_around = around(pool, load_correlations(request.sport), request.rules.seed, kept.worlds if kept else WORLDS)
    if kept is None:
        return drawn_around, "copula"
    found, known = drawn(kept, request.contest, request.pool)
    if chosen.kind == "simulated":
        return found, "joint"
    mean, wanted = found.mean(1), request.pool["points"].to_numpy()
    known &= (mean > _LEAST_MEAN) & (wanted > 0)
    scaled = found * np.where(known, wanted / np.maximum(mean, _LEAST_MEAN), 0.0)[:, None].astype(np.float32)
    return np.where(known[:, None], scaled, drawn_around), "scaled"


def quantile_of(job: Job, request: Request, built: Sequence[Lineup], quantile: float) -> list[float]:
    """Return the quantile of each lineup's own points over the worlds of its projections, slot multipliers counted.

    It is not the sum of its players' quantiles: not everybody has his good day at once.
    """
    drawn_points, _ = points(job, request)
    row_of = {draftable: row for row, draftable in enumerate(request.pool["draftable_id"].to_list())}
    times = np.array([slot.points_multiplier for slot in request.contest.expanded_slots], np.float32)
    return [
        float(np.quantile(times @ drawn_points[[row_of[i] for i in lineup.draftable_ids]], quantile))
        for lineup in built
    ]


def _kept(job: Job, made: ProjectionSet) -> Draws | None:
    """Return a set's worlds; None where they were not kept, gave way to newer ones or cannot be read here."""
    where: Mapping[str, Any] = made.inputs.get("draws") or {}
    if not where.get("path"):
        return None
    try:
        arrays, told = read_draws(job.settings.draws_dir, where["path"], where["sha256"])
    except (NotFound, Misconfigured):
        return None
    return unpack(arrays, told)
