"""Prometheus metrics of a process, and the answers that show them with its health."""

from collections.abc import Callable
from http.server import ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

from sdp_common.serving import Answer, as_json, serve

JOBS = Counter("sdp_jobs", "Runs that ended, by how.", ["service", "job", "status"])
JOB_SECONDS = Histogram(
    "sdp_job_seconds",
    "How long runs took.",
    ["service", "job"],
    buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600),
)
JOB_LAST_SUCCESS = Gauge("sdp_job_last_success_timestamp_seconds", "When a job last succeeded.", ["service", "job"])
RUNNING = Gauge("sdp_jobs_running", "Runs under way in this process.", ["service"])
HTTP_REQUESTS = Counter("sdp_http_requests", "Outgoing requests, by host and answer.", ["host", "status"])
HTTP_BYTES = Counter("sdp_http_bytes", "Bytes received, decoded.", ["host"])

Health = Callable[[], tuple[bool, dict[str, Any]]]


def serve_metrics(port: int, health: Health, **address: str) -> ThreadingHTTPServer:
    """Serve `/metrics` and `/health` (200 or 503) from a daemon thread; call `shutdown` on what is returned.

    Args:
        port: TCP port, 0 for any free one.
        health: Says whether all is well, with details for the body.
        address: `host=`, where it is not every interface.

    Raises:
        Misconfigured: The port is taken or not allowed.
    """

    def answer(path: str) -> Answer:
        match path.split("?")[0]:
            case "/metrics":
                return Answer(200, CONTENT_TYPE_LATEST, generate_latest())
            case "/health":
                well, details = health()
                return as_json(200 if well else 503, {"status": "ok" if well else "failing", **details})
        return Answer(404, "text/plain; charset=utf-8", b"only /metrics and /health live here\n")

    return serve(port, answer, setting="SDP_METRICS_PORT", **address)
