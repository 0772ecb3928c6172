"""Players: who they are, what other sources call them, and where they were at a moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import polars as pl
from sdp_sports.names import normalise
from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from sdp_common.db.bulk import Counts, upsert
from sdp_common.db.models.reference import Game, Player, PlayerId, RosterEntry, Starter
from sdp_common.db.models.stats import PlayerGameStats

SourceId = tuple[str, str]
_ABOUT = timedelta(days=730)

IDENTITIES: dict[str, pl.DataType | type[pl.DataType]] = {
    "player_id": pl.Int64,
    "name": pl.String,
    "normalised_name": pl.String,
    "position": pl.String,
    "team_id": pl.String,
    "seen": pl.Boolean,
}


@dataclass(frozen=True)
class Person:
    """A player as a source introduces him; `ids` is what he is called, at every source that it knows.

    `renames` says that the source spells names as they are now, so that its spelling replaces the one we have.
    """

    ids: Sequence[SourceId]
    name: str
    position: str | None = None
    team_id: str | None = None
    born_on: date | None = None
    renames: bool = False


@dataclass(frozen=True)
class Draft:
    """Where a known player was drafted, and further ids of his."""

    player_id: int
    ids: Sequence[SourceId]
    pick: int | None = None
    first_season: int | None = None


@dataclass
class Introduced:
    """What saving people did; `clashes` are ids that belong to somebody else already."""

    counts: Counts = field(default_factory=Counts)
    clashes: list[tuple[SourceId, str]] = field(default_factory=list)


def ids(session: Session, sport: str) -> dict[SourceId, int]:
    """Return the player behind every id of every source."""
    statement = (
        select(PlayerId.source, PlayerId.external_id, PlayerId.player_id)
        .join(Player, Player.id == PlayerId.player_id)
        .where(Player.sport == sport)
    )
    return {(source, external): player for source, external, player in session.execute(statement)}


def save_people(session: Session, sport: str, people: Iterable[Person]) -> Introduced:
    """Save players by any of their ids; one that no id knows is new.

    A player we have keeps what he has, and what he lacked is filled in; his name is replaced where the source renames
    or where ours is a bare initial (`B.Scott`). The ids in `people` that belong to another player stay his and are
    reported.
    """
    known = ids(session, sport)
    present = {row.id: row for row in session.scalars(select(Player).where(Player.sport == sport))}
    listed = list(people)
    strangers = sum(1 for person in listed if not any(key in known for key in person.ids))
    fresh = iter(_new_ids(session, strangers))
    outcome = Introduced()
    rows: dict[int, dict[str, object]] = {}
    links: dict[SourceId, int] = {}
    for person in listed:
        player_id = next((known[key] for key in person.ids if key in known), None)
        if player_id is None:
            player_id = next(fresh)
        before = rows.get(player_id) or _columns(present.get(player_id))
        rows[player_id] = _merged(sport, player_id, person, before)
        for key in person.ids:
            if known.setdefault(key, player_id) == player_id:
                links[key] = player_id
            else:
                outcome.clashes.append((key, person.name))
    outcome.counts = upsert(session, Player, list(rows.values()), key=["id"])
    upsert(
        session,
        PlayerId,
        [
            {"source": source, "external_id": external, "player_id": player}
            for (source, external), player in links.items()
        ],
        key=["source", "external_id"],
    )
    return outcome


def _new_ids(session: Session, count: int) -> list[int]:
    statement = text("SELECT nextval(pg_get_serial_sequence('players', 'id')) FROM generate_series(1, :n)")
    return list(session.scalars(statement, {"n": count}))


def _columns(player: Player | None) -> Mapping[str, object]:
    if player is None:
        return {}
    return {
        "name": player.name,
        "position": player.position,
        "team_id": player.team_id,
        "born_on": player.born_on,
    }


def _merged(sport: str, player_id: int, person: Person, before: Mapping[str, object]) -> dict[str, object]:
    name = str(before.get("name") or person.name)
    if person.renames or " " not in name:
        name = person.name
    return {
        "id": player_id,
        "sport": sport,
        "name": name,
        "normalised_name": normalise(name),
        "position": before.get("position") or person.position,
        "team_id": before.get("team_id") or person.team_id,
        "born_on": before.get("born_on") or person.born_on,
    }


def save_defences(session: Session, sport: str, teams: Mapping[str, str]) -> None:
    """Make every team's defence a player of position DST, known as (`dst`, team id).

    Args:
        session: An open session.
        sport: The sport's code.
        teams: Team abbreviation to name.
    """
    # every crawl begins with this: those who are there are told by one read, without all the players of the sport
    known = set(session.scalars(select(PlayerId.external_id).where(PlayerId.source == "dst")))
    fresh = [
        Person([("dst", f"{sport}:{code}")], name, "DST", f"{sport}:{code}")
        for code, name in teams.items()
        if f"{sport}:{code}" not in known
    ]
    if fresh:
        save_people(session, sport, fresh)


def save_rosters(session: Session, rows: Iterable[Mapping[str, object]]) -> Counts:
    """Save roster entries (the columns of `roster_entries`) by sport, season, week and player."""
    return upsert(session, RosterEntry, list(rows), key=["sport", "season", "week", "player_id"])


def save_depths(session: Session, sport: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Put ranks in the depth chart (`season`, `week`, `player_id`, `depth`) into the roster entries that are there."""
    if not rows:
        return
    numbers = {name: [row[name] for row in rows] for name in ("season", "week", "player_id", "depth")}
    session.execute(
        text(
            "UPDATE roster_entries AS entry SET depth = chart.depth "
            "FROM unnest(cast(:season AS int[]), cast(:week AS int[]), cast(:player_id AS bigint[]), "
            "cast(:depth AS int[])) AS chart(season, week, player_id, depth) "
            "WHERE entry.sport = :sport AND entry.season = chart.season AND entry.week = chart.week "
            "AND entry.player_id = chart.player_id AND entry.depth IS DISTINCT FROM chart.depth"
        ),
        {"sport": sport, **numbers},
    )


