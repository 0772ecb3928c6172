"""A body larger than what is held in memory comes over HTTP, is kept, saved, and told again, within bounded memory."""

import gzip
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from pydantic import SecretStr
from sdp_common.db.session import make_engine
from sdp_common.errors import DriftedSource
from sdp_common.service import Job
from sdp_common.settings import Settings
from sdp_common.store import odds, payloads, reference, runs
from sdp_ingestion.ingest import ingest
from sdp_ingestion.registry import provider
from sdp_ingestion.reparse import reparse
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

NOW = datetime(2025, 1, 2, 12, tzinfo=UTC)
PADDING = "x" * 2**20
EVENTS = 70
GAME = "nfl:2024_18_NYJ_BUF"


def event(number: int) -> bytes:
    """Return a game with one moneyline, at a book of its own, beside a megabyte that nobody needs."""
    prices = [{"name": "Buffalo Bills", "price": -150 - number}, {"name": "New York Jets", "price": 130 + number}]
    told = {"key": f"book{number}", "markets": [{"key": "h2h", "outcomes": prices}], "about": PADDING}
    teams = {"home_team": "Buffalo Bills", "away_team": "New York Jets", "commence_time": "2025-01-03T18:00:00Z"}
    return orjson.dumps({"id": f"e{number}", **teams, "bookmakers": [told]})


def parts(count: int) -> Iterator[bytes]:
    """Yield a list of events, one at a time in memory."""
    for number in range(count):
        yield b"[" if number == 0 else b","
        yield event(number)
    yield b"]"


class Source:
    """A source that sends what is made as it is sent."""

    def __init__(self, serve: Callable[[Any], str]) -> None:
        self.body: Iterable[bytes] = ()
        self.headers: dict[str, str] = {}
        self.url = serve(self.answer)

    def answer(self, path: str, headers: object) -> tuple[int, dict[str, str], Iterable[bytes]]:
        return (200, {}, [b'[{"id": "e0"}]']) if "/events" in path else (200, self.headers, self.body)


@pytest.fixture
def source(serve: Callable[[Any], str]) -> Source:
    return Source(serve)


@pytest.fixture
def job(database_url: str, source: Source) -> Iterator[Job]:
    engine = make_engine(database_url)
    about = {"sport": "nfl", "season": 2024, "season_type": "REG", "week": 18, "starts_at": NOW + timedelta(hours=30)}
    with Session(engine) as session, session.begin():
        reference.save_teams(session, "nfl")
        reference.save_games(session, [about | {"id": GAME, "home_team_id": "nfl:BUF", "away_team_id": "nfl:NYJ"}])
        run_id = runs.create(session, "ingest-test", "crawl", {}, status="running").id
    key = SecretStr("a key")
    settings = Settings(
        _env_file=None, http_attempts=1, http_rate_per_s=100, the_odds_api_key=key, the_odds_api_base_url=source.url
    )
    yield Job(run_id, engine=engine, settings=settings, now=NOW)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE teams, venues, ingest_runs, raw_payloads, runs RESTART IDENTITY CASCADE"))
    engine.dispose()


def prices(engine: Engine) -> dict[str, Any]:
    with Session(engine) as session:
        told = odds.lines(session, [GAME], datetime(2100, 1, 1, tzinfo=UTC))
    return {f"{book} {side}": price for book, side, price in told.select("book", "side", "price_decimal").iter_rows()}


def test_a_body_of_seventy_megabytes_is_never_held_whole(job: Job, source: Source) -> None:
    source.body = parts(EVENTS)
    tracemalloc.start()
    told = ingest(job, provider("the_odds_api"), "nfl")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (told["status"], told["rows_new"], told["rows_rejected"]) == ("succeeded", 2 * EVENTS, 0)
    assert told["bytes"] > job.settings.http_max_bytes  # more than is ever held whole
    assert peak < told["bytes"] / 2
    stood = prices(job.engine)
    assert stood["book69 away"] == round(1 + 1.99, 6)
    with Session(job.engine) as session:
        (kept,) = (body for body in payloads.replay(session, "the_odds_api") if body.tag == "odds")
        assert len(kept.content) == told["bytes"] - len(b'[{"id": "e0"}]')
        assert bytes(kept.content[:1]) + bytes(kept.content[-1:]) == b"[]"
    again = reparse(job, provider("the_odds_api"), NOW - timedelta(days=3650))
    assert (again["rows_new"], again["bodies"]) == (2 * EVENTS, 2)
    assert prices(job.engine) == stood


@pytest.mark.parametrize(
    ("limit", "body", "said"),
    [
        (5 * 2**20, None, "larger than 5242880"),
        (512 * 2**20, gzip.compress(b"[" + b" " * (66 * 2**20), 1), "more than 100 times its size"),
    ],
)
def test_a_body_without_end_and_a_bomb_are_refused(
    job: Job, source: Source, limit: int, body: bytes | None, said: str
) -> None:
    source.body = parts(9) if body is None else [body]
    source.headers = {} if body is None else {"Content-Encoding": "gzip"}
    limited = job.settings.model_copy(update={"http_max_streamed_bytes": limit})
    with pytest.raises(DriftedSource, match=said):
        ingest(Job(job.run_id, engine=job.engine, settings=limited, now=NOW), provider("the_odds_api"), "nfl")
    assert prices(job.engine) == {}
