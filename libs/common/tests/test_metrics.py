"""The small server of a process."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from sdp_common.errors import Misconfigured
from sdp_common.metrics import JOBS, serve_metrics


class Process:
    well = True


@pytest.fixture
def port() -> Iterator[int]:
    Process.well = True
    server = serve_metrics(0, lambda: (Process.well, {"service": "s"}), host="127.0.0.1")
    yield server.server_port
    server.shutdown()
    server.server_close()


def get(port: int, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_health_follows_the_process(port: int) -> None:
    status, body = get(port, "/health")
    assert (status, json.loads(body)) == (200, {"status": "ok", "service": "s"})
    Process.well = False
    status, body = get(port, "/health?x=1")
    assert (status, json.loads(body)["status"]) == (503, "failing")


def test_metrics_are_those_of_the_process(port: int) -> None:
    JOBS.labels("metrics-test", "j", "succeeded").inc(3)
    status, body = get(port, "/metrics")
    assert status == 200
    assert 'sdp_jobs_total{job="j",service="metrics-test",status="succeeded"} 3.0' in body


def test_other_paths_say_where_to_look(port: int) -> None:
    assert get(port, "/")[0] == 404


def test_taken_port_names_the_setting(port: int) -> None:
    with pytest.raises(Misconfigured, match="SDP_METRICS_PORT"):
        serve_metrics(port, lambda: (True, {}), host="127.0.0.1")
