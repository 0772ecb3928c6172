"""A slate of two games with projections of means alone, two users, and lineups that enter contests."""

from datetime import UTC, datetime, timedelta

import numpy as np
from sdp_common.db.models.accounts import User
from sdp_common.db.models.lineups import Lineup, LineupSet
from sdp_common.db.models.projections import Projection, ProjectionSet
from sdp_common.db.models.reference import Game, Player, Team
from sdp_common.db.models.slates import Draftable, Slate
from sdp_common.db.session import session_scope
from sdp_common.service import Job
from sdp_common.settings import Settings
from sdp_common.store import runs
from sdp_sports.spec import load

LOCK = datetime(2023, 11, 26, 18, tzinfo=UTC)
CONTEST = load("nfl").contests["draftkings_classic"]
SHAPE = ["QB", "QB", "RB", "RB", "RB", "WR", "WR", "WR", "WR", "TE", "TE", "DST"]


def write(engine):
    """Two games with projections of means alone, two users, and a set of two lineups of the first one's."""
    rng = np.random.default_rng(1)
    with session_scope(engine) as session:
        users = [User(username=name, password_hash="x") for name in ("ann", "bob")]
        session.add_all(users)
        session.add_all([Team(id=f"nfl:{t}", sport="nfl", abbreviation=t, name=t) for t in "ABCD"])
        slate = Slate(
            sport="nfl", site="draftkings", contest="draftkings_classic", name="Main", source="test", external_id="1",
            salary_source="modelled", starts_at=LOCK, known_at=LOCK,
        )  # fmt: skip
        session.add(slate)
        session.flush()
        chosen = ProjectionSet(slate_id=slate.id, kind="uploaded", name="Mine", as_of=LOCK, inputs={})
        session.add(chosen)
        session.flush()
        drafted: dict[str, list[int]] = {}
        for home, away in ("AB", "CD"):
            game = Game(
                id=f"nfl:2023_12_{away}_{home}", sport="nfl", season=2023, season_type="REG", week=12, starts_at=LOCK,
                home_team_id=f"nfl:{home}", away_team_id=f"nfl:{away}",
            )  # fmt: skip
            session.add(game)
            session.flush()
            for team in (home, away):
                for n, position in enumerate(SHAPE):
                    player = Player(sport="nfl", name=f"{team}{n}", normalised_name=f"{team}{n}", position=position)
                    session.add(player)
                    session.flush()
                    row = Draftable(
                        slate_id=slate.id, external_id=str(player.id), name=f"{team}{n}", player_id=player.id,
                        team_id=f"nfl:{team}", game_id=game.id, position=position,
                        roster_slots=[s.name for s in CONTEST.slots if position in s.positions],
                        salary_usd=int(rng.integers(35, 62)) * 100,
                    )  # fmt: skip
                    session.add(row)
                    session.flush()
                    drafted.setdefault(position, []).append(row.id)
                    points = float(rng.uniform(3, 20))
                    session.add(
                        Projection(set_id=chosen.id, draftable_id=row.id, stat="draftkings_classic_points", mean=points)
                    )
        built = LineupSet(slate_id=slate.id, projection_set_id=chosen.id, user_id=users[0].id, name="Two", rules={})
        session.add(built)
        session.flush()
        for rank in (1, 2):
            ids = [
                drafted["QB"][rank], *drafted["RB"][:2], *drafted["WR"][:3], drafted["TE"][0], drafted["RB"][2],
                drafted["DST"][0],
            ]  # fmt: skip
            session.add(Lineup(set_id=built.id, rank=rank, draftable_ids=ids, salary_usd=45000, projected_points=100.0))
        session.flush()
        return {"slate": slate.id, "set": built.id, "ann": users[0].id, "bob": users[1].id, "chosen": chosen.id}


def job(engine, user_id, **parts):
    with session_scope(engine) as session:
        run = runs.create(session, "sim-engine", "simulate_contest", {}, user_id=user_id, status="running")
        run_id = run.id
    given = {"engine": engine, "settings": Settings(_env_file=None), "now": LOCK - timedelta(days=1), "progress_s": 0.0}
    return Job(run_id, **given | parts)
