"""Real line movement, replayed into the store, reads back as the files have it; skipped where they are not here."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from sdp_common.db.models.reference import Game, Team
from sdp_common.store import odds, retention
from sqlalchemy.orm import Session

pytestmark = pytest.mark.shared
KEY = ["game_id", "book", "market", "side"]
MARKETS = {"h2h": "moneyline", "spreads": "spread", "totals": "total"}


@pytest.fixture(scope="module")
def changes(shared: Path) -> pl.DataFrame:
    """Every change of thirty games, as quotes; the order is that of fetching."""
    folder = shared / "data" / "odds_line_history"
    games = pl.read_parquet(folder / "wnba_games.parquet").sort("game_id").head(30)
    frame = pl.read_parquet(folder / "wnba_changes.parquet").join(games, on="game_id", suffix="_at")
    side = (
        pl.when(pl.col("outcome") == pl.col("home_team"))
        .then(pl.lit("home"))
        .when(pl.col("outcome") == pl.col("away_team"))
        .then(pl.lit("away"))
        .otherwise(pl.col("outcome").str.to_lowercase())
    )
    american = pl.col("price").cast(pl.Float64)
    decimal = 1 + pl.when(american > 0).then(american / 100).otherwise(-100 / american)
    return frame.sort("commit_time", "book_last_update").select(
        "game_id",
        "book",
        pl.col("market").replace_strict(MARKETS),
        side=side,
        line=pl.col("point"),
        price_decimal=decimal.round(6),
        status=pl.lit("open"),
        known_at=pl.col("commit_time").cast(pl.Datetime("us", "UTC")),
        starts_at=pl.col("commence_time_at"),
    )


@pytest.fixture
def stored(session: Session, changes: pl.DataFrame) -> Session:
    session.add_all(Team(id=f"x:{code}", sport="x", abbreviation=code, name=code) for code in "AB")
    session.flush()
    for game_id, starts_at in changes.select("game_id", "starts_at").unique().iter_rows():
        about = {"season": 2026, "season_type": "REG", "home_team_id": "x:A", "away_team_id": "x:B"}
        session.add(Game(id=game_id, sport="x", starts_at=starts_at, **about))
    session.flush()
    retention.make_months(session, datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 31, tzinfo=UTC))
    return session


def replay(session: Session, changes: pl.DataFrame, *, shuffled: bool = False) -> None:
    """Save what came, some fetches at a time; within a batch the rows may lie in any order."""
    for at in range(0, changes.height, 6000):
        part = changes.slice(at, 6000)
        if shuffled:
            part = part.unique([*KEY, "known_at"], keep="last", maintain_order=True).sample(
                fraction=1.0, shuffle=True, seed=3
            )
        odds.save(session, part.with_columns(source=pl.lit("history"), player_id=None))


def last(changes: pl.DataFrame) -> pl.DataFrame:
    found = changes.group_by(KEY, maintain_order=True).last()
    return found.select(*KEY, "line", "price_decimal").sort(KEY)


def said(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(*KEY, "line", "price_decimal").sort(KEY)


@pytest.mark.parametrize("shuffled", [False, True])
def test_open_close_and_any_moment_are_those_of_the_files(
    stored: Session, changes: pl.DataFrame, shuffled: bool
) -> None:
    replay(stored, changes, shuffled=shuffled)
    games = changes["game_id"].unique().to_list()
    before = changes.filter(pl.col("known_at") <= pl.col("starts_at"))
    assert said(odds.closings(stored, games)).equals(last(before))
    first = before.group_by(KEY, maintain_order=True).first()
    assert said(odds.openings(stored, games)).equals(first.select(*KEY, "line", "price_decimal").sort(KEY))
    span = changes.select(pl.col("known_at").min().alias("a"), pl.col("known_at").max().alias("z")).row(0)
    for share in (0.0, 0.21, 0.5, 0.77, 1.0):
        moment = span[0] + (span[1] - span[0]) * share
        assert said(odds.lines(stored, games, moment)).equals(last(changes.filter(pl.col("known_at") <= moment)))


def test_what_is_said_in_play_is_no_closing_line(stored: Session, changes: pl.DataFrame) -> None:
    replay(stored, changes)
    assert changes.filter(pl.col("known_at") > pl.col("starts_at")).height > 1000
    closings = odds.closings(stored, changes["game_id"].unique().to_list())
    starts = changes.select("game_id", "starts_at").unique()
    late = closings.join(starts, on="game_id").filter(pl.col("known_at") > pl.col("starts_at"))
    assert late.height == 0


def test_telling_it_again_adds_nothing(stored: Session, changes: pl.DataFrame) -> None:
    part = changes.head(6000).with_columns(source=pl.lit("history"), player_id=None)
    once = odds.save(stored, part)
    again = odds.save(stored, part)
    assert once.new > 100
    assert (again.new, again.changed, again.unchanged) == (0, 0, 6000)


def test_months_are_made_ahead_and_let_go(stored: Session, changes: pl.DataFrame) -> None:
    replay(stored, changes)
    assert retention.months(stored) == ["2026_07"]
    games = changes["game_id"].unique().to_list()
    stood = said(odds.lines(stored, games, datetime(2027, 1, 1, tzinfo=UTC)))
    made = retention.make_months(stored, datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC))
    assert made == ["2026_08", "2026_09"]
    assert said(odds.lines(stored, games, datetime(2027, 1, 1, tzinfo=UTC))).equals(stood)
    first = changes["known_at"].max().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    retention.drop_quotes(stored, first + timedelta(days=3))
    kept = changes.filter(pl.col("known_at") >= first)
    assert odds.lines(stored, games, datetime(2027, 1, 1, tzinfo=UTC)).height <= kept.select(KEY).unique().height
    assert "2026_07" not in retention.months(stored) or first.month == 7
