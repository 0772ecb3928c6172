"""A feed that repeats its order is compared place by place; whatever it does to that order, the same is kept."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from sdp_common.db.models.odds import OddsQuote, OddsSeries
from sdp_common.store import odds, reference, standings
from sdp_common.store.series import KEY, STANDING
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

START = datetime(2023, 11, 20, 12, tzinfo=UTC)
GAMES = ["nfl:2023_12_BUF_PHI", "nfl:2023_12_NE_NYG", "nfl:2023_12_TB_IND"]
Book = dict[tuple[Any, ...], tuple[Any, ...]]


@pytest.fixture
def league(session: Session) -> Session:
    reference.save_teams(session, "nfl")
    about = {"sport": "nfl", "season": 2023, "season_type": "REG", "week": 12, "starts_at": START + timedelta(days=3)}
    rows = [
        about | {"id": game, "away_team_id": f"nfl:{game.split('_')[2]}", "home_team_id": f"nfl:{game.split('_')[3]}"}
        for game in GAMES
    ]
    reference.save_games(session, rows)
    return session


def board() -> list[dict[str, Any]]:
    """Return twenty-four series of three games, some of them rungs of a ladder."""
    told = [
        {"game_id": game, "source": "test", "book": book, "market": market, "side": side, "line": line}
        for game in GAMES
        for book in ("a", "b")
        for market, line in (("spread", 3.0), ("alternate_total", 44.5))
        for side in ("over", "under")
    ]
    return [row | {"price_decimal": 1.9, "status": "open"} for row in told]


def series_of(row: dict[str, Any]) -> tuple[Any, ...]:
    rung = row["line"] if row["market"].startswith("alternate_") else None
    return (row["game_id"], row["book"], row["market"], row["side"], rung)


def disturb(rows: list[dict[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    """Return a body as a feed may send it next: moved, shorter, in another order, with more, or told twice."""
    moved = [row | {"price_decimal": dice.choice([1.8, 1.9, 2.0])} if dice.random() < 0.3 else row for row in rows]
    kind = dice.randrange(7)
    if kind == 0:
        dice.shuffle(moved)
    elif kind == 1:
        moved = [row for row in moved if dice.random() < 0.7] or moved
    elif kind == 2:
        moved = [row for row in moved if row["book"] == dice.choice("ab")] or moved
    elif kind == 3:
        moved.append(moved[0] | {"market": "alternate_total", "line": 40 + dice.randrange(8) / 2})
    elif kind == 4:
        moved.insert(dice.randrange(len(moved)), moved[0] | {"status": "suspended"})
    return moved


@pytest.mark.parametrize("seed", range(6))
def test_the_same_is_kept_in_whatever_order_it_is_told(league: Session, seed: int) -> None:
    dice, stood, kept = random.Random(seed), Book(), []
    for minute in range(25):
        at = START + timedelta(minutes=minute)
        if dice.random() < 0.1:
            standings.forget(league)  # a process that begins anew reads the quotes
        told = disturb(board(), dice)
        counts = odds.save(league, [row | {"known_at": at} for row in told])
        said = {series_of(row): (row["line"], row["price_decimal"], row["status"]) for row in told}
        moved = {key: value for key, value in said.items() if stood.get(key) != value}
        kept += [(*key, *value, at) for key, value in moved.items()]
        assert counts.new == len(moved.keys() - stood.keys())
        assert counts.changed == len(moved.keys() & stood.keys())
        assert counts.rows == len(told)
        stood |= moved
    names = ("game_id", "book", "market", "side", "rung")
    query = select(
        *(getattr(OddsSeries, name) for name in names),
        OddsQuote.line,
        OddsQuote.price_decimal,
        OddsQuote.status,
        OddsQuote.known_at,
    ).join(OddsSeries, OddsSeries.id == OddsQuote.series_id)
    assert sorted(map(str, league.execute(query))) == sorted(map(str, kept))


def test_a_part_of_what_stands_is_found_where_it_stands() -> None:
    rows = [row | {"series_id": number, "known_at": START} for number, row in enumerate(board()[:8])]
    stood = pl.DataFrame([{name: row.get(name) for name in STANDING} for row in rows], schema=STANDING)
    assert standings.place(stood, stood, KEY) == 0
    assert standings.place(stood, stood.slice(3, 4), KEY) == 3
    assert standings.place(stood, stood.reverse(), KEY) is None
    assert standings.place(stood.head(2), stood, KEY) is None
    turned = standings.arrange(stood, stood.slice(5, 2), KEY)
    assert turned["series_id"].to_list() == [5, 6, 0, 1, 2, 3, 4, 7]


def test_quotes_go_with_their_game(league: Session) -> None:
    odds.save(league, [row | {"known_at": START} for row in board()])
    league.execute(delete(reference.Game).where(reference.Game.id == GAMES[0]))
    left = league.scalar(select(func.count()).select_from(OddsQuote))
    assert left == league.scalar(select(func.count()).select_from(OddsSeries)) == 16
