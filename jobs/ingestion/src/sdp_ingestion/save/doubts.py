"""What waits for review: players, teams, games and markets of a source that could not be matched to one of ours."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from heapq import nlargest
from typing import Any

from sdp_common.store import review
from sdp_sports.names import normalise
from sdp_sports.spec import Sport
from sqlalchemy.orm import Session

from sdp_ingestion.identity import Identities
from sdp_ingestion.markets import likely_markets, plain
from sdp_ingestion.rows import SourceId
from sdp_ingestion.schedule import Game, Schedule, game_label

_LIKELY = 5
"""How many candidates a review item lists."""
_AROUND = timedelta(days=10)
"""How far from a source's time a game of one of its teams may be to be proposed."""


class Doubts:
    """Gathers what one answer of one source left unsure, once each."""

    def __init__(self, sport: Sport, source: str) -> None:
        """Begin with nothing."""
        self._sport = sport
        self._source = source
        self._rows: dict[tuple[str, str, str], dict[str, Any]] = {}

    def player(self, asked: SourceId, name: str, team: str | None, position: str | None, index: Identities) -> None:
        """Doubt whom of ours a player is."""
        if ("player", *asked) in self._rows:
            return
        likely = [
            {"target": str(match.player_id), "score": round(match.score, 3), "name": about.normalised_name}
            | {"team": about.team_id, "position": about.position}
            for match in index.ranked(name, team_id=team, position=position)[:_LIKELY]
            if (about := index.about(match.player_id)) is not None
        ]
        self._add("player", asked.source, asked.external_id, name, likely, team=team, position=position)

    def team(self, label: str, ours: Mapping[str, str]) -> None:
        """Doubt which of our teams (id to name) a label is."""
        if ("team", self._source, label) in self._rows:
            return
        asked = normalise(label)
        scored = {
            team: max(_alike(asked, normalise(name)), _alike(asked, team.partition(":")[2].lower()))
            for team, name in ours.items()
        }
        likely = [
            {"target": team, "name": ours[team], "team": team, "score": round(score, 3)}
            for team, score in nlargest(_LIKELY, scored.items(), key=lambda one: one[1])
        ]
        self._add("team", self._source, label, label, likely)

    def game(self, teams: tuple[str, ...], near: datetime, schedule: Schedule) -> None:
        """Doubt which of our games of known teams is meant; where none is near there is nothing to choose from."""
        label = game_label(teams, near)
        if ("game", self._source, label) in self._rows:
            return
        scored = [(game, _likeness(game, teams, near)) for game in schedule.around(teams, near, _AROUND)]
        likely = [
            {"target": game.id, "name": game_label((game.away, game.home), game.starts_at), "score": round(score, 3)}
            | {"starts_at": game.starts_at.isoformat()}
            for game, score in nlargest(_LIKELY, scored, key=lambda one: one[1])
        ]
        if likely:
            self._add("game", self._source, label, label, likely)

    def market(self, label: str) -> None:
        """Doubt which of our markets a label is."""
        asked = plain(label)
        if ("market", self._source, asked) in self._rows:
            return
        likely = [
            {"target": name, "name": name.replace("_", " "), "score": round(score, 3)}
            for name, score in likely_markets(label, _LIKELY)
        ]
        self._add("market", self._source, asked, label, likely)

    def _add(
        self,
        kind: review.Kind,
        source: str,
        external_id: str,
        name: str,
        candidates: list[dict[str, Any]],
        *,
        team: str | None = None,
        position: str | None = None,
    ) -> None:
        told = {"sport": self._sport.code, "source": source, "kind": kind, "external_id": external_id, "name": name}
        self._rows[kind, source, external_id] = told | {"team": team, "position": position, "candidates": candidates}

    def save(self, session: Session, seen_at: datetime) -> None:
        """Put what was gathered in the queue, and begin anew."""
        review.save(session, self._rows.values(), seen_at)
        self._rows.clear()


def _likeness(game: Game, teams: tuple[str, ...], near: datetime) -> float:
    """Return how like a game is to what is asked for: by its teams, then by how near its time is (0 to 1)."""
    shared = len({game.home, game.away}.intersection(teams)) / len(teams)
    return 0.7 * shared + 0.3 * (1 - min(1.0, abs(game.starts_at - near) / _AROUND))


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
