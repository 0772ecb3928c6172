"""What saving needs: a session, the sport, the indexes of what is saved so far, and the tally."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sdp_common.store import players, reference, review
from sdp_sports.names import normalise
from sdp_sports.spec import Sport
from sqlalchemy.orm import Session

from sdp_ingestion.identity import Candidate, Identities
from sdp_ingestion.rows import GameRef, Matchup, Rejected, SourceId, TeamNear
from sdp_ingestion.save.boards import Board
from sdp_ingestion.save.doubts import Doubts
from sdp_ingestion.schedule import Game, Schedule, labels_of, team_id
from sdp_ingestion.tally import Tally

_DEFENCE = re.compile(r"(.+?)\s+(?:D/?ST|Def(?:ense|ence)?)", re.IGNORECASE)
"""How sources name a team's defence among players (`Chicago Bears D/ST`)."""
PUBLISHED_AFTER = timedelta(hours=12)
"""A final score and a stat line are known this long after kick-off."""


class Known:
    """What was read of the reference so far in a crawl; what is None is read when it is next asked for."""

    def __init__(self) -> None:
        self.schedule: Schedule | None = None
        self.ids: dict[tuple[str, str], int] | None = None
        self.people: dict[datetime, Identities] = {}
        self.decided: dict[str, dict[str, str]] | None = None


class Context:
    """One provider's saving in one session; the indexes are read when first asked for.

    Attributes:
        session: Open session; its owner commits.
        sport: The declared sport.
        source: The provider's name, which facts carry.
        now: When the answer was fetched (UTC).
        tally: Where rows are counted.
        board: What the answer tells whole.
    """

    def __init__(
        self, session: Session, sport: Sport, source: str, now: datetime, tally: Tally, known: Known | None = None
    ) -> None:
        self.session = session
        self.sport = sport
        self.source = source
        self.now = now
        self.tally = tally
        self.board = Board()
        self._known = known or Known()
        self._doubts = Doubts(sport, source)

    @property
    def schedule(self) -> Schedule:
        """The games as they are saved so far."""
        if self._known.schedule is None:
            index = reference.game_index(self.session, self.sport.code)
            ids = reference.game_ids(self.session, self.sport.code)
            self._known.schedule = Schedule(self.sport, index, ids, self.decided)
        return self._known.schedule

    @property
    def decided(self) -> dict[str, dict[str, str]]:
        """What a person said that this source's labels mean."""
        if self._known.decided is None:
            self._known.decided = review.decided(self.session, self.sport.code, self.source)
        return self._known.decided

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

    def person(
        self,
        player: SourceId | None,
        name: str | None,
        team: str | None,
        position: str | None,
        playing: Collection[str] = (),
    ) -> int | None:
        """Return who is meant by an id, or else by a name with team and position; who is not sure waits for review.

        Args:
            player: The source's id, where it has one.
            name: As the source spells it.
            team: The team as the source spells it.
            position: Likewise.
            playing: Our ids of the teams of the game that he is named in, where it is known.
        """
        known = self.who(player) if player else None
        if known is None and name and (defence := _DEFENCE.fullmatch(name)) is not None:
            known = self.who(SourceId("dst", self.team(defence[1]) or ""))
        if known is not None or not name:
            return known
        asked = player or SourceId(self.source, f"name:{normalise(name)} {self.team(team) or ''}".strip())
        known = self.ids.get(asked)
        if known is not None:
            return known
        index = self.named(self.now)
        told: dict[str, Any] = {"team_id": self.team(team), "position": self.position(position)}
        found = index.match(name, **told, playing=playing)
        if found is None:
            self.doubt_player(asked, name, told["team_id"], told["position"], index)
            return None
        return found.player_id

    def doubt_player(
        self, asked: SourceId, name: str, team: str | None, position: str | None, index: Identities
    ) -> None:
        """Put a player whom nobody could be matched to in the review queue."""
        self._doubts.player(asked, name, team, position, index)

    def doubt_market(self, label: str) -> None:
        """Put a market that is none that we know in the review queue."""
        self._doubts.market(label)

    def game(self, ref: GameRef) -> Game | None:
        """Return the game that is meant; its teams or the game wait for review where there is none."""
        found = self.schedule.find(ref)
        if found is None and isinstance(ref, Matchup | TeamNear):
            self._doubt_game(ref)
        return found

    def _doubt_game(self, ref: Matchup | TeamNear) -> None:
        told = {label: self.schedule.team(label) for label in labels_of(ref)}
        known = [team for team in told.values() if team is not None and self.schedule.plays(team)]
        if len(known) == len(told):
            self._doubts.game(tuple(known), ref.near, self.schedule)
            return
        for label, team in told.items():
            if label and (team is None or (known and not self.schedule.plays(team) and not self.sport.teams)):
                self.doubt_team(label)

    def doubt_team(self, label: str) -> None:
        """Put a team that is none that we know in the review queue."""
        self._doubts.team(label, self.schedule.teams())

    def finish(self) -> None:
        """Write down what we were not sure of; called once the rows are saved."""
        self._doubts.save(self.session, self.now)

    def reject(self, reason: str, what: str = "") -> None:
        """Count something that cannot be used."""
        self.tally.reject(Rejected(reason, what))

    def who(self, player: SourceId) -> int | None:
        """Return the player behind a source's id; a defence is named by its team."""
        if player.source == "dst" and ":" not in player.external_id:
            player = SourceId("dst", self.sport.team_id(player.external_id))
        return self.ids.get(player)

    def team(self, label: str | None) -> str | None:
        """Return a team's id; None where the sport has no such team (free agents, all-star sides)."""
        return self.decided["team"].get(label or "") or team_id(self.sport, label)

    def position(self, label: str | None) -> str | None:
        """Return our position for a source's label."""
        return self.sport.position(label) if label else None

    def venue_id(self, code: str) -> str:
        """Return a venue's id."""
        return f"{self.sport.code}:{code}"
