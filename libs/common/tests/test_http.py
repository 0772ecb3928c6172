"""The client against a server that misbehaves, over real sockets."""

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sdp_common.errors import DriftedSource, NotFound, Retriable, Unavailable
from sdp_common.http import Answer, Fetcher, public_url
from sdp_common.settings import Settings

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Source:
    """A server whose every path answers what the test says; `asked` holds what came."""

    url: str
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def on(self, path: str, *replies: Reply) -> str:
        """Answer these in turn, the last for ever; returns the URL."""
        self.replies[path] = list(replies)
        return self.url + path


@pytest.fixture
def source() -> Iterator[Source]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            made.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            waiting = made.replies[path]
            (waiting.pop(0) if len(waiting) > 1 else waiting[0])(self)

        def log_message(self, *_: Any) -> None: ...

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None: ...  # the client hangs up on purpose

    server = Server(("127.0.0.1", 0), Handler)
    made = Source(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def settings(**changes: Any) -> Settings:
    return Settings(
        **{"http_timeout_s": 0.5, "http_connect_timeout_s": 0.5, "http_deadline_s": 1.0, "http_rate_per_s": 100.0}
        | changes
    )


@pytest.fixture
def fetch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Answer]]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    opened: list[Fetcher] = []

    def get(url: str, *, with_settings: Settings | None = None, **options: Any) -> Answer:
        fetcher = Fetcher(with_settings or settings(), first_wait_s=0.01, capture=options.pop("capture", None))
        opened.append(fetcher)
        return fetcher.get(url, **options)

    yield get
    for fetcher in opened:
        fetcher.close()


