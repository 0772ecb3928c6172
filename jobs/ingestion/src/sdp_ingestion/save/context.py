"""What saving needs: a session, the sport, the indexes of what is saved so far, and the tally."""

from datetime import datetime, timedelta

from sdp_common.store import players, reference
from sdp_sports.spec import Sport
from sqlalchemy.orm import Session

from sdp_ingestion.identity import Candidate, Identities
from sdp_ingestion.rows import Rejected, SourceId
from sdp_ingestion.schedule import Schedule
from sdp_ingestion.tally import Tally

PUBLISHED_AFTER = timedelta(hours=12)
"""A final score and a stat line are known this long after kick-off."""


class Context:
    """One provider's saving in one session; the indexes are read when first asked for.

    Attributes:
        session: Open session; its owner commits.
        sport: The declared sport.
        source: The provider's name, which facts carry.
        now: When the answer was fetched (UTC).
        tally: Where rows are counted.
    """

    def __init__(self, session: Session, sport: Sport, source: str, now: datetime, tally: Tally) -> None:
        self.session = session
        self.sport = sport
        self.source = source
        self.now = now
        self.tally = tally
        self._schedule: Schedule | None = None
        self._ids: dict[tuple[str, str], int] | None = None

    @property
    def schedule(self) -> Schedule:
        """The games as they are saved so far."""
        if self._schedule is None:
            self._schedule = Schedule(self.sport, reference.game_index(self.session, self.sport.code))
        return self._schedule

    @property
    def ids(self) -> dict[tuple[str, str], int]:
        """The player behind every source's id, as saved so far."""
        if self._ids is None:
            self._ids = players.ids(self.session, self.sport.code)
        return self._ids

    def forget_games(self) -> None:
        """Read the games again when they are next asked for."""
        self._schedule = None

    def forget_players(self) -> None:
        """Read the players again when they are next asked for."""
        self._ids = None

    def named(self, as_of: datetime) -> Identities:
        """Return the players by name and id as they stood at a moment."""
        frame = players.identities(self.session, self.sport.code, as_of=as_of)
        columns = ("player_id", "normalised_name", "position", "team_id", "seen")
        return Identities((Candidate(*row) for row in frame.select(columns).iter_rows()), self.ids)

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
        if not label or self.sport.team(label) not in self.sport.teams:
            return None
        return self.sport.team_id(label)

    def position(self, label: str | None) -> str | None:
        """Return our position for a source's label."""
        return self.sport.position(label) if label else None

    def venue_id(self, code: str) -> str:
        """Return a venue's id."""
        return f"{self.sport.code}:{code}"
