"""Features: one row a player and game, as of one moment."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt, Id


class FeatureSet(Base):
    """The named, ordered columns of a set of feature rows; a change of columns is a new set."""

    __tablename__ = "feature_sets"
    id: Mapped[Id]
    sport: Mapped[str]
    name: Mapped[str]
    columns: Mapped[list[str]]
    digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]


class Feature(Base):
    """A feature row, from facts known by `as_of`: `values` in the order of its set's columns (NaN = unknown).

    Its teams are those of facts that were checked when they came; to check them a second time took half of the writing.
    """

    __tablename__ = "features"
    __table_args__ = (Index(None, "feature_set_id", "as_of"), Index(None, "game_id"))
    feature_set_id: Mapped[int] = mapped_column(ForeignKey("feature_sets.id", ondelete="CASCADE"), primary_key=True)
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), primary_key=True)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), primary_key=True)
    as_of: Mapped[datetime] = mapped_column(primary_key=True)
    team_id: Mapped[str]
    opponent_id: Mapped[str]
    position: Mapped[str]
    values: Mapped[list[float]]
