"""The only HTTP client: polite to the source, and safe against what it may answer.

Timeouts and a deadline, retries with jitter that honour `Retry-After`, a rate a host, conditional requests, a limit
on the decoded size, few redirects, and no secret in anything that is kept. `file:` URLs are read like a source's.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import version
from threading import Lock
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import httpx
import stamina
from structlog import get_logger

from sdp_common import metrics
from sdp_common.decode import Decoder
from sdp_common.errors import DriftedSource, NotFound, Retriable, Unavailable
from sdp_common.files import read_file
from sdp_common.logs import is_secret
from sdp_common.rate import TokenBucket
from sdp_common.settings import Settings
from sdp_common.spool import Content

log = get_logger(__name__)
MAX_REDIRECTS = 5
LONGEST_PAUSE_S = 60.0
"""A source that asks for a longer pause is left to the runner, which tries the whole job again later."""
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSED = frozenset({401, 402, 403, 407, 451})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Answer:
    """What a source answered. `url` is what was asked for, without secrets; `content` is decoded.

    A `status` of 304 means that nothing changed since the validators that were given: `content` is empty then.
    `credits_used` and `credits_left` are what a metered source says that this answer cost and what is left.
    """

    url: str
    status: int
    content: Content
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    credits_used: float | None = None
    credits_left: float | None = None

    @property
    def is_unchanged(self) -> bool:
        """Whether the source says that we have the newest already."""
        return self.status == 304


@cache
def _trust() -> ssl.SSLContext:
    """Return whom we trust, read once a process: reading the authorities takes longer than asking a near source."""
    return httpx.create_ssl_context()


@dataclass(frozen=True)
class _Wanted:
    """How a URL is shown, and how much of it is taken."""

    shown: str
    rate_per_s: float | None
    max_bytes: int


class _Again(Exception):
    """One attempt failed in a way that the next may not."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Fetcher:
    """Reads URLs. Safe to share between threads; close it, or use it in a `with` block."""

    def __init__(
        self,
        settings: Settings,
        *,
        capture: Callable[[Answer], None] | None = None,
        first_wait_s: float | None = None,
    ) -> None:
        """Prepare a client.

        Args:
            settings: The `http_` settings and `contact`.
            capture: Called with every answer that has a body, before anyone parses it.
            first_wait_s: Longest wait before the second attempt, instead of the setting's; doubles with each.
        """
        self._settings = settings
        self._capture = capture
        self._first_wait_s = first_wait_s or settings.http_first_wait_s
        self._buckets: dict[str, TokenBucket] = {}
        self._lock = Lock()
        self._client = httpx.Client(
            timeout=httpx.Timeout(settings.http_timeout_s, connect=settings.http_connect_timeout_s),
            headers={"User-Agent": user_agent(settings.contact), "Accept-Encoding": "gzip", "Accept": "*/*"},
            follow_redirects=False,
            verify=_trust(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        secrets: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        rate_per_s: float | None = None,
        is_streamed: bool = False,
    ) -> Answer:
        """Read a URL.

        Args:
            url: `https:`, `http:` or `file:`.
            etag: Of the copy we have, for "unchanged" (304).
            last_modified: Likewise.
            secrets: Query parameters that are sent but never logged nor stored.
            headers: Further headers, sent to the URL's own host alone.
            rate_per_s: Most requests a second to this host, where it is less than the setting.
            is_streamed: Whether the answer is read item by item, and so may be larger than what is held whole.

        Raises:
            Retriable: The source failed or was too slow, in every attempt.
            Unavailable: It refuses us.
            NotFound: It has no such thing (404, 410).
            DriftedSource: It answered something that is not an answer: another 4xx, a redirect without end, too much.
        """
        max_bytes = self._settings.http_max_streamed_bytes if is_streamed else self._settings.http_max_bytes
        if urlsplit(url).scheme == "file":
            return self._captured(Answer(url, *read_file(url, etag=etag, max_bytes=max_bytes)))
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        sent = {**(headers or {}), **{name: value for name, value in conditions.items() if value}}
        target = _with_parameters(url, secrets or {})
        shown = public_url(url)
        try:
            for attempt in stamina.retry_context(
                on=_pause,
                attempts=self._settings.http_attempts,
                timeout=None,
                wait_initial=self._first_wait_s,
                wait_max=30.0,
                wait_jitter=self._first_wait_s,
            ):
                with attempt:
                    answer = self._follow(target, sent, _Wanted(shown, rate_per_s, max_bytes))
        except _Again as error:
            raise Retriable(f"{shown}: {error}", retry_after=error.retry_after_s) from error
        return self._captured(answer)

    def _captured(self, answer: Answer) -> Answer:
        if self._capture is not None and not answer.is_unchanged:
            self._capture(answer)
        return answer

    def _follow(self, url: str, headers: Mapping[str, str], wanted: _Wanted) -> Answer:
        origin = _origin(url)
        deadline = time.monotonic() + self._settings.http_deadline_s
        for _ in range(MAX_REDIRECTS + 1):
            self._wait_turn(url, wanted.rate_per_s)
            answer = self._once(url, headers if _origin(url) == origin else {}, wanted, deadline)
            if isinstance(answer, Answer):
                return replace(answer, url=wanted.shown)
            url = self._next(url, answer, wanted.shown)
        raise DriftedSource(f"{wanted.shown} redirects more than {MAX_REDIRECTS} times")

    def _next(self, url: str, location: str, shown: str) -> str:
        following = urljoin(url, location)
        scheme = urlsplit(following).scheme
        if scheme not in {"http", "https"} or (scheme == "http" and urlsplit(url).scheme == "https"):
            raise DriftedSource(f"{shown} redirects to {scheme}:, which is not followed")
        return following

    def _wait_turn(self, url: str, rate_per_s: float | None) -> None:
        host = urlsplit(url).netloc.rpartition("@")[2]
        rate = min(rate_per_s or self._settings.http_rate_per_s, self._settings.http_rate_per_s)
        with self._lock:
            bucket = self._buckets.get(host)
            if bucket is None or bucket.rate_per_s > rate:
                bucket = self._buckets[host] = TokenBucket(rate)
        wait_s = bucket.reserve()
        if wait_s:
            time.sleep(wait_s)

    def _once(self, url: str, headers: Mapping[str, str], wanted: _Wanted, deadline: float) -> Answer | str:
        """Ask once; a string is where a redirect points."""
        host, shown = urlsplit(url).hostname or "", wanted.shown
        try:
            with self._client.stream("GET", url, headers=dict(headers)) as response:
                metrics.HTTP_REQUESTS.labels(host, str(response.status_code)).inc()
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    return str(response.headers["location"])
                _check(response, shown)
                content = self._read(response, wanted, deadline)
        except httpx.InvalidURL as error:
            raise DriftedSource(f"{shown} is not a URL that can be asked: {error}") from error
        except httpx.UnsupportedProtocol as error:
            raise DriftedSource(f"{shown}: only http, https and file are read") from error
        except httpx.HTTPError as error:
            metrics.HTTP_REQUESTS.labels(host, type(error).__name__).inc()
            raise _Again(_say(error)) from None  # its text may hold the whole URL
        metrics.HTTP_BYTES.labels(host).inc(len(content))
        log.debug("http.read", url=shown, status=response.status_code, bytes=len(content))
        return Answer(
            shown,
            response.status_code,
            content,
            datetime.now(UTC),
            response.headers.get("etag"),
            response.headers.get("last-modified"),
            _number(response.headers.get("x-requests-last")),
            _number(response.headers.get("x-requests-remaining")),
        )

    def _read(self, response: httpx.Response, wanted: _Wanted, deadline: float) -> Content:
        if response.status_code == 304:
            return b""
        with closing(Decoder(response.headers.get("content-encoding", ""), wanted.max_bytes, wanted.shown)) as decoder:
            for chunk in response.iter_raw():
                decoder.feed(chunk)
                if time.monotonic() > deadline:
                    raise _Again(f"was still sending after {self._settings.http_deadline_s:g} s")
            try:
                return decoder.finish()
            except EOFError:
                raise _Again("the answer was cut short") from None


def _check(response: httpx.Response, shown: str) -> None:
    status = response.status_code
    if _is_challenge(response):
        raise Unavailable(f"{shown} answers with a challenge for browsers ({status}): it does not want programs")
    if status in _REFUSED:
        raise Unavailable(f"{shown} refuses us ({status}): check the key and the source's terms")
    if status in {404, 410}:
        raise NotFound(f"{shown} does not exist ({status})")
    if status in _RETRIED or status >= 500:
        raise _Again(f"answered {status}", _retry_after_s(response.headers.get("retry-after")))
    if status not in {200, 203, 304}:
        raise DriftedSource(f"{shown} answered {status}, which is not expected")


def _is_challenge(response: httpx.Response) -> bool:
    headers = response.headers
    return headers.get("cf-mitigated") == "challenge" or headers.get("x-amzn-waf-action") in {"challenge", "captcha"}


def _pause(error: Exception) -> bool | float:
    if not isinstance(error, _Again):
        return False
    if error.retry_after_s is None:
        return True
    return error.retry_after_s if error.retry_after_s <= LONGEST_PAUSE_S else False


def _retry_after_s(value: str | None) -> float | None:
    """Return the seconds of a `Retry-After` header, which is a number or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _number(value: str | None) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def _say(error: httpx.HTTPError) -> str:
    kinds = {
        httpx.ConnectTimeout: "no connection in time",
        httpx.ConnectError: "cannot be reached",
        httpx.TimeoutException: "no answer in time",
        httpx.RemoteProtocolError: "the answer was cut short or is not HTTP",
        httpx.ReadError: "the connection was lost",
    }
    return next((said for kind, said in kinds.items() if isinstance(error, kind)), type(error).__name__)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _with_parameters(url: str, parameters: Mapping[str, str]) -> str:
    if not parameters:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, urlencode(dict(parameters))]))))


def public_url(url: str) -> str:
    """Return the URL without user, password and secret parameters: what may be logged and stored.

    >>> public_url("https://me:pw@api.example.com/v4/odds?regions=us&apiKey=abc")
    'https://api.example.com/v4/odds?regions=us'
    """
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not is_secret(name)]
    query = parts.query if len(kept) == len(parse_qsl(parts.query, keep_blank_values=True)) else urlencode(kept)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query))


def user_agent(contact: str) -> str:
    """Return who we say we are: the version, and how to reach the operator where he says."""
    name = f"sports-data-platform/{version('sdp-common')}"
    return f"{name} (+{contact})" if contact else name
