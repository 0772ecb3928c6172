"""Predictions: the registry of models and what they said."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt, Id


class ModelVersion(Base):
    """A trained artifact; only one whose `sha256` stands here is ever loaded.

    `path` is relative to the artifacts directory. `details` is the artifact's metadata.json. `stage` is
    candidate, promoted or retired; one (sport, market) has at most one promoted version a mode.
    """

    __tablename__ = "model_versions"
    __table_args__ = (
        UniqueConstraint("sport", "market", "family", "version"),
        Index(None, "sport", "market", "stage"),
    )
    id: Mapped[Id]
    sport: Mapped[str]
    market: Mapped[str]
    family: Mapped[str]
    version: Mapped[str]
    mode: Mapped[str] = mapped_column(default="independent")
    stage: Mapped[str] = mapped_column(default="candidate")
    path: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    data_until: Mapped[datetime]
    details: Mapped[dict[str, Any]]
    created_at: Mapped[CreatedAt]


class Prediction(Base):
    """A model's distribution of one market for one player and game, as of one moment.

    `mode` is independent, or informed: the same model's distribution moved to where the betting lines of that moment,
    freed of their margin, put it.
    `quantiles` are at the probabilities of `sdp_sports.spec.QUANTILES`; `family` and `params` rebuild the
    `Distribution` exactly.
    """

    __tablename__ = "predictions"
    __table_args__ = (Index(None, "game_id", "market"),)
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), primary_key=True)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), primary_key=True)
    market: Mapped[str] = mapped_column(primary_key=True)
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id", ondelete="CASCADE"), primary_key=True)
    as_of: Mapped[datetime] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(primary_key=True, default="independent", server_default="independent")
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    position: Mapped[str]
    mean: Mapped[float]
    sd: Mapped[float]
    prob_zero: Mapped[float]
    quantiles: Mapped[list[float]]
    family: Mapped[str]
    params: Mapped[dict[str, Any]]
    drivers: Mapped[list[dict[str, Any]]]
    recorded_at: Mapped[CreatedAt]
