"""Review: what a source means where we were not sure, and what a person decided; one decision heals the past."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sdp_sports.spec import codes, load
from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from sdp_common.db.models.odds import OddsSeries
from sdp_common.db.models.reference import Game, Player, PlayerId, Team
from sdp_common.db.models.review import ReviewItem
from sdp_common.db.models.slates import Draftable, Slate
from sdp_common.errors import Conflict, NotFound
from sdp_common.store.series import LADDER

Kind = Literal["player", "team", "game", "market"]
_KEY = ("sport", "source", "kind", "external_id")
_GAME_MARKETS = ("moneyline", "spread", "total")
_OF_OTHERS = (LADDER, "pickem_")
"""What the names of markets begin with that are another market's, as a ladder or at a pick'em board."""


class Choice(NamedTuple):
    """Something of ours that may be meant; `target` is its id, or a market's name."""

    target: str
    name: str
    team: str | None = None
    position: str | None = None
    starts_at: datetime | None = None


def save(session: Session, rows: Iterable[Mapping[str, Any]], seen_at: datetime) -> None:
    """Put what could not be matched in the queue; what waits already, or was dismissed, is only counted again.

    Args:
        session: An open session.
        rows: `sport`, `source`, `kind`, `external_id`, `name`, `team`, `position`, `candidates`.
        seen_at: When they were met.
    """
    unique = {tuple(row[name] for name in _KEY): dict(row) for row in rows}
    for _, row in sorted(unique.items()):
        statement = insert(ReviewItem).values(**row, first_seen_at=seen_at, last_seen_at=seen_at, status="open", seen=1)
        later = {
            "seen": ReviewItem.seen + 1,
            "last_seen_at": func.greatest(ReviewItem.last_seen_at, seen_at),
            "first_seen_at": func.least(ReviewItem.first_seen_at, seen_at),
            "candidates": statement.excluded.candidates,
        }
        session.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=later))


