"""Reading nflverse's parquet: only what is asked for, and never more than a season has."""

from datetime import UTC, datetime
from io import BytesIO

import polars as pl
import pytest
from sdp_common.errors import DriftedSource
from sdp_ingestion.nflverse.tables import columns_of, read
from sdp_ingestion.provider import Payload, Request


def payload(frame: pl.DataFrame) -> Payload:
    out = BytesIO()
    frame.write_parquet(out)
    return Payload(Request("https://example.org/a.parquet"), out.getvalue(), datetime(2025, 1, 2, tzinfo=UTC))


def test_columns_that_nobody_asks_for_are_not_decoded() -> None:
    body = payload(pl.DataFrame({"a": [1], "b": [2], "c": [3]}))
    assert read(body, ("b",), ("c", "another")).columns == ["b", "c"]
    assert read(body, ("b",), ()).columns == ["b"]
    assert read(body, ("b",)).columns == ["a", "b", "c"]
    assert columns_of(body) == ["a", "b", "c"]


def test_what_is_lacking_is_named() -> None:
    with pytest.raises(DriftedSource, match="lacks x, y"):
        read(payload(pl.DataFrame({"a": [1]})), ("y", "a", "x"))


def test_a_small_file_of_very_many_rows_is_refused() -> None:
    body = payload(pl.select(a=pl.repeat(1, 5_000_001, dtype=pl.Int8)))
    assert len(body.content) < 2**20
    with pytest.raises(DriftedSource, match="5,000,001 rows"):
        read(body, ("a",))


@pytest.mark.parametrize("content", [b"", b"<html>", b"PAR1 PAR1"])
def test_what_is_no_parquet_is_told(content: bytes) -> None:
    body = Payload(Request("https://example.org/a.parquet"), content, datetime(2025, 1, 2, tzinfo=UTC))
    with pytest.raises(DriftedSource, match="not a parquet"):
        read(body, ("a",))
    with pytest.raises(DriftedSource, match="not a parquet"):
        columns_of(body)
