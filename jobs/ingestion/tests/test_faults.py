"""Every provider against every fault: the service lives, no row is lost or invented, the story says what it was."""

import gzip
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import SecretStr
from sdp_common.db.session import make_engine
from sdp_common.errors import PlatformError
from sdp_common.service import Job
from sdp_common.settings import Settings
from sdp_common.store import players, reference, runs
from sdp_ingestion.ingest import ingest
from sdp_ingestion.registry import provider, providers
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

FIXTURES = Path(__file__).parent / "fixtures"
NOW = datetime(2025, 1, 4, 12, tzinfo=UTC)
LIMIT = 36 * 2**20
FACTS = ("odds_quotes", "odds_series", "betting_splits", "weather_forecasts", "injury_reports", "games", "players")
FACTS += ("player_game_stats", "slates", "draftables", "contest_offers")
GOOD, OUTAGE, REFUSED, DRIFT, GONE = "succeeded", "retriable", "unavailable", "drifted_source", "not_found"
ROUTES: dict[str, list[tuple[str, str, str]]] = {
    "the_odds_api": [("/events\\?", "events", "nfl"), ("/odds", "odds", "nfl")],
    "kalshi": [("/markets", "markets", "nfl")],
    "polymarket": [("/events", "events", "nfl")],
    "kambi": [("/betoffer/", "offers", "nfl"), ("/listView/", "matches", "nfl")],
    "bovada": [("/coupon/", "coupon", "nfl")],
    "pinnacle": [("/matchups", "matchups", "nfl"), ("/straight", "markets", "nfl")],
    "draftkings_sportsbook": [("/leagues/", "league", "nfl")],
    "fanduel_sportsbook": [("/api/", "page", "nfl")],
    "action_network": [("/scoreboard/", "scoreboard", "nfl")],
    "underdog": [("/over_under_lines", "lines", "nfl")],
    "sleeper_picks": [("/lines/", "lines", "nfl")],
    "prizepicks": [("/projections", "board", "nfl")],
    "espn_odds": [("/scoreboard", "scoreboard", "nfl")],
    "espn_scoreboard": [("/scoreboard", "scoreboard", "nfl")],
    "espn_injuries": [("/injuries", "injuries", "nfl")],
    "espn_news": [("/news", "news", "nfl")],
    "sleeper": [("/players/", "players", "nfl")],
    "rss": [("/feed", "feed", "nfl")],
    "open_meteo": [("/forecast", "forecast", "nfl")],
    "open_meteo_history": [("/forecast", "history", "nfl")],
    "nws": [("/points/", "point", "nfl"), ("/gridpoints/", "grid", "nfl")],
    "mlb_statsapi": [("/schedule", "schedule", "mlb"), ("/feed/live", "boxscore", "mlb")],
    "nhl_api": [("/schedule", "schedule", "nhl"), ("/boxscore", "boxscore", "nhl")],
    "nba_cdn": [
        ("/scheduleLeague", "schedule", "nba"),
        ("/scoreboard", "scoreboard", "nba"),
        ("/box", "boxscore", "nba"),
    ],
    "draftkings": [
        ("/lobby/", "lobby", "nfl"),
        ("/gametypes/1/", "rules", "nfl"),
        ("/draftables", "draftables", "nfl"),
    ],
    "nflverse": [("/games.parquet", "schedules", "nfl"), ("/injuries_", "injuries", "nfl")],
}
"""Which fixture answers which path of a provider, and the sport that is asked for."""
WITHOUT_A_NETWORK = {"nflgame"}


@dataclass(frozen=True)
class Fault:
    """What the server does; `outcomes` are the stories that may be told of it, `keeps` whether no row may be added."""

    name: str
    outcomes: frozenset[str]
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    change: Callable[[bytes], bytes] = lambda body: body
    manner: str = ""
    hasty: bool = False
    keeps: bool = True


