"""Saves facts: stat lines, quotes, weather and injuries, each with the moment at which it was known."""

from sdp_common.store import injuries as injury_store
from sdp_common.store import stats as stat_store
from sdp_common.store import weather

from sdp_ingestion.rows import ForecastRow, InjuryRow, PlaysRow, StatRow
from sdp_ingestion.save.context import PUBLISHED_AFTER, Context

_CONDITIONS = (
    "temp_f",
    "wind_mph",
    "gust_mph",
    "wind_from_deg",
    "precipitation_in",
    "precipitation_prob",
    "humidity_pct",
    "weather_code",
    "lead_h",
    "wind_along_mph",
    "wind_across_mph",
)


def stats(context: Context, rows: list[StatRow]) -> None:
    """Save stat lines, known 12 hours after kick-off."""
    saved = []
    for row in rows:
        who, game, team = context.who(row.player), context.schedule.find(row.game), context.team(row.team)
        if who is None or game is None or team is None:
            what = "player" if who is None else "game" if game is None else "team"
            context.reject(f"a line of an unknown {what}", f"{row.player.external_id} {row.team}")
            continue
        line = dict(row.stats)
        if row.excused is not None:
            against = game.score_of(game.opponent(team))
            if against is None:
                context.reject("a defence's line of a game without a score", game.id)
                continue
            line["points_allowed"] = against - row.excused
        saved.append(
            {
                "player_id": who,
                "game_id": game.id,
                "source": context.source,
                "known_at": game.starts_at + PUBLISHED_AFTER,
                "team_id": team,
                "position": context.position(row.position),
                "stats": line,
            }
        )
    context.tally.counts += stat_store.save(context.session, saved)


def plays(context: Context, rows: list[PlaysRow]) -> None:
    """Save what the play-by-play tells, known with the stat lines."""
    saved = []
    for row in rows:
        who, game = context.who(row.player), context.schedule.find(row.game)
        if who is None or game is None:
            context.reject("the plays of an unknown player or game", f"{row.player.external_id} {row.game}")
            continue
        known_at = game.starts_at + PUBLISHED_AFTER
        saved.append({"player_id": who, "game_id": game.id, "known_at": known_at, "stats": dict(row.stats)})
    context.tally.counts += stat_store.save_plays(context.session, saved)


def forecasts(context: Context, rows: list[ForecastRow]) -> None:
    """Save forecasts; one without a moment is an observation at kick-off."""
    saved = []
    for row in rows:
        game = context.schedule.find(row.game)
        if game is None:
            context.reject("the weather of an unknown game", str(row.game))
            continue
        saved.append(
            {
                "game_id": game.id,
                "source": context.source,
                "known_at": row.known_at or game.starts_at,
                "forecast_for": row.forecast_for or game.starts_at,
                **{name: getattr(row, name) for name in _CONDITIONS},
            }
        )
    context.tally.counts += weather.save(context.session, saved)


def injuries(context: Context, rows: list[InjuryRow]) -> None:
    """Save reports on players, found by id or else by name, team and position.

    What is dated after we read it was known when we read it: the source's clock is wrong.
    """
    saved = []
    for row in rows:
        who = context.person(row.player, row.name, row.team, row.position)
        if who is None:
            context.reject("a report on an unmatched player", f"{row.name} ({row.team} {row.position})")
            continue
        columns = ("season", "week", "status", "practice_status", "body_part", "confidence")
        values = {name: getattr(row, name) for name in columns}
        known = {"known_at": min(row.known_at, context.now), "team_id": context.team(row.team)}
        saved.append({"player_id": who, "source": context.source, **known, **values})
    context.tally.counts += injury_store.save(context.session, saved)
    fresh = [row for row in saved if context.now - row["known_at"] <= injury_store.LATE]
    context.tally.late += injury_store.raise_late(context.session, fresh)
