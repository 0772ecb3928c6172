"""What each provider asks for."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sdp_common.errors import BadInput
from sdp_ingestion.provider import Ask, Payload, Provider, Request, Upcoming, crawl
from sdp_ingestion.registry import provider
from sdp_ingestion.rows import Rejected

NOW = datetime(2023, 11, 24, 12, tzinfo=UTC)
BASES = {name: f"https://{name}.example.org/" for name in ("nflverse", "espn", "open_meteo", "draftkings")}
BASES["draftkings_lobby"] = "https://lobby.example.org"


def ask(**more: Any) -> Ask:
    return Ask("nfl", NOW, bases=BASES, **more)


def test_nflverse_asks_for_the_present_season_unless_told() -> None:
    told = [request.url for request in provider("nflverse").start(ask())]
    assert all(url.startswith("https://nflverse.example.org/releases/download/") for url in told)
    assert sum("2023" in url for url in told) == 6
    spring = Ask("nfl", datetime(2024, 2, 1, tzinfo=UTC), bases=BASES)
    assert any("roster_weekly_2023" in request.url for request in provider("nflverse").start(spring))


def test_nflverse_falls_back_to_the_frozen_stats() -> None:
    stats = next(r for r in provider("nflverse").start(ask(seasons=(2010,))) if r.tag == "stats")
    assert "stats_player_week_2010" in stats.url
    assert stats.otherwise is not None
    assert "player_stats/player_stats_2010" in stats.otherwise.url


def test_weather_is_asked_for_in_the_open_alone() -> None:
    games = [
        Upcoming("2023_12_BUF_PHI", datetime(2023, 11, 26, 21, 25, tzinfo=UTC), "PHI", "BUF", "PHI00"),
        Upcoming("2023_12_NO_ATL", datetime(2023, 11, 26, 18, tzinfo=UTC), "ATL", "NO", "ATL97"),
        Upcoming("2023_12_CHI_MIN", datetime(2023, 11, 28, 1, 15, tzinfo=UTC), "MIN", "CHI", "MIN01"),
        Upcoming("2023_12_X_Y", datetime(2023, 11, 28, 1, 15, tzinfo=UTC), "MIN", "CHI", None),
    ]
    told = list(provider("open_meteo").start(ask(games=tuple(games))))
    assert [request.about["game"] for request in told] == ["2023_12_BUF_PHI", "2023_12_NO_ATL"]
    assert "start_hour=2023-11-26T21%3A00" in told[0].url
    assert "latitude=39.9008" in told[0].url


def test_draftkings_starts_at_the_lobby_or_at_a_group() -> None:
    assert [request.url for request in provider("draftkings").start(ask())] == [
        "https://lobby.example.org/lobby/getcontests?sport=NFL"
    ]
    groups = provider("draftkings").start(ask(subjects=("7", "8")))
    assert [request.tag for request in groups] == ["group", "group"]


def test_espn_asks_for_the_coming_days() -> None:
    (request,) = provider("espn_odds").start(ask())
    assert request.url.startswith(
        "https://espn.example.org/apis/site/v2/sports/football/nfl/scoreboard?dates=20231124-"
    )


def test_an_unknown_provider_is_named_with_those_there_are() -> None:
    with pytest.raises(BadInput, match="nflgame"):
        provider("nflgames")


def made(parse: Any) -> Provider:
    template = provider("nflgame")
    return Provider(
        "made", "stats", ("nfl",), None, lambda _: [Request("a", otherwise=Request("b"))], parse, template.quality
    )


def test_a_crawl_follows_requests_depth_first_and_takes_the_alternative() -> None:
    asked: list[str] = []

    def fetch(request: Request) -> Payload | None:
        asked.append(request.url)
        return None if request.url == "a" else Payload(request, b"", NOW)

    def parse(payload: Payload) -> Any:
        yield Rejected(payload.request.url)
        if payload.request.url == "b":
            yield Request("c")
            yield Request("d")

    rows = [row for _, found in crawl(made(parse), ask(), fetch) for row in found]
    assert asked == ["a", "b", "c", "d"]
    assert rows == [Rejected("b"), Rejected("c"), Rejected("d")]
