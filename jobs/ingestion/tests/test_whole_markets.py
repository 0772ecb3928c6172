"""An answer that tells its markets whole closes what it lists no longer, and nothing where a part was left out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sdp_common.store import odds, players, reference
from sdp_ingestion import save
from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.registry import provider, providers
from sdp_ingestion.rows import OfMarket, Rejected
from sdp_ingestion.tally import Tally
from sdp_sports.spec import load
from sqlalchemy.orm import Session

AT = datetime(2026, 9, 10, 17, tzinfo=UTC)
START = AT + timedelta(days=3)
GAME = "nfl:2026_01_NYJ_BUF"
HOME, AWAY = "Buffalo Bills", "New York Jets"
PEOPLE = {"1": "Adam Thrower", "2": "Bob Runner", "3": "Carl Catcher"}
Body = tuple[list[Any], dict[str, Any] | list[Any]]
"""The list in which each item is a rung or a player, and the body that it is in."""


def the_odds_api(lines: list[float]) -> Body:
    outcomes = [{"name": side, "price": -110, "point": line} for line in lines for side in ("Over", "Under")]
    book = {"key": "book", "markets": [{"key": "alternate_totals", "outcomes": outcomes}]}
    event = {"home_team": HOME, "away_team": AWAY, "commence_time": START.isoformat(), "bookmakers": [book]}
    return outcomes, [event]


def kambi(lines: list[float]) -> Body:
    def offer(line: float) -> dict[str, Any]:
        sides = [{"type": side, "odds": 1900, "line": line * 1000} for side in ("OT_OVER", "OT_UNDER")]
        kind = {"betOfferType": {"englishName": "Over/Under"}, "tags": ["OFFERED_PREMATCH"]}
        return {"criterion": {"englishLabel": "Total Points"}, **kind, "outcomes": sides}

    offers = [offer(line) for line in lines]
    return offers, {"betOffers": offers, "events": [{"homeName": HOME, "awayName": AWAY, "start": START.isoformat()}]}


def pinnacle(lines: list[float]) -> Body:
    def market(line: float) -> dict[str, Any]:
        prices = [{"designation": side, "points": line, "price": -104} for side in ("over", "under")]
        return {"matchupId": 11, "type": "total", "key": f"s;0;ou;{line}", "isAlternate": True, "prices": prices}

    markets = [market(line) for line in lines]
    return markets, markets


def underdog(lines: list[float]) -> Body:
    def told(who: str, line: float) -> dict[str, Any]:
        stat = {"appearance_stat": {"appearance_id": who, "stat": "rushing_yds"}}
        options = [{"choice": choice, "american_price": "-112"} for choice in ("higher", "lower")]
        return {"status": "active", "stat_value": str(line), "over_under": stat, "options": options}

    listed = [told(who, line) for who, line in zip(PEOPLE, lines, strict=False)]
    return listed, {
        "over_under_lines": listed,
        "players": [
            {"id": who, "first_name": name.split()[0], "last_name": name.split()[1], "sport_id": "NFL"}
            for who, name in PEOPLE.items()
        ],
        "appearances": [{"id": who, "player_id": who, "match_id": 1} for who in PEOPLE],
        "games": [{"id": 1, "scheduled_at": START.isoformat(), "full_team_names_title": f"{AWAY} @ {HOME}"}],
    }


def sleeper_picks(lines: list[float]) -> Body:
    def told(who: str, line: float) -> dict[str, Any]:
        options = [{"outcome": side, "outcome_value": line, "subject_team": "BUF"} for side in ("over", "under")]
        about = {"sport": "nfl", "subject_id": who, "wager_type": "rushing_yards", "updated_at": 1}
        return about | {"game_start": START.timestamp() * 1000, "options": options}

    listed = [told(who, line) for who, line in zip(PEOPLE, lines, strict=False)]
    return listed, listed


BODIES: dict[str, tuple[str, Callable[[list[float]], Body]]] = {
    "the_odds_api": ("odds", the_odds_api),
    "kambi": ("offers", kambi),
    "pinnacle": ("markets", pinnacle),
    "underdog": ("lines", underdog),
    "sleeper_picks": ("lines", sleeper_picks),
}
ABOUT = {"games": orjson.dumps({"11": [HOME, AWAY, START.isoformat()]}).decode()}


@pytest.fixture
def league(session: Session) -> Session:
    reference.save_teams(session, "nfl")
    row = {"id": GAME, "sport": "nfl", "season": 2026, "season_type": "REG", "week": 1, "starts_at": START}
    reference.save_games(session, [row | {"home_team_id": "nfl:BUF", "away_team_id": "nfl:NYJ"}])
    ids = [[("sleeper", who), ("underdog", who)] for who in PEOPLE]
    people = [players.Person(of, name, "RB", "nfl:BUF") for of, name in zip(ids, PEOPLE.values(), strict=True)]
    players.save_people(session, "nfl", people)
    return session


def tell(session: Session, name: str, content: Any, minute: int) -> Tally:
    """Save a body as a crawl does."""
    told, tally, tag = provider(name), Tally(), BODIES[name][0]
    payload = Payload(
        Request("https://x.example.org", tag, ABOUT), orjson.dumps(content), AT + timedelta(minutes=minute)
    )
    context = save.Context(session, load("nfl"), name, payload.fetched_at, tally)
    save.save(context, told.parse(payload), is_whole=tag in told.whole)
    return tally


def statuses(session: Session, name: str, minute: int) -> dict[tuple[float, str], str]:
    found = odds.lines(session, [GAME], AT + timedelta(minutes=minute)).filter(source=name)
    return {(line, side): status for line, side, status in found.select("line", "side", "status").iter_rows()}


def test_whoever_tells_markets_whole_is_tried_here() -> None:
    assert {name for name, told in providers().items() if told.whole} == set(BODIES)


def test_what_a_board_lists_no_longer_is_closed_and_what_is_not_whole_closes_nothing(league: Session) -> None:
    for name, (_, make) in BODIES.items():
        tell(league, name, make([40.5, 41.5, 42.5])[1], 0)
        before = statuses(league, name, 0)
        assert len(before) == 6
        for minute, broken in enumerate((None, {"line": 1}, {"price": 1, "criterion": {}}), 1):
            items, body = make([40.5, 41.5, 42.5])
            items[-1] = broken  # a part of it cannot be read
            tally = tell(league, name, body, minute)
            assert (statuses(league, name, minute), tally.counts.changed) == (before, 0), (name, broken)
        tally = tell(league, name, make([])[1], 8)
        assert tally.counts.rows == 0  # a board with nothing on it may be the source's trouble
        tally = tell(league, name, make([40.5, 41.5])[1], 9)
        gone = {(42.5, "over"): "closed", (42.5, "under"): "closed"}
        assert (statuses(league, name, 9), tally.counts.changed) == (before | gone, 2), name
        assert tell(league, name, make([40.5, 41.5])[1], 10).counts.changed == 0


@pytest.mark.parametrize("size", [1, 3, 100])
def test_an_answer_saved_in_parts_closes_as_one_saved_at_once(
    league: Session, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(save, "_A_BATCH", size)
    first = the_odds_api([40.5, 41.5, 42.5])[1] + the_odds_api([43.5, 44.5])[1]  # a market told in two places
    tell(league, "the_odds_api", first, 0)
    assert len(statuses(league, "the_odds_api", 0)) == 10
    again = tell(league, "the_odds_api", first, 1).counts
    assert (again.new, again.changed) == (0, 0)  # neither closed by the one part nor opened again by the other
    tally = tell(league, "the_odds_api", the_odds_api([40.5, 42.5])[1] + the_odds_api([44.5])[1], 2)
    assert tally.counts.changed == 4
    told = statuses(league, "the_odds_api", 2)
    assert {line for (line, _), status in told.items() if status == "closed"} == {41.5, 43.5}
    broken = the_odds_api([40.5])[1] + the_odds_api([44.5])[1]
    broken[1]["bookmakers"][0]["markets"][0]["outcomes"].append(None)
    assert tell(league, "the_odds_api", broken, 3).counts.changed == 0


OVER = {"name": "Over", "price": -110, "point": 45.5}


@pytest.mark.parametrize("broken", [None, {"name": "Over", "point": 46.5}, {**OVER, "name": "Odd"}, {"price": 1}])
def test_an_outcome_that_cannot_be_read_says_of_which_market_it_is(broken: dict[str, Any] | None) -> None:
    outcomes, body = the_odds_api([])
    outcomes += [OVER, broken]
    rows = list(
        provider("the_odds_api").parse(Payload(Request("https://x.example.org", "odds"), orjson.dumps(body), AT))
    )
    (rejected,) = (row for row in rows if isinstance(row, Rejected))
    assert isinstance(rejected.lacks, OfMarket)
    assert rejected.lacks[1:] == ("book", "alternate_total")
