"""Slates: what a site offers to draft, at which salary."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import and_, case, delete, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from sdp_common.db.models.injuries import InjuryReport
from sdp_common.db.models.reference import Game
from sdp_common.db.models.slates import Draftable, Slate
from sdp_common.errors import NotFound

REPORT_LIFE = timedelta(days=14)
"""How long before a game a report that names no week still speaks for it."""

DRAFTABLES: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64,
    "slate_id": pl.Int64,
    "external_id": pl.String,
    "name": pl.String,
    "player_id": pl.Int64,
    "match_score": pl.Float64,
    "team_id": pl.String,
    "game_id": pl.String,
    "position": pl.String,
    "roster_slots": pl.List(pl.String),
    "salary_usd": pl.Int64,
    "average_points": pl.Float64,
    "status": pl.String,
    "is_disabled": pl.Boolean,
    "opponent_id": pl.String,
}
POPULATION: dict[str, pl.DataType | type[pl.DataType]] = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "opponent_id": pl.String,
    "position": pl.String,
    "injury_status": pl.String,
}
_OPPONENT = case((Draftable.team_id == Game.home_team_id, Game.away_team_id), else_=Game.home_team_id)


def slate(session: Session, slate_id: int) -> Slate:
    """Return a slate.

    Raises:
        NotFound: There is no such slate.
    """
    found = session.get(Slate, slate_id)
    if found is None:
        raise NotFound(f"there is no slate {slate_id}")
    return found


def draftables(session: Session, slate_id: int) -> pl.DataFrame:
    """Return a slate's draftables, dearest first: the columns of the table and `opponent_id`."""
    names = [name for name in DRAFTABLES if name != "opponent_id"]
    statement = (
        select(*(getattr(Draftable, name) for name in names), case((Game.id.is_not(None), _OPPONENT)))
        .outerjoin(Game, Game.id == Draftable.game_id)
        .where(Draftable.slate_id == slate_id)
        .order_by(Draftable.salary_usd.desc(), Draftable.id)
    )
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=DRAFTABLES, orient="row")


def starts(session: Session, slate_id: int) -> dict[str, datetime]:
    """Return when each game of a slate's draftables starts, by game id."""
    statement = (
        select(Game.id, Game.starts_at)
        .join(Draftable, Draftable.game_id == Game.id)
        .where(Draftable.slate_id == slate_id)
        .distinct()
    )
    return {row.id: row.starts_at for row in session.execute(statement)}


def knows_order(session: Session, slate_id: int) -> bool:
    """Return whether the site's list told batting orders."""
    query = select(Draftable.id).where(Draftable.slate_id == slate_id, Draftable.batting_order.is_not(None)).limit(1)
    return session.scalar(query) is not None


def save_slate(session: Session, slate_row: Mapping[str, Any], draftable_rows: Iterable[Mapping[str, Any]]) -> int:
    """Save a slate with all its draftables and return its id.

    Idempotent by (`source`, `external_id`): a second save of the same slate updates its rows in place, so that the
    ids of draftables that stay are stable, and removes draftables that are gone.

    Args:
        session: An open session.
        slate_row: The columns of `slates` but `id` and `created_at`.
        draftable_rows: The columns of `draftables` but `id` and `slate_id`, all rows with the same keys.
    """
    slate_id = session.execute(
        insert(Slate)
        .values(dict(slate_row))
        .on_conflict_do_update(index_elements=["source", "external_id"], set_=dict(slate_row))
        .returning(Slate.id)
    ).scalar_one()
    rows = [{**row, "slate_id": slate_id} for row in draftable_rows]
    kept = [row["external_id"] for row in rows]
    session.execute(delete(Draftable).where(Draftable.slate_id == slate_id, Draftable.external_id.not_in(kept)))
    if rows:
        statement = insert(Draftable)
        columns = {name: statement.excluded[name] for name in rows[0] if name not in ("slate_id", "external_id")}
        session.execute(statement.on_conflict_do_update(index_elements=["slate_id", "external_id"], set_=columns), rows)
    return int(slate_id)


def population(session: Session, slate_id: int, *, as_of: datetime) -> pl.DataFrame:
    """Return who is to be predicted: one row a matched player, with his latest injury status known by a moment.

    A report counts where it is for the game's own week, or names no week and is at most `REPORT_LIFE` old at
    kick-off. A player listed in several roster slots appears once.
    """
    report = InjuryReport
    statement = (
        select(
            Draftable.player_id,
            Draftable.game_id,
            Draftable.team_id,
            _OPPONENT,
            Draftable.position,
            report.status,
        )
        .ext(distinct_on(Draftable.player_id))
        .join(Game, Game.id == Draftable.game_id)
        .outerjoin(
            report,
            and_(
                report.player_id == Draftable.player_id,
                report.known_at <= as_of,
                or_(
                    and_(report.season == Game.season, report.week == Game.week),
                    and_(report.week.is_(None), report.known_at >= Game.starts_at - REPORT_LIFE),
                ),
            ),
        )
        .where(Draftable.slate_id == slate_id, Draftable.player_id.is_not(None), Draftable.team_id.is_not(None))
        .order_by(Draftable.player_id, report.known_at.desc().nulls_last(), report.source)
    )
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=POPULATION, orient="row")


def by_source(session: Session, source: str) -> dict[str, int]:
    """Return the slates of a source: its id to ours."""
    statement = select(Slate.external_id, Slate.id).where(Slate.source == source)
    return {row.external_id: row.id for row in session.execute(statement)}
