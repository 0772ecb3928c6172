"""A real server on a loopback port, real users, and a slate written by hand."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sdp_api.app import create_app
from sdp_api.main import Server, bind, make_server
from sdp_common.db.models.lineups import Lineup, LineupSet
from sdp_common.db.models.predictions import ModelVersion, Prediction
from sdp_common.db.models.projections import GameProjection, Projection, ProjectionSet
from sdp_common.db.models.reference import Game, Player, Team
from sdp_common.db.models.slates import Draftable, Slate
from sdp_common.db.models.stats import PlayerGameStats
from sdp_common.settings import Settings
from sdp_common.store import odds
from sdp_sports.spec import QUANTILES, load
from sqlalchemy import Engine
from sqlalchemy.orm import Session

PASSWORD = "correct horse battery"


@dataclass
class Running:
    """A server that answers at `url`."""

    url: str
    app: FastAPI
    server: Server
    thread: threading.Thread


@contextmanager
def running(settings: Settings) -> Iterator[Running]:
    listener = bind("127.0.0.1", 0)
    app = create_app(settings)
    server = make_server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    try:
        yield Running(url, app, server, thread)
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def settings_of(database_url: str) -> Callable[..., Settings]:
    def make(**changed: object) -> Settings:
        return Settings(_env_file=None, database_url=SecretStr(database_url), **changed)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="module")
def api(settings_of: Callable[..., Settings]) -> Iterator[Running]:
    with running(settings_of(upload_max_bytes=256 * 1024, upload_max_standings_bytes=2**20)) as found:
        yield found


def client_of(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=20)


@pytest.fixture(scope="module")
def admin(api: Running) -> Iterator[httpx.Client]:
    """The first administrator, signed in."""
    with client_of(api.url) as client:
        answer = client.post("/api/setup", json={"username": "Admin", "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        yield client


@contextmanager
def signed_in(api: Running, admin: httpx.Client, username: str) -> Iterator[httpx.Client]:
    created = admin.post("/api/users", json={"username": username, "password": PASSWORD})
    assert created.status_code == 201, created.text
    with client_of(api.url) as client:
        answer = client.post("/api/session", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        yield client


@pytest.fixture(scope="module")
def ann(api: Running, admin: httpx.Client) -> Iterator[httpx.Client]:
    with signed_in(api, admin, "ann") as client:
        yield client


@pytest.fixture(scope="module")
def bob(api: Running, admin: httpx.Client) -> Iterator[httpx.Client]:
    with signed_in(api, admin, "bob") as client:
        yield client


@pytest.fixture
def anonymous(api: Running) -> Iterator[httpx.Client]:
    with client_of(api.url) as client:
        yield client


@dataclass(frozen=True)
class World:
    """The ids of what was written."""

    slate_id: int
    set_id: int
    draftables: dict[str, int]
    lineup_set_id: int
    lock: datetime


LOCK = datetime(2023, 11, 26, 18, tzinfo=UTC)
ROSTER = [
    ("Quinn Passer", "QB", "PHI", 7000),
    ("Ray Runner", "RB", "PHI", 6000),
    ("Rob Rusher", "RB", "BUF", 5500),
    ("Walt Wideout", "WR", "PHI", 8000),
    ("Wes Widely", "WR", "BUF", 7500),
    ("Will Slot", "WR", "PHI", 4500),
    ("Ted Tightend", "TE", "BUF", 4000),
    ("Al Flexible", "WR", "BUF", 3500),
    ("Eagles ", "DST", "PHI", 3000),
    ("Sam Same", "WR", "PHI", 3100),
    ("Sam Same", "WR", "BUF", 3200),
    ("Nobody Known", "TE", "BUF", 2500),
]


def write_slate(session: Session, *, external_id: str = "main", salary_source: str = "modelled") -> int:
    """Write the teams, the players, two past games, the slate's game and the slate; return its id."""
    for code in ("PHI", "BUF"):
        session.merge(Team(id=f"nfl:{code}", sport="nfl", abbreviation=code, name=load("nfl").teams[code]))
    session.flush()
    for week, starts_at in ((10, LOCK - timedelta(days=14)), (12, LOCK), (13, LOCK + timedelta(days=7))):
        session.merge(
            Game(
                id=f"nfl:2023_{week}_BUF_PHI",
                sport="nfl",
                season=2023,
                season_type="REG",
                week=week,
                starts_at=starts_at,
                home_team_id="nfl:PHI",
                away_team_id="nfl:BUF",
                status="final",
                home_score=37,
                away_score=34,
                known_at=starts_at + timedelta(hours=12),
            )
        )
    session.flush()
    slate = Slate(
        sport="nfl",
        site="draftkings",
        contest="draftkings_classic",
        name="Week 12, main",
        source="test",
        external_id=external_id,
        salary_source=salary_source,
        starts_at=LOCK,
        known_at=LOCK - timedelta(days=3),
    )
    session.add(slate)
    session.flush()
    for number, (name, position, team, salary) in enumerate(ROSTER):
        known = name != "Nobody Known"
        player = Player(sport="nfl", name=name, normalised_name=name.lower(), position=position, team_id=f"nfl:{team}")
        if known:
            session.add(player)
            session.flush()
        session.add(
            Draftable(
                slate_id=slate.id,
                external_id=str(31_000_000 + number),
                name=name,
                player_id=player.id if known else None,
                team_id=f"nfl:{team}",
                game_id="nfl:2023_12_BUF_PHI",
                position=position,
                roster_slots=[position],
                salary_usd=salary,
                is_disabled=False,
            )
        )
        if number == 0:
            for week, yards in ((10, 250.0), (12, 300.0), (13, 999.0)):
                starts_at = session.get_one(Game, f"nfl:2023_{week}_BUF_PHI").starts_at
                session.add(
                    PlayerGameStats(
                        player_id=player.id,
                        game_id=f"nfl:2023_{week}_BUF_PHI",
                        source="test",
                        known_at=starts_at + timedelta(hours=12),
                        team_id="nfl:PHI",
                        position="QB",
                        stats={"passing_yards": yards, "passing_tds": 2.0, "interceptions": 0.0},
                    )
                )
    session.flush()
    return slate.id


