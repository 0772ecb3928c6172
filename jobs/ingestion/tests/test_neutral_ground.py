"""On neutral ground sources differ in whom they call home: what they say is kept as we have the teams."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sdp_common.db.models.odds import BettingSplit
from sdp_common.store import odds, reference
from sdp_ingestion import save
from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.registry import provider
from sdp_ingestion.tally import Tally
from sdp_sports.spec import load
from sqlalchemy import select
from sqlalchemy.orm import Session

AT = datetime(2026, 9, 10, 17, tzinfo=UTC)
START = datetime(2026, 9, 13, 13, 30, tzinfo=UTC)
GAME = "nfl:2026_01_NYJ_BUF"


@pytest.fixture
def london(session: Session) -> Session:
    """A game that has the Bills at home."""
    reference.save_teams(session, "nfl")
    row = {"id": GAME, "sport": "nfl", "season": 2026, "season_type": "REG", "week": 1, "starts_at": START}
    reference.save_games(session, [row | {"home_team_id": "nfl:BUF", "away_team_id": "nfl:NYJ"}])
    return session


def tell(session: Session, name: str, tag: str, body: Any, minute: int = 0) -> Tally:
    at, told, tally = AT.replace(minute=minute), provider(name), Tally()
    payload = Payload(Request("https://x.example.org", tag), orjson.dumps(body), at)
    context = save.Context(session, load("nfl"), name, at, tally)
    save.save(context, told.parse(payload), is_whole=tag in told.whole)
    return tally


def said(session: Session) -> dict[tuple[str, str], tuple[float | None, str]]:
    found = odds.lines(session, [GAME], AT.replace(minute=59))
    return {(row["market"], row["side"]): (row["line"], row["status"]) for row in found.iter_rows(named=True)}


def the_odds_api(home: str, away: str) -> list[dict[str, Any]]:
    def total(team: str, line: float) -> dict[str, Any]:
        return {"name": "Over", "price": -110, "point": line, "description": team}

    totals = [total("Buffalo Bills", 27.5), total("New York Jets", 17.5)]
    outcomes = {
        "h2h": [{"name": "Buffalo Bills", "price": -400}, {"name": "New York Jets", "price": 300}],
        "spreads": [
            {"name": "Buffalo Bills", "price": -110, "point": -9.5},
            {"name": "New York Jets", "price": -110, "point": 9.5},
        ],
        "totals": [{"name": "Over", "price": -110, "point": 45.5}],
        "team_totals": totals,
    }
    markets = [{"key": key, "outcomes": told} for key, told in outcomes.items()]
    about = {"home_team": home, "away_team": away, "commence_time": START.isoformat()}
    return [about | {"bookmakers": [{"key": "book", "markets": markets}]}]


def test_whoever_is_called_home_the_lines_are_the_same(london: Session) -> None:
    first = tell(london, "the_odds_api", "odds", the_odds_api("Buffalo Bills", "New York Jets"))
    there = said(london)
    assert there["spread", "home"] == (-9.5, "open")
    assert there["team_total_home", "over"] == (27.5, "open")
    turned = tell(london, "the_odds_api", "odds", the_odds_api("New York Jets", "Buffalo Bills"), 5)
    assert (turned.counts.new, turned.counts.changed, turned.counts.unchanged) == (0, 0, first.counts.new)
    assert said(london) == there


def test_a_quote_at_a_time_and_shares_of_bets_are_turned_too(london: Session) -> None:
    sides = [{"type": "H", "price": {"american": "300"}}, {"type": "A", "price": {"american": "-400"}}]
    market = {"description": "Moneyline", "period": {"abbreviation": "G"}, "outcomes": sides}
    teams = [{"name": "New York Jets", "home": True}, {"name": "Buffalo Bills", "home": False}]
    event = {"startTime": START.timestamp() * 1000, "competitors": teams, "displayGroups": [{"markets": [market]}]}
    tell(london, "bovada", "coupon", [{"events": [event]}])
    prices = odds.lines(london, [GAME], AT.replace(minute=59))
    assert dict(prices.select("side", "price_decimal").iter_rows()) == {"home": 1.25, "away": 4.0}
    bets = {"tickets": {"percent": 80}, "money": {"percent": 70}}
    game = {
        "teams": [{"id": 1, "full_name": "New York Jets"}, {"id": 2, "full_name": "Buffalo Bills"}],
        "home_team_id": 1,
        "away_team_id": 2,
        "start_time": START.isoformat(),
        "markets": {"15": {"event": {"moneyline": [{"side": "away", "odds": -400, "bet_info": bets}]}}},
    }
    tell(london, "action_network", "scoreboard", {"games": [game]})
    assert london.scalars(select(BettingSplit.side)).all() == ["home"]
