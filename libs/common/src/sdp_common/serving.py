"""A small HTTP server in a daemon thread, for what processes ask of one another: metrics, health, predictions."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

from sdp_common.errors import Misconfigured


class Answer(NamedTuple):
    """What a GET is answered with."""

    status: int
    kind: str
    body: bytes


def as_json(status: int, told: dict[str, Any]) -> Answer:
    """Return the answer that says `told` in JSON; what JSON does not know is said as text."""
    return Answer(status, "application/json", json.dumps(told, default=str).encode())


def serve(
    port: int,
    answer: Callable[[str], Answer],
    *,
    setting: str,
    host: str = "0.0.0.0",  # noqa: S104
) -> ThreadingHTTPServer:
    """Serve GET requests from a daemon thread, each in a thread of its own; call `shutdown` on what is returned.

    Args:
        port: TCP port, 0 for any free one.
        answer: Given the path with its query, the answer.
        setting: The environment variable that holds the port, for the error's advice.
        host: Address; every interface by default, since probes and other containers ask from outside.

    Raises:
        Misconfigured: The port is taken or not allowed.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: probes come every few seconds, and other answers are in the caller's log."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except (OSError, OverflowError) as error:
        raise Misconfigured(f"cannot serve on port {port}, change {setting}: {error}") from error
    server.daemon_threads = True
    Thread(target=server.serve_forever, name=setting.lower(), daemon=True).start()
    return server