def body(content: bytes, status: int = 200, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in ({"Content-Length": str(len(content))} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return reply


def test_answer_is_decoded_captured_and_says_who_we_are(source: Source, fetch: Callable[..., Answer]) -> None:
    url = source.on("/a", body(gzip.compress(b"hello"), Content_Encoding="gzip", ETag='"v1"'))
    captured: list[Answer] = []
    answer = fetch(url, capture=captured.append, with_settings=settings(contact="ops@example.com"))
    assert (answer.content, answer.status, answer.etag, answer.url) == (b"hello", 200, '"v1"', url)
    assert answer.fetched_at.utcoffset() is not None
    assert captured == [answer]
    agent = source.asked[0][1]["user-agent"]
    assert agent.startswith("sports-data-platform/")
    assert agent.endswith("(+ops@example.com)")


def test_burst_of_failures_is_outlived(source: Source, fetch: Callable[..., Answer]) -> None:
    url = source.on("/burst", body(b"", 500), body(b"", 502), body(b"", 503), body(b"fine"))
    assert fetch(url).content == b"fine"
    assert len(source.asked) == 4


def test_lasting_failure_is_retriable_after_every_attempt(source: Source, fetch: Callable[..., Answer]) -> None:
    url = source.on("/down", body(b"", 500))
    with pytest.raises(Retriable, match="answered 500"):
        fetch(url)
    assert len(source.asked) == 4


def test_pause_that_is_asked_for_is_kept(source: Source, fetch: Callable[..., Answer]) -> None:
    url = source.on("/slow-down", body(b"", 429, Retry_After="1"), body(b"fine"))
    begun = time.monotonic()
    assert fetch(url).content == b"fine"
    assert time.monotonic() - begun >= 1.0


@pytest.mark.parametrize("pause", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_long_pause_is_left_to_the_runner(source: Source, fetch: Callable[..., Answer], pause: str) -> None:
    url = source.on("/closed", body(b"", 503, Retry_After=pause))
    with pytest.raises(Retriable) as caught:
        fetch(url)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 3000
    assert len(source.asked) == 1


def test_slow_drip_ends_at_the_deadline(source: Source, fetch: Callable[..., Answer]) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b".")
            handler.wfile.flush()
            time.sleep(0.05)

    begun = time.monotonic()
    with pytest.raises(Retriable, match="still sending after 1 s"):
        fetch(source.on("/drip", drip), with_settings=settings(http_attempts=1))
    assert time.monotonic() - begun < 3.0


def test_silence_ends_at_the_timeout(source: Source, fetch: Callable[..., Answer]) -> None:
    url = source.on("/silent", lambda _: time.sleep(1.0))
    with pytest.raises(Retriable, match="no answer in time"):
        fetch(url, with_settings=settings(http_attempts=1, http_timeout_s=0.2))


def test_bomb_is_refused_before_it_is_unpacked(source: Source, fetch: Callable[..., Answer]) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(DriftedSource, match="larger than 1000000 bytes"):
        fetch(source.on("/bomb", body(bomb, Content_Encoding="gzip")), with_settings=settings(http_max_bytes=1_000_000))
    assert len(source.asked) == 1


def test_plain_body_over_the_limit_is_refused(source: Source, fetch: Callable[..., Answer]) -> None:
    url = source.on("/big", body(bytes(200_000)))
    with pytest.raises(DriftedSource, match="SDP_HTTP_MAX_BYTES"):
        fetch(url, with_settings=settings(http_max_bytes=100_000))
    assert len(fetch(url, with_settings=settings(http_max_bytes=200_000)).content) == 200_000


@pytest.mark.parametrize(
    "cut",
    [
        body(b"abc", Content_Length="10", Connection="close"),
        body(gzip.compress(bytes(9999))[:-9], Content_Encoding="gzip"),
    ],
    ids=["plain", "gzip"],
)
def test_truncated_answer_is_asked_for_again(source: Source, fetch: Callable[..., Answer], cut: Reply) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        cut(handler)
        handler.close_connection = True

    assert fetch(source.on("/cut", hang_up, body(b"whole"))).content == b"whole"
    with pytest.raises(Retriable, match="cut short"):
        fetch(source.on("/cut", hang_up), with_settings=settings(http_attempts=2))


@pytest.mark.parametrize(("coding", "content"), [("br", b"x"), ("gzip, gzip", b"x"), ("gzip", b"not gzip")])
def test_encoding_that_was_not_asked_for_is_drift(
    source: Source, fetch: Callable[..., Answer], coding: str, content: bytes
) -> None:
    with pytest.raises(DriftedSource):
        fetch(source.on("/odd", body(content, Content_Encoding=coding)))


def test_redirects_are_followed_but_not_for_ever(source: Source, fetch: Callable[..., Answer]) -> None:
    source.on("/new", body(b"moved"))
    url = source.on("/old", body(b"", 302, Location="/new"))
    answer = fetch(url)
    assert (answer.content, answer.url) == (b"moved", url)
    with pytest.raises(DriftedSource, match="more than 5 times"):
        fetch(source.on("/loop", body(b"", 302, Location="/loop")))
    with pytest.raises(DriftedSource, match="file:, which is not followed"):
        fetch(source.on("/escape", body(b"", 302, Location="file:///etc/passwd")))


def test_headers_stay_with_their_host(source: Source, fetch: Callable[..., Answer]) -> None:
    source.on("/target", body(b"there"))
    elsewhere = source.url.replace("127.0.0.1", "localhost") + "/target"
    url = source.on("/away", body(b"", 302, Location=elsewhere))
    assert fetch(url, headers={"X-Api-Key": "hush"}).content == b"there"
    assert [headers.get("x-api-key") for _, headers in source.asked] == ["hush", None]


def test_unchanged_is_told_by_304(source: Source, fetch: Callable[..., Answer]) -> None:
    def conditional(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers.get("If-None-Match") == '"v1"' and handler.headers.get("If-Modified-Since") == "then"
        (body(b"", 304) if same else body(b"new", ETag='"v1"', Last_Modified="then"))(handler)

    url = source.on("/etag", conditional)
    captured: list[Answer] = []
    first = fetch(url, capture=captured.append)
    again = fetch(url, capture=captured.append, etag=first.etag, last_modified=first.last_modified)
    assert (first.is_unchanged, again.is_unchanged, again.content) == (False, True, b"")
    assert captured == [first]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (body(b"", 401), Unavailable),
        (body(b"", 403), Unavailable),
        (body(b"<html>", 503, cf_mitigated="challenge"), Unavailable),
        (body(b"", 404), NotFound),
        (body(b"", 400), DriftedSource),
        (body(b"", 204), DriftedSource),
    ],
)
def test_refusals_are_final(source: Source, fetch: Callable[..., Answer], reply: Reply, error: type[Exception]) -> None:
    with pytest.raises(error):
        fetch(source.on("/no", reply))
    assert len(source.asked) == 1


def test_secrets_are_sent_but_never_shown(source: Source, fetch: Callable[..., Answer]) -> None:
    url = source.on("/key", body(b"", 500), body(b"ok"))
    answer = fetch(url + "?regions=us", secrets={"apiKey": "hush"})
    assert source.asked[0][0] == "/key?regions=us&apiKey=hush"
    assert answer.url == url + "?regions=us"
    source.on("/key", body(b"", 500))
    with pytest.raises(Retriable) as caught:
        fetch(url + "?regions=us&token=hush", secrets={"apiKey": "hush"})
    assert "hush" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_requests_to_one_host_keep_the_rate(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    url = source.on("/rate", body(b"ok"))
    with Fetcher(settings(http_rate_per_s=1.0)) as fetcher:
        begun = time.monotonic()
        fetcher.get(url)
        fetcher.get(url)
    assert time.monotonic() - begun >= 0.9
    with Fetcher(settings(http_rate_per_s=100.0)) as fetcher:  # the provider may ask for less
        begun = time.monotonic()
        fetcher.get(url, rate_per_s=1.0)
        fetcher.get(url, rate_per_s=1.0)
    assert time.monotonic() - begun >= 0.9


def test_host_that_does_not_listen_is_retriable(fetch: Callable[..., Answer]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Retriable, match="cannot be reached"):
        fetch(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("url", ["ftp://example.com/x", "https://", "nonsense"])
def test_what_is_no_url_of_the_web_is_refused(fetch: Callable[..., Answer], url: str) -> None:
    with pytest.raises(DriftedSource):
        fetch(url)


def test_mirror_on_disk_reads_like_a_source(tmp_path: Path, fetch: Callable[..., Answer]) -> None:
    file = tmp_path / "a file.csv"
    file.write_bytes(b"a,b\n")
    first = fetch(file.as_uri())
    assert (first.content, first.status) == (b"a,b\n", 200)
    assert fetch(file.as_uri(), etag=first.etag).is_unchanged
    file.write_bytes(b"a,b,c\n")
    assert fetch(file.as_uri(), etag=first.etag).content == b"a,b,c\n"
    with pytest.raises(NotFound):
        fetch((tmp_path / "none").as_uri())
    with pytest.raises(NotFound):
        fetch(tmp_path.as_uri())
    file.write_bytes(bytes(5000))
    with pytest.raises(DriftedSource, match="larger"):
        fetch(file.as_uri(), with_settings=settings(http_max_bytes=1024))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/x?b=1&apikey=s&c=%20", "https://a.example/x?b=1&c=+"),
        ("https://u:p@a.example:8443/x", "https://a.example:8443/x"),
        ("https://a.example/x?q=a%2Cb", "https://a.example/x?q=a%2Cb"),
    ],
)
def test_public_url_holds_no_secret(url: str, shown: str) -> None:
    assert public_url(url) == shown
