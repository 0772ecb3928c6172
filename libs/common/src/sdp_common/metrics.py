"""Prometheus metrics of a process, and the small server that shows them with its health."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

from sdp_common.errors import Misconfigured

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


def serve_metrics(port: int, health: Health, *, host: str = "0.0.0.0") -> ThreadingHTTPServer:  # noqa: S104
    """Serve `/metrics` and `/health` (200 or 503) from a daemon thread; call `shutdown` on what is returned.

    Args:
        port: TCP port, 0 for any free one.
        health: Says whether all is well, with details for the body.
        host: Address; every interface by default, since a container's probes come from outside.

    Raises:
        Misconfigured: The port is taken or not allowed.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest())
            elif path == "/health":
                well, details = health()
                body = json.dumps({"status": "ok" if well else "failing", **details}, default=str).encode()
                self._answer(200 if well else 503, "application/json", body)
            else:
                self._answer(404, "text/plain; charset=utf-8", b"only /metrics and /health live here\n")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: probes come every few seconds."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except (OSError, OverflowError) as error:
        raise Misconfigured(f"cannot serve metrics on port {port}, change SDP_METRICS_PORT: {error}") from error
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
