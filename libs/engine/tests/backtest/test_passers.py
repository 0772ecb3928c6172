"""Who is expected to throw is told before the game; who did and what he was worth, after it."""

from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from sdp_engine import frames
from sdp_engine.features.panel import of_history
from sdp_engine.simulate import passers, ratings
from sdp_sports.spec import load

SPORT = load("nfl")


def test_a_game_is_worth_what_the_formula_says_of_its_starter(told: Any) -> None:
    made = passers.passers(of_history(SPORT, told.sources))
    frames.check(made, ratings.PASSERS)
    assert made.height == 2 * told.games.height
    row = made.filter(pl.col("worth").is_not_null()).row(7, named=True)
    at = (pl.col("game_id") == row["game_id"]) & (pl.col("team_id") == row["team_id"]) & (pl.col("position") == "QB")
    thrown = told.lines.filter(at)
    mine = thrown.filter(pl.col("player_id") == row["starter"]).row(0, named=True)
    plays = pl.sum_horizontal("passing_attempts", "sacks_taken", "rushing_attempts")
    part = thrown.filter(pl.col("player_id") == row["starter"]).select(plays).item() / thrown.select(plays.sum()).item()
    value = sum(weight * mine[stat] for stat, weight in passers.WORTH.items())
    assert row["worth"] == pytest.approx(passers.SCALE * value / max(part, passers.LEAST_PART))


def test_a_slate_expects_whom_its_history_will_have_expected(told: Any) -> None:
    week = told.week(2023, 5)
    as_of = week["starts_at"].min()
    after = passers.passers(of_history(SPORT, told.sources)).join(week, on="game_id", how="semi")
    seen = told.games.filter(pl.col("starts_at") < as_of + timedelta(days=3))
    known = type(told)(
        seen.with_columns(
            pl.when(pl.col("starts_at") < as_of).then(pl.col(name)).alias(name) for name in ("home_score", "away_score")
        ),
        told.lines.filter(pl.col("known_at") <= as_of),
        told.snaps.filter(pl.col("known_at") <= as_of),
        told.roles.join(seen, on="game_id", how="semi"),
        told.drafts,
    )
    made = passers.before(SPORT, known.sources, told.population(week), as_of)
    ahead = made.join(week, on="game_id", how="semi")
    keys = ["game_id", "team_id", "expected"]
    assert ahead.select(keys).sort(keys).equals(after.select(keys).sort(keys))
    assert ahead["starter"].null_count() == ahead.height, "who starts is not known yet"
    assert ahead["worth"].null_count() == ahead.height
    past = made.join(week, on="game_id", how="anti")
    assert past["starter"].null_count() == 0


def test_a_sport_without_quarterbacks_has_none(told: Any) -> None:
    nba = load("nba")
    made = passers.before(nba, told.sources, told.population(told.week(2023, 5)), told.games["starts_at"].max())
    assert made.is_empty()
    frames.check(made, ratings.PASSERS)
