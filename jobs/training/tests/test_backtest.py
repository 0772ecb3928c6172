"""A back-test of an invented league, from the store to the report on the disk."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sdp_common.errors import BadInput
from sdp_sports.spec import load
from sdp_training import rivals
from sdp_training.main import backtest
from sqlalchemy import Engine

from tests.league_store import job

SPORT = load("nfl")


def test_a_report_is_left_beside_the_models(engine: Engine, league: Any, tmp_path: Path) -> None:
    asked = {"seasons": [2022], "refit": "monthly", "markets": ["receptions", "draftkings_points"]}
    told = backtest(job(engine, "training", "backtest", tmp_path), "nfl", **asked)
    report = json.loads((tmp_path / told["json"]).read_text())
    rows = report["rows"]
    assert len(rows) == told["rows"]
    assert {row["market"] for row in rows} == set(asked["markets"])
    assert {row["model"] for row in rows} == {"sdp", "season_mean", "last_four", "ewma"}
    whole = [r for r in rows if r["market"] == "receptions" and r["season"] == r["position"] == "ALL"]
    base = {r["model"]: r for r in whole if r["population"] == "baseline"}
    assert len({r["n"] for r in base.values()}) == 1
    assert base["sdp"]["mae"] < base["last_four"]["mae"]
    assert {"crps", "logscore", "pit_ece", "cov50", "cov80", "cov90", "bias", "rmse", "logloss"} <= set(base["sdp"])
    assert "<svg" in (tmp_path / told["html"]).read_text()


def test_what_cannot_be_judged_is_said(engine: Engine, league: Any, tmp_path: Path) -> None:
    def ask(**params: Any) -> None:
        backtest(job(engine, "training", "backtest", tmp_path), **({"sport": "nfl", "seasons": [2022]} | params))

    with pytest.raises(BadInput, match="has no season 1999"):
        ask(seasons=[1999])
    with pytest.raises(BadInput, match="no market corners"):
        ask(markets=["corners"])
    with pytest.raises(BadInput, match="no folder"):
        ask(against=str(tmp_path / "nowhere"))
    with pytest.raises(BadInput, match="needs prop lines"):
        ask(mode="informed")
    with pytest.raises(BadInput, match="no mode"):
        ask(mode="psychic")
    assert not list(tmp_path.rglob("*.json"))


def test_prop_lines_are_whole_games_at_the_close_and_fair(tmp_path: Path) -> None:
    folder = tmp_path / "nfl_player_props_actionnetwork"
    folder.mkdir()
    bet = {"bet_type": "receptions", "book_id": 15, "period": "event", "season": 2022, "week": 1, "gsis_id": "00-1"}
    rows = [
        bet | {"side": "over", "value": 4.5, "odds": -130},
        bet | {"side": "under", "value": 4.5, "odds": 110},
        bet | {"side": "over", "value": 4.5, "odds": -130},  # twice, as some files have it
        bet | {"side": "over", "value": 9.5, "odds": 900},
        bet | {"side": "under", "value": 9.5, "odds": -1600},
        bet | {"side": "over", "value": 1.5, "odds": -110, "period": "firstquarter"},
        bet | {"side": "under", "value": 1.5, "odds": -110, "period": "firstquarter"},
        bet | {"side": "over", "value": 5.5, "odds": -110, "gsis_id": None},
    ]
    pl.DataFrame(rows).write_parquet(folder / "2022.parquet")
    found = rivals.props(tmp_path, [2021, 2022], "receptions", {"00-1": 7})
    over, under = 130 / 230, 100 / 210
    assert found.select("player_id", "season", "week", "line").rows() == [(7, 2022, 1, 4.5)]
    assert found["market"][0] == pytest.approx(over / (over + under))
    assert rivals.props(tmp_path, [2022], "targets", {}).is_empty()


def test_a_projection_of_nothing_is_missing_and_names_find_players(tmp_path: Path) -> None:
    (tmp_path / "nfl_projections_espn_ecr").mkdir()
    espn = {"season": 2022, "week": 1, "player_id": "00-1", "projected_receiving_receptions": 4.2}
    table = [espn, espn, espn | {"player_id": "00-2", "projected_receiving_receptions": 0.0}]
    pl.DataFrame(table).write_parquet(tmp_path / "nfl_projections_espn_ecr" / "2022.parquet")
    found = rivals.espn(tmp_path, [2022], "receptions", {"00-1": 7, "00-2": 8})
    assert found.rows() == [(7, 2022, 1, 4.2)]
    (tmp_path / "nfl_nflcom_projections").mkdir()
    points = {"season": 2022, "week": 1, "PlayerName": "Al Runner Jr.", "Team": "PHI", "Pos": "RB"}
    out = points | {"PlayerName": "Bo Back", "PlayerWeekProjectedPts": 0.0}
    pl.DataFrame([points | {"PlayerWeekProjectedPts": 11.5}, out]).write_parquet(
        tmp_path / "nfl_nflcom_projections" / "2022.parquet"
    )
    who = pl.DataFrame(
        {"player_id": [7, 8], "game_id": ["g"] * 2, "season": [2022] * 2, "week": [1] * 2, "team_id": ["nfl:PHI"] * 2}
    ).with_columns(position=pl.lit("RB"), normalised_name=pl.Series(["al runner", "bo back"]))
    assert rivals.nflcom(tmp_path, [2022], who, SPORT).rows() == [(7, "g", 11.5)]
