"""Saves the part a player has in his team: depth charts, starters, snaps, and where he was drafted."""

from collections import defaultdict
from datetime import datetime

from sdp_common.store import players
from sdp_common.store import stats as stat_store

from sdp_ingestion.identity import Identities
from sdp_ingestion.rows import DepthRow, KnownPlayerRow, SnapRow, StarterRow, TeamWeek
from sdp_ingestion.save.context import PUBLISHED_AFTER, Context


def known_players(context: Context, rows: list[KnownPlayerRow]) -> None:
    """Save further ids and the draft of players whom we know already."""
    known = []
    for row in rows:
        who = next((found for key in row.ids if (found := context.who(key)) is not None), None)
        if who is not None:
            known.append(players.Draft(who, row.ids, row.draft_pick, row.first_season))
    context.tally.counts += players.save_drafts(context.session, known)
    context.forget_players()


def depths(context: Context, rows: list[DepthRow]) -> None:
    """Save depth charts into the week's roster; of dated charts the last one before the kick-off counts."""
    ranks: dict[tuple[int, int, int], int] = {}
    for row, week in _weeks(context, rows):
        who = context.who(row.player)
        if who is None:
            context.reject("a depth chart's unknown player", row.player.external_id)
            continue
        key = (row.season, week, who)
        ranks[key] = min(row.depth, ranks.get(key, row.depth))
    saved = [
        {"season": season, "week": week, "player_id": who, "depth": depth}
        for (season, week, who), depth in ranks.items()
    ]
    players.save_depths(context.session, context.sport.code, saved)


def _weeks(context: Context, rows: list[DepthRow]) -> list[tuple[DepthRow, int]]:
    """Return each row with the week that it speaks for; rows of dated charts may speak for several or for none."""
    placed = [(row, row.week) for row in rows if row.week is not None]
    dated: dict[tuple[int, str], dict[datetime, list[DepthRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.week is None and row.published_at is not None:
            dated[row.season, row.team][row.published_at].append(row)
    for (season, team), charts in dated.items():
        for week in range(1, 23):
            game = context.schedule.find(TeamWeek(season, week, team))
            before = [at for at in charts if game is not None and at < game.starts_at]
            if before:
                placed += [(row, week) for row in charts[max(before)]]
    return placed


def starters(context: Context, rows: list[StarterRow]) -> None:
    """Save who started, known with the stat lines: the list names who took the field, not who was to."""
    saved = []
    for row in rows:
        who, game, team = context.who(row.player), context.schedule.find(row.game), context.team(row.team)
        if who is None or game is None or team is None:
            context.reject("a starter who is unknown", f"{row.game} {row.team}")
            continue
        keys = {"game_id": game.id, "team_id": team, "position": context.position(row.position)}
        saved.append({**keys, "player_id": who, "known_at": game.starts_at + PUBLISHED_AFTER})
    context.tally.counts += players.save_starters(context.session, saved)


def snaps(context: Context, rows: list[SnapRow]) -> None:
    """Save snaps, known with the stat lines; a player is found by id or else by name, team and position."""
    named: Identities | None = None
    saved = []
    for row in rows:
        game, team, position = context.schedule.find(row.game), context.team(row.team), context.position(row.position)
        if game is None or team is None:
            context.reject("snaps of an unknown game", str(row.game))
            continue
        who = context.who(row.player)
        if who is None:
            named = named or context.named(game.starts_at)
            found = named.match(row.name, team_id=team, position=position)
            who = found.player_id if found else None
        if who is None:
            context.reject("snaps of an unmatched player", f"{row.name} ({row.team} {row.position})")
            continue
        saved.append(
            {
                "player_id": who,
                "game_id": game.id,
                "team_id": team,
                "position": position,
                "offense_snaps": row.offense_snaps,
                "offense_share": row.offense_share,
                "known_at": game.starts_at + PUBLISHED_AFTER,
            }
        )
    context.tally.counts += stat_store.save_snaps(context.session, saved)
