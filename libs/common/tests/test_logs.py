"""Logs are JSON, a line an event, and hold no secret."""

import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
import structlog
from sdp_common.logs import bound, configure_logs, mask


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers, root.level
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logs("sim-engine", level="INFO")

    class Lines(list[dict[str, Any]]):
        def __iter__(self) -> Iterator[dict[str, Any]]:
            return (json.loads(line) for line in stream.getvalue().splitlines())

    yield Lines()
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def fail(error: Exception) -> None:
    raise error


def test_own_and_foreign_lines_carry_the_bound_names(lines: list[dict[str, Any]]) -> None:
    with bound(job="simulate", run_id=7):
        structlog.get_logger("ours").info("began", rows=3)
        logging.getLogger("theirs").warning("careful %s", "now")
    ours, theirs = lines
    for line in (ours, theirs):
        assert (line["service"], line["job"], line["run_id"]) == ("sim-engine", "simulate", 7)
        assert line["timestamp"].endswith("Z")
    assert (ours["event"], ours["rows"], ours["level"], ours["logger"]) == ("began", 3, "info", "ours")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("careful now", "warning", "theirs")


def test_another_thread_still_names_the_service(lines: list[dict[str, Any]]) -> None:
    thread = Thread(target=lambda: structlog.get_logger().info("there"))
    thread.start()
    thread.join()
    (line,) = lines
    assert line["service"] == "sim-engine"
    assert "job" not in line


def test_secrets_are_masked_wherever_they_stand(lines: list[dict[str, Any]]) -> None:
    url = "https://u:hush@a.example/x?apiKey=hush&b=1"
    structlog.get_logger().info(f"asking {url}", password="hush", nested={"Authorization": "hush", "list": [url]})
    logging.getLogger("x").error("failed: postgresql://sdp:hush@db/sdp?password=hush")
    try:
        fail(ValueError(url))
    except ValueError:
        structlog.get_logger().exception("broken")
    assert "hush" not in json.dumps(list(lines))
    assert "b=1" in json.dumps(list(lines))


def test_a_fault_keeps_its_trace_and_odd_values_do_not_break_the_line(lines: list[dict[str, Any]]) -> None:
    try:
        fail(ZeroDivisionError("no"))
    except ZeroDivisionError:
        structlog.get_logger().exception("broken", nan=float("nan"), odd=object())
    (line,) = lines
    assert line["exception"][0]["exc_type"] == "ZeroDivisionError"
    assert line["nan"] is None


def test_level_and_chatter(lines: list[dict[str, Any]]) -> None:
    structlog.get_logger().debug("too fine")
    logging.getLogger("httpx").info("HTTP Request: GET https://a.example")
    logging.getLogger("procrastinate.worker").info("Starting job")
    assert list(lines) == []
    logging.getLogger("procrastinate.worker").warning("heard")
    assert len(list(lines)) == 1


def test_warnings_are_lines_too(lines: list[dict[str, Any]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    (line,) = lines
    assert "DeprecationWarning: old" in line["event"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("a?token=x", "a?token=***"),
        ("x-api-key=x; b", "x-api-key=***; b"),
        ("monkey=5 keyword=7", "monkey=5 keyword=7"),
        ("redis://:pw@h:1", "redis://:***@h:1"),
        ("no secret here", "no secret here"),
    ],
)
def test_mask(text: str, masked: str) -> None:
    assert mask(text) == masked