def truncated(body: bytes) -> bytes:
    return body[: max(1, len(body) * 2 // 3)]


BOMB = gzip.compress(b"0" * (LIMIT + 2**20), 1)
PAD = gzip.compress(b" " * (33 * 2**20), 1)


def padded(body: bytes) -> bytes:
    # as large bodies come: compressed, and decoded by whoever reads them; files may be joined
    return gzip.compress(body, 1) + (b"" if body.startswith(b"PAR1") else PAD)


def reshaped(change: Callable[[Any], Any], frame: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[bytes], bytes]:
    """Return what changes a body's values, whatever it is written in."""

    def apply(body: bytes) -> bytes:
        if body.startswith(b"PAR1"):
            out = BytesIO()
            frame(pl.read_parquet(body)).write_parquet(out)
            return out.getvalue()
        if body.startswith(b"<?xml"):
            return change(body.decode()).encode()
        return json.dumps(change(json.loads(body))).encode()

    return apply


def without_keys(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"<(title|pubDate)>[^<]*</\1>", "", value)
    return deep(value, lambda item: {key: item[key] for key in sorted(item)[: len(item) // 2]})


def with_keys(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("<item>", "<item><brand_new>1</brand_new>")
    return deep(value, lambda item: {**item, "brand_new_key": {"nested": [1]}} if "sdp" not in item else item)


def with_nulls(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r">[^<\s][^<]*<", "><", value)
    if isinstance(value, dict):
        return {key: with_nulls(item) if isinstance(item, dict | list) else None for key, item in value.items()}
    return [with_nulls(item) if isinstance(item, dict | list) else None for item in value]


def emptied(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"<item>.*</item>", "", value, flags=re.DOTALL)
    if isinstance(value, list):
        return []
    return {key: emptied(item) if isinstance(item, dict | list) else item for key, item in value.items()}


def doubled(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"(<item>.*</item>)", r"\1\1", value, flags=re.DOTALL)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [doubled(item) for item in value for _ in range(2)]
    if isinstance(value, dict):
        return {key: doubled(item) for key, item in value.items()}
    return value


def deep(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(value, dict):
        return change({key: deep(item, change) for key, item in value.items()})
    return [deep(item, change) for item in value] if isinstance(value, list) else value


def one_of(*names: str) -> frozenset[str]:
    return frozenset(names)


FAULTS = [
    Fault("connection refused", one_of(OUTAGE), manner="refuse"),
    Fault("reset in the middle", one_of(OUTAGE), manner="reset"),
    Fault("stall", one_of(OUTAGE), manner="stall", hasty=True),
    Fault("slow drip", one_of(OUTAGE), manner="drip", hasty=True),
    Fault("301", one_of(GOOD), manner="move", keeps=False),
    Fault("304", one_of(GOOD), status=304, keeps=False),
    Fault("401", one_of(REFUSED), status=401),
    Fault("403", one_of(REFUSED), status=403),
    Fault("404", one_of(GONE, GOOD), status=404),
    Fault("426", one_of(DRIFT), status=426),
    Fault("429", one_of(OUTAGE), status=429),
    Fault("429 that says when", one_of(OUTAGE), status=429, headers=(("Retry-After", "0.01"),)),
    Fault("429 that says much later", one_of(OUTAGE), status=429, headers=(("Retry-After", "3600"),)),
    Fault("a burst of 500", one_of(GOOD), manner="burst", keeps=False),
    Fault("500", one_of(OUTAGE), status=500),
    Fault("cut short", one_of(DRIFT), change=truncated),
    Fault("a page for people", one_of(DRIFT), change=lambda _: b"<html><body>Just a moment...</body></html>"),
    Fault("wrong encoding", one_of(DRIFT), change=lambda body: body.decode("latin-1").encode("utf-16")),
    Fault("gzip bomb", one_of(DRIFT), change=lambda _: BOMB, headers=(("Content-Encoding", "gzip"),)),
    Fault("missing keys", one_of(DRIFT, GOOD), change=reshaped(without_keys, lambda f: f.select(f.columns[:2]))),
    Fault("new keys", one_of(GOOD), change=reshaped(with_keys, lambda f: f.with_columns(brand_new=1)), keeps=False),
    Fault(
        "null everywhere", one_of(DRIFT, GOOD), change=reshaped(with_nulls, lambda f: f.select(pl.all().shift(10**6)))
    ),
    Fault("empty", one_of(DRIFT, GOOD), change=reshaped(emptied, lambda f: f.clear())),
    Fault("every row twice", one_of(GOOD), change=reshaped(doubled, lambda f: pl.concat([f, f])), keeps=False),
    Fault("a clock ten minutes slow", one_of(GOOD), headers=(("Date", "-10"),), keeps=False),
    Fault("a clock ten minutes fast", one_of(GOOD), headers=(("Date", "10"),), keeps=False),
    Fault("33 MB", one_of(GOOD), change=padded, headers=(("Content-Encoding", "gzip"),), keeps=False),
]


class Source:
    """Every source at once, on one port; it answers by fixture, in the way of the fault that is set."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.routes: list[tuple[str, bytes]] = []
        self.burst = 0
        self.asked = threading.Event()
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            def date_time_string(self, timestamp: float | None = None) -> str:
                wrong = dict(outer.fault.headers).get("Date", "0") if outer.fault else "0"
                return super().date_time_string((timestamp or time.time()) + 60 * int(wrong))  # type: ignore[arg-type]

            def log_message(self, *args: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args: object) -> None:
                return  # a client that went away is what is tested

        self._http = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, call: BaseHTTPRequestHandler) -> None:
        fault = self.fault
        body = next((body for pattern, body in self.routes if re.search(pattern, call.path)), None)
        if body is None or fault is None:
            return self._send(call, 404 if body is None else 200, body or b"")
        if fault.manner == "stall":
            self.asked.set()
            self.released.wait(30)
            call.close_connection = True
            return None
        if fault.manner == "move" and not call.path.startswith("/moved"):
            return self._send(call, 301, b"", (("Location", f"/moved{call.path}"),))
        if fault.manner == "burst" and self.burst < 2:
            self.burst += 1
            return self._send(call, 503, b"")
        if fault.manner in ("reset", "drip"):
            return self._break(call, body, fault.manner)
        if fault.status == 304 and not call.headers.get("If-None-Match"):
            return self._send(call, 200, body)
        return self._send(call, fault.status, fault.change(body), fault.headers)

    def _send(
        self, call: BaseHTTPRequestHandler, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        call.send_response(status)
        for name, value in headers:
            if name != "Date":
                call.send_header(name, value)
        call.send_header("ETag", '"one"')
        body = b"" if status == 304 else body
        call.send_header("Content-Length", str(len(body)))
        call.end_headers()
        call.wfile.write(body)

    def _break(self, call: BaseHTTPRequestHandler, body: bytes, manner: str) -> None:
        call.send_response(200)
        call.send_header("Content-Length", str(len(body) + 10_000))
        call.end_headers()
        call.wfile.write(body[:10])
        call.wfile.flush()
        if manner == "reset":
            call.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            call.connection.close()
            call.close_connection = True
            return
        until = time.monotonic() + 30
        while time.monotonic() < until and not self.released.wait(0.02):
            call.wfile.write(b" ")
            call.wfile.flush()


@pytest.fixture(scope="module")
def source() -> Iterator[Source]:
    running = Source()
    yield running
    running.close()


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    with Session(made) as session, session.begin():
        prepare(session)
    yield made
    made.dispose()


def prepare(session: Session) -> None:
    """Write down the games and players that the fixtures speak of."""
    reference.save_teams(session, "nfl")
    venue = {"id": "nfl:BUF00", "name": "Highmark Stadium", "roof": "outdoors"}
    reference.save_venues(session, [venue])
    games = [
        ("2024_18_NYJ_BUF", "NYJ", "BUF", 5),
        ("2024_18_NE_MIA", "NE", "MIA", 5),
        ("2024_19_NE_MIA", "NE", "MIA", 12),
    ]
    rows = [
        {
            "id": f"nfl:{code}",
            "sport": "nfl",
            "season": 2024,
            "season_type": "REG",
            "week": 18,
            "starts_at": datetime(2025, 1, day, 18, tzinfo=UTC),
            "home_team_id": f"nfl:{home}",
            "away_team_id": f"nfl:{away}",
            "venue_id": "nfl:BUF00",
        }
        for code, away, home, day in games
    ]
    reference.save_games(session, rows)
    people = [("1", "Adam Thrower", "QB"), ("2", "Bob Runner", "RB"), ("3", "Carl Catcher", "WR")]
    known = [players.Person([("gsis", f"00-000000{key}")], name, place, "nfl:BUF") for key, name, place in people]
    players.save_people(session, "nfl", known)


def settings_of(source: Source, **more: Any) -> Settings:
    bases = {name: source.url for name in Settings.model_fields if name.endswith("_base_url")}
    keys = {name: SecretStr("key") for name in Settings.model_fields if name.endswith("_key")}
    quick = {"http_attempts": 3, "http_rate_per_s": 100, "http_first_wait_s": 0.001, "http_max_bytes": LIMIT}
    given = {**bases, **keys, **quick, "rss_urls": f"nfl={source.url}/feed", "kambi_brand": "brand"}
    return Settings(_env_file=None, **(given | more))


def facts(engine: Engine) -> dict[str, set[str]]:
    """Return every fact that is stored, as text, without when it was written."""
    found = {}
    with engine.connect() as connection:
        for table in FACTS:
            offers = " - 'known_at'" if table in ("contest_offers", "slates") else ""  # as they stand now
            query = f"SELECT (to_jsonb(t) - 'recorded_at' - 'created_at' - 'lead_h'{offers})::text FROM {table} t"
            found[table] = set(connection.scalars(text(query)))
    return found


def crawl(engine: Engine, name: str, settings: Settings) -> str:
    """Crawl once and return how the story of it ended: the status, or the error's code."""
    told = provider(name)
    quick = replace(told, quality=replace(told.quality, rate_per_s=100))
    with Session(engine) as session, session.begin():
        run_id = runs.create(session, "test", "crawl", {}, status="running").id
        session.execute(text("UPDATE weather_forecasts SET lead_h = NULL"))  # so that the next is due
    job = Job(run_id, engine=engine, settings=settings, now=NOW)
    seasons = (2024,) if name == "open_meteo_history" else ()
    if seasons:
        job.now = NOW + timedelta(days=365)
    try:
        ended = ingest(job, quick, ROUTES[name][0][2], seasons=seasons)["status"]
    except PlatformError as error:
        ended = error.code
    with engine.connect() as connection:
        query = text("SELECT status, finished_at, error FROM ingest_runs WHERE run_id = :run")
        story = connection.execute(query, {"run": run_id}).first()
    assert story is not None
    assert story.finished_at is not None
    assert (story.status == GOOD) == (ended == GOOD)
    assert (story.error is None) == (ended == GOOD)
    return str(ended)


def test_every_provider_is_here() -> None:
    assert set(ROUTES) | WITHOUT_A_NETWORK == set(providers())


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_survives_every_fault(name: str, source: Source, engine: Engine, case: Any) -> None:
    home = source.url.encode()
    bodies = [
        (pattern, case(name, fixture).payload.content.replace(b"https://nws.example.org", home))
        for pattern, fixture, _ in ROUTES[name]
    ]
    source.fault, source.routes = None, bodies
    usual = settings_of(source)
    assert crawl(engine, name, usual) == GOOD
    crawl(engine, name, usual)
    before = facts(engine)
    for fault in FAULTS:
        source.fault, source.burst = fault, 0
        hasty = {"http_timeout_s": 0.06, "http_deadline_s": 0.08, "http_attempts": 1} if fault.hasty else {}
        closed = {"rss_urls": "nfl=http://127.0.0.1:9/feed"} if fault.manner == "refuse" else {}
        if fault.manner == "refuse":
            closed |= {key: "http://127.0.0.1:9" for key in Settings.model_fields if key.endswith("_base_url")}
        ended = crawl(engine, name, settings_of(source, **hasty, **closed))
        assert ended in fault.outcomes, f"{fault.name}: {ended}"
        after = facts(engine)
        for table in FACTS:
            lost, added = before[table] - after[table], after[table] - before[table]
            assert not lost, f"{fault.name}: {table} lost {sorted(lost)[:2]}"
            is_new_forecast = table == "weather_forecasts" and not fault.keeps
            assert not added or is_new_forecast, f"{fault.name}: {table} gained {sorted(added)[:2]}"
        before = after
    source.fault = None
    assert crawl(engine, name, usual) == GOOD, "it does not recover"


@pytest.mark.parametrize("name", ["espn_injuries", "espn_news"])
@pytest.mark.parametrize("minutes", [-10, 10])
def test_nothing_is_known_before_it_is_read(name: str, minutes: int, source: Source, engine: Engine, case: Any) -> None:
    dated = datetime.now(UTC) + timedelta(minutes=minutes)
    ((pattern, fixture, _),) = ROUTES[name]
    told = re.sub(
        rb'"(date|published|lastModified)": "[^"]+"',
        rb'"\1": "%s"' % dated.isoformat().encode(),
        case(name, fixture).payload.content,
    )
    source.fault, source.routes = None, [(pattern, told)]
    assert crawl(engine, name, settings_of(source)) == GOOD
    with engine.connect() as connection:
        last = connection.scalar(text("SELECT max(known_at) FROM injury_reports WHERE source = :name"), {"name": name})
    assert min(dated, datetime.now(UTC) - timedelta(minutes=1)) <= last <= min(dated, datetime.now(UTC))


def test_other_feeds_run_while_one_stalls(source: Source, engine: Engine, case: Any) -> None:
    home = source.url.encode()
    others = ["open_meteo_history", "espn_injuries", "espn_scoreboard", "draftkings", "bovada"]
    stalled, ended = Source(), []
    stalled.fault = next(fault for fault in FAULTS if fault.manner == "stall")
    stalled.routes = [(ROUTES["espn_odds"][0][0], b"{}")]
    patient = settings_of(stalled, http_timeout_s=60, http_attempts=1)
    waiting = threading.Thread(target=lambda: ended.append(crawl(engine, "espn_odds", patient)))
    waiting.start()
    try:
        assert stalled.asked.wait(30)
        source.fault = None
        for name in others:
            told = [(pattern, case(name, fixture).payload.content, sport) for pattern, fixture, sport in ROUTES[name]]
            source.routes = [(pattern, body.replace(b"https://nws.example.org", home)) for pattern, body, _ in told]
            assert crawl(engine, name, settings_of(source)) == GOOD, name
        assert waiting.is_alive(), "it was not stalled all the while"
    finally:
        stalled.close()
        waiting.join()
    assert ended == [OUTAGE]
