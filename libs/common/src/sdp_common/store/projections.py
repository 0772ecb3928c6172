"""Projections: what the players of a slate are expected to do, by our simulation or by a user."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from sqlalchemy import Text, and_, case, func, or_, select
from sqlalchemy.orm import Session

from sdp_common.db.bulk import upsert
from sdp_common.db.models.projections import GameProjection, Projection, ProjectionSet
from sdp_common.db.models.reference import Game
from sdp_common.db.models.slates import Draftable, Slate
from sdp_common.errors import NotFound

PROJECTIONS: dict[str, pl.DataType | type[pl.DataType]] = {
    "set_id": pl.Int64,
    "draftable_id": pl.Int64,
    "stat": pl.String,
    "mean": pl.Float64,
    "sd": pl.Float64,
    "prob_zero": pl.Float64,
    "quantiles": pl.List(pl.Float64),
    "hist_from": pl.Float64,
    "hist_width": pl.Float64,
    "hist_counts": pl.List(pl.Float64),
}
GAME_PROJECTIONS: dict[str, pl.DataType | type[pl.DataType]] = {
    "set_id": pl.Int64,
    "game_id": pl.String,
    "home_score_mean": pl.Float64,
    "away_score_mean": pl.Float64,
    "total_sd": pl.Float64,
    "margin_sd": pl.Float64,
    "prob_home_win": pl.Float64,
    "line_source": pl.String,
}
POOL: dict[str, pl.DataType | type[pl.DataType]] = {
    "draftable_id": pl.Int64,
    "player_id": pl.Int64,
    "name": pl.String,
    "team_id": pl.String,
    "opponent_id": pl.String,
    "game_id": pl.String,
    "position": pl.String,
    "roster_slots": pl.List(pl.String),
    "salary_usd": pl.Int64,
    "points": pl.Float64,
}
OWNERSHIP = "ownership"
"""The stat of the share of lineups, 0 to 1, in which a draftable is expected to stand."""
BATTING_ORDER = "batting_order"
"""The stat of the place in the batting order, 1 to 9."""
LINE = "line"
"""The stat of who plays on one line: equal numbers within a team."""
COLUMN = "column:"
"""How the stat of a user's own column begins; its name there follows."""
_OPPONENT = case((Draftable.team_id == Game.home_team_id, Game.away_team_id), else_=Game.home_team_id)


def find_set(session: Session, slate_id: int, kind: str, digest: str, *, user_id: int | None = None) -> int | None:
    """Return the set of a slate made from the same inputs (`inputs["digest"]`), None where there is none."""
    owner = ProjectionSet.user_id.is_(None) if user_id is None else ProjectionSet.user_id == user_id
    statement = (
        select(ProjectionSet.id)
        .where(ProjectionSet.slate_id == slate_id, ProjectionSet.kind == kind, owner)
        .where(ProjectionSet.inputs["digest"].astext.cast(Text) == digest)
        .order_by(ProjectionSet.id)
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()


def last_simulated(session: Session, slate_id: int, worlds: int, seed: int) -> ProjectionSet | None:
    """Return the newest simulated set of a slate with so many worlds and this seed, None where there is none."""
    statement = (
        select(ProjectionSet)
        .where(ProjectionSet.slate_id == slate_id, ProjectionSet.kind == "simulated", ProjectionSet.user_id.is_(None))
        .where(ProjectionSet.worlds == worlds, ProjectionSet.seed == seed)
        .order_by(ProjectionSet.id.desc())
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()


def save_set(
    session: Session,
    set_row: Mapping[str, Any],
    projection_rows: Iterable[Mapping[str, Any]],
    game_rows: Iterable[Mapping[str, Any]] = (),
) -> int:
    """Save a set with its projections and return its id.

    Where `inputs` carries a `digest` and a set of the same slate, kind, owner and digest stands already, nothing is
    written and that set's id is returned; the slate's row is locked meanwhile, so that two savers agree.

    Args:
        session: An open session.
        set_row: The columns of `projection_sets` but `id` and `created_at`; kind `simulated` or `uploaded`.
        projection_rows: The columns of `projections` but `set_id`; an uploaded set has means alone.
        game_rows: The columns of `game_projections` but `set_id`.

    Raises:
        NotFound: There is no such slate.
    """
    slate_id = int(set_row["slate_id"])
    if session.execute(select(Slate.id).where(Slate.id == slate_id).with_for_update()).scalar() is None:
        raise NotFound(f"there is no slate {slate_id}")
    digest = dict(set_row["inputs"]).get("digest")
    if digest is not None:
        found = find_set(session, slate_id, set_row["kind"], str(digest), user_id=set_row.get("user_id"))
        if found is not None:
            return found
    made = ProjectionSet(**set_row)
    session.add(made)
    session.flush()
    set_id = made.id
    projections_given = [{**row, "set_id": set_id} for row in projection_rows]
    games_given = [{**row, "set_id": set_id} for row in game_rows]
    upsert(session, Projection, projections_given, key=["set_id", "draftable_id", "stat"])
    upsert(session, GameProjection, games_given, key=["set_id", "game_id"])
    return set_id


def projection_set(session: Session, set_id: int) -> ProjectionSet:
    """Return a set.

    Raises:
        NotFound: There is no such set.
    """
    found = session.get(ProjectionSet, set_id)
    if found is None:
        raise NotFound(f"there is no projection set {set_id}")
    return found


def sets(session: Session, slate_id: int) -> list[ProjectionSet]:
    """Return the sets of a slate, the newest first."""
    statement = (
        select(ProjectionSet)
        .where(ProjectionSet.slate_id == slate_id)
        .order_by(ProjectionSet.created_at.desc(), ProjectionSet.id.desc())
    )
    return list(session.execute(statement).scalars())


def projections(session: Session, set_id: int) -> pl.DataFrame:
    """Return a set's projections, one row a draftable and stat (`PROJECTIONS`).

    Raises:
        NotFound: There is no such set.
    """
    projection_set(session, set_id)
    statement = (
        select(*(getattr(Projection, name) for name in PROJECTIONS))
        .where(Projection.set_id == set_id)
        .order_by(Projection.draftable_id, Projection.stat)
    )
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=PROJECTIONS, orient="row")


def game_projections(session: Session, set_id: int) -> pl.DataFrame:
    """Return what a set says of each game (`GAME_PROJECTIONS`), in the order of kick-off.

    Raises:
        NotFound: There is no such set.
    """
    projection_set(session, set_id)
    statement = (
        select(*(getattr(GameProjection, name) for name in GAME_PROJECTIONS))
        .join(Game, Game.id == GameProjection.game_id)
        .where(GameProjection.set_id == set_id)
        .order_by(Game.starts_at, Game.id)
    )
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=GAME_PROJECTIONS, orient="row")


