"""Reference: teams, players, games, venues, and what other sources call them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sdp_common.db.models.base import Base, CreatedAt, Id


class Team(Base):
    """A team. The id is `<sport>:<abbreviation>`, the abbreviation nflverse's current one for the NFL."""

    __tablename__ = "teams"
    id: Mapped[str] = mapped_column(primary_key=True)
    sport: Mapped[str]
    abbreviation: Mapped[str]
    name: Mapped[str]


class Venue(Base):
    """A stadium. `azimuth_deg` is the direction the field runs, clockwise from north."""

    __tablename__ = "venues"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    roof: Mapped[str | None]
    surface: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    azimuth_deg: Mapped[float | None]


class Player(Base):
    """A player as we know him now. A defence is a player of position DST, one a team.

    `draft_pick` is the overall pick (null: not drafted, or not known), `first_season` the season he came in.
    """

    __tablename__ = "players"
    __table_args__ = (Index(None, "sport", "normalised_name"),)
    id: Mapped[Id]
    sport: Mapped[str]
    name: Mapped[str]
    normalised_name: Mapped[str]
    position: Mapped[str | None]
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id"))
    born_on: Mapped[date | None]
    draft_pick: Mapped[int | None]
    first_season: Mapped[int | None]
    created_at: Mapped[CreatedAt]


class PlayerId(Base):
    """What a source calls a player (`gsis`, `espn`, `draftkings`, `pfr`, ...)."""

    __tablename__ = "player_ids"
    source: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), index=True)


class Game(Base):
    """A game. The id is `<sport>:<nflverse game id>` for the NFL, e.g. `nfl:2023_12_BUF_PHI`.

    Scores are null until final; `known_at` is when the score could be known (kick-off plus the publishing
    delay), so that a reader with an earlier `as_of` sees the game as scheduled, without its score.
    """

    __tablename__ = "games"
    __table_args__ = (Index(None, "sport", "starts_at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    sport: Mapped[str]
    season: Mapped[int]
    season_type: Mapped[str]
    week: Mapped[int | None]
    starts_at: Mapped[datetime]
    home_team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    away_team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    venue_id: Mapped[str | None] = mapped_column(ForeignKey("venues.id"))
    neutral_site: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="scheduled")
    home_score: Mapped[int | None]
    away_score: Mapped[int | None]
    known_at: Mapped[datetime | None]


class GameId(Base):
    """What a source calls a game."""

    __tablename__ = "game_ids"
    source: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), index=True)


class Starter(Base):
    """Who started a game at a position of which a team starts one, as a list written afterwards has it."""

    __tablename__ = "starters"
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    position: Mapped[str] = mapped_column(primary_key=True)
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"))
    known_at: Mapped[datetime]


class RosterEntry(Base):
    """A player's place on a team in one week, as published before the game."""

    __tablename__ = "roster_entries"
    __table_args__ = (Index(None, "sport", "season", "week"),)
    sport: Mapped[str] = mapped_column(primary_key=True)
    season: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[int] = mapped_column(primary_key=True)
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    position: Mapped[str | None]
    depth: Mapped[int | None]
    status: Mapped[str | None]
    known_at: Mapped[datetime]
