"""A slate made up for tests of the optimizer and of contests."""

import random
from typing import Any

import polars as pl
from sdp_engine.frames import POOL
from sdp_sports.spec import Contest


def a_slate(contest: Contest, seed: int) -> pl.DataFrame:
    """A generated slate of four games, most players of one position and some of two."""
    rng = random.Random(seed)
    places = sorted(contest.positions)
    plain = [s for s in contest.slots if s.salary_multiplier == 1] or list(contest.slots)
    fair = contest.salary_cap_usd / contest.roster_size
    rows: list[dict[str, Any]] = []
    for team in range(8):
        for place in places:
            for _ in range(3):
                played = {place, rng.choice(places)} if rng.random() < 0.15 else {place}
                number = len(rows) + 1
                fits = [s.name for s in contest.slots if played & set(s.positions)]
                rows.append(
                    {
                        "draftable_id": number,
                        "player_id": number,
                        "name": f"{place} {number}",
                        "team_id": f"T{team}",
                        "opponent_id": f"T{team ^ 1}",
                        "game_id": f"G{team // 2}",
                        "position": "/".join(sorted(played)),
                        "roster_slots": fits,
                        "salary_usd": round(fair * rng.uniform(0.5, 1.5) / 100) * 100 if fair > 1000 else round(fair),
                        "points": round(rng.uniform(0, 30), 2),
                    }
                )
    assert plain
    return pl.DataFrame(rows, schema=dict(POOL))
