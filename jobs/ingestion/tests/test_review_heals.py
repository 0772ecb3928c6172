"""A team, a game, a market and a player that nobody could match wait for review; one decision heals the past."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sdp_common.db.models.reference import Player
from sdp_common.db.models.runs import Run
from sdp_common.db.session import make_engine
from sdp_common.service import Job
from sdp_common.settings import Settings
from sdp_common.store import odds, players, reference, review, runs
from sdp_ingestion.ingest import ingest
from sdp_ingestion.registry import provider
from sdp_ingestion.reparse import reparse
from sdp_ingestion.settle import settle
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

NOW = datetime(2025, 1, 2, 12, tzinfo=UTC)
KICK_OFF = NOW + timedelta(hours=30)
GAME, LATER = "nfl:2024_18_NYJ_BUF", "nfl:2024_18_KC_DEN"
DEFENCE = {("anytime_touchdown", "yes")}
ALWAYS = datetime(2100, 1, 1, tzinfo=UTC)


def event(home: str, away: str, starts_at: datetime, *markets: dict[str, Any]) -> dict[str, Any]:
    sides = [{"name": home, "home": True}, {"name": away, "home": False}]
    group = {"description": "Lines", "alternateType": False, "markets": list(markets)}
    start = int(starts_at.timestamp() * 1000)
    return {"type": "GAMEEVENT", "startTime": start, "competitors": sides, "displayGroups": [group]}


def market(label: str, *outcomes: tuple[str, str, str | None]) -> dict[str, Any]:
    told = [
        {"type": kind, "status": "O", "price": {"american": price, "handicap": line}} for kind, price, line in outcomes
    ]
    period = {"abbreviation": "G", "main": True, "live": False}
    return {"description": label, "status": "O", "period": period, "outcomes": told}


MONEYLINE = market("Moneyline", ("H", "-150", None), ("A", "+130", None))
COUPON = [
    {
        "path": [],
        "events": [
            event("Orchard Park Bisons", "New York Jets", KICK_OFF, MONEYLINE),
            event("Denver Broncos", "Kansas City Chiefs", KICK_OFF + timedelta(days=5), MONEYLINE),
            event(
                "Denver Broncos",
                "Kansas City Chiefs",
                KICK_OFF,
                market("Anytime Crossing - Robert Runner (KC)", ("Y", "+120", None)),
                market("Rushing Yards - Bo Runner (KC)", ("O", "-110", "55.5"), ("U", "-110", "55.5")),
                market("Anytime Touchdown Scorer - Kansas City Chiefs D/ST (KC)", ("Y", "+500", None)),
                market("Who wins it all", ("H", "-150", None), ("A", "+130", None)),
            ),
        ],
    }
]


@pytest.fixture
def answers() -> dict[str, Any]:
    """What the source answers, by a part of the path."""
    return {"coupon": COUPON}


@pytest.fixture
def source(serve: Callable[[Any], str], answers: dict[str, Any]) -> str:
    def answer(path: str, headers: object) -> tuple[int, dict[str, str], list[bytes]]:
        body = next((told for part, told in answers.items() if part in path), [])
        return 200, {}, [json.dumps(body).encode()]

    return serve(answer)


@pytest.fixture
def job(database_url: str, source: str) -> Iterator[Job]:
    engine = make_engine(database_url)
    about = {"sport": "nfl", "season": 2024, "season_type": "REG", "week": 18, "starts_at": KICK_OFF}
    with Session(engine) as session, session.begin():
        reference.save_teams(session, "nfl")
        games = [
            about | {"id": GAME, "home_team_id": "nfl:BUF", "away_team_id": "nfl:NYJ"},
            about | {"id": LATER, "home_team_id": "nfl:DEN", "away_team_id": "nfl:KC"},
        ]
        reference.save_games(session, games)
        told = {"sport": "nfl", "position": "RB", "team_id": "nfl:KC"}
        session.add(Player(name="Robert Runner", normalised_name="robert runner", **told))
        run_id = runs.create(session, "ingest-test", "crawl", {}, status="running").id
    settings = Settings(
        _env_file=None, http_attempts=1, http_rate_per_s=100, bovada_base_url=source, espn_base_url=source
    )
    yield Job(run_id, engine=engine, settings=settings, now=NOW)
    with engine.begin() as connection:
        tables = "teams, venues, ingest_runs, raw_payloads, review_items, players, runs"
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    engine.dispose()


def waiting(engine: Engine) -> dict[tuple[str, str], review.ReviewItem]:
    with Session(engine) as session:
        return {(item.kind, item.name): item for item in review.page(session)[0]}


def decide(job: Job, item: review.ReviewItem, target: str) -> None:
    with Session(job.engine) as session, session.begin():
        review.decide(session, item.id, target, None, NOW)


def told(engine: Engine, *games: str) -> set[tuple[str, str]]:
    with Session(engine) as session:
        return set(odds.lines(session, games, ALWAYS).select("market", "side").iter_rows())


def test_one_decision_of_each_kind_heals_the_past(job: Job) -> None:
    bovada = provider("bovada")
    ingest(job, bovada, "nfl")
    assert told(job.engine, GAME, LATER) == DEFENCE  # whose name is its team's
    queue = waiting(job.engine)
    assert set(queue) == {
        ("team", "Orchard Park Bisons"),
        ("game", "KC @ DEN 2025-01-08"),
        ("market", "Anytime Crossing"),
        ("market", "Who wins it all"),
        ("player", "Bo Runner"),
    }
    assert queue["game", "KC @ DEN 2025-01-08"].candidates[0]["target"] == LATER
    assert queue["player", "Bo Runner"].candidates == []
    decide(job, queue["team", "Orchard Park Bisons"], "nfl:BUF")
    reparse(job, bovada, NOW - timedelta(days=1), "nfl")
    assert told(job.engine, GAME) == {("moneyline", "home"), ("moneyline", "away")}
    assert told(job.engine, LATER) == DEFENCE
    decide(job, queue["game", "KC @ DEN 2025-01-08"], LATER)
    decide(job, queue["market", "Anytime Crossing"], "anytime_touchdown")
    decide(job, queue["player", "Bo Runner"], _player(job.engine))
    reparse(job, bovada, NOW - timedelta(days=1), "nfl")
    props = {("anytime_touchdown", "yes"), ("rushing_yards", "over"), ("rushing_yards", "under")}
    assert told(job.engine, LATER) == {("moneyline", "home"), ("moneyline", "away")} | props
    again = ingest(job, bovada, "nfl")
    assert (again["rows_new"], again["rows_unchanged"], again["rows_rejected"]) == (0, 8, 1)
    assert set(waiting(job.engine)) == {("market", "Who wins it all")}


def scoreboard(home: str, away: str, starts_at: str) -> dict[str, Any]:
    """A play-off game as ESPN's scoreboard tells it."""
    sides = [
        {"homeAway": side, "team": {"abbreviation": team}, "score": "0"}
        for side, team in (("home", home), ("away", away))
    ]
    status = {"type": {"name": "STATUS_SCHEDULED", "completed": False}}
    game = {"id": "7", "date": starts_at, "status": status, "competitors": sides}
    season = {"year": 2024, "type": 3}
    return {"id": "7", "date": starts_at, "season": season, "week": {"number": 1}, "competitions": [game]}