def page(
    session: Session,
    *,
    status: str = "open",
    sport: str | None = None,
    kind: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[Sequence[ReviewItem], int]:
    """Return a page of the queue, the most often met first, and how many there are."""
    query = select(ReviewItem).where(ReviewItem.status == status)
    if sport is not None:
        query = query.where(ReviewItem.sport == sport)
    if kind is not None:
        query = query.where(ReviewItem.kind == kind)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(ReviewItem.seen.desc(), ReviewItem.last_seen_at.desc(), ReviewItem.id)
    return session.scalars(ordered.limit(limit).offset(offset)).all(), total


def waiting(session: Session, sport: str, since: datetime) -> Sequence[ReviewItem]:
    """Return what waits of a sport and was met since a moment."""
    query = select(ReviewItem).where(
        ReviewItem.sport == sport, ReviewItem.status == "open", ReviewItem.last_seen_at >= since
    )
    return session.scalars(query.order_by(ReviewItem.id)).all()


def meanings(session: Session, sport: str) -> Sequence[ReviewItem]:
    """Return everything of a sport whose meaning was decided, of any source, the latest decision last."""
    query = select(ReviewItem).where(ReviewItem.sport == sport, ReviewItem.status == "decided")
    return session.scalars(query.order_by(ReviewItem.decided_at, ReviewItem.id)).all()


def decided(session: Session, sport: str, source: str) -> dict[str, dict[str, str]]:
    """Return what a source's labels of teams, games and markets were decided to mean: kind, then label, then target.

    Players are not among them: what a source calls one is an id of his (`player_ids`).
    """
    query = select(ReviewItem.kind, ReviewItem.external_id, ReviewItem.target).where(
        ReviewItem.sport == sport,
        ReviewItem.source == source,
        ReviewItem.status == "decided",
        ReviewItem.kind != "player",
        ReviewItem.target.is_not(None),
    )
    found: dict[str, dict[str, str]] = {"team": {}, "game": {}, "market": {}}
    for kind, label, target in session.execute(query):
        found[kind][label] = str(target)
    return found


def decide(session: Session, item_id: int, target: str | None, user_id: int | None, moment: datetime) -> ReviewItem:
    """Say what a source means, or that nothing of ours is meant (None), and heal what hung on it.

    `user_id` is None where it became certain by itself.

    What the source calls a player is an id of his from now on, and draftables that were kept without him get him; a
    label of a team, game or market is read as decided. What was rejected comes back with a replay of the source's
    bodies, which the caller asks for.

    Raises:
        NotFound: There is no such item, or nothing of ours of that id.
        Conflict: It is of another sport, or it was decided already.
    """
    item = session.get(ReviewItem, item_id, with_for_update=True)
    if item is None:
        raise NotFound(f"there is no review item {item_id}")
    if item.status == "decided":
        raise Conflict(f"{item.name} of {item.source} was decided already")
    if target is not None:
        _check(session, item, target)
        if item.kind == "player":
            _link(session, item, int(target))
    item.status, item.target = ("dismissed", None) if target is None else ("decided", target)
    item.decided_by, item.decided_at = user_id, moment
    session.flush()
    return item


def _check(session: Session, item: ReviewItem, target: str) -> None:
    """See that there is what is meant, and that it is of the item's sport."""
    if item.kind == "market":
        known = {*_markets(session, item.sport), *(one["target"] for one in item.candidates)}
        if target not in known:
            raise NotFound(f"there is no market {target!r} in {item.sport}")
        return
    found: Player | Team | Game | None
    if item.kind == "player":
        found = session.get(Player, int(target)) if target.isascii() and target.isdigit() else None
    elif item.kind == "team":
        found = session.get(Team, target)
    else:
        found = session.get(Game, target)
    if found is None:
        raise NotFound(f"there is no {item.kind} {target}")
    if found.sport != item.sport:
        raise Conflict(f"{getattr(found, 'name', target)} is of {found.sport}, not of {item.sport}")


def _link(session: Session, item: ReviewItem, player_id: int) -> None:
    key = {"source": item.source, "external_id": item.external_id}
    link = insert(PlayerId).values(**key, player_id=player_id)
    session.execute(link.on_conflict_do_update(index_elements=["source", "external_id"], set_={"player_id": player_id}))
    slates = select(Slate.id).where(Slate.sport == item.sport)
    session.execute(
        update(Draftable)
        .where(Draftable.slate_id.in_(slates), Draftable.player_id.is_(None), Draftable.name == item.name)
        .where(Draftable.team_id.is_not_distinct_from(item.team))
        .values(player_id=player_id, match_score=1.0)
        .execution_options(synchronize_session=False)
    )


def choices(session: Session, sport: str, kind: Kind, text: str, near: datetime, limit: int = 20) -> list[Choice]:
    """Return what of ours has a text in its name, for a person to choose from.

    Args:
        session: An open session.
        sport: The sport's code.
        kind: What is looked for.
        text: A part of a normalised name: of a player, a team, a team of a game, or a market.
        near: The games nearest to this moment come first.
        limit: How many at most.
    """
    if kind == "player":
        people = select(Player).where(Player.sport == sport, Player.normalised_name.contains(text, autoescape=True))
        found = session.scalars(people.order_by(Player.normalised_name, Player.id).limit(limit))
        return [Choice(str(one.id), one.name, one.team_id, one.position) for one in found]
    if kind == "team":
        teams = select(Team).where(Team.sport == sport, Team.name.icontains(text, autoescape=True))
        return [Choice(one.id, one.name, one.id) for one in session.scalars(teams.order_by(Team.name).limit(limit))]
    if kind == "game":
        return _games(session, sport, text, near, limit)
    named = [Choice(*one) for one in _markets(session, sport).items() if text in one[1].lower()]
    return sorted(named, key=lambda choice: choice.name)[:limit]


def _markets(session: Session, sport: str) -> dict[str, str]:
    """Return the markets of a sport, declared or quoted by any source, with their titles."""
    quoted = select(OddsSeries.market).join(Game, Game.id == OddsSeries.game_id).where(Game.sport == sport).distinct()
    titles = {
        name: name.replace("_", " ").capitalize() for name in session.scalars(quoted) if not name.startswith(_OF_OTHERS)
    }
    titles |= {name: name.capitalize() for name in _GAME_MARKETS}
    declared = load(sport).markets if sport in codes() else {}
    return titles | {name: market.title for name, market in declared.items()}


def _games(session: Session, sport: str, text: str, near: datetime, limit: int) -> list[Choice]:
    home, away = aliased(Team), aliased(Team)
    distance = func.abs(func.date_part("epoch", Game.starts_at - near))
    query = (
        select(Game.id, away.name, home.name, Game.starts_at)
        .join(home, home.id == Game.home_team_id)
        .join(away, away.id == Game.away_team_id)
        .where(Game.sport == sport)
        .where(or_(home.name.icontains(text, autoescape=True), away.name.icontains(text, autoescape=True)))
        .order_by(distance, Game.id)
        .limit(limit)
    )
    return [Choice(game, f"{one} at {other}", starts_at=at) for game, one, other, at in session.execute(query)]
