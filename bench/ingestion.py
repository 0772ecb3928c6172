"""Speed of ingestion: storing quotes beside bare COPY, from a changed body to the browser, and reads as of a moment.

`python bench/ingestion.py [--json] [--quotes N] [--history N]`: a table, and with `--json` one object on the last line.
Everything runs against a throw-away PostgreSQL of its own, side by side in one run.
"""

import argparse
import json
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import orjson
import psycopg
from pydantic import SecretStr
from sdp_api.app import create_app
from sdp_api.main import bind, make_server
from sdp_cli import postgres
from sdp_common.db.migrate import migrate
from sdp_common.db.session import make_engine
from sdp_common.service import Job, collect_seldom
from sdp_common.settings import Settings
from sdp_common.store import odds, reference, retention, runs
from sdp_ingestion.ingest import ingest
from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.registry import provider
from sdp_ingestion.save import Context, Known, save
from sdp_ingestion.tally import Tally
from sdp_sports.spec import load
from sqlalchemy import Engine
from sqlalchemy.orm import Session

START = datetime(2026, 9, 10, 17, tzinfo=UTC)
KICK_OFF = START + timedelta(days=3)
GAMES_A_BODY, BOOKS, RUNGS = 16, 20, 47
Case = dict[str, Any]


def pairs() -> list[tuple[str, str]]:
    """Return sixteen games as (home, away)."""
    teams = list(load("nfl").teams)
    return list(zip(teams[::2], teams[1::2], strict=True))


def write_games(session: Session, weeks: int) -> None:
    """Write `weeks` weeks of sixteen games, ten days apart, so that each is told from the next."""
    reference.save_teams(session, "nfl")
    rows = [
        {
            "id": f"nfl:{week}_{away}_{home}",
            "sport": "nfl",
            "season": 2026,
            "season_type": "REG",
            "week": week,
            "starts_at": KICK_OFF + timedelta(days=10 * week),
            "home_team_id": f"nfl:{home}",
            "away_team_id": f"nfl:{away}",
        }
        for week in range(weeks)
        for home, away in pairs()
    ]
    reference.save_games(session, rows)


def body(week: int, books: int, shift: int) -> bytes:
    """Return a week's odds as The Odds API writes them: 100 quotes a book and game; `shift` moves a tenth of them."""
    names = load("nfl").teams
    start = (KICK_OFF + timedelta(days=10 * week)).isoformat()
    events = []
    for number, (home, away) in enumerate(pairs()):
        told = []
        for book in range(books):
            points = [(rung - 23) / 2 for rung in range(RUNGS)]
            price = [-110 - (shift if (rung + number + book) % 10 == 0 else 0) for rung in range(RUNGS)]
            both = [
                [{"name": "Over", "price": price[i], "point": 45 + points[i]} for i in range(RUNGS)],
                [{"name": "Under", "price": price[i], "point": 45 + points[i]} for i in range(RUNGS)],
            ]
            lines = [
                {"name": names[home], "price": -110, "point": -3.5},
                {"name": names[away], "price": -110, "point": 3.5},
            ]
            markets = [
                {"key": "h2h", "outcomes": [{"name": names[home], "price": -150}, {"name": names[away], "price": 130}]},
                {"key": "spreads", "outcomes": lines},
                {"key": "totals", "outcomes": [{"name": s, "price": -110, "point": 45.5} for s in ("Over", "Under")]},
                {"key": "alternate_totals", "outcomes": both[0] + both[1]},
            ]
            told.append({"key": f"book{book}", "title": "A book", "markets": markets})
        event = {"id": f"{week}-{number}", "commence_time": start, "home_team": names[home], "away_team": names[away]}
        events.append({**event, "bookmakers": told})
    return orjson.dumps(events)


def store(engine: Engine, bodies: list[bytes], at: datetime) -> Tally:
    """Parse, resolve and store bodies, as a crawl does with each answer."""
    tally, told, known = Tally(), provider("the_odds_api"), Known()
    for content in bodies:
        payload = Payload(Request("https://odds.example.org/odds", "odds"), content, at)
        with Session(engine) as session, session.begin():
            context = Context(session, load("nfl"), told.name, at, tally, known)
            save(context, told.parse(payload), is_whole=payload.request.tag in told.whole)
    return tally


def copy_bare(url: str, indexed: bool) -> tuple[float, int]:
    """COPY all that stands, as text made beforehand, into a table of its columns; return seconds and rows."""
    columns = "s.game_id, s.source, s.book, s.market, s.side, q.line, q.price_decimal, q.status, q.known_at"
    rows_of = "odds_series s JOIN odds_quotes q ON q.series_id = s.id AND q.known_at = s.opened_at"
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare AS SELECT {columns} FROM {rows_of} WITH NO DATA")
        if indexed:
            cursor.execute("ALTER TABLE bare ADD PRIMARY KEY (game_id, source, book, market, side, line, known_at)")
            columns = columns.replace("q.line", "coalesce(q.line, 0)")
        out = BytesIO()
        with cursor.copy(f"COPY (SELECT {columns} FROM {rows_of}) TO STDOUT") as copy:
            for part in copy:
                out.write(part)
        rows = out.getvalue()
        began = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN") as copy:
            copy.write(rows)
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE bare")
        return seconds, rows.count(b"\n")


