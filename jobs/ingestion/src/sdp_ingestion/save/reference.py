"""Saves what facts hang on: venues, games, players and rosters."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sdp_common.store import players, reference

from sdp_ingestion.rows import GameRow, Matchup, PlayerRow, RosterRow, SourceGame, TeamWeek, VenueRow
from sdp_ingestion.save.context import PUBLISHED_AFTER, Context

_EASTERN = ZoneInfo("America/New_York")
INACTIVES_BEFORE = timedelta(minutes=90)
"""A week's roster, with who does not play, is known this long before the team's kick-off."""


def venues(context: Context, rows: list[VenueRow]) -> None:
    """Save stadiums."""
    names = ("name", "roof", "surface", "latitude", "longitude", "azimuth_deg")
    saved = [{"id": context.venue_id(row.code), **{name: getattr(row, name) for name in names}} for row in rows]
    context.tally.counts += reference.save_venues(context.session, saved)


def games(context: Context, rows: list[GameRow]) -> None:
    """Save games and their ids at other sources; a final score is known 12 hours after kick-off."""
    saved: dict[str, dict[str, Any]] = {}
    ids: list[dict[str, str]] = []
    newcomers: dict[str, str] = {}
    for row in rows:
        home, away = context.team(row.home), context.team(row.away)
        if home is None or away is None:
            for label in (label for label, team in ((row.home, home), (row.away, away)) if label and team is None):
                context.doubt_team(label)
            context.reject("a game of an unknown team", f"{row.code}: {row.away} at {row.home}")
            continue
        if not context.sport.teams:
            newcomers |= {home: row.home, away: row.away}
        game_id = f"{context.sport.code}:{row.code}" if row.code else _find_or_name(context, row, home, away, saved)
        saved[game_id] = _columns(context, row, game_id, home, away)
        ids += [{"source": source, "external_id": key, "game_id": game_id} for source, key in row.ids.items()]
    reference.save_open_teams(context.session, context.sport.code, newcomers)
    context.tally.counts += reference.save_games(context.session, list(saved.values()), ids)
    context.forget_games()


def _columns(context: Context, row: GameRow, game_id: str, home: str, away: str) -> dict[str, Any]:
    final = row.home_score is not None and row.away_score is not None
    return {
        "id": game_id,
        "sport": context.sport.code,
        "season": row.season,
        "season_type": row.season_type,
        "week": row.week,
        "starts_at": row.starts_at,
        "home_team_id": home,
        "away_team_id": away,
        "venue_id": context.venue_id(row.venue) if row.venue else None,
        "neutral_site": row.neutral_site,
        "status": row.status or ("final" if final else "scheduled"),
        "home_score": row.home_score if final else None,
        "away_score": row.away_score if final else None,
        "known_at": row.starts_at + PUBLISHED_AFTER if final else None,
    }


def _find_or_name(context: Context, row: GameRow, home: str, away: str, saved: Mapping[str, Any]) -> str:
    """Return the id of a game that a source names by ids of its own: the one we have, else a new one.

    A new id is the day in the east of the United States and the teams; a second game of the day ends in `_2`.
    """
    for source, key in row.ids.items():
        known = context.schedule.find(SourceGame(source, key))
        if known is not None:
            return known.id
    found = context.schedule.find(Matchup(row.home, row.away, row.starts_at))
    if (
        found is not None
        and found.home == home
        and found.id not in saved
        and not context.schedule.is_named(found, row.ids)
    ):
        return found.id
    day = row.starts_at.astimezone(_EASTERN).date()
    first = f"{context.sport.code}:{day}_{away.partition(':')[2]}_{home.partition(':')[2]}"
    name, number = first, 1
    while name in saved or context.schedule.has(name):
        number += 1
        name = f"{first}_{number}"
    return name


def players_of(context: Context, rows: list[PlayerRow]) -> None:
    """Save players, whom any of their ids may know already."""
    people = [
        players.Person(
            row.ids, row.name, context.position(row.position), context.team(row.team), row.born_on, row.renames
        )
        for row in rows
    ]
    outcome = players.save_people(context.session, context.sport.code, people)
    context.tally.counts += outcome.counts
    for (source, external), name in outcome.clashes:
        context.reject(f"a {source} id that is another player's already", f"{name}: {external}")
    context.forget_players()


def rosters(context: Context, rows: list[RosterRow]) -> None:
    """Save rosters, then bring every player's present team up to date."""
    saved = []
    for row in rows:
        who, team = context.who(row.player), context.team(row.team)
        if who is None or team is None:
            context.reject("a roster entry of an unknown player or team", row.player.external_id)
            continue
        game = context.schedule.find(TeamWeek(row.season, row.week, row.team))
        kick_off = game.starts_at if game else context.schedule.week_ends(row.season, row.week)
        if kick_off is None:
            context.reject("a roster of a week without games", f"{row.season} week {row.week}")
            continue
        saved.append(
            {
                "sport": context.sport.code,
                "season": row.season,
                "week": row.week,
                "player_id": who,
                "team_id": team,
                "position": context.position(row.position),
                "status": row.status,
                "known_at": kick_off - INACTIVES_BEFORE,
            }
        )
    context.tally.counts += players.save_rosters(context.session, saved)
    players.refresh(context.session, context.sport.code)
