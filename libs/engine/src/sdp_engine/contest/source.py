"""Who could be drafted in a contest, and what was to be expected of them: from a projection or a salary file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl
from sdp_sports.files.projections import Projections
from sdp_sports.files.recognition import SalaryFile
from sdp_sports.names import normalise

COLUMNS = {
    "player_id": pl.Int64,
    "name": pl.String,
    "team_id": pl.String,
    "opponent_id": pl.String,
    "game_id": pl.String,
    "position": pl.String,
    "salary_usd": pl.Int64,
    "points": pl.Float64,
    "field_points": pl.Float64,
    "ownership": pl.Float64,
}
"""What is known of a slate's players before the lock, beside `roster_slots`; the last two null where nobody says."""


@dataclass(frozen=True, eq=False)
class Source:
    """A file that says who could be drafted: its name, and COLUMNS by normalised name in `key`.

    Attributes:
        is_average: The points are what players have scored a game, not what somebody expects of the day.
        starts_at: When the first game starts, None where the file does not say.
    """

    name: str
    rows: pl.DataFrame
    is_average: bool = False
    starts_at: datetime | None = None


def source_of(name: str, content: Projections | SalaryFile) -> Source | None:
    """Return a projection or salary file as a source; None where it has no salaries or nothing to expect of anybody."""
    if isinstance(content, SalaryFile):
        rows: list[dict[str, Any]] = [
            {
                "name": r.name,
                "team_id": r.team,
                "opponent_id": r.opponent,
                "position": r.position,
                "salary_usd": r.salary_usd,
                "points": r.average_points,
            }
            for r in content.rows
        ]
        starts = [r.game.starts_at for r in content.rows if r.game is not None and r.game.starts_at is not None]
        made = source_from(name, rows)
        return None if made is None else replace(made, is_average=True, starts_at=min(starts, default=None))
    rows = [
        {
            "name": r.name,
            "team_id": r.team,
            "opponent_id": r.opponent,
            "position": r.position,
            "salary_usd": r.salary_usd,
            "points": r.points,
            "field_points": r.field_points,
            "ownership": r.ownership,
        }
        for r in content.rows
    ]
    return source_from(name, rows)


def source_from(name: str, rows: Iterable[Mapping[str, Any]]) -> Source | None:
    """Return rows that have COLUMNS as a source; None where nobody has a salary, a position and points.

    Of several rows of a name (a captain and a flex, or two people) the one with the most points is kept.
    """
    full = [r for r in rows if r["name"] and r["salary_usd"] and r["position"] and r["points"] is not None]
    if not full:
        return None
    frame = pl.DataFrame([{name: r.get(name) for name in COLUMNS} for r in full], schema=COLUMNS)
    game = pl.when(pl.col("opponent_id").is_not_null()).then(
        pl.concat_str(pl.min_horizontal("team_id", "opponent_id"), pl.max_horizontal("team_id", "opponent_id"))
    )
    keyed = frame.with_columns(
        key=pl.Series([normalise(n) for n in frame["name"]], dtype=pl.String), game_id=game
    ).sort("points", descending=True, maintain_order=True)
    unique = keyed.unique("key", keep="first", maintain_order=True)
    return Source(name, unique.with_columns(player_id=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)))
