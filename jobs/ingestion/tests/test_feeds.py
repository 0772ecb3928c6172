"""The five feeds as services, and the command that starts them."""

import subprocess
import sys
from typing import get_args

import pytest
from sdp_common.errors import BadInput, Misconfigured
from sdp_common.settings import settings
from sdp_ingestion.main import FEEDS, main, service
from sdp_ingestion.provider import Feed
from sdp_ingestion.registry import providers
from sdp_ingestion.timetable import TICK


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sdp_ingestion.main.settings", settings.__wrapped__)


@pytest.mark.parametrize("feed", FEEDS)
def test_each_feed_is_a_service_of_its_own(feed: str) -> None:
    made = service(feed)
    assert made.name == f"ingest-{feed}"
    assert "crawl" in made.jobs
    assert ("import_slate" in made.jobs) == (feed == "dfs")
    assert [p.name for p in providers().values() if p.feed == feed], f"{feed} has no provider"


def test_feeds_are_those_of_the_providers() -> None:
    assert set(FEEDS) == set(get_args(Feed)) == {p.feed for p in providers().values()}


def test_schedules_are_those_of_the_providers_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert service("stats").jobs["crawl_nflverse"].cron == TICK
    assert "crawl_nflgame" not in service("stats").jobs
    assert service("odds").jobs["crawl_espn_odds"].cron == providers()["espn_odds"].near
    assert "crawl_bovada" not in service("odds").jobs
    monkeypatch.setenv("SDP_PROVIDERS_ENABLED", "bovada")
    assert service("odds").jobs["crawl_bovada"].cron == providers()["bovada"].near
    monkeypatch.setenv("SDP_SCHEDULES", "bovada=*/5 * * * *|* * * * *; kalshi=off")
    assert service("odds").jobs["crawl_bovada"].cron == "* * * * *"
    assert "crawl_kalshi" not in service("odds").jobs
    monkeypatch.setenv("SDP_SCHEDULES", "bovada=often")
    with pytest.raises(Misconfigured, match="five fields"):
        service("odds")


def test_an_unknown_feed_is_named() -> None:
    with pytest.raises(BadInput, match="weather"):
        service("wether")


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["wether"], 2), (["--help"], 0)])
def test_the_command_says_how_it_is_used(
    arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["sdp-ingest", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == code
    assert "usage: sdp-ingest {stats,odds,weather,injury,dfs}" in capsys.readouterr().err


def test_a_crawl_from_the_command_line(database_url: str) -> None:
    command = [sys.executable, "-c", "from sdp_ingestion.main import main; main()", "odds", "once", "crawl"]
    environment = {"SDP_DATABASE_URL": database_url, "PATH": ""}
    done = subprocess.run([*command, "provider=nobody"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "there is no provider 'nobody'" in done.stdout