def save_starters(session: Session, rows: Iterable[Mapping[str, object]]) -> Counts:
    """Save who started (the columns of `starters`) by game, team and position."""
    return upsert(session, Starter, list(rows), key=["game_id", "team_id", "position"])


def save_drafts(session: Session, rows: Iterable[Draft]) -> Counts:
    """Save where known players were drafted; a fact or an id that is known stays as it is."""
    listed = list(rows)
    keys = ("source", "external_id", "player_id")
    links = [dict(zip(keys, (*key, row.player_id), strict=True)) for row in listed for key in row.ids]
    upsert(session, PlayerId, links, key=["source", "external_id"], update=())
    present = {
        row.id: row for row in session.scalars(select(Player).where(Player.id.in_({d.player_id for d in listed})))
    }
    merged = [
        {
            **_columns(present[row.player_id]),
            "id": row.player_id,
            "sport": present[row.player_id].sport,
            "normalised_name": present[row.player_id].normalised_name,
            "draft_pick": present[row.player_id].draft_pick or row.pick,
            "first_season": present[row.player_id].first_season or row.first_season,
        }
        for row in listed
    ]
    return upsert(session, Player, merged, key=["id"], update=["draft_pick", "first_season"])


def refresh(session: Session, sport: str) -> None:
    """Set every player's present team and position to those of his latest roster entry, where he has one."""
    latest = (
        select(RosterEntry.player_id, RosterEntry.team_id, RosterEntry.position)
        .ext(distinct_on(RosterEntry.player_id))
        .where(RosterEntry.sport == sport)
        .order_by(RosterEntry.player_id, RosterEntry.season.desc(), RosterEntry.week.desc())
        .subquery()
    )
    position = func.coalesce(latest.c.position, Player.position)
    changed = Player.team_id.is_distinct_from(latest.c.team_id) | Player.position.is_distinct_from(position)
    session.execute(
        update(Player)
        .where(Player.id == latest.c.player_id, changed)
        .values(team_id=latest.c.team_id, position=position)
        .execution_options(synchronize_session=False)
    )


def identities(session: Session, sport: str, *, as_of: datetime) -> pl.DataFrame:
    """Return who could be meant by a name at a moment: the columns of `IDENTITIES`.

    A player's team and position are those of his latest roster entry known by `as_of`, else of his latest stat line
    known by then, else those we have for him now. `seen` says whether a roster or a line of the two years before
    `as_of` has him: of two namesakes the one who is about is meant. Who came in a later season is nobody yet: a son who
    plays for his father's team today is not the father.
    """
    roster = (
        select(RosterEntry.player_id, RosterEntry.team_id, RosterEntry.position, RosterEntry.known_at)
        .ext(distinct_on(RosterEntry.player_id))
        .where(RosterEntry.sport == sport, RosterEntry.known_at <= as_of)
        .order_by(RosterEntry.player_id, RosterEntry.known_at.desc())
        .subquery()
    )
    game = aliased(Game)
    line = (
        select(PlayerGameStats.player_id, PlayerGameStats.team_id, PlayerGameStats.position, PlayerGameStats.known_at)
        .ext(distinct_on(PlayerGameStats.player_id))
        .join(game, game.id == PlayerGameStats.game_id)
        .where(game.sport == sport, PlayerGameStats.known_at <= as_of)
        .order_by(PlayerGameStats.player_id, PlayerGameStats.known_at.desc())
        .subquery()
    )
    last = func.greatest(roster.c.known_at, line.c.known_at)
    statement = (
        select(
            Player.id,
            Player.name,
            Player.normalised_name,
            func.coalesce(roster.c.position, line.c.position, Player.position),
            func.coalesce(roster.c.team_id, line.c.team_id, Player.team_id),
            func.coalesce(last >= as_of - _ABOUT, False),
        )
        .outerjoin(roster, roster.c.player_id == Player.id)
        .outerjoin(line, line.c.player_id == Player.id)
        .where(Player.sport == sport, or_(Player.first_season.is_(None), Player.first_season <= as_of.year))
        .order_by(Player.id)
    )
    return pl.DataFrame([tuple(row) for row in session.execute(statement)], schema=IDENTITIES, orient="row")
