"""Settling: what waited for review and has become certain by itself is decided, and the past heals as by a person."""

from collections.abc import Iterable
from datetime import timedelta

from sdp_common import replays
from sdp_common.db.models.review import ReviewItem
from sdp_common.errors import Conflict, NotFound
from sdp_common.service import Job
from sdp_common.store import review
from sdp_sports.names import normalise
from sdp_sports.spec import load
from sqlalchemy.orm import Session

from sdp_ingestion.markets import GAME_MARKETS, plain, player_market
from sdp_ingestion.rows import SourceId
from sdp_ingestion.save import Context
from sdp_ingestion.tally import Tally

RECENT = timedelta(days=30)
"""What was last met longer ago waits for a person: who plays today need not be who was meant then."""

Meaning = tuple[str, ...]


def settle(job: Job, sport: str) -> int:
    """Decide everything of a sport that waits for review and is certain by now, and return how much that was.

    Certain is what a roster, a schedule, an alias or a decision about another source has told since. What was left out
    for want of it is told again from the kept bodies, as after a person's decision.
    """
    with job.session() as session:
        waiting = review.waiting(session, sport, job.now - RECENT)
        if not waiting:
            return 0
        certain = _Certainty(session, sport, job)
        settled = [item for item in waiting if _decide(session, item, certain.target(item), job)]
        since = {item.source: item.first_seen_at for item in sorted(settled, key=_first_seen, reverse=True)}
        for source, first_seen_at in sorted(since.items()):
            replays.ask(session, source, sport, first_seen_at)
    return len(settled)


def _first_seen(item: ReviewItem) -> float:
    return item.first_seen_at.timestamp()


def _decide(session: Session, item: ReviewItem, target: str | None, job: Job) -> bool:
    """Return whether an item is decided now; somebody else may have decided it meanwhile."""
    if target is None:
        return False
    try:
        review.decide(session, item.id, target, None, job.now)
    except (Conflict, NotFound):
        return False
    return True


class _Certainty:
    """What the labels of a sport's sources mean by what is known now."""

    def __init__(self, session: Session, sport: str, job: Job) -> None:
        self._sport, self._now = load(sport), job.now
        self._known = Context(session, self._sport, "", job.now, Tally())
        self._elsewhere = _agreed(review.meanings(session, sport))

    def target(self, item: ReviewItem) -> str | None:
        """Return what an item means, None where nobody can tell yet."""
        find = {"player": self._player, "team": self._team, "game": self._game, "market": self._market}[item.kind]
        return find(item) or self._elsewhere.get(_meaning(item))

    def _player(self, item: ReviewItem) -> str | None:
        known = self._known.ids.get(SourceId(item.source, item.external_id))
        if known is None:
            match = self._known.named(self._now).match(item.name, team_id=item.team, position=item.position)
            known = match.player_id if match is not None else None
        return None if known is None else str(known)

    def _team(self, item: ReviewItem) -> str | None:
        found = self._known.team(item.external_id)
        return found if found is not None and (self._sport.teams or self._known.schedule.plays(found)) else None

    def _game(self, item: ReviewItem) -> str | None:
        found = self._known.schedule.labelled(item.external_id)
        return found.id if found is not None else None

    def _market(self, item: ReviewItem) -> str | None:
        return item.external_id if item.external_id in GAME_MARKETS else player_market(item.name)


def _meaning(item: ReviewItem) -> Meaning:
    """Return what two sources share that mean the same: a player's name, team and position, else the label."""
    if item.kind == "player":
        return item.kind, normalise(item.name), item.team or "", item.position or ""
    return item.kind, plain(item.external_id)


def _agreed(decided: Iterable[ReviewItem]) -> dict[Meaning, str]:
    """Return what was decided of other sources, but for what was not decided alike."""
    found: dict[Meaning, set[str]] = {}
    for item in decided:
        if item.target is not None:
            found.setdefault(_meaning(item), set()).add(item.target)
    return {meaning: next(iter(targets)) for meaning, targets in found.items() if len(targets) == 1}
