"""A back-test of an invented league, from the store to the report on the disk."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput, Cancelled
from sdp_common.store import players, stats
from sdp_common.store.players import Person
from sdp_sports.spec import load
from sdp_training import judging, rivals
from sdp_training.backtest import Machine, Plan, run
from sdp_training.main import backtest
from sqlalchemy import Engine

from tests.league_store import job

SPORT = load("nfl")


def test_a_report_is_left_beside_the_models(engine: Engine, league: Any, tmp_path: Path) -> None:
    asked = {"seasons": [2022], "refit": "monthly", "markets": ["receptions", "draftkings_points", "kicking_points"]}
    told = backtest(job(engine, "training", "backtest", tmp_path), "nfl", **asked)
    report = json.loads((tmp_path / told["json"]).read_text())
    rows = report["rows"]
    assert len(rows) == told["rows"]
    assert report["silent"] == ["kicking_points"]  # the league has no kickers
    assert {row["market"] for row in rows} == {"receptions", "draftkings_points"}
    assert {row["model"] for row in rows} == {"sdp", "season_mean", "last_four", "ewma"}
    whole = [r for r in rows if r["market"] == "receptions" and r["season"] == r["position"] == "ALL"]
    base = {r["model"]: r for r in whole if r["population"] == "baseline"}
    assert len({r["n"] for r in base.values()}) == 1
    assert base["sdp"]["mae"] < base["last_four"]["mae"]
    assert {"crps", "logscore", "pit_ece", "cov50", "cov80", "cov90", "bias", "rmse", "logloss"} <= set(base["sdp"])
    assert "<svg" in (tmp_path / told["html"]).read_text()


def test_a_cancelled_back_test_stops_in_the_middle_of_a_market(engine: Engine, league: Any, tmp_path: Path) -> None:
    running = job(engine, "training", "backtest", tmp_path)
    held = judging.staged_of(running, Plan("nfl", [2022], "weekly", ["receptions", "targets"], None, informed=False))
    shares: list[float] = []

    def listen(share: float, words: str) -> None:
        assert "fits" in words
        shares.append(share)
        if share > 0.05:
            raise Cancelled("enough")

    with ThreadPoolExecutor(1) as pool, pytest.raises(Cancelled):
        run(held, Machine(pool, 1), listen)
    assert shares[-1] < 0.5
    assert not list(tmp_path.rglob("*.json"))


def test_a_cluster_walks_the_same_back_test(engine: Engine, league: Any, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: it comes with the extra `cluster`")
    asked: dict[str, Any] = {"seasons": [2022], "refit": "monthly", "markets": ["receptions"]}
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        there = job(engine, "training", "backtest", tmp_path)
        there.settings = there.settings.model_copy(update={"dask_scheduler": cluster.scheduler_address})
        rows = [
            json.loads((tmp_path / backtest(each, "nfl", **asked)["json"]).read_text())["rows"]
            for each in (there, job(engine, "training", "backtest", tmp_path))
        ]
    assert rows[0] == rows[1]


def test_lines_are_told_by_position_in_both_modes(engine: Engine, league: Any, tmp_path: Path) -> None:
    folder = tmp_path / "nfl_player_props_actionnetwork"
    folder.mkdir()
    with session_scope(engine) as session:
        names = {known: name for (source, name), known in players.ids(session, "nfl").items() if source == "invented"}
        told_names = [Person([("invented", name), ("gsis", f"g{name}")], f"Player {name}") for name in names.values()]
        players.save_people(session, "nfl", told_names)
        seen = league.lines.filter(pl.col("position") != "DST").select(
            "player_id", "game_id", "team_id", "position", "known_at", offense_snaps=40, offense_share=0.6
        )
        stats.save_snaps(session, seen.to_dicts())
    placed = league.lines.join(league.games, on="game_id").filter(pl.col("position").is_in(["RB", "WR", "TE"]))
    bets = placed.select(
        "season", "week", gsis_id="g" + pl.col("player_id").replace_strict(names, return_dtype=pl.String)
    )
    sides = [bets.with_columns(side=pl.lit(side), odds=odds) for side, odds in (("over", -105), ("under", -115))]
    made = pl.concat(sides).with_columns(bet_type=pl.lit("receptions"), period=pl.lit("event"), book_id=15, value=2.5)
    made.filter(pl.col("season") == 2022).write_parquet(folder / "2022.parquet")
    told = backtest(
        job(engine, "training", "backtest", tmp_path),
        "nfl",
        seasons=[2022],
        refit="monthly",
        markets=["receptions"],
        against=str(tmp_path),
    )
    rows = [r for r in json.loads((tmp_path / told["json"]).read_text())["rows"] if r["population"] == "props"]
    assert {(r["mode"], r["model"]) for r in rows} == {
        ("independent", "sdp"),
        ("independent", "the line"),
        ("independent", "sdp, calibrated on lines"),
        ("informed", "sdp"),
        ("informed", "the line"),
        ("market", "the market"),
    }
    for mode in ("independent", "informed"):
        ours = [r for r in rows if (r["mode"], r["model"]) == (mode, "sdp")]
        assert {r["position"] for r in ours} == {"ALL", "RB", "WR", "TE"}
        for row in ours:
            assert row["reliability"]
            assert 0 <= row["logloss_gain_p"] <= 1
            close = next(
                r for r in rows if r["mode"] == "market" and all(r[k] == row[k] for k in ("position", "season", "n"))
            )
            assert close["logloss"] - row["logloss"] == pytest.approx(row["logloss_gain"], abs=2e-6)


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


def test_a_line_of_a_sum_that_contradicts_its_parts_was_made_in_play(tmp_path: Path) -> None:
    folder = tmp_path / "nfl_player_props_actionnetwork"
    folder.mkdir()
    told = {
        "00-1": (60.5, 40.5, 18.5),  # agrees
        "00-2": (19.5, None, 58.5),  # far below its one part
        "00-3": (99.5, 40.5, 18.5),  # far above both
        "00-4": (27.5, None, 18.5),  # some yards for the part that is not told
        "00-5": (99.5, None, 18.5),  # far above what that part may be
        "00-6": (30.5, None, None),  # nothing to hold it against
    }
    bets = ("rushing_receiving_yards", "rushing_yards", "receiving_yards")
    bet = {"book_id": 15, "period": "event", "season": 2023, "week": 1, "odds": -110}
    rows = [
        bet | {"bet_type": name, "gsis_id": who, "side": side, "value": value}
        for who, values in told.items()
        for name, value in zip(bets, values, strict=True)
        for side in ("over", "under")
        if value is not None
    ]
    pl.DataFrame(rows).write_parquet(folder / "2023.parquet")
    players = {who: number for number, who in enumerate(told, 1)}
    found = rivals.props(tmp_path, [2023], "rushing_receiving_yards", players).sort("player_id")
    assert found["player_id"].to_list() == [1, 4]
    assert found.columns == rivals.props(tmp_path, [2023], "receiving_yards", players).columns
    assert rivals.props(tmp_path, [2023], "receiving_yards", players).height == 5


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
