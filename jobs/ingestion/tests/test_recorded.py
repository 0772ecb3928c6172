"""The parsers over what sources really sent; skipped where the recorded bodies are not here."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.registry import provider
from sdp_ingestion.rows import ContestRow, DraftableRow, InjuryRow, QuoteRow, Rejected, SlateRow
from sdp_sports.files import SalaryFile, read
from sdp_sports.spec import load

pytestmark = pytest.mark.shared
FETCHED_AT = datetime(2025, 10, 26, 12, tzinfo=UTC)
BASE = {"base": "https://api.example.org"}


@pytest.fixture
def samples(shared: Path) -> Path:
    return shared / "providers" / "samples"


def parsed(name: str, path: Path, tag: str, about: dict[str, str] | None = None, sport: str = "nfl") -> list[Any]:
    host = "api.weather.gov" if name == "nws" else "example.org"
    request = Request(f"https://{host}/{path.name}", tag, about or {})
    return list(provider(name).parse(Payload(request, path.read_bytes(), FETCHED_AT, sport=sport)))


def test_espn_scoreboards_of_every_sport(samples: Path) -> None:
    count = {
        path.name: len(parsed("espn_odds", path, "scoreboard"))
        for path in sorted((samples / "espn").glob("scoreboard_*.json"))
    }
    assert count["scoreboard_nfl_2025w8.json"] == 18
    assert count["scoreboard_mlb_mixed_states.json"] == 0


def test_espn_prices_and_handicaps_agree_with_the_body(samples: Path) -> None:
    path = samples / "espn" / "scoreboard_nfl_2025w8.json"
    rows = parsed("espn_odds", path, "scoreboard")
    assert all(isinstance(row, QuoteRow) for row in rows)
    spreads = {(row.game.home, row.side): row.line for row in rows if row.market == "spread"}
    for event in orjson.loads(path.read_bytes())["events"]:
        favourite, handicap = event["competitions"][0]["odds"][0]["details"].split()
        home = next(k for k, v in spreads.items() if k[0] in event["shortName"] and v == float(handicap))
        assert home[0] == favourite or home[1] == "away"
    assert all(row.price_decimal is None or row.price_decimal > 1 for row in rows)


def test_espn_injuries_without_their_write_ups(samples: Path) -> None:
    (row,) = parsed("espn_injuries", samples / "espn" / "injuries_wnba_excerpt.json", "injuries")
    assert isinstance(row, InjuryRow)
    assert (row.player.external_id, row.status, row.body_part) == ("2999035", "out", "Calf")


def slots(samples: Path) -> dict[str, str]:
    rules = parsed("draftkings", samples / "draftkings_dfs" / "gametype_1_rules.json", "rules", {**BASE, "group": "1"})
    return dict(rules[0].about)


@pytest.mark.parametrize("name", ["draftables_41793_upcoming.json", "draftables_22927.json"])
def test_draftables_become_one_row_a_player(samples: Path, name: str) -> None:
    path = samples / "draftkings_dfs" / name
    body = orjson.loads(path.read_bytes())["draftables"]
    (slate,) = [row for row in parsed("draftkings", path, "draftables", slots(samples)) if isinstance(row, SlateRow)]
    assert len(slate.draftables) == len({row["playerId"] for row in body})
    assert all(isinstance(row, DraftableRow) and row.game is not None for row in slate.draftables)
    assert {row.status for row in slate.draftables} <= {None, "Q", "O", "IR", "P", "C19", "D"}


def test_classic_slots_are_read_from_the_rules(samples: Path) -> None:
    path = samples / "draftkings_dfs" / "draftables_41793_upcoming.json"
    (slate,) = [row for row in parsed("draftkings", path, "draftables", slots(samples)) if isinstance(row, SlateRow)]
    found = {slot for row in slate.draftables for slot in row.roster_slots}
    assert found <= {slot.name for slot in load("nfl").contests["draftkings_classic"].slots}
    assert slate.contest == "draftkings_classic"


def test_lobbies_of_every_sport_and_season(samples: Path) -> None:
    for path in sorted((samples / "draftkings_dfs").glob("lobby_getcontests_*.json")):
        sport = re.sub(r"lobby_getcontests_(\w+?)(_.*)?\.json", r"\1", path.name)
        rows = parsed("draftkings", path, "lobby", BASE, sport) if sport != "cfb" else []
        assert not [row for row in rows if isinstance(row, Rejected)]
        if "empty" in path.name:
            assert rows == []
        contests = [row for row in rows if isinstance(row, ContestRow)]
        assert all(row.entry_fee_usd >= 0 for row in contests)


@pytest.mark.parametrize("name", ["nfl-salaries", "nfl-upload-salaries"])
def test_salary_files_are_read_or_refused_with_a_reason(samples: Path, name: str) -> None:
    from sdp_common.errors import BadInput

    body = (samples / "draftkings_dfs" / f"csv_dk-{name}.csv").read_bytes()
    try:
        _, content = read(body)
        assert isinstance(content, SalaryFile)
        assert content.contests == (("nfl", "draftkings_classic"),)
    except BadInput as error:
        assert len(error.message) > 30  # noqa: PT017


EVERY = [
    ("the_odds_api", "the_odds_api/v4_odds_nba_us_h2h_spreads_totals.json", "odds", "nba", {}, 322),
    ("the_odds_api", "the_odds_api/event_odds_player_props_CONSTRUCTED.json", "event", "nfl", {}, 3),
    ("bovada", "bovada/coupon_football_nfl.json", "coupon", "nfl", {}, 6),
    ("fanduel_sportsbook", "fanduel_sportsbook/event_page_nba.json", "event", "nba", {}, 30),
    ("draftkings_sportsbook", "draftkings_sportsbook/leagues_mlb_shape.json", "league", "mlb", {}, 2),
    ("action_network", "action_network/scoreboard_v2_SHAPE.json", "scoreboard", "mlb", {}, 3),
    ("underdog", "underdog/over_under_lines_v1.json", "lines", "nfl", {}, 2),
    ("prizepicks", "prizepicks/projections_mlb_league2.json", "board", "mlb", {"base": "b"}, 44),
    ("kalshi", "kalshi/markets_legacy_dual_2025.json", "markets", "nfl", {}, 1),
    ("espn_news", "espn/news_nfl.json", "news", "nfl", {}, 6),
    ("rss", "news_rss/rotowire_nfl_news.xml", "feed", "nfl", {}, 5),
    ("espn_scoreboard", "espn/scoreboard_mlb_mixed_states.json", "scoreboard", "mlb", {}, 6),
    ("espn_scoreboard", "espn/scoreboard_nhl_mixed_states.json", "scoreboard", "nhl", {}, 6),
    ("espn_scoreboard", "espn/scoreboard_ncaaf_mixed_states.json", "scoreboard", "cfb", {}, 6),
    ("mlb_statsapi", "mlb_statsapi/schedule_date.json", "schedule", "mlb", {"base": "b"}, 25),
    ("nhl_api", "nhl/schedule_day_excerpt.json", "schedule", "nhl", {"base": "b"}, 1),
    ("nws", "nws/points.json", "point", "nfl", {"game": "g", "starts_at": "2022-02-04T01:30Z"}, 1),
    ("nws", "nws/detailed_forecast.json", "grid", "nfl", {"game": "g", "starts_at": "2022-02-04T01:30Z"}, 1),
    (
        "nws",
        "nws/gridpoints_forecast_hourly_us.json",
        "hourly",
        "nfl",
        {"game": "g", "starts_at": "2019-10-15T00:30Z"},
        1,
    ),
]


@pytest.mark.parametrize(("name", "file", "tag", "sport", "about", "count"), EVERY, ids=[one[1] for one in EVERY])
def test_every_recorded_body_is_read(
    samples: Path,
    name: str,
    file: str,
    tag: str,
    sport: str,
    about: dict[str, str],
    count: int,
    each_quote: Callable[[Iterable[Any]], list[Any]],
) -> None:
    rows = each_quote(parsed(name, samples / file, tag, about, sport))
    assert len([row for row in rows if not isinstance(row, Rejected)]) == count
    quotes = [row for row in rows if isinstance(row, QuoteRow)]
    assert all(row.price_decimal is None or row.price_decimal > 1 for row in quotes)
    assert all(row.side in {"home", "away", "draw", "over", "under", "yes", "no"} for row in quotes)
