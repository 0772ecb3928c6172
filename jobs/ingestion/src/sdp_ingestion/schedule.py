"""The games index: which of our games a source speaks of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from sdp_sports.clubs import find_team
from sdp_sports.spec import Sport

from sdp_ingestion.rows import GameRef, Matchup, SourceGame, TeamNear, TeamWeek

NEAR = timedelta(hours=48)
"""How far from a source's time a game of the same teams may be and still be the one meant, where teams play weekly."""
NEAR_DAILY = timedelta(hours=9)
"""Likewise where the same teams may meet on the next day."""
_WEEKLY = ("nfl", "cfb", "cfl", "xfl")
_EASTERN = ZoneInfo("America/New_York")
_AFTERNOON = time(16)
"""When games of a day are about, where only the day is known."""


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


def game_label(teams: Iterable[str], near: datetime) -> str:
    """Return how a game waits for review: its teams, and its day in the east of the United States."""
    return f"{' @ '.join(team.partition(':')[2] for team in teams)} {near.astimezone(_EASTERN):%Y-%m-%d}"


def labels_of(ref: Matchup | TeamNear) -> tuple[str, ...]:
    """Return a game's teams as the source spells them, the visitor first."""
    return (ref.team,) if isinstance(ref, TeamNear) else (ref.away, ref.home)


class Schedule:
    """Every game of a sport in memory, found by id, by team and week, or by its teams and a time.

    Args:
        sport: The declared sport.
        frame: The columns of `reference.game_index`.
        ids: The game behind every id of every source.
        decided: What a person said that a source's labels of teams and games mean (`review.decided`).
    """

    def __init__(
        self,
        sport: Sport,
        frame: pl.DataFrame,
        ids: Mapping[tuple[str, str], str] | None = None,
        decided: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._sport = sport
        self._ids = ids or {}
        self._decided = decided or {}
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
        teams = tuple(self.team(label) for label in labels_of(ref))
        named = [team for team in teams if team is not None]
        if len(named) < len(teams):
            return None
        decided = self._decided.get("game", {}).get(game_label(named, ref.near), "")
        return self._by_id.get(decided) or self._nearest(frozenset(teams), ref.near)

    def is_turned(self, ref: GameRef) -> bool:
        """Return whether a source calls home whom we have as the visitor: on neutral ground they differ."""
        found = self.find(ref) if isinstance(ref, Matchup) else None
        return found is not None and isinstance(ref, Matchup) and self.team(ref.home) == found.away != found.home

    def team(self, label: str | None) -> str | None:
        """Return a team's id as this source spells it, None where no team of ours is meant."""
        return self._decided.get("team", {}).get(label or "") or team_id(self._sport, label)

    def teams(self) -> dict[str, str]:
        """Return every team that may be meant, id to name: those declared, else those that play."""
        if self._sport.teams:
            return {f"{self._sport.code}:{code}": name for code, name in self._sport.teams.items()}
        playing = {team for game in self._by_id.values() for team in (game.home, game.away)}
        return {team: team.partition(":")[2].replace("_", " ").title() for team in sorted(playing)}

    def plays(self, team: str) -> bool:
        """Return whether any game has a team."""
        return frozenset((team,)) in self._by_teams

    def around(self, teams: Iterable[str], near: datetime, span: timedelta) -> Iterator[Game]:
        """Yield the games of any of these teams at most `span` away from a moment, each once."""
        found = {game.id: game for team in teams for game in self._by_teams.get(frozenset((team,)), ())}
        yield from (game for game in found.values() if abs(game.starts_at - near) <= span)

    def _nearest(self, teams: frozenset[str | None], near: datetime) -> Game | None:
        return min(self._within(teams, near), key=lambda game: abs(game.starts_at - near), default=None)

    def _within(self, teams: frozenset[str | None], near: datetime) -> list[Game]:
        return [game for game in self._by_teams.get(teams, ()) if abs(game.starts_at - near) <= self._near]

    def labelled(self, label: str) -> Game | None:
        """Return the one game that a `game_label` means, None where there is none or several may be meant."""
        teams, _, day = label.rpartition(" ")
        named = frozenset(f"{self._sport.code}:{team}" for team in teams.split(" @ "))
        near = datetime.combine(date.fromisoformat(day), _AFTERNOON, _EASTERN)
        found = self._within(named, near)
        return found[0] if len(found) == 1 else None

    def has(self, game_id: str) -> bool:
        """Return whether a game of this id is known."""
        return game_id in self._by_id

    def is_named(self, game: Game, ids: Mapping[str, str]) -> bool:
        """Return whether one of these sources has a name for the game already: then it means another by these."""
        return any((source, game.id) in self._sources for source in ids)

    def week_ends(self, season: int, week: int) -> datetime | None:
        """Return the last kick-off of a week."""
        return self._last.get((season, week))
