"""A body of any size holds what a small one holds: it is read item by item and saved in parts."""

import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import orjson
import pytest
from sdp_common.errors import DriftedSource
from sdp_common.store import odds, reference
from sdp_ingestion import documents, save
from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.registry import provider
from sdp_ingestion.tally import Tally
from sdp_sports.spec import load
from sqlalchemy.orm import Session

AT = datetime(2025, 1, 2, 3, tzinfo=UTC)


def payload(content: bytes) -> Payload:
    return Payload(Request("https://odds.example.org/odds", "odds"), content, AT)


@pytest.mark.parametrize("body", ["[]", " [ ] ", '[{"a": [1, "]"]}, null ,{"b": {"c": "\\u00e9"}}]\n', '[3, {"a": 1}]'])
def test_a_list_holds_the_same_item_by_item(body: str) -> None:
    told = payload(body.encode())
    assert [msgspec.json.decode(item) for item in documents.read_list(told).raw] == list(documents.read_list(told))


@pytest.mark.parametrize(
    "body", ['[{"a": 1}', '[{"a": 1},]', '[{"a": 1} {"b": 2}]', '[{"a": 1}] more', "[\xff]", "{}", "["]
)
def test_a_list_that_breaks_is_drift(body: str) -> None:
    with pytest.raises(DriftedSource):
        list(provider("the_odds_api").parse(payload(body.encode("latin-1"))))


LARGE = [
    ("the_odds_api", "odds", ()),
    ("kalshi", "markets", ("markets",)),
    ("polymarket", "events", ()),
    ("kambi", "matches", ("events",)),
    ("kambi", "offers", ("betOffers",)),
    ("bovada", "coupon", (0, "events")),
    ("pinnacle", "matchups", ()),
    ("pinnacle", "markets", ()),
    ("draftkings_sportsbook", "league", ("selections",)),
    ("draftkings_sportsbook", "league", ("markets",)),
    ("fanduel_sportsbook", "page", ("attachments", "markets")),
    ("action_network", "scoreboard", ("games",)),
    ("underdog", "lines", ("over_under_lines",)),
    ("sleeper_picks", "lines", ()),
    ("sleeper", "players", ()),
]
"""Whose bodies may be large, and where in them what there is much of."""


def grown(body: Any, way: tuple[Any, ...]) -> Any:
    """Return a body in which there is much of something, each with a quarter of a megabyte that nobody needs."""
    if way and isinstance(body, list):
        return [grown(body[way[0]], way[1:])]
    if way:
        return body | {way[0]: grown(body[way[0]], way[1:])}
    if isinstance(body, dict):
        found = [(key, one) for key, one in body.items() if isinstance(one, dict)]
        return {f"{key}{n or ''}": {**one, "about": "x" * 2**18} for n in range(40 // len(found)) for key, one in found}
    return [{**one, "about": "x" * 2**18} for _ in range(40 // len(body)) for one in body if one]


@pytest.mark.parametrize(("name", "kind", "way"), LARGE, ids=lambda value: value if isinstance(value, str) else "")
def test_a_large_body_is_read_item_by_item(case: Any, name: str, kind: str, way: tuple[Any, ...]) -> None:
    told = case(name, kind).payload
    content = orjson.dumps(grown(orjson.loads(told.content), way))
    assert len(content) > 5 * 2**20
    tracemalloc.start()
    rows = sum(1 for _ in provider(name).parse(replace(told, content=content)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows > 0
    assert peak < len(content) / 2


@pytest.fixture
def league(session: Session) -> Session:
    reference.save_teams(session, "nfl")
    about = {
        "sport": "nfl",
        "season": 2024,
        "season_type": "REG",
        "week": 18,
        "starts_at": datetime(2025, 1, 3, 18, tzinfo=UTC),
    }
    game = about | {"id": "nfl:2024_18_NYJ_BUF", "home_team_id": "nfl:BUF", "away_team_id": "nfl:NYJ"}
    reference.save_games(session, [game])
    return session


def tell(session: Session, content: bytes) -> Tally:
    tally = Tally()
    context = save.Context(session, load("nfl"), "the_odds_api", AT, tally)
    save.save(context, provider("the_odds_api").parse(payload(content)))
    return tally


def test_what_is_saved_in_parts_is_saved_once(league: Session, case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    body = orjson.loads(case("the_odds_api", "odds").payload.content)
    monkeypatch.setattr(save, "_A_BATCH", 2)
    first = tell(league, orjson.dumps(body + body)).counts
    assert first.new == first.unchanged > 5
    monkeypatch.undo()
    again = tell(league, orjson.dumps(body)).counts
    assert (again.new, again.changed, again.unchanged) == (0, 0, first.new)
    assert odds.lines(league, ["nfl:2024_18_NYJ_BUF"], AT).height == first.new
