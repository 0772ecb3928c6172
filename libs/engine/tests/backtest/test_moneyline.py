"""Chances of winning are of what was known before each week, and are judged beside an Elo."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from sdp_engine.backtest import moneyline
from sdp_engine.features.panel import of_history
from sdp_engine.simulate import past, scores
from sdp_engine.simulate.line import Line
from sdp_engine.simulate.passers import passers
from sdp_sports.spec import load

SEASONS = [2022, 2023]


def touchdowns(told: Any) -> pl.DataFrame:
    sums = [pl.col(name).sum().cast(pl.Int64) for name in moneyline.STATS]
    return told.lines.group_by("game_id", "team_id", maintain_order=True).agg(sums)


@pytest.fixture(scope="module")
def threw(told: Any) -> pl.DataFrame:
    return passers(of_history(load("nfl"), told.sources))


def test_the_chances_are_told_by_mode_and_season(told: Any, threw: pl.DataFrame) -> None:
    rows = moneyline.rows(told.games, touchdowns(told), threw, SEASONS)
    models = {"independent": ("sdp", moneyline.ALONE, "elo"), "informed": ("sdp", "elo")}
    assert {(r["mode"], r["model"], r["season"]) for r in rows} == {
        (mode, model, season) for mode, names in models.items() for model in names for season in ("ALL", *SEASONS)
    }
    for row in rows:
        assert row["n"] == sum(part["n"] for part in row["reliability"])
        assert 0 < row["brier"] < 0.5
    ours, theirs = (next(r for r in rows if r["model"] == model and r["season"] == "ALL") for model in ("sdp", "elo"))
    assert theirs["brier"] - ours["brier"] == pytest.approx(ours["brier_gain"], abs=2e-6)


def test_what_happened_since_changes_no_chance(told: Any, threw: pl.DataFrame) -> None:
    since = told.week(2023, 5)["starts_at"].min()
    later = pl.col("starts_at") >= since
    wrong = told.games.with_columns(
        home_score=pl.when(later).then(70).otherwise(pl.col("home_score")),
        away_score=pl.when(later).then(3).otherwise(pl.col("away_score")),
    )
    since_then = told.games.filter(later)["game_id"].to_list()
    others = threw.with_columns(
        starter=pl.when(pl.col("game_id").is_in(since_then)).then(pl.lit(1, pl.Int64)).otherwise(pl.col("starter")),
        worth=pl.when(pl.col("game_id").is_in(since_then)).then(40.0).otherwise(pl.col("worth")),
    )
    first = told.games.filter(pl.col("starts_at") >= since).sort("starts_at").head(4)
    for spread in (told.games["spread"], pl.Series("spread", [None] * told.games.height, dtype=pl.Float64)):
        games, spoilt = (each.with_columns(spread) for each in (told.games, wrong))
        ahead = first.with_columns(pl.lit(None, pl.Float64).alias("spread"))
        before = moneyline._chances(games, touchdowns(told), threw, ahead)
        assert np.array_equal(before, moneyline._chances(spoilt, touchdowns(told), others, ahead))


def test_the_independent_chance_knows_no_line_of_its_own_week(told: Any, threw: pl.DataFrame) -> None:
    week = told.week(2023, 5)["game_id"].to_list()
    moved = told.games.with_columns(
        spread=pl.when(pl.col("game_id").is_in(week)).then(30.0).otherwise(pl.col("spread"))
    )
    only = pl.col("starts_at") <= told.week(2023, 5)["starts_at"].max()
    first, second = (
        moneyline.rows(games.filter(only), touchdowns(told), threw, [2023]) for games in (told.games, moved)
    )
    for mode, is_same in (("independent", True), ("informed", False)):
        one, other = (
            [r["brier"] for r in rows if r["mode"] == mode and r["model"] == "sdp"] for rows in (first, second)
        )
        assert (one == other) is is_same


def test_a_favourite_wins_more_often_and_nobody_half(told: Any) -> None:
    games = past.past(told.games, touchdowns(told), told.games["starts_at"].max())
    table = scores.tables([Line(7.0, 45.0, "market"), Line(0.0, 45.0, "market"), Line(-7.0, 45.0, "market")], games)
    chance = scores.wins(table)
    assert chance[0] > 0.6
    assert chance[1] == pytest.approx(0.5, abs=0.02)
    assert chance[0] + chance[2] == pytest.approx(1.0, abs=0.02)


def test_elo_follows_results_and_starts_from_the_home_side() -> None:
    games = pl.DataFrame(
        {
            "season": [2020] * 3 + [2021],
            "home_team_id": ["a", "a", "b", "b"],
            "away_team_id": ["b", "b", "a", "a"],
            "home_score": [30, 30, 3, 20],
            "away_score": [3, 3, 30, 20],
        }
    )
    told = moneyline.elo(games)
    assert told[0] == pytest.approx(1 / (1 + 10 ** (-moneyline.HOME / 400)))
    assert told[1] > told[0]
    assert told[2] < told[0]
    assert told[3] < told[0]  # two thirds of it is kept over the summer
