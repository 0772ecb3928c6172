"""What every request passes on its way in and out: size limit, cross-site check, headers, measures."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import structlog
from prometheus_client import Counter, Histogram
from sdp_common.errors import BadInput, NotAllowed
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdp_api.errors import answer

log = structlog.get_logger(__name__)
REQUESTS = Counter("sdp_api_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("sdp_api_seconds", "Time to the first byte of the answer.", ["method", "route"])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BODY_LIMIT = 2**20
"""The most bytes of a request that is no upload."""
_ENVELOPE = 64 * 1024
"""What a form adds to the file in it."""
_DRAIN_BYTES, _DRAIN_S = 512 * 2**20, 20.0
"""How much of a refused body is thrown away, and for how long, so that the sender reads the answer, not a reset."""
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        # components set sizes and positions in style attributes and small style elements
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class CrossSiteError(NotAllowed):
    """A browser was made to send this by another site."""

    code = "cross_site"


class TooLargeError(Exception):
    """The body has grown over the limit while it was being read."""


class BodyLimit:
    """Refuses a body over the limit with 413: by its announced length at once, else as soon as it grows over.

    Args:
        app: What answers otherwise.
        upload_max_bytes: The most bytes of a file.
        wider: Last parts of paths on which a file may have as many bytes as is said here.
    """

    def __init__(self, app: ASGIApp, upload_max_bytes: int, wider: Mapping[str, int]) -> None:
        self.app = app
        self._upload_max_bytes = upload_max_bytes
        self._wider = wider

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what it sends."""
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self.app(scope, receive, send)
            return
        most = self._limit(scope)
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdigit() and int(announced) > most:
            await self._refuse(scope, receive, send, most)
            return
        seen, over, started = 0, False, False

        async def counted() -> Message:
            nonlocal seen, over
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                over = True
                raise TooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            if over and not started:
                return  # what the parser makes of the cut is not the answer
            started = True
            await send(message)

        with suppress(TooLargeError):
            await self.app(scope, counted, noted)
        if over and not started:
            await self._refuse(scope, receive, send, most)

    def _limit(self, scope: Scope) -> int:
        kind = Headers(scope=scope).get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            return BODY_LIMIT
        last = scope["path"].rstrip("/").rpartition("/")[2]
        return self._wider.get(last, self._upload_max_bytes) + _ENVELOPE

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        """Answer at once, then throw away what still comes, for a while."""
        limit = f"{(most if most == BODY_LIMIT else most - _ENVELOPE) / 2**20:g} MB"
        body = answer(BadInput(f"the body is larger than {limit}, the most that is accepted", status=413))
        body.headers["Connection"] = "close"
        thrown = 0

        async def held(message: Message) -> None:
            nonlocal thrown
            if message["type"] != "http.response.body" or message.get("more_body"):
                await send(message)
                return
            await send({**message, "more_body": True})
            try:
                async with asyncio.timeout(_DRAIN_S):
                    while thrown < _DRAIN_BYTES:
                        part = await receive()
                        thrown += len(part.get("body", b""))
                        if part["type"] == "http.disconnect" or not part.get("more_body"):
                            break
            except TimeoutError:
                pass
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        await body(scope, receive, held)


class SameSite:
    """Refuses writes that another site made a browser send, by `Sec-Fetch-Site` and `Origin`.

    A request with neither header comes from no browser of today; one with a token carries no ambient right.
    """

    def __init__(self, app: ASGIApp, trusted: frozenset[str]) -> None:
        self.app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on where it is our own page's."""
        if scope["type"] == "http" and scope["method"] not in SAFE and not self._is_ours(Headers(scope=scope)):
            error = CrossSiteError("this request was sent by another site", status=403)
            await answer(error)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        if headers.get("authorization", "").lower().startswith("bearer "):
            return True
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None and origin in self._trusted:
            return True
        if site is not None:
            return site in {"same-origin", "none"}
        return origin is None or urlsplit(origin).netloc == headers.get("host")


class Outward:
    """Adds the security headers to every answer and counts and times it."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self._headers = _HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and mark its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api"):
                    headers.setdefault("Cache-Control", "no-store")
                self._note(scope, message["status"], time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, marked)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or ("web" if status < 400 else "none")
        REQUESTS.labels(scope["method"], route, str(status)).inc()
        SECONDS.labels(scope["method"], route).observe(seconds)
        log.info("request", method=scope["method"], path=scope["path"], status=status, seconds=round(seconds, 4))
