"""Pricing a slate and building features, on a real database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from sdp_common.db.models.reference import Game
from sdp_common.db.models.slates import Draftable, Slate
from sdp_common.db.models.stats import PlayerGameStats
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput, Cancelled, Conflict, NotFound
from sdp_common.store import features, runs, slates
from sdp_features.main import build, build_slate, price_slate, service
from sdp_features.pricing import main_games
from sqlalchemy import Engine, func, select, update

from tests.league_store import job

CONTEST = "draftkings_classic"


def priced(engine: Engine, **params: Any) -> dict[str, Any]:
    asked = {"sport": "nfl", "season": 2022, "week": 6, "contest": CONTEST} | params
    return price_slate(job(engine, "features", "price_slate"), **asked)


def everything(engine: Engine) -> tuple[Any, ...]:
    with session_scope(engine) as session:
        slate = session.execute(select(Slate.__table__).order_by(Slate.id)).all()
        return slate, session.execute(select(Draftable.__table__).order_by(Draftable.id)).all()


def test_a_priced_slate_says_that_its_salaries_are_modelled(engine: Engine, league: Any) -> None:
    told = priced(engine)
    assert told["rows"] == 80
    with session_scope(engine) as session:
        slate = slates.slate(session, told["slate_id"])
        assert (slate.source, slate.salary_source) == ("modelled", "modelled")
        assert slate.starts_at == league.week(2022, 6)["starts_at"].min()
        rows = slates.draftables(session, told["slate_id"])
    assert rows["salary_usd"].is_between(2_000, 9_500).all()
    assert (rows["salary_usd"] % 100 == 0).all()
    assert rows.filter(pl.col("position") == "RB")["roster_slots"].to_list()[0] == ["RB", "FLEX"]
    assert rows["opponent_id"].is_not_null().all()
    assert rows["player_id"].is_unique().all()


def test_pricing_twice_changes_nothing(engine: Engine, league: Any) -> None:
    first = priced(engine)
    before = everything(engine)
    assert priced(engine) == first
    assert everything(engine) == before


def test_pricing_sees_nothing_after_the_lock(engine: Engine, league: Any) -> None:
    """Points scored in the week itself and later change no salary."""
    priced(engine)
    before = everything(engine)
    with session_scope(engine) as session:
        late = select(Game.id).where(Game.season == 2022, Game.week >= 6)
        changed = session.execute(
            update(PlayerGameStats)
            .where(PlayerGameStats.game_id.in_(late))
            .values(stats={"receiving_yards": 900.0})
            .returning(PlayerGameStats.player_id)
        )
        assert changed.all()
        session.flush()
        job_now = job(engine, "features", "price_slate")
        session.commit()
    price_slate(job_now, "nfl", 2022, 6, CONTEST)
    assert everything(engine) == before


def test_a_week_ahead_is_priced_as_of_now(engine: Engine, league: Any) -> None:
    now = datetime(2022, 9, 1, tzinfo=UTC)
    told = price_slate(job(engine, "features", "price_slate", now=now), "nfl", 2022, 4, CONTEST)
    with session_scope(engine) as session:
        assert slates.slate(session, told["slate_id"]).known_at == now


@pytest.mark.parametrize(
    ("params", "error", "words"),
    [
        ({"sport": "curling"}, BadInput, "no sport 'curling'"),
        ({"contest": "nothing"}, BadInput, "declared: draftkings_classic"),
        ({"week": 40}, NotFound, "week 40 of 2022"),
        ({"season": 1950}, NotFound, "of 1950"),
        ({"season": 2020, "week": 1}, Conflict, "run the stats feed first"),
    ],
)
def test_what_cannot_be_priced_is_said(
    engine: Engine, league: Any, params: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        priced(engine, **params)


def test_the_main_slate_is_the_two_sunday_windows() -> None:
    sunday = datetime(2022, 9, 11, tzinfo=UTC)
    hours = {"early": 17.0, "late": 20.42, "edge": 20.5, "night": 24.33, "monday": 48.25, "london": 13.5}
    games = pl.DataFrame(
        {
            "game_id": list(hours),
            "starts_at": [sunday + timedelta(hours=h) for h in hours.values()],
            "season": 2022,
            "week": 1,
            "season_type": "REG",
        }
    )
    assert main_games(games, 2022, 1)["game_id"].to_list() == ["early", "late", "edge"]
    assert main_games(games, 2022, 2).is_empty()


def test_history_is_built_once_and_again_without_a_change(engine: Engine, league: Any) -> None:
    told = build(job(engine, "features", "build"), "nfl")
    assert (told["rows"], told["new"]) == (league.lines.height, league.lines.height)
    again = build(job(engine, "features", "build"), "nfl")
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, league.lines.height)


def test_history_until_a_moment_holds_the_games_known_by_then(engine: Engine, league: Any) -> None:
    until = league.week(2021, 3)["starts_at"].min()
    told = build(job(engine, "features", "build"), "nfl", until=until.isoformat())
    known = league.games.filter(pl.col("known_at") <= until)
    assert told["rows"] == league.lines.join(known, on="game_id", how="semi").height


def test_a_slate_s_features_stand_at_its_lock(engine: Engine, league: Any) -> None:
    slate_id = priced(engine)["slate_id"]
    told = build_slate(job(engine, "features", "build_slate"), slate_id)
    lock = league.week(2022, 6)["starts_at"].min()
    assert told == {"rows": 80, "as_of": lock.isoformat()}
    with session_scope(engine) as session:
        rows = features.slate(session, slate_id, "player_game", lock)
    assert rows.height == 80
    assert rows["as_of"].unique().to_list() == [lock]


def test_features_that_cannot_be_built_are_said(engine: Engine, league: Any) -> None:
    with pytest.raises(NotFound, match="there is no slate 9999"):
        build_slate(job(engine, "features", "build_slate"), 9999)
    with pytest.raises(Conflict, match="run the stats feed first"):
        build(job(engine, "features", "build"), "nfl", until="2001-01-01T00:00:00")
    with pytest.raises(BadInput, match="no sport"):
        build(job(engine, "features", "build"), "curling")
    with pytest.raises(BadInput, match="write a moment as"):
        build(job(engine, "features", "build"), "nfl", until="yesterday")


def test_an_empty_slate_is_said(engine: Engine, league: Any) -> None:
    with session_scope(engine) as session:
        kept = slates.slate(session, priced(engine)["slate_id"])
        head = {c: getattr(kept, c) for c in ("sport", "site", "contest", "starts_at", "known_at")}
        slate_id = slates.save_slate(session, head | {"name": "Empty", "source": "test", "external_id": "empty"}, [])
    with pytest.raises(Conflict, match="nobody to predict"):
        build_slate(job(engine, "features", "build_slate"), slate_id)


def test_a_cancelled_build_writes_nothing(engine: Engine, league: Any) -> None:
    asked = job(engine, "features", "build")
    with session_scope(engine) as session:
        before = session.scalar(select(func.count()).select_from(features.Feature))
        runs.cancel(session, asked.run_id)
    with pytest.raises(Cancelled):
        build(asked, "nfl")
    with session_scope(engine) as session:
        assert session.scalar(select(func.count()).select_from(features.Feature)) == before


def test_the_process_offers_the_jobs_of_the_pipeline() -> None:
    assert set(service.jobs) == {"price_slate", "build", "build_slate"}
