"""Every provider reads what its source sends, and says so where the source sends something else."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sdp_common.errors import DriftedSource
from sdp_ingestion.provider import Request
from sdp_ingestion.registry import provider, providers
from sdp_ingestion.rows import Rejected
from sdp_sports.spec import codes

FIXTURES = Path(__file__).parent / "fixtures"


def test_holds_what_is_written_down(any_case: Any, plain: Any, each_quote: Any) -> None:
    assert any_case.rows is not None, f"write down what {any_case.name} holds"
    rows = each_quote(provider(any_case.provider).parse(any_case.payload))
    assert [plain(row) for row in rows] == any_case.rows


@pytest.mark.parametrize("name", sorted(providers()))
def test_has_cases_that_yield_rows(name: str, case: Any) -> None:
    found = [case(name, path.stem) for path in (FIXTURES / name).glob("*.json")]
    rows = [row for one in found for row in provider(name).parse(one.payload)]
    assert [row for row in rows if not isinstance(row, Rejected | Request)], f"{name} has no case with rows"


@pytest.mark.parametrize("body", [b"", b"<html>challenge</html>", b"[]", b"{}", b'"text"', b"\x00\xff\x00"])
def test_a_shape_not_understood_is_drift(any_case: Any, body: bytes) -> None:
    payload = replace(any_case.payload, content=body)
    if body == b"[]" and any_case.payload.content.startswith(b"["):
        assert list(provider(any_case.provider).parse(payload)) == []  # a list with nothing in it
        return
    with pytest.raises(DriftedSource):
        list(provider(any_case.provider).parse(payload))


@pytest.mark.parametrize("name", sorted(providers()))
def test_says_on_which_terms(name: str) -> None:
    told = provider(name)
    assert told.name == name
    assert set(told.sports) & set(codes())
    assert len(told.quality.terms) > 20
    assert told.quality.replayable or told.quality.why_not_kept
    assert told.cron is None or len(told.cron.split()) == 5


def test_licensed_words_stay_behind(case: Any, plain: Any) -> None:
    body = case("espn_injuries", "injuries").payload
    assert b"licensed words" in body.content
    assert "licensed" not in str([plain(row) for row in provider("espn_injuries").parse(body)])
