"""Schedules: which minute was meant, whose turn has come, and what is written down of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sdp_common.db.models.runs import IngestRun
from sdp_common.errors import Misconfigured
from sdp_common.settings import Settings
from sdp_ingestion.cron import interval, last_tick
from sdp_ingestion.leads import is_due as forecast_is_due
from sdp_ingestion.registry import provider, providers
from sdp_ingestion.timetable import AGAIN, Pace, is_due, pace, sports_of

NOW = datetime(2025, 1, 2, 8, 20, 30, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("* * * * *", "2025-01-02 08:20"),
        ("*/15 * * * *", "2025-01-02 08:15"),
        ("20 7 * * *", "2025-01-02 07:20"),
        ("30 9 * * *", "2025-01-01 09:30"),
        ("7-59/15 * * * *", "2025-01-02 08:07"),
        ("0 12 * * 0", "2024-12-29 12:00"),
        ("0 12 * * 7", "2024-12-29 12:00"),
        ("5,35 8 2 1 *", "2025-01-02 08:05"),
    ],
)
def test_the_last_minute_that_was_meant(cron: str, expected: str) -> None:
    found = last_tick(cron, NOW)
    assert found is not None
    assert found.strftime("%Y-%m-%d %H:%M") == expected


@pytest.mark.parametrize("cron", ["", "* * * *", "61 * * * *", "a * * * *", "*/0 * * * *", "5-1 * * * *", "-1 * * * *"])
def test_what_is_no_schedule_is_said(cron: str) -> None:
    with pytest.raises(Misconfigured, match="no schedule"):
        last_tick(cron, NOW)


def test_intervals() -> None:
    assert interval("*/15 * * * *", NOW) == timedelta(minutes=15)
    assert interval("20 7 * * *", NOW) == timedelta(days=1)


def run(status: str, minutes: float) -> IngestRun:
    return IngestRun(status=status, started_at=NOW - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("cron", "last", "declared", "expected"),
    [
        ("*/15 * * * *", run("succeeded", 3), None, False),  # the tick of 08:15 was served at 08:17
        ("*/15 * * * *", run("succeeded", 6), None, True),
        ("20 7 * * *", run("succeeded", 60 * 30), None, True),  # yesterday's and today's were missed: once is enough
        ("20 7 * * *", run("succeeded", 30), None, False),
        ("20 7 * * *", run("failed", AGAIN.total_seconds() / 60), None, True),
        ("20 7 * * *", run("failed", 1), None, False),
        ("20 7 * * *", None, NOW, False),  # a platform that starts is left alone for a while
        ("20 7 * * *", None, NOW - AGAIN, True),  # and is not without it until tomorrow
        ("*/15 * * * *", None, NOW - timedelta(minutes=6), True),
        ("20 7 * * *", None, None, False),
    ],
)
def test_whose_turn_has_come(cron: str, last: IngestRun | None, declared: Any, expected: bool) -> None:
    assert is_due(cron, last, declared, NOW) is expected


def test_configuration_overrules_the_declared() -> None:
    one = provider("espn_odds")
    assert pace(one, Settings(_env_file=None)) == Pace(one.cron or "", one.near)
    told = Settings(_env_file=None, schedules="espn_odds=*/7 * * * *; kalshi=off")
    assert pace(one, told) == Pace("*/7 * * * *")
    assert pace(provider("kalshi"), told) is None
    assert sports_of(one, Settings(_env_file=None, sports="nfl, nba")) == ["nfl", "nba"]


def test_every_declared_schedule_can_be_read_and_is_faster_near_a_lock() -> None:
    for one in providers().values():
        for cron in filter(None, (one.cron, one.near)):
            assert last_tick(cron, NOW) is not None
        if one.near and one.cron:
            assert interval(one.near, NOW) <= interval(one.cron, NOW)


def test_each_lead_of_a_forecast_is_taken_once() -> None:
    starts_at, last, taken = NOW + timedelta(hours=80), None, []
    at = NOW
    while at < starts_at:
        if forecast_is_due(starts_at, last, at):
            taken.append(round((starts_at - at).total_seconds() / 3600))
            last = at
        at += timedelta(minutes=15)
    assert taken == [80, 72, 48, 24, 12, 6, 3, 1]
