"""The games index: which of our games a source speaks of."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from sdp_sports.clubs import find_team
from sdp_sports.spec import Sport

from sdp_ingestion.rows import GameRef, SourceGame, TeamNear, TeamWeek

NEAR = timedelta(hours=48)
"""How far from a source's time a game of the same teams may be and still be the one meant, where teams play weekly."""
NEAR_DAILY = timedelta(hours=9)
"""Likewise where the same teams may meet on the next day."""
_WEEKLY = ("nfl", "cfb", "cfl", "xfl")


@dataclass(frozen=True, slots=True)
class Game:
    """A game as the index knows it; team ids are ours."""

    id: str
    season: int
    week: int | None
    starts_at: datetime
    home: str
    away: str
    home_score: int | None
    away_score: int | None

    def opponent(self, team_id: str) -> str:
        """Return the other team."""
        return self.away if team_id == self.home else self.home

    def score_of(self, team_id: str) -> int | None:
        """Return a team's final score, None where it is not known."""
        return self.home_score if team_id == self.home else self.away_score


def team_id(sport: Sport, label: str | None) -> str | None:
    """Return a team's id as any source spells it, None where no team of ours is meant."""
    code = find_team(sport, label)
    return None if code is None else f"{sport.code}:{code}"


class Schedule:
    """Every game of a sport in memory, found by id, by team and week, or by its teams and a time."""

    def __init__(self, sport: Sport, frame: pl.DataFrame, ids: Mapping[tuple[str, str], str] | None = None) -> None:
        self._sport = sport
        self._ids = ids or {}
        self._near = NEAR if sport.code in _WEEKLY else NEAR_DAILY
        self._sources = {(source, game) for (source, _), game in self._ids.items()}
        self._by_id: dict[str, Game] = {}
        self._by_week: dict[tuple[int, int, str], Game] = {}
        self._by_teams: dict[frozenset[str | None], list[Game]] = defaultdict(list)
        self._last: dict[tuple[int, int], datetime] = {}
        for row in frame.iter_rows():
            self._add(Game(*row))

    def _add(self, game: Game) -> None:
        self._by_id[game.id] = game
        for teams in ((game.home, game.away), (game.home,), (game.away,)):
            self._by_teams[frozenset(teams)].append(game)
        if game.week is not None:
            key = (game.season, game.week)
            self._last[key] = max(game.starts_at, self._last.get(key, game.starts_at))
            for team in (game.home, game.away):
                self._by_week[(*key, team)] = game

    def find(self, ref: GameRef) -> Game | None:
        """Return the game that is meant, None where there is none."""
        if isinstance(ref, str):
            return self._by_id.get(f"{self._sport.code}:{ref}")
        if isinstance(ref, TeamWeek):
            return self._by_week.get((ref.season, ref.week, self._sport.team_id(ref.team)))
        if isinstance(ref, SourceGame):
            return self._by_id.get(self._ids.get((ref.source, ref.external_id), ""))
        labels = (ref.team,) if isinstance(ref, TeamNear) else (ref.home, ref.away)
        found = frozenset(team_id(self._sport, label) for label in labels)
        return None if None in found else self._nearest(found, ref.near)

    def _nearest(self, teams: frozenset[str | None], near: datetime) -> Game | None:
        found = [game for game in self._by_teams.get(teams, ()) if abs(game.starts_at - near) <= self._near]
        return min(found, key=lambda game: abs(game.starts_at - near), default=None)

    def has(self, game_id: str) -> bool:
        """Return whether a game of this id is known."""
        return game_id in self._by_id

    def is_named(self, game: Game, ids: Mapping[str, str]) -> bool:
        """Return whether one of these sources has a name for the game already: then it means another by these."""
        return any((source, game.id) in self._sources for source in ids)

    def week_ends(self, season: int, week: int) -> datetime | None:
        """Return the last kick-off of a week."""
        return self._last.get((season, week))
