"""The internal HTTP door: the same predictions for whoever cannot wait for the queue.

`GET /predictions?slate_id=7` answers with every row that `predict` would store; add `market=receptions` for one. It is
for other processes of the platform on a network of their own: it knows no users.
"""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sdp_common.errors import BadInput, Misconfigured, NotFound, PlatformError

Answer = Callable[[int, str | None], dict[str, Any]]
"""Given a slate and perhaps a market, the JSON to answer with."""


def serve(port: int, answer: Answer, *, host: str = "0.0.0.0") -> ThreadingHTTPServer:  # noqa: S104
    """Serve from a daemon thread; call `shutdown` on what is returned.

    Args:
        port: TCP port, 0 for any free one.
        answer: Makes the answer; its errors become the statuses they carry.
        host: Address; every interface by default, since other containers ask.

    Raises:
        Misconfigured: The port is taken or not allowed.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                told, status = answer(*_asked(self.path)), 200
            except PlatformError as error:
                told, status = {"code": error.code, "message": error.message}, error.status
            body = json.dumps(told, default=str).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: the answers are in the caller's log."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except (OSError, OverflowError) as error:
        raise Misconfigured(f"cannot serve on port {port}, change SDP_INFERENCE_PORT: {error}") from error
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="predictions", daemon=True).start()
    return server


def _asked(path: str) -> tuple[int, str | None]:
    parts = urlsplit(path)
    if parts.path != "/predictions":
        raise NotFound("only /predictions?slate_id=N lives here")
    query = parse_qs(parts.query)
    given = query.get("slate_id", [""])[0]
    if not given.isdecimal():
        raise BadInput("name a slate: /predictions?slate_id=7")
    return int(given), query.get("market", [None])[0]
