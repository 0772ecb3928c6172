"""Saves what facts hang on: venues, games, players and rosters."""

from datetime import timedelta

from sdp_common.store import players, reference

from sdp_ingestion.rows import GameRow, PlayerRow, RosterRow, TeamWeek, VenueRow
from sdp_ingestion.save.context import PUBLISHED_AFTER, Context

INACTIVES_BEFORE = timedelta(minutes=90)
"""A week's roster, with who does not play, is known this long before the team's kick-off."""


def venues(context: Context, rows: list[VenueRow]) -> None:
    """Save stadiums."""
    names = ("name", "roof", "surface", "latitude", "longitude", "azimuth_deg")
    saved = [{"id": context.venue_id(row.code), **{name: getattr(row, name) for name in names}} for row in rows]
    context.tally.counts += reference.save_venues(context.session, saved)


def games(context: Context, rows: list[GameRow]) -> None:
    """Save games and their ids at other sources; a final score is known 12 hours after kick-off."""
    saved, ids = [], []
    for row in rows:
        home, away = context.team(row.home), context.team(row.away)
        if home is None or away is None:
            context.reject("a game of an unknown team", f"{row.code}: {row.away} at {row.home}")
            continue
        game_id = f"{context.sport.code}:{row.code}"
        final = row.home_score is not None and row.away_score is not None
        saved.append(
            {
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
                "status": "final" if final else "scheduled",
                "home_score": row.home_score if final else None,
                "away_score": row.away_score if final else None,
                "known_at": row.starts_at + PUBLISHED_AFTER if final else None,
            }
        )
        ids += [{"source": source, "external_id": key, "game_id": game_id} for source, key in row.ids.items()]
    context.tally.counts += reference.save_games(context.session, saved, ids)
    context.forget_games()


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
