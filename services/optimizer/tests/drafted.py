"""A slate with everything that a draft needs, and a way to ask the optimizer for work."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from pydantic import SecretStr
from sdp_common.db.models.projections import Projection, ProjectionSet
from sdp_common.db.models.reference import Game, Player, Team
from sdp_common.db.models.runs import Run
from sdp_common.db.models.slates import Draftable, Slate
from sdp_common.db.models.stats import PlayerGameStats
from sdp_common.db.session import session_scope
from sdp_common.execution import Executor
from sdp_common.service import request
from sdp_common.settings import Settings
from sdp_common.store import projections, runs
from sdp_optimizer.main import service
from sdp_sports.spec import load
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

NFL = load("nfl")
CONTEST = NFL.contests["draftkings_classic"]
LOCK = datetime(2023, 11, 26, 18, tzinfo=UTC)
PAIRS = [("BUF", "PHI"), ("KC", "LV"), ("JAX", "HOU")]
SHAPE = ["QB", "RB", "RB", "WR", "WR", "WR", "TE", "DST"]
LINES = {
    "QB": {"passing_yards": 310, "passing_tds": 2, "interceptions": 1},  # 12.4 + 8 - 1 + 3 = 22.4
    "RB": {"rushing_yards": 60, "receptions": 2, "receiving_yards": 15},  # 6 + 2 + 1.5 = 9.5
    "WR": {"receptions": 5, "receiving_yards": 100, "receiving_tds": 1},  # 5 + 10 + 6 + 3 = 24
    "TE": {"receptions": 3, "receiving_yards": 30},  # 6
    "DST": {"def_sacks": 3, "def_interceptions": 1, "points_allowed": 10},  # 3 + 2 + 4 = 9
}
SCORES = {"QB": 22.4, "RB": 9.5, "WR": 24.0, "TE": 6.0, "DST": 9.0}


@dataclass
class World:
    """What was written, and a way to ask for work."""

    engine: Engine
    database_url: str
    slate_id: int
    set_id: int
    user_id: int
    other_id: int

    def ask(self, job: str, user_id: int | None = -1, **params: Any) -> Run:
        """Ask for a job and execute it; returns the run as it ended."""
        owner = self.user_id if user_id == -1 else user_id
        run_id = request(self.engine, "optimizer", job, user_id=owner, **params)
        settings = Settings(_env_file=None, database_url=SecretStr(self.database_url))  # type: ignore[call-arg]
        Executor("optimizer", service.jobs, self.engine, settings, 0.0).execute(run_id)
        with session_scope(self.engine) as session:
            return runs.run(session, run_id)

    def optimize(self, rules: dict[str, Any], **params: Any) -> Run:
        given = {"slate_id": self.slate_id, "projection_set_id": self.set_id} | params
        return self.ask("optimize", rules=rules, **given)

    def ids(self, position: str) -> list[int]:
        with session_scope(self.engine) as session:
            query = select(Draftable.id).where(Draftable.slate_id == self.slate_id, Draftable.position == position)
            return list(session.scalars(query.order_by(Draftable.id)))

    def pool(self) -> pl.DataFrame:
        with session_scope(self.engine) as session:
            return projections.pool(session, self.slate_id, self.set_id, "draftkings_classic_points")


def write(session: Session, lock: datetime) -> tuple[int, int]:
    """Write teams, games, players, a slate and its projections; returns the slate's and the set's id."""
    rng = random.Random(3)
    session.add_all([Team(id=f"nfl:{t}", sport="nfl", abbreviation=t, name=t) for pair in PAIRS for t in pair])
    slate = Slate(
        sport="nfl", site="draftkings", contest="draftkings_classic", name="Main", source="test", external_id="1",
        salary_source="modelled", starts_at=lock, known_at=lock,
    )  # fmt: skip
    session.add(slate)
    session.flush()
    projected = ProjectionSet(slate_id=slate.id, kind="simulated", name="Ours", as_of=lock, inputs={})
    session.add(projected)
    session.flush()
    for number, (away, home) in enumerate(PAIRS):
        game = Game(
            id=f"nfl:2023_12_{away}_{home}", sport="nfl", season=2023, season_type="REG", week=12,
            starts_at=lock + timedelta(hours=3 * number), home_team_id=f"nfl:{home}", away_team_id=f"nfl:{away}",
        )  # fmt: skip
        session.add(game)
        session.flush()
        for team in (away, home):
            for place, position in enumerate(SHAPE):
                name = f"{team} {position}{place}"
                player = Player(
                    sport="nfl", name=name, normalised_name=name.lower(), position=position, team_id=f"nfl:{team}"
                )
                session.add(player)
                session.flush()
                fits = [s.name for s in CONTEST.slots if position in s.positions]
                draftable = Draftable(
                    slate_id=slate.id, external_id=f"{player.id}9", name=name, player_id=player.id,
                    team_id=f"nfl:{team}", game_id=game.id, position=position, roster_slots=fits,
                    salary_usd=rng.randrange(3000, 8000, 100),
                )  # fmt: skip
                session.add(draftable)
                session.flush()
                session.add(
                    Projection(
                        set_id=projected.id, draftable_id=draftable.id, stat="draftkings_classic_points",
                        mean=rng.uniform(2, 20),
                    )
                )  # fmt: skip
    session.flush()
    return slate.id, projected.id


def finish_games(session: Session, absent: str = "") -> None:
    """Write the final scores and everybody's stat line but the absent one's."""
    known = LOCK + timedelta(hours=20)
    for game in session.scalars(select(Game)):
        game.home_score, game.away_score, game.known_at, game.status = 24, 10, known, "final"
    rows = session.execute(
        select(Draftable).where(Draftable.player_id.is_not(None), Draftable.name != absent)
    ).scalars()
    for row in rows:
        session.add(
            PlayerGameStats(
                player_id=row.player_id, game_id=row.game_id, source="test", known_at=known, team_id=row.team_id,
                position=row.position, stats=LINES[row.position],
            )
        )  # fmt: skip
