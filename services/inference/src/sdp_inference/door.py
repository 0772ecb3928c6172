"""The internal HTTP door: the same predictions for whoever cannot wait for the queue.

`GET /predictions?slate_id=7` answers with every row that `predict` would store; add `market=receptions` for one. It is
for other processes of the platform on a network of their own: it knows no users.
"""

from collections.abc import Callable
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sdp_common import serving
from sdp_common.errors import BadInput, NotFound, PlatformError

Predict = Callable[[int, str | None], dict[str, Any]]
"""Given a slate and perhaps a market, the JSON to answer with."""


def serve(port: int, predict: Predict, **address: str) -> ThreadingHTTPServer:
    """Serve predictions from a daemon thread; call `shutdown` on what is returned.

    Args:
        port: TCP port, 0 for any free one.
        predict: Makes the answer; its errors become the statuses they carry.
        address: `host=`, where it is not every interface.

    Raises:
        Misconfigured: The port is taken or not allowed.
    """

    def answer(path: str) -> serving.Answer:
        try:
            return serving.as_json(200, predict(*_asked(path)))
        except PlatformError as error:
            return serving.as_json(error.status, {"code": error.code, "message": error.message})

    return serving.serve(port, answer, setting="SDP_INFERENCE_PORT", **address)


def _asked(path: str) -> tuple[int, str | None]:
    parts = urlsplit(path)
    if parts.path != "/predictions":
        raise NotFound("only /predictions?slate_id=N lives here")
    query = parse_qs(parts.query)
    given = query.get("slate_id", [""])[0]
    if not given.isdecimal():
        raise BadInput("name a slate: /predictions?slate_id=7")
    return int(given), query.get("market", [None])[0]
