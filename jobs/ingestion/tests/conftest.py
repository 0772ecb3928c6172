"""Cases of the providers: a hand-written answer in a source's shape, and the rows that it holds."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest
from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.rows import MarketRows, QuoteRow

FIXTURES = Path(__file__).parent / "fixtures"
FETCHED_AT = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
Answer = Callable[[str, Mapping[str, str]], tuple[int, Mapping[str, str], Iterable[bytes]]]
"""What a source on this machine answers to a path and headers: a status, headers, and the body part by part."""


@dataclass(frozen=True)
class Case:
    """One answer; `rows` is None where nobody has written down what it holds."""

    provider: str
    name: str
    payload: Payload
    rows: list[Any] | None


def read_case(path: Path) -> Case:
    case = json.loads(path.read_text(encoding="utf-8"))
    request = Request(case["url"], case["tag"], case.get("about", {}))
    expected = path.with_suffix(".rows")
    rows = json.loads(expected.read_text(encoding="utf-8")) if expected.is_file() else None
    payload = Payload(request, _body(case), FETCHED_AT, sport=case.get("sport", "nfl"))
    return Case(path.parent.name, path.stem, payload, rows)


def _body(case: dict[str, Any]) -> bytes:
    out = BytesIO()
    if "zip" in case:
        with ZipFile(out, "w") as folder:
            for name, document in case["zip"].items():
                folder.writestr(name, json.dumps(document))
    elif "table" in case:
        schema = dict.fromkeys(case["columns"], pl.String) if "columns" in case else None
        pl.DataFrame(case["table"], schema=schema, infer_schema_length=None).write_parquet(out)
    elif "text" in case:
        out.write("\n".join(case["text"]).encode())
    else:
        out.write(json.dumps(case["json"]).encode())
    return out.getvalue()


def each_quote(rows: Iterable[Any]) -> list[Any]:
    """Return rows with each market that came in columns written out quote by quote."""
    found: list[Any] = []
    for row in rows:
        if not isinstance(row, MarketRows):
            found.append(row)
            continue
        told = zip(row.sides, row.lines, row.prices, row.names or [None] * len(row.sides), strict=True)
        found += [
            QuoteRow(row.game, row.book, row.market, side, line, price, row.known_at, name=name)
            for side, line, price, name in told
        ]
    return found


def plain(row: Any) -> Any:
    """Return a row as JSON has it: its kind, then the fields that are not at their default."""
    told = {}
    for field in fields(row):
        value = getattr(row, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if value != default:
            told[field.name] = _plain_value(value)
    return [type(row).__name__, told]


def _plain_value(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return plain(value)
    if isinstance(value, dict):
        return {key: _plain_value(item) for key, item in sorted(value.items())}
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.fixture
def case() -> Callable[[str, str], Case]:
    """Read one case by provider and name."""
    return lambda provider, name: read_case(FIXTURES / provider / f"{name}.json")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give every test that asks for `any_case` each case of each provider."""
    if "any_case" in metafunc.fixturenames:
        found = [read_case(path) for path in sorted(FIXTURES.glob("*/*.json"))]
        metafunc.parametrize("any_case", found, ids=[f"{c.provider}-{c.name}" for c in found])


@pytest.fixture(name="plain")
def plain_fixture() -> Callable[[Any], Any]:
    """Turn a row into plain JSON values."""
    return plain


@pytest.fixture(name="each_quote")
def each_quote_fixture() -> Callable[[Iterable[Any]], list[Any]]:
    """Write markets that came in columns out quote by quote."""
    return each_quote


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], str]]:
    """Serve what a function answers, from this machine until the test ends, and return the address."""
    with ExitStack() as running:

        def start(answer: Answer) -> str:
            http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer))
            thread = threading.Thread(target=http.serve_forever, args=(0.02,))
            thread.start()
            for close in (thread.join, http.server_close, http.shutdown):  # the last is called first
                running.callback(close)
            return f"http://127.0.0.1:{http.server_port}"

        yield start


def _handler(answer: Answer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, parts = answer(self.path, self.headers)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            for part in parts:
                self.wfile.write(part)

        def log_message(self, *args: object) -> None:
            return

    return Handler