def told_besides(session: Session, set_id: int) -> dict[str, dict[int, float]]:
    """Return what a set tells of draftables beside their points: `OWNERSHIP`, `BATTING_ORDER`, `LINE`, own columns.

    A batting order of which the set says nothing is that of the site's list, where that has one.
    """
    stats = or_(Projection.stat.in_((OWNERSHIP, BATTING_ORDER, LINE)), Projection.stat.startswith(COLUMN))
    query = select(Projection.stat, Projection.draftable_id, Projection.mean).where(Projection.set_id == set_id, stats)
    found: dict[str, dict[int, float]] = {}
    for stat, draftable_id, mean in session.execute(query.order_by(Projection.stat, Projection.draftable_id)):
        found.setdefault(stat, {})[draftable_id] = mean
    if BATTING_ORDER not in found and (listed := _listed_order(session, set_id)):
        found[BATTING_ORDER] = listed
    return found


def _listed_order(session: Session, set_id: int) -> dict[int, float]:
    query = (
        select(Draftable.id, Draftable.batting_order)
        .join(ProjectionSet, ProjectionSet.slate_id == Draftable.slate_id)
        .where(ProjectionSet.id == set_id, Draftable.batting_order.is_not(None))
        .order_by(Draftable.id)
    )
    return {draftable: float(place) for draftable, place in session.execute(query) if place is not None}


def pool(session: Session, slate_id: int, set_id: int, stat: str) -> pl.DataFrame:
    """Return what may be drafted, with the mean of one stat as `points` (`POOL`), dearest first.

    Disabled draftables are left out, and those that match no player and have no points. A matched player the set
    does not name stays, with 0 points.

    Raises:
        NotFound: There is no such set of this slate, or it says nothing of this stat.
    """
    if projection_set(session, set_id).slate_id != slate_id:
        raise NotFound(f"projection set {set_id} is not of slate {slate_id}")
    named = select(Projection.stat).where(Projection.set_id == set_id, Projection.stat == stat).limit(1)
    if session.execute(named).scalar() is None:
        raise NotFound(f"projection set {set_id} has no {stat}")
    statement = (
        select(
            Draftable.id,
            Draftable.player_id,
            Draftable.name,
            Draftable.team_id,
            case((Game.id.is_not(None), _OPPONENT)),
            Draftable.game_id,
            Draftable.position,
            Draftable.roster_slots,
            Draftable.salary_usd,
            func.coalesce(Projection.mean, 0.0),
        )
        .outerjoin(Game, Game.id == Draftable.game_id)
        .outerjoin(
            Projection,
            and_(Projection.draftable_id == Draftable.id, Projection.set_id == set_id, Projection.stat == stat),
        )
        .where(Draftable.slate_id == slate_id, Draftable.is_disabled.is_(False))
        .where(or_(Draftable.player_id.is_not(None), Projection.mean.is_not(None)))
        .order_by(Draftable.salary_usd.desc(), Draftable.id)
    )
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=POOL, orient="row")
