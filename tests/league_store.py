"""The invented league of the engine's tests, put into a database as a feed would."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from sdp_common.job import Job
from sdp_common.settings import Settings
from sdp_common.store import players, reference, runs, stats
from sdp_common.store.players import Person
from sqlalchemy import Engine
from sqlalchemy.orm import Session

sys.path.append(str(Path(__file__).parents[1] / "libs/engine/tests"))

from league import SPORT, TEAMS, League, make

__all__ = ["NOW", "TEAMS", "League", "job", "league_in"]

NOW = datetime(2023, 6, 1, tzinfo=UTC)
"""Long after the league's last game."""


def league_in(session: Session, **options: Any) -> League:
    """Put a league into a database and return it with the database's player ids."""
    league = make(**options)
    reference.save_teams(session, SPORT.code)
    rows = league.games.drop("roof", "spread", "total", "wind_mph", "temp_f").rename({"game_id": "id"})
    rows = rows.with_columns(sport=pl.lit(SPORT.code), status=pl.lit("final"))
    reference.save_games(session, rows.to_dicts())
    lines = league.lines
    squad = lines.unique("player_id", maintain_order=True).select("player_id", "position", "team_id")
    people = [
        Person([("invented", str(number))], f"Player {number} Invented", position, team)
        for number, position, team in squad.iter_rows()
    ]
    players.save_people(session, SPORT.code, people)
    ids = players.ids(session, SPORT.code)
    known = {int(external): player for (source, external), player in ids.items() if source == "invented"}
    lines = lines.with_columns(pl.col("player_id").replace_strict(known))
    documents = [{stat: row[stat] for stat in SPORT.stats if row[stat]} for row in lines.iter_rows(named=True)]
    keys = lines.select("player_id", "game_id", "team_id", "position", "known_at").to_dicts()
    stats.save(
        session, [{**key, "source": "invented", "stats": told} for key, told in zip(keys, documents, strict=True)]
    )
    told = lines.filter(pl.col(SPORT.plays[0]).is_not_null())
    stats.save_plays(
        session,
        [
            {
                **{key: row[key] for key in ("player_id", "game_id", "known_at")},
                "stats": {p: row[p] for p in SPORT.plays},
            }
            for row in told.iter_rows(named=True)
        ],
    )
    return replace(league, lines=lines)


def job(engine: Engine, service: str, name: str, artifacts: Path | None = None, *, now: datetime = NOW) -> Job:
    """Return a job that runs at a moment of our choosing."""
    with Session(engine) as session, session.begin():
        run = runs.create(session, service, name, {}, status="running")
        run_id = run.id
    settings = Settings(artifacts_dir=artifacts) if artifacts is not None else Settings()
    return Job(run_id, engine=engine, settings=settings, now=now, progress_s=0.0)
