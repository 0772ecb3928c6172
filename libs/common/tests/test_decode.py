"""Decoding in pieces of any size gives the whole, or refuses."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdp_common.decode import Decoder
from sdp_common.errors import DriftedSource


def decode(encoding: str, sent: bytes, step: int, limit: int = 10_000) -> bytes:
    decoder = Decoder(encoding, limit, "x")
    for start in range(0, len(sent), step):
        decoder.feed(sent[start : start + step])
    return decoder.finish()


@given(parts=st.lists(st.binary(max_size=400), min_size=1, max_size=4), step=st.integers(1, 500))
def test_any_cutting_gives_the_whole(parts: list[bytes], step: int) -> None:
    whole = b"".join(parts)
    assert decode("", whole, step) == whole
    assert decode("deflate", zlib.compress(whole), step) == whole
    assert decode("GZIP", b"".join(gzip.compress(part) for part in parts), step) == whole  # joined files


@given(content=st.binary(min_size=1, max_size=400), cut=st.integers(1, 8))
def test_cut_off_is_noticed(content: bytes, cut: int) -> None:
    with pytest.raises(EOFError):
        decode("gzip", gzip.compress(content)[:-cut], 100)


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_limit_is_exact(encoding: str) -> None:
    pack = gzip.compress if encoding else bytes
    assert len(decode(encoding, pack(bytes(1000)), 7, limit=1000)) == 1000
    with pytest.raises(DriftedSource, match="larger than 999"):
        decode(encoding, pack(bytes(1000)), 7, limit=999)


def test_bomb_never_fills_memory() -> None:
    import tracemalloc

    bomb = gzip.compress(bytes(200_000_000), 9)
    tracemalloc.start()
    with pytest.raises(DriftedSource):
        decode("gzip", bomb, len(bomb), limit=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_empty_body_is_empty() -> None:
    assert decode("gzip", b"", 1) == b""