def write_set(session: Session, slate_id: int, user_id: int | None = None) -> int:
    """Write a projection set: mean = salary / 400, quantiles 0..14, and the game's projection."""
    kind = "simulated" if user_id is None else "uploaded"
    row = ProjectionSet(
        slate_id=slate_id, user_id=user_id, kind=kind, name="A set", as_of=LOCK, worlds=100, seed=1, inputs={}
    )
    session.add(row)
    session.flush()
    for draftable in session.query(Draftable).filter_by(slate_id=slate_id):
        session.add(
            Projection(
                set_id=row.id,
                draftable_id=draftable.id,
                stat="draftkings_classic_points",
                mean=draftable.salary_usd / 400,
                sd=5.0,
                prob_zero=0.1,
                quantiles=[float(i) for i in range(len(QUANTILES))],
                hist_from=0.0,
                hist_width=5.0,
                hist_counts=[0.25, 0.5, 0.25],
            )
        )
    session.add(
        GameProjection(
            set_id=row.id,
            game_id="nfl:2023_12_BUF_PHI",
            home_score_mean=25.5,
            away_score_mean=22.0,
            total_sd=10.0,
            margin_sd=12.0,
            prob_home_win=0.61,
            line_source="market",
        )
    )
    session.flush()
    return row.id


