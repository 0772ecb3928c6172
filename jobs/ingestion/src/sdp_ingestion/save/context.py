"""What saving needs: a session, the sport, the indexes of what is saved so far, and the tally."""

from datetime import datetime, timedelta
from typing import Any

from sdp_common.store import players, reference, review
from sdp_sports.names import normalise
from sdp_sports.spec import Sport
from sqlalchemy.orm import Session

from sdp_ingestion.identity import Candidate, Identities
from sdp_ingestion.rows import Rejected, SourceId
from sdp_ingestion.schedule import Schedule, team_id
from sdp_ingestion.tally import Tally

_LIKELY = 5
"""How many candidates a review item lists."""
PUBLISHED_AFTER = timedelta(hours=12)
"""A final score and a stat line are known this long after kick-off."""


class Known:
    """What was read of the reference so far in a crawl; what is None is read when it is next asked for."""

    def __init__(self) -> None:
        self.schedule: Schedule | None = None
        self.ids: dict[tuple[str, str], int] | None = None
        self.people: dict[datetime, Identities] = {}


class Context:
    """One provider's saving in one session; the indexes are read when first asked for.

    Attributes:
        session: Open session; its owner commits.
        sport: The declared sport.
        source: The provider's name, which facts carry.
        now: When the answer was fetched (UTC).
        tally: Where rows are counted.
    """

    def __init__(
        self, session: Session, sport: Sport, source: str, now: datetime, tally: Tally, known: Known | None = None
    ) -> None:
        self.session = session
        self.sport = sport
        self.source = source
        self.now = now
        self.tally = tally
        self._known = known or Known()
        self._unsure: dict[SourceId, dict[str, Any]] = {}

    @property
    def schedule(self) -> Schedule:
        """The games as they are saved so far."""
        if self._known.schedule is None:
            index = reference.game_index(self.session, self.sport.code)
            self._known.schedule = Schedule(self.sport, index, reference.game_ids(self.session, self.sport.code))
        return self._known.schedule

    @property
    def ids(self) -> dict[tuple[str, str], int]:
        """The player behind every source's id, as saved so far."""
        if self._known.ids is None:
            self._known.ids = players.ids(self.session, self.sport.code)
        return self._known.ids

    def forget_games(self) -> None:
        """Read the games again when they are next asked for."""
        self._known.schedule = None

    def forget_players(self) -> None:
        """Read the players again when they are next asked for."""
        self._known.ids = None
        self._known.people.clear()

    def named(self, as_of: datetime) -> Identities:
        """Return the players by name and id as they stood on the day of a moment."""
        day = as_of.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        if day not in self._known.people:
            frame = players.identities(self.session, self.sport.code, as_of=min(day, max(as_of, self.now)))
            columns = ("player_id", "normalised_name", "position", "team_id", "seen")
            found = (Candidate(*row) for row in frame.select(columns).iter_rows())
            self._known.people[day] = Identities(found, self.ids)
        return self._known.people[day]

    def person(self, player: SourceId | None, name: str | None, team: str | None, position: str | None) -> int | None:
        """Return who is meant by an id, or else by a name with team and position; who is not sure waits for review.

        Args:
            player: The source's id, where it has one.
            name: As the source spells it.
            team: The team as the source spells it.
            position: Likewise.
        """
        known = self.who(player) if player else None
        if known is not None or not name:
            return known
        asked = player or SourceId(self.source, f"name:{normalise(name)} {self.team(team) or ''}".strip())
        known = self.ids.get(asked)
        if known is not None:
            return known
        index = self.named(self.now)
        told: dict[str, Any] = {"team_id": self.team(team), "position": self.position(position)}
        found = index.match(name, **told)
        if found is None:
            self.doubt(asked, name, told["team_id"], told["position"], index)
            return None
        return found.player_id

    def doubt(self, asked: SourceId, name: str, team: str | None, position: str | None, index: Identities) -> None:
        """Put a player whom nobody could be matched to in the review queue."""
        if asked in self._unsure:
            return
        likely = [
            {"player_id": match.player_id, "score": round(match.score, 3), "name": about.normalised_name}
            | {"team": about.team_id, "position": about.position}
            for match in index.ranked(name, team_id=team, position=position)[:_LIKELY]
            if (about := index.about(match.player_id)) is not None
        ]
        self._unsure[asked] = {
            "sport": self.sport.code,
            "source": asked.source,
            "external_id": asked.external_id,
            "name": name,
            "team": team,
            "position": position,
            "candidates": likely,
        }

    def finish(self) -> None:
        """Write down whom we were not sure of; called once the rows are saved."""
        review.save(self.session, self._unsure.values(), self.now)
        self._unsure.clear()

    def reject(self, reason: str, what: str = "") -> None:
        """Count something that cannot be used."""
        self.tally.reject(Rejected(reason, what))

    def who(self, player: SourceId) -> int | None:
        """Return the player behind a source's id; a defence is named by its team."""
        if player.source == "dst":
            player = SourceId("dst", self.sport.team_id(player.external_id))
        return self.ids.get(player)

    def team(self, label: str | None) -> str | None:
        """Return a team's id; None where the sport has no such team (free agents, all-star sides)."""
        return team_id(self.sport, label)

    def position(self, label: str | None) -> str | None:
        """Return our position for a source's label."""
        return self.sport.position(label) if label else None

    def venue_id(self, code: str) -> str:
        """Return a venue's id."""
        return f"{self.sport.code}:{code}"
