"""Stats: what a player did in a game, in the sport's declared vocabulary."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt


class PlayerGameStats(Base):
    """One player's line in one game as one source knew it at one moment; a correction is a new row.

    `stats` maps a stat of `sport.toml` to a number; a missing stat is zero. `known_at` is when it could be
    known (first publication: kick-off plus 12 hours), not when we fetched it.
    """

    __tablename__ = "player_game_stats"
    __table_args__ = (Index(None, "game_id"),)
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), primary_key=True)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    known_at: Mapped[datetime] = mapped_column(primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    position: Mapped[str | None]
    stats: Mapped[dict[str, Any]]
    recorded_at: Mapped[CreatedAt]


class PlayerGameSnaps(Base):
    """How much of a game a player was on the field with the offence; a row with zero snaps played special teams.

    `offense_share` is of his team's offensive plays, 0 to 1.
    """

    __tablename__ = "player_game_snaps"
    __table_args__ = (Index(None, "game_id"),)
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), primary_key=True)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    position: Mapped[str | None]
    offense_snaps: Mapped[int]
    offense_share: Mapped[float]
    known_at: Mapped[datetime]


class PlayerGamePlays(Base):
    """What the play-by-play of a game tells of a player: `stats` maps a word of `sport.toml`'s `plays` to a number.

    A player of such a game without a row has none of it; of a game without rows nothing is known.
    """

    __tablename__ = "player_game_plays"
    __table_args__ = (Index(None, "game_id"),)
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), primary_key=True)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), primary_key=True)
    known_at: Mapped[datetime]
    stats: Mapped[dict[str, Any]]
