"""Health, the doors, the web app and the process itself."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sdp_api.app import create_app
from sdp_api.main import bind
from sdp_api.openapi import contract
from sdp_common.db.models.runs import FeedSchedule, IngestRun, ServiceHeartbeat
from sdp_common.errors import Misconfigured
from sdp_common.store import events
from sqlalchemy import Engine
from sqlalchemy.orm import Session

ROOT = Path(__file__).parents[3]


def test_the_process_answers_and_reaches_its_database(anonymous: httpx.Client) -> None:
    assert anonymous.get("/api/health").json() == {"status": "ok", "version": "0.1.0"}
    assert anonymous.get("/api/ready").json() == {"status": "ok", "database": "ok"}


def test_without_its_database_it_lives_but_is_not_ready(start, settings_of) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql://sdp:secret-word@127.0.0.1:{nobody.getsockname()[1]}/sdp"
        with start(settings_of().model_copy(update={"database_url": SecretStr(url)})) as other:
            assert httpx.get(f"{other.url}/api/health").status_code == 200
            for path in ("/api/ready", "/api/setup"):
                answer = httpx.get(f"{other.url}{path}", timeout=30)
                assert answer.status_code == 503
                assert answer.json()["code"] == "retriable"
                assert "secret-word" not in answer.text
                assert "127.0.0.1" not in answer.text
                assert int(answer.headers["retry-after"]) > 0


def write_crawl(session: Session, minutes: float, status: str = "succeeded", **columns: object) -> None:
    started = datetime.now(UTC) - timedelta(minutes=minutes)
    row = {"feed": "odds", "sport": "nfl", "finished_at": started + timedelta(seconds=5)} | columns
    session.add(IngestRun(status=status, started_at=started, **row))
    session.flush()


def test_every_source_says_how_it_fares(ann: httpx.Client, engine: Engine) -> None:
    error = {"code": "drifted_source", "message": "no `events` in the body"}
    with Session(engine) as session, session.begin():
        for minutes in (300, 295, 290, 285):
            write_crawl(session, minutes, provider="late")
        for minutes in (16, 11, 6, 1):
            write_crawl(session, minutes, provider="well", rows_new=3, rows_changed=2)
        write_crawl(session, 20, provider="failing", rows_new=7)
        write_crawl(session, 10, "failed", provider="failing", error=error)
        write_crawl(session, 10, "failed", provider="untried")
        write_crawl(session, 0, "running", provider="busy", finished_at=None)
        session.merge(
            ServiceHeartbeat(
                service="ingest-odds",
                instance="a",
                started_at=datetime.now(UTC) - timedelta(hours=2),
                seen_at=datetime.now(UTC) - timedelta(hours=1),
            )
        )
    found = ann.get("/api/data-health").json()
    sources = {source["provider"]: source for source in found["sources"]}
    states = {provider: source["state"] for provider, source in sources.items()}
    assert states == {"late": "late", "well": "ok", "failing": "failing", "untried": "never", "busy": "running"}
    causes = {provider: source["cause"] for provider, source in sources.items()}
    assert causes == {"late": "empty", "well": None, "failing": "drifted", "untried": "outage", "busy": None}
    assert sources["well"]["due_every_s"] == pytest.approx(300, abs=1)
    assert sources["well"]["rows"] == 5
    assert sources["failing"]["error"]["message"] == error["message"]
    assert sources["failing"]["rows"] == 7
    assert sources["failing"]["last_success_at"] is not None
    services = {service["service"]: service["state"] for service in found["services"]}
    assert services["ingest-odds"] == "silent"


def test_a_source_that_never_ran_is_seen_to_be_missing(ann: httpx.Client, engine: Engine) -> None:
    declared = {"feed": "weather", "schedule": "*/15 * * * *", "target_s": 1800.0, "terms": "theirs", "is_on": True}
    with Session(engine) as session, session.begin():
        for provider, columns in (("sleeps", {}), ("switched_off", {"is_on": False}), ("stale", {})):
            row = {"provider": provider, "sport": "nfl", "declared_at": datetime.now(UTC), **declared, **columns}
            session.add(FeedSchedule(**row))
        write_crawl(session, 120, provider="stale", feed="weather", rows_new=1)
    sources = {source["provider"]: source for source in ann.get("/api/data-health").json()["sources"]}
    assert (sources["sleeps"]["state"], sources["sleeps"]["last_run_at"]) == ("never", None)
    assert sources["switched_off"]["state"] == "off"
    assert (sources["stale"]["state"], sources["stale"]["target_s"]) == ("late", 1800.0)


def test_what_a_feed_brings_is_heard_by_everybody(ann: httpx.Client, engine: Engine) -> None:
    with ann.stream("GET", "/api/feeds/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        with Session(engine) as session, session.begin():
            events.tell(session, "feed", {"provider": "espn_odds", "sport": "nfl", "rows_new": 3})
        heard = [line for line in itertools.islice(lines, 3) if line]
    assert heard[0] == "event: feed"
    assert json.loads(heard[1].removeprefix("data: "))["rows_new"] == 3


def test_the_api_gives_signs_of_life_itself(ann: httpx.Client) -> None:
    services = {service["service"]: service["state"] for service in ann.get("/api/data-health").json()["services"]}
    assert services["backend-api"] == "ok"


def test_metrics_count_by_route_not_by_address(anonymous: httpx.Client, ann: httpx.Client) -> None:
    ann.get("/api/slates/123456789")
    text = anonymous.get("/metrics").text
    assert 'sdp_api_requests_total{method="GET",route="/api/slates/{slate_id}",status="404"}' in text
    assert "123456789" not in text


def test_every_answer_carries_the_security_headers(anonymous: httpx.Client, ann: httpx.Client) -> None:
    for answer in (anonymous.get("/api/health"), anonymous.get("/api/nowhere"), anonymous.get("/api/session")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe-eval" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_large_answers_are_compressed(ann: httpx.Client) -> None:
    answer = ann.get("/api/sports", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()[0]["code"] == "nfl"


def test_what_the_router_refuses_looks_like_every_refusal(anonymous: httpx.Client) -> None:
    missing, wrong = anonymous.get("/api/nowhere"), anonymous.delete("/api/health")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


def test_the_web_app_is_served_with_its_own_addresses(start, settings_of, web_folder: Path) -> None:
    with start(settings_of(web_dir=web_folder)) as other, httpx.Client(base_url=other.url) as client:
        for path in ("/", "/slates/7", "/sign-in"):
            page = client.get(path)
            assert page.status_code == 200
            assert "<title>Platform" in page.text
            assert page.headers["cache-control"] == "no-cache"
            assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        script = client.get("/assets/index-abc123.js", headers={"Accept-Encoding": "gzip"})
        assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert script.headers["content-encoding"] == "gzip"
        assert client.get("/assets/index-old.js").status_code == 404
        assert client.get("/favicon.ico").status_code == 404
        for path in ("/api/nowhere", "/api", "/api/"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert answer.json()["code"] == "not_found"
        assert client.post("/api/nowhere").status_code == 404
        assert client.get("/..%2f..%2fetc/passwd").status_code in (200, 404)
        assert "root:" not in client.get("/..%2f..%2f..%2f..%2fetc%2fpasswd").text
        assert client.get("/api/health").json()["status"] == "ok"


def test_a_web_folder_that_was_not_built_stops_the_start(settings_of, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no built web app"):
        create_app(settings_of(web_dir=tmp_path))


def command(**env: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SDP_")}
    return subprocess.Popen(
        [sys.executable, "-m", "sdp_api.main"],
        env=kept | env,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_port_in_use_is_one_clear_sentence(database_url: str) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        with command(SDP_DATABASE_URL=database_url, SDP_API_PORT=port) as process:
            _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.strip().splitlines() == [
        f"sdp-api: port {port} of 127.0.0.1 is in use by another program: stop it, or set SDP_API_PORT to a free one"
    ]


def test_no_database_url_is_one_clear_sentence() -> None:
    with command() as process:
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.startswith("sdp-api: SDP_DATABASE_URL is not set")
    assert len(errors.strip().splitlines()) == 1


def test_the_command_serves_until_sigterm(database_url: str) -> None:
    with bind("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    with command(SDP_DATABASE_URL=database_url, SDP_API_PORT=str(port)) as process:
        assert process.stderr is not None
        for line in process.stderr:
            entry = json.loads(line)
            assert entry["service"] == "backend-api"
            if "startup complete" in entry["event"]:
                break
        assert httpx.get(f"http://127.0.0.1:{port}/api/ready").status_code == 200
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode in (0, -signal.SIGTERM)


def test_the_contract_is_the_committed_one() -> None:
    assert contract() == (ROOT / "contracts" / "openapi.json").read_text(encoding="utf-8"), "run `make contract`"
    assert contract() == contract()


def test_operations_are_named_and_refusals_declared() -> None:
    document = json.loads(contract())
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))
    assert all(name.replace("_", "").isalpha() and name.islower() for name in names)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_answers_do_not_wait_for_more_to_send() -> None:
    with bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP, "asyncio sets TCP_NODELAY on such sockets alone"


def test_an_address_that_is_not_ours_is_one_clear_sentence() -> None:
    with pytest.raises(Misconfigured, match=r"cannot listen on 192\.0\.2\.1:0"):
        bind("192.0.2.1", 0)
