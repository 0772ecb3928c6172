"""The features process."""

from datetime import datetime
from typing import Any

import polars as pl
from sdp_common.errors import BadInput, Conflict
from sdp_common.moments import read_moment
from sdp_common.service import Job, Service
from sdp_common.store import features, reference, roles, slates, stats
from sdp_engine.features import build as engine
from sdp_engine.features.panel import Sources
from sdp_sports.spec import Sport, load
from sqlalchemy.orm import Session

from sdp_features import pricing

service = Service("features")


@service.job(attempts=3)
def price_slate(job: Job, sport: str, season: int, week: int, contest: str) -> dict[str, Any]:
    """Make the slate of a week's main Sunday games, with salaries modelled from points scored before its lock.

    Idempotent: the same week and contest is the same slate.

    Args:
        job: This execution.
        sport: The sport's code.
        season: The season's year.
        week: The week of the regular season.
        contest: A declared contest of the sport (`draftkings_classic`).

    Raises:
        BadInput: No such sport or contest, or the site has no price curve.
        NotFound: The week has no game in the Sunday windows.
        Conflict: Nobody of these teams has played before.
    """
    declared = sport_of(sport)
    if contest not in declared.contests:
        raise BadInput(f"{sport} has no contest {contest}; declared: {', '.join(declared.contests)}")
    job.progress(0.05, "reading the week's games")
    with job.session() as session:
        slate_row, draftable_rows = pricing.price(session, declared, season, week, contest, now=job.now)
        job.progress(0.8, "writing the slate")
        slate_id = slates.save_slate(session, slate_row, draftable_rows)
    return {"slate_id": slate_id, "rows": len(draftable_rows), "salary_source": pricing.MODELLED}


@service.job(attempts=3)
def build(job: Job, sport: str, until: str | None = None) -> dict[str, Any]:
    """Build the features of every past player game, each from what was known before its own kick-off.

    Args:
        job: This execution.
        sport: The sport's code.
        until: ISO 8601; facts known later are not read. Now where None.

    Raises:
        BadInput: No such sport, or not a moment.
        Conflict: No stat line is known by then.
    """
    declared, moment = sport_of(sport), read_moment(until, job.now)
    job.progress(0.02, "reading games and stat lines")
    with job.session() as session:
        sources = read_sources(session, sport, moment)
    job.progress(0.3, f"building from {sources.lines.height:,} stat lines")
    rows = engine.history(declared, sources)
    kicked_off = sources.games.select("game_id", as_of="starts_at")
    rows = rows.join(kicked_off, on="game_id", how="left", maintain_order="left")
    job.progress(0.5, f"writing {rows.height:,} rows")
    with job.session() as session:
        counts = features.save(session, sport, engine.NAME, rows, version=engine.VERSION)
    return {"rows": counts.rows, "new": counts.new, "changed": counts.changed, "unchanged": counts.unchanged}


@service.job(attempts=3)
def build_slate(job: Job, slate_id: int) -> dict[str, Any]:
    """Build the features of a slate's players as of min(now, its lock).

    Args:
        job: This execution.
        slate_id: The slate.

    Raises:
        NotFound: There is no such slate.
        Conflict: No player of it is matched to a game, or no stat line is known by then.
    """
    with job.session() as session:
        slate = slates.slate(session, slate_id)
        as_of, sport = min(job.now, slate.starts_at), slate.sport
        population = slates.population(session, slate_id, as_of=as_of)
        if population.is_empty():
            raise Conflict(f"slate {slate_id} has nobody to predict: none of its players was matched to a game")
        job.progress(0.1, "reading games and stat lines")
        sources = read_sources(session, sport, as_of)
    job.progress(0.5, f"building {population.height} rows")
    rows = engine.population(sport_of(sport), sources, population, as_of).with_columns(as_of=pl.lit(as_of))
    with job.session() as session:
        counts = features.save(session, sport, engine.NAME, rows, version=engine.VERSION)
    return {"rows": counts.rows, "as_of": as_of.isoformat()}


def read_sources(session: Session, sport: str, as_of: datetime) -> Sources:
    """Return what features are made from, as known at a moment.

    Raises:
        Conflict: No stat line is known by then.
    """
    lines = stats.player_games(session, sport, as_of=as_of)
    if lines.is_empty():
        raise Conflict(f"no {sport} stat line is known by {as_of:%Y-%m-%d %H:%M} UTC: run the stats feed first")
    return Sources(
        games=reference.games(session, sport, as_of=as_of),
        lines=lines,
        snaps=stats.snaps(session, sport, as_of=as_of),
        roles=roles.roles(session, sport, as_of=as_of),
        drafts=roles.drafts(session, sport),
    )


def sport_of(code: str) -> Sport:
    """Return a declared sport.

    Raises:
        BadInput: It is not declared.
    """
    try:
        return load(code)
    except KeyError as error:
        raise BadInput(str(error.args[0])) from error


def main() -> None:
    """Run the service's command line."""
    service.main()