def bench_store(engine: Engine, url: str, quotes: int) -> list[Case]:
    """Store a week after week of quotes, then three rounds in which a tenth moved, beside bare COPY."""
    a_week = len(pairs()) * BOOKS * 100
    weeks = max(1, round(quotes / a_week))
    with Session(engine) as session, session.begin():
        write_games(session, weeks)
        retention.make_months(session, START, START + timedelta(days=60))
    first = [body(week, BOOKS, 0) for week in range(weeks)]
    began = time.perf_counter()
    opened = store(engine, first, START)
    opening_s = time.perf_counter() - began
    seconds, cpu, bare = [], [], []
    for round_ in (1, 2, 3):
        moved = [body(week, BOOKS, round_) for week in range(weeks)]
        began, cpu_began = time.perf_counter(), time.process_time()
        tally = store(engine, moved, START + timedelta(minutes=round_))
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - cpu_began)
        bare.append(copy_bare(url, indexed=False)[0])  # in turns, so that both find the machine as busy
        assert 0.08 < tally.counts.changed / tally.counts.rows < 0.12, tally.report()
    keyed, rows = copy_bare(url, indexed=True)
    common = {"quotes": rows, "peak_mb": peak_mb(), "cpu_seconds": round(statistics.median(cpu), 2)}
    told = {"seconds": statistics.median(seconds), "seconds_min": min(seconds), **common}
    return [
        {
            "case": "store, a tenth moved",
            "peer": "bare COPY, no index",
            "peer_seconds": statistics.median(bare),
            **told,
        },
        {"case": "store, a tenth moved (2)", "peer": "bare COPY, primary key", "peer_seconds": keyed, **told},
        {"case": "store, all new", "seconds": opening_s, "quotes": opened.counts.rows, "peak_mb": peak_mb()},
    ]


def peak_mb() -> float:
    """Return the largest resident memory of this process so far, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, 1)


_FILL = """
INSERT INTO odds_series (game_id, source, book, market, side, opened_at)
SELECT g.id, 'history', 'book' || b, m.market, m.side, g.starts_at - interval '7 days'
FROM games g CROSS JOIN generate_series(1, 11) b
CROSS JOIN (VALUES ('moneyline', 'home'), ('moneyline', 'away'), ('spread', 'home'), ('spread', 'away'),
    ('total', 'over'), ('total', 'under')) m (market, side) WHERE g.week >= 100