def write_prediction(session: Session, slate_id: int, version: str, as_of: datetime) -> None:
    """Write what a model said of the quarterback's passing yards."""
    quarterback = session.query(Draftable).filter_by(slate_id=slate_id, name="Quinn Passer").one()
    model = ModelVersion(
        sport="nfl",
        market="passing_yards",
        family="boosted",
        version=version,
        path="x",
        sha256="0" * 64,
        data_until=LOCK,
        details={},
    )
    session.add(model)
    session.flush()
    session.add(
        Prediction(
            player_id=quarterback.player_id,
            game_id=quarterback.game_id,
            market="passing_yards",
            model_version_id=model.id,
            as_of=as_of,
            team_id="nfl:PHI",
            position="QB",
            mean=251.0,
            sd=70.0,
            prob_zero=0.0,
            quantiles=[250.0] * len(QUANTILES),
            family="empirical",
            params={},
            drivers=[{"feature": "passing_yards_slow", "value": 240.5, "effect": 12.25}],
        )
    )
    session.flush()


def write_lineups(session: Session, slate_id: int, set_id: int, user_id: int, count: int = 2) -> int:
    """Write a set of equal lineups: the first nine of the slate, in the order of the slots."""
    ids = [d.id for d in session.query(Draftable).filter_by(slate_id=slate_id).order_by(Draftable.external_id)][:9]
    row = LineupSet(slate_id=slate_id, projection_set_id=set_id, user_id=user_id, name="Mine", rules={"lineups": count})
    session.add(row)
    session.flush()
    for rank in range(1, count + 1):
        session.add(
            Lineup(
                set_id=row.id,
                rank=rank,
                draftable_ids=ids,
                salary_usd=49_000,
                projected_points=120.0 + rank,
                realised_points=100.0 if rank == 1 else None,
            )
        )
    session.flush()
    return row.id


@pytest.fixture(scope="module")
def world(engine: Engine, ann: httpx.Client) -> World:
    """A past slate with modelled salaries, our projections, and lineups of Ann's."""
    ann_id = ann.get("/api/session").json()["user"]["id"]
    with Session(engine) as session, session.begin():
        slate_id = write_slate(session)
        quotes = (("a", -3.5, 2, "open"), ("b", -2.5, 2, "open"), ("c", -8.5, 2, "suspended"), ("a", -9.5, -2, "open"))
        for book, line, hours, status in quotes:
            quote = {"game_id": "nfl:2023_12_BUF_PHI", "source": "test", "book": book, "market": "spread"}
            quote |= {"status": status}
            quote |= {"side": "home", "line": line, "price_decimal": 1.91, "known_at": LOCK - timedelta(hours=hours)}
            odds.save(session, [quote])
        set_id = write_set(session, slate_id)
        lineup_set_id = write_lineups(session, slate_id, set_id, ann_id)
        for version, as_of in (("1", LOCK - timedelta(hours=1)), ("2", LOCK + timedelta(hours=1))):
            write_prediction(session, slate_id, version, as_of)
        rows = session.query(Draftable).filter_by(slate_id=slate_id)
        draftables = {f"{d.name.strip()} {d.team_id[-3:]}": d.id for d in rows}
    return World(slate_id, set_id, draftables, lineup_set_id, LOCK)


@pytest.fixture
def web_folder(tmp_path: Path) -> Path:
    """What `vite build` leaves, in small."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Platform</title>")
    (tmp_path / "assets" / "index-abc123.js").write_text("console.log(1)\n" * 500)
    return tmp_path


@pytest.fixture(scope="session")
def password() -> str:
    """Everybody's password."""
    return PASSWORD


@pytest.fixture
def start() -> Callable[[Settings], AbstractContextManager[Running]]:
    """Start a further server."""
    return running


@dataclass(frozen=True)
class Writers:
    """Write further rows of a world."""

    slate: Callable[..., int] = write_slate
    projection_set: Callable[..., int] = write_set
    lineups: Callable[..., int] = write_lineups


@pytest.fixture(scope="session")
def writers() -> Writers:
    """Write further slates, sets and lineups."""
    return Writers()
