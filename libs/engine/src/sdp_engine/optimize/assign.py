"""Who fills which slot: a legal order in which late starters keep the most room for a late swap."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment
from sdp_sports.spec import Contest

from sdp_engine.optimize.program import slot_groups

_NEVER = 10**9


def assign(
    contest: Contest, players: Sequence[tuple[Mapping[str, Any], int]], starts: Mapping[str, datetime]
) -> tuple[int, ...]:
    """Return the draftable ids in the order of the contest's slots.

    The later a player's game starts, the more positions his slot accepts, as far as the roster allows. Equal slots
    are filled by start, then the dearer first, then by id, so that the order is always the same.

    Args:
        contest: The contest's declaration.
        players: Pool row and slot group (an index into `slot_groups`) of each player, as many as roster places.
        starts: When each game starts; a game without a time counts as the earliest.

    Raises:
        ValueError: The players do not fit the slots.
    """
    slots, groups = contest.expanded_slots, slot_groups(contest)
    early = sorted({starts[r["game_id"]] for r, _ in players if r["game_id"] in starts})
    late = [early.index(starts[r["game_id"]]) + 1 if r["game_id"] in starts else 0 for r, _ in players]
    order = sorted(range(len(players)), key=lambda i: (late[i], -players[i][0]["salary_usd"], _id(players[i])))
    cost = np.full((len(order), len(slots)), _NEVER, np.int64)
    many = len(slots) ** 3 + 1
    for rank, i in enumerate(order):
        player, group = players[i]
        for j, slot in enumerate(slots):
            if (
                slot.name in player["roster_slots"]
                and (slot.points_multiplier, slot.salary_multiplier) == groups[group]
            ):
                cost[rank, j] = -late[i] * len(slot.positions) * many - rank * j
    if len(order) != len(slots):
        raise ValueError(f"{len(order)} players do not fill {len(slots)} slots")
    rows, columns = linear_sum_assignment(cost)
    if int(cost[rows, columns].max()) >= _NEVER:
        raise ValueError("the players do not fit the contest's slots")
    placed = {int(j): _id(players[order[rank]]) for rank, j in zip(rows, columns, strict=True)}
    return tuple(placed[j] for j in range(len(slots)))


def _id(player: tuple[Mapping[str, Any], int]) -> int:
    return int(player[0]["draftable_id"])
