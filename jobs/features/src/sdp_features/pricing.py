"""The slate of a week, priced from the past."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from sdp_common.errors import BadInput, Conflict, NotFound
from sdp_common.store import players, reference, stats
from sdp_engine.contest import salaries
from sdp_engine.features import squad
from sdp_engine.features.panel import fantasy_points
from sdp_sports.spec import Contest, Sport
from sqlalchemy.orm import Session

MODELLED = "modelled"
CLOCK = ZoneInfo("America/New_York")
WINDOW = (time(13, 0), time(16, 30))
"""The Sunday kick-offs of a main slate, in the league's clock."""


def price(
    session: Session, sport: Sport, season: int, week: int, contest: str, *, now: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the row of the slate and the rows of its draftables.

    Raises:
        BadInput: The contest's site has no price curve.
        NotFound: The week has no game in the Sunday windows.
        Conflict: Nobody of these teams has played before.
    """
    declared = sport.contests[contest]
    schedule = reference.games(session, sport.code, as_of=now)
    week_games = main_games(schedule, season, week)
    if week_games.is_empty():
        raise NotFound(f"no {sport.name} game of week {week} of {season} kicks off on a Sunday between 13:00 and 16:30")
    kick_offs: list[datetime] = week_games["starts_at"].to_list()
    lock = min(kick_offs)
    as_of = min(now, lock)
    lines = stats.player_games(session, sport.code, as_of=as_of)
    past = lines.join(schedule.select("game_id", "starts_at"), on="game_id")
    chosen = roster(past, week_games, declared)
    if chosen.is_empty():
        raise Conflict(f"nobody of week {week} of {season} has played before: run the stats feed first")
    scored = past.with_columns(points=fantasy_points(sport, declared)).filter(pl.col("points").is_not_null())
    try:
        priced = salaries.price(declared.site, scored, chosen)
    except ValueError as error:
        raise BadInput(str(error)) from error
    known = players.identities(session, sport.code, as_of=as_of).select("player_id", "name").unique("player_id")
    named = priced.join(known, on="player_id", how="left", maintain_order="left")
    title = f"{sport.name} {season} week {week}, Sunday main"
    slate_row = {
        "sport": sport.code,
        "site": declared.site,
        "contest": contest,
        "name": title,
        "source": MODELLED,
        "external_id": f"{contest}:{season}:{week}:main",
        "salary_source": MODELLED,
        "starts_at": lock,
        "known_at": as_of,
    }
    return slate_row, [_draftable(row, declared) for row in named.iter_rows(named=True)]


def main_games(schedule: pl.DataFrame, season: int, week: int) -> pl.DataFrame:
    """Return the games of a week that kick off on Sunday in the two afternoon windows, in order."""
    local = pl.col("starts_at").dt.convert_time_zone(str(CLOCK))
    return schedule.filter(
        pl.col("season") == season,
        pl.col("week") == week,
        pl.col("season_type") == "REG",
        local.dt.weekday() == 7,
        local.dt.time().is_between(*WINDOW),
    ).sort("starts_at", "game_id")


def roster(past: pl.DataFrame, week_games: pl.DataFrame, contest: Contest) -> pl.DataFrame:
    """Return who may be drafted: `player_id`, `position`, `team_id`, `game_id`.

    Everybody with a stat line in one of his team's last `squad.RECENT` games whose last line of all is for that team.
    """
    home = week_games.select("game_id", team_id="home_team_id")
    playing = pl.concat([home, week_games.select("game_id", team_id="away_team_id")])
    latest = past.sort("starts_at").unique("player_id", keep="last", maintain_order=True)
    recent = (
        past.select("team_id", "starts_at")
        .unique()
        .sort("starts_at")
        .group_by("team_id", maintain_order=True)
        .agg(since=pl.col("starts_at").tail(squad.RECENT).first())
    )
    return (
        latest.filter(pl.col("position").is_in(sorted(contest.positions)))
        .join(recent, on="team_id")
        .filter(pl.col("starts_at") >= pl.col("since"))
        .select("player_id", "position", "team_id")
        .join(playing, on="team_id")
        .sort("game_id", "team_id", "position", "player_id")
    )


def _draftable(row: dict[str, Any], contest: Contest) -> dict[str, Any]:
    slots = [slot.name for slot in contest.slots if row["position"] in slot.positions]
    average = row["average_points"]
    return {
        "external_id": str(row["player_id"]),
        "name": row["name"] or f"Player {row['player_id']}",
        "player_id": row["player_id"],
        "match_score": 1.0,
        "team_id": row["team_id"],
        "game_id": row["game_id"],
        "position": row["position"],
        "roster_slots": slots,
        "salary_usd": row["salary_usd"],
        "average_points": None if average is None else round(average, 2),
        "status": None,
        "is_disabled": False,
    }