def test_what_becomes_certain_later_closes_by_itself(job: Job, answers: dict[str, Any]) -> None:
    bovada = provider("bovada")
    ingest(job, bovada, "nfl")
    with Session(job.engine) as session, session.begin():
        told_of = {"sport": "nfl", "position": "RB", "team_id": "nfl:KC"}
        session.add(Player(name="Bo Runner", normalised_name="bo runner", **told_of))
    answers["scoreboard"] = {"events": [scoreboard("DEN", "KC", "2025-01-08T18:15Z")]}
    ingest(job, provider("espn_scoreboard"), "nfl")
    assert set(waiting(job.engine)) == {
        ("team", "Orchard Park Bisons"),
        ("market", "Anytime Crossing"),
        ("market", "Who wins it all"),
    }
    with Session(job.engine) as session:
        closed = review.page(session, status="decided")[0]
        assert {(item.kind, item.decided_by) for item in closed} == {("player", None), ("game", None)}
        (asked,) = session.scalars(select(Run).where(Run.job == "reparse"))
    assert (asked.service, asked.params["provider"]) == ("ingest-odds", "bovada")
    reparse(job, bovada, datetime.fromisoformat(asked.params["since"]), asked.params["sport"])
    assert told(job.engine, "nfl:2024_19_KC_DEN") == {("moneyline", "home"), ("moneyline", "away")}
    assert told(job.engine, LATER) == DEFENCE | {("rushing_yards", "over"), ("rushing_yards", "under")}


def doubt(job: Job, source: str, kind: str, name: str, seen_at: datetime = NOW) -> None:
    row = {"sport": "nfl", "source": source, "kind": kind, "external_id": name.lower(), "name": name}
    with Session(job.engine) as session, session.begin():
        review.save(session, [{**row, "team": None, "position": None, "candidates": []}], seen_at)


def test_what_is_decided_of_one_source_closes_the_same_of_another(job: Job) -> None:
    for source in ("bovada", "kambi", "underdog"):
        for kind, name in (("player", "R. Swift Runner"), ("market", "Rushing Gain"), ("team", "Bisons")):
            doubt(job, source, kind, name)
    assert settle(job, "nfl") == 0
    with Session(job.engine) as session:
        queue = {(item.source, item.kind): item for item in review.page(session, limit=20)[0]}
    decide(job, queue["bovada", "player"], _player(job.engine))
    decide(job, queue["bovada", "market"], "rushing_yards")
    decide(job, queue["bovada", "team"], "nfl:BUF")
    decide(job, queue["kambi", "team"], "nfl:NYJ")  # two sources mean different teams by it: nobody can tell a third's
    assert settle(job, "nfl") == 4
    assert set(waiting(job.engine)) == {("team", "Bisons")}
    with Session(job.engine) as session:
        assert review.decided(session, "nfl", "underdog")["market"] == {"rushing gain": "rushing_yards"}
        assert players.ids(session, "nfl")["kambi", "r. swift runner"] == int(_player(job.engine))


def test_what_was_met_long_ago_waits_for_a_person(job: Job) -> None:
    doubt(job, "kambi", "player", "Robert Runner", NOW - timedelta(days=60))
    assert settle(job, "nfl") == 0
    doubt(job, "kambi", "player", "Robert Runner")
    assert settle(job, "nfl") == 1


def _player(engine: Engine) -> str:
    with Session(engine) as session:
        (found,) = review.choices(session, "nfl", "player", "robert run", NOW)
    return found.target


def test_what_there_is_to_choose_from(job: Job) -> None:
    with Session(job.engine) as session:
        (team,) = review.choices(session, "nfl", "team", "buffalo", NOW)
        (game,) = review.choices(session, "nfl", "game", "broncos", NOW)
        markets = review.choices(session, "nfl", "market", "rushing y", NOW)
        assert review.choices(session, "no sport", "market", "rushing", NOW) == []
    assert (team.target, game.target) == ("nfl:BUF", LATER)
    assert "rushing_yards" in {one.target for one in markets}
