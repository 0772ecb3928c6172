"""Means of a side's volume over its worlds, without drawing them: a fixed lattice in place of random numbers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sdp_engine.simulate import course
from sdp_engine.simulate import plan as p
from sdp_engine.simulate.compiled import entry
from sdp_engine.simulate.plan import Plan, Scratch
from sdp_engine.simulate.streams import normal
from sdp_engine.simulate.tables import Tables

Floats = NDArray[np.float64]
POINTS = 1024
_GOLDEN = 1.1673039782614187
"""Root of x**5 = x + 1; its inverse powers make an additive lattice in five dimensions (Roberts 2018)."""
LATTICE = (0.5 + np.arange(1, POINTS + 1)[:, None] * _GOLDEN ** -np.arange(1.0, 6.0)) % 1.0
"""(POINTS, 5): the score, and the four normals of tempo."""
TARGETS, CAUGHT, AIR, CARRIES, GROUND, SACKS, PICKS = range(7)
"""What is averaged: targets, targets times the completion factor, that times the factor of yards, carries, carries
times their factor, sacks, interceptions."""

past_result, set_tempo, set_features = course.past_result, course.set_tempo, course.set_features
tempo_of, set_factors, set_levels = course.tempo_of, course.set_factors, course.set_levels
overtime_chance = course.overtime_chance


@entry
def average(stamp: int) -> Callable[..., int]:
    """Close over the stamp."""

    def average(plan: Plan, tables: Tables, room: Scratch, lattice: Floats, g: int, out: Floats) -> int:
        """Write the means of both sides of game g, (2, 7)."""
        out[:] = 0.0
        n = lattice.shape[0]
        for i in range(n):
            result = plan.score_result[past_result(plan, g, lattice[i, 0])]
            for k in range(6):
                room.score[k // 3, k % 3] = result[k]
            whole = lattice[i, 1:] * 4294967296.0
            set_tempo(
                plan,
                normal(tables.normal, np.uint64(whole[0])),
                normal(tables.normal, np.uint64(whole[1])),
                normal(tables.normal, np.uint64(whole[2])),
                normal(tables.normal, np.uint64(whole[3])),
                room,
            )
            room.overtime[0] = 0
            set_features(plan, g, room)
            extra = overtime_chance(plan, abs(room.score[0, 0] - room.score[1, 0])) * plan.rates[p.OVERTIME_PLAYS]
            for k in range(2):
                side = 2 * g + k
                turned = plan.team[side, p.FLIP] * room.score[k, 2 if plan.team[side, p.FLIP] > 0 else 1]
                room.features[k, 0] += turned
                room.features[k, 1] -= turned
                room.features[1 - k, 3] += turned
                room.features[1 - k, 4] -= turned
            for k in range(2):
                side = 2 * g + k
                set_levels(plan, side, room, k)
                plays, rate = tempo_of(plan, room, k)
                plays += extra
                set_factors(plan, side, room, k)
                dropbacks = plays * rate
                sacks = dropbacks * max(room.level[k, p.SACK], 0.008)
                attempts = dropbacks - sacks
                targets = attempts * (1.0 - plan.rates[p.THROWN_AWAY])
                carries = plays - dropbacks
                out[k, 0] += targets / n
                out[k, 1] += targets * room.factor[k, 0] / n
                out[k, 2] += targets * room.factor[k, 0] * room.factor[k, 1] / n
                out[k, 3] += carries / n
                out[k, 4] += carries * room.factor[k, 2] / n
                out[k, 5] += sacks / n
                out[k, 6] += attempts * max(room.level[k, p.PICK], 0.004) / n
        return stamp

    return average
