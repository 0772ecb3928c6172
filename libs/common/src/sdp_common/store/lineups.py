"""Lineups: what the optimizer built, for whom, under which rules, and what it scored in the end."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from sqlalchemy import bindparam, cast, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from sdp_common.db.models.lineups import Lineup, LineupSet
from sdp_common.db.models.slates import Slate
from sdp_common.errors import NotFound

LINEUPS: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64,
    "set_id": pl.Int64,
    "rank": pl.Int64,
    "draftable_ids": pl.List(pl.Int64),
    "salary_usd": pl.Int64,
    "projected_points": pl.Float64,
    "quantile_points": pl.Float64,
    "realised_points": pl.Float64,
}


def find_set(
    session: Session, slate_id: int, projection_set_id: int, user_id: int, rules: Mapping[str, Any]
) -> int | None:
    """Return the user's set built from the same slate, projections and rules, None where there is none."""
    statement = (
        select(LineupSet.id)
        .where(
            LineupSet.slate_id == slate_id,
            LineupSet.projection_set_id == projection_set_id,
            LineupSet.user_id == user_id,
            LineupSet.rules == cast(dict(rules), JSONB),
        )
        .order_by(LineupSet.id)
        .limit(1)
    )
    return session.scalar(statement)


def save_set(session: Session, set_row: Mapping[str, Any], lineup_rows: Iterable[Mapping[str, Any]]) -> int:
    """Save a set with its lineups and return its id.

    Where the user has a set of the same slate, projections and rules already, nothing is written and that set's id
    is returned; the slate's row is locked meanwhile, so that two savers agree.

    Args:
        session: An open session.
        set_row: The columns of `lineup_sets` but `id` and `created_at`.
        lineup_rows: `draftable_ids`, `salary_usd`, `projected_points` and perhaps `quantile_points` of each lineup, the
            best first.

    Raises:
        NotFound: There is no such slate.
    """
    slate_id = int(set_row["slate_id"])
    if session.scalar(select(Slate.id).where(Slate.id == slate_id).with_for_update()) is None:
        raise NotFound(f"there is no slate {slate_id}")
    found = find_set(session, slate_id, set_row["projection_set_id"], set_row["user_id"], set_row["rules"])
    if found is not None:
        return found
    made = LineupSet(**set_row)
    session.add(made)
    session.flush()
    set_id = made.id
    rows = [{**row, "set_id": set_id, "rank": rank} for rank, row in enumerate(lineup_rows, 1)]
    if rows:
        session.execute(insert(Lineup), rows)
    return set_id


def lineup_set(session: Session, set_id: int) -> LineupSet:
    """Return a set.

    Raises:
        NotFound: There is no such set.
    """
    found = session.get(LineupSet, set_id)
    if found is None:
        raise NotFound(f"there is no lineup set {set_id}")
    return found


def lineups(session: Session, set_id: int) -> pl.DataFrame:
    """Return the lineups of a set by rank (`LINEUPS`); `draftable_ids` in the order of the contest's slots.

    Raises:
        NotFound: There is no such set.
    """
    lineup_set(session, set_id)
    statement = (
        select(*(getattr(Lineup, name) for name in LINEUPS)).where(Lineup.set_id == set_id).order_by(Lineup.rank)
    )
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=LINEUPS, orient="row")


def save_realised(session: Session, set_id: int, points: Mapping[int, float]) -> None:
    """Write what the lineups of a set really scored.

    Args:
        session: An open session.
        set_id: The set.
        points: Realised points by lineup id.
    """
    if not points:
        return
    statement = (
        update(Lineup.__table__)  # type: ignore[arg-type]
        .where(Lineup.set_id == set_id, Lineup.id == bindparam("lineup_id"))
        .values(realised_points=bindparam("realised"))
    )
    session.connection().execute(statement, [{"lineup_id": i, "realised": p} for i, p in points.items()])