ORDER BY g.starts_at, g.id, b
"""
_MOVES = """
INSERT INTO odds_quotes (series_id, game_id, known_at, line, price_decimal, status)
SELECT s.id, s.game_id, s.opened_at + n * interval '7 days' / %(moves)s AS known_at, n, 1.5 + (n %% 20) * 0.05, 'open'
FROM odds_series s CROSS JOIN generate_series(0, %(moves)s - 1) n WHERE s.source = 'history'
ORDER BY known_at, s.id
"""  # as they come in life: moment by moment, not series by series


def bench_reads(engine: Engine, url: str, history: int) -> list[Case]:
    """Fill the history with `history` quotes of eleven books, then read slates as of moments in it."""
    moves, per_game = 120, 66
    weeks = max(1, round(history / (moves * per_game * 16)))
    with Session(engine) as session, session.begin():
        pairs_of = list(enumerate(pairs()))
        reference.save_games(
            session,
            [
                {
                    "id": f"nfl:h{week}_{number}",
                    "sport": "nfl",
                    "season": 2020 + week // 18,
                    "season_type": "REG",
                    "week": 100 + week,
                    "starts_at": START - timedelta(days=4 * week),
                    "home_team_id": f"nfl:{home}",
                    "away_team_id": f"nfl:{away}",
                }
                for week in range(weeks)
                for number, (home, away) in pairs_of
            ],
        )
        retention.make_months(session, START - timedelta(days=4 * weeks + 40), START)
    began = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_FILL)
        connection.execute(_MOVES, {"moves": moves})
        connection.execute("VACUUM ANALYZE odds_series")  # as autovacuum does by itself
        connection.execute("VACUUM ANALYZE odds_quotes")
        connection.execute("CHECKPOINT")  # what the fill left to write is no part of reading
        count = connection.execute("SELECT count(*) FROM odds_quotes").fetchone()
    filled_s = time.perf_counter() - began
    taken, cpu, rows = [], [], 0
    with Session(engine) as session:
        for number in range(120):
            week = number * 7 % weeks
            slate = [f"nfl:h{week}_{game}" for game in range(16)]
            moment = START - timedelta(days=4 * week, hours=number % 160)
            began, cpu_began = time.perf_counter(), time.process_time()
            rows = odds.lines(session, slate, moment).height
            taken.append(time.perf_counter() - began)
            cpu.append(time.process_time() - cpu_began)
    taken = sorted(taken[20:])
    return [
        {
            "case": "all lines of a slate as of T",
            "seconds": taken[int(len(taken) * 0.95)],
            "seconds_median": statistics.median(taken),
            "seconds_min": taken[0],
            "client_cpu_seconds": statistics.median(cpu[20:]),
            "quotes": count[0] if count else 0,
            "rows": rows,
            "fill_seconds": filled_s,
            "target_seconds": 0.02,
            "peak_mb": peak_mb(),
        }
    ]


class Source:
    """A source on this machine whose body changes on demand."""

    def __init__(self) -> None:
        self.content = b"[]"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = outer.content
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:  # noqa: ARG002
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()


@contextmanager
def api(url: str) -> Iterator[str]:
    """Serve the API while inside, and yield its address."""
    listener = bind("127.0.0.1", 0)
    server = make_server(create_app(Settings(_env_file=None, database_url=SecretStr(url))))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)


def bench_events(engine: Engine, url: str, rounds: int = 40) -> list[Case]:
    """Change a body, crawl it, and see when the browser's stream of events tells of it."""
    source, told = Source(), provider("bovada")
    quick = replace(told, quality=replace(told.quality, rate_per_s=100.0))
    settings = Settings(_env_file=None, http_rate_per_s=100.0, bovada_base_url=source.url)
    taken: list[float] = []
    with api(url) as base, httpx.Client(base_url=base, timeout=30) as client:
        client.post("/api/setup", json={"username": "bench", "password": "a password for a bench"}).raise_for_status()
        with client.stream("GET", "/api/feeds/events") as stream:
            heard = stream.iter_lines()
            next(heard)
            for number in range(rounds):
                source.content = coupon(number)
                began = time.perf_counter()
                crawl = threading.Thread(target=crawl_once, args=(engine, quick, settings))
                crawl.start()
                next(line for line in heard if line == "event: feed")
                taken.append(time.perf_counter() - began)
                crawl.join()
    taken.sort()
    case = {"case": "from a changed body to the browser", "target_seconds": 1.0, "rounds": rounds}
    p95 = taken[int(len(taken) * 0.95)]
    return [{**case, "seconds": p95, "seconds_median": statistics.median(taken), "peak_mb": peak_mb()}]


def crawl_once(engine: Engine, told: Any, settings: Settings) -> None:
    """Crawl a provider once, as its service does."""
    with Session(engine) as session, session.begin():
        run_id = runs.create(session, "bench", "crawl", {}, status="running").id
    ingest(Job(run_id, engine=engine, settings=settings), told, "nfl")


def coupon(number: int) -> bytes:
    """Return sixteen games as Bovada writes them; every price differs from number to number."""
    names = load("nfl").teams
    period = {"abbreviation": "G", "main": True, "live": False}
    events = []
    for home, away in pairs():
        price = {"american": str(-110 - number), "handicap": "-3.5"}
        outcomes = [{"type": "H", "status": "O", "price": price}, {"type": "A", "status": "O", "price": price}]
        market = {"description": "Point Spread", "status": "O", "period": period, "outcomes": outcomes}
        sides = [{"name": names[home], "home": True}, {"name": names[away], "home": False}]
        groups = [{"description": "Game Lines", "alternateType": False, "markets": [market]}]
        event = {"type": "GAMEEVENT", "startTime": int(KICK_OFF.timestamp() * 1000), "competitors": sides}
        events.append({**event, "displayGroups": groups})
    return orjson.dumps([{"path": [], "events": events}])


def main() -> None:
    """Run every case and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quotes", type=int, default=1_000_000)
    parser.add_argument("--history", type=int, default=10_000_000)
    options = parser.parse_args()
    collect_seldom()  # as every service does
    folder = Path(tempfile.mkdtemp(prefix="sdp-bench-"))
    folder.chmod(0o711)
    cases: list[Case] = []
    with postgres.EmbeddedPostgres(folder / "postgres") as server:
        url = server.url_of("postgres")
        engine = make_engine(url)
        migrate(engine)
        for bench in (
            lambda: bench_store(engine, url, options.quotes),
            lambda: bench_events(engine, url),
            lambda: bench_reads(engine, url, options.history),
        ):
            for case in bench():
                cases.append(case)
                shown = {k: round(v, 4) if isinstance(v, float) else v for k, v in case.items() if k != "case"}
                print(f"{case['case']}: {shown}", flush=True)
        engine.dispose()
    if options.json:
        print(json.dumps({"bench": "ingestion", "cases": cases}))


if __name__ == "__main__":
    main()
