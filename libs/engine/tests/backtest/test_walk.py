"""Walking forward: nothing later is ever seen, and both populations are told apart."""

import itertools
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from sdp_engine.backtest import populations, table, walk
from sdp_engine.backtest.page import page
from sdp_engine.distributions import Distribution
from sdp_engine.models import informed, training
from sdp_engine.models.families import FAMILIES
from sdp_sports.spec import load

SPORT = load("nfl")
FAMILY = FAMILIES["baseline"]
SEASONS = [2022, 2023]


def framed(built: Any, name: str = "receptions") -> pl.DataFrame:
    rows = training.labelled(SPORT, name, *built)
    own = [c for c in (f"{name}_slow", f"{name}_fast") if c in rows.columns]
    return rows.select(
        "player_id", "game_id", "team_id", "opponent_id", "position", *own, "as_of", "known_at", "y", "is_given"
    )


def test_fits_follow_each_other_through_the_seasons(told: Any) -> None:
    weekly, monthly = (walk.refits(told.games, SEASONS, every) for every in ("weekly", "monthly"))
    assert [len([r for r in plan if r.is_judged]) for plan in (weekly, monthly)] == [16, 4]
    for plan in (weekly, monthly):
        assert all(a.until == b.as_of for a, b in itertools.pairwise(plan))
        last = told.games.filter(pl.col("season") == 2023)["starts_at"].max()
        assert plan[-1].until == last + timedelta(days=1)
    assert not weekly[0].is_judged
    assert weekly[0].as_of == told.games["starts_at"].min()


def test_every_judged_row_is_predicted_once(told: Any, built: Any) -> None:
    rows = framed(built)
    made = walk.walk(rows, SPORT.markets["receptions"], FAMILY, walk.refits(told.games, SEASONS, "weekly"))
    seasons = told.games.select("game_id", "season")
    asked = rows.join(seasons, on="game_id").filter(pl.col("season").is_in(SEASONS))
    assert made.height == asked.height
    assert made.select("player_id", "game_id").is_unique().all()
    assert made["given_mean"].is_not_null().all()
    given = made.filter("is_given")
    skill = (given["given_mean"] - given["y"]).abs().mean()
    assert skill < (given["y"] - given["y"].mean()).abs().mean()


def test_garbage_in_the_future_changes_no_prediction(told: Any, built: Any) -> None:
    rows = framed(built)
    since = told.week(2023, 5)["starts_at"].min()
    wrong = rows.with_columns(y=pl.when(pl.col("as_of") >= since).then(99.0).otherwise(pl.col("y")))
    plan = walk.refits(told.games, SEASONS, "weekly")
    before, after = (
        walk.walk(r, SPORT.markets["receptions"], FAMILY, plan).filter(pl.col("as_of") < since) for r in (rows, wrong)
    )
    assert before.height > 100
    assert before.equals(after)
    # The first week that may differ does: the garbage was there to be seen.
    later = [walk.walk(r, SPORT.markets["receptions"], FAMILY, plan)["given_mean"].sum() for r in (rows, wrong)]
    assert later[0] != later[1]


def test_the_chance_of_nothing_is_put_back(told: Any, built: Any) -> None:
    rows = framed(built)
    chances = rows.select("player_id", "game_id", chance=pl.lit(0.5))
    plan = walk.refits(told.games, SEASONS, "monthly")
    made = walk.walk(rows, SPORT.markets["receptions"], FAMILY, plan, chances)
    assert np.allclose(made["played_mean"], made["given_mean"] / 2)
    assert np.allclose(1 - made["played_any"], 0.5 + 0.5 * (1 - made["given_any"]))


def test_with_lines_the_informed_prediction_goes_to_the_market(told: Any, built: Any) -> None:
    rows = framed(built)
    rng = np.random.default_rng(3)
    has_line = pl.Series(rng.random(rows.height) < 0.5)
    rows = rows.with_columns(
        line=pl.when(has_line).then(pl.lit(2.5)),
        market=pl.when(has_line).then((pl.col("y") / 10 + 0.2).clip(0.2, 0.8)),  # a market that knows something
    )
    plan = walk.refits(told.games, SEASONS, "monthly")
    made = walk.walk(rows, SPORT.markets["receptions"], FAMILY, plan).filter("is_given")
    lined = made.filter(pl.col("line").is_not_null())
    assert made.filter(pl.col("line").is_null())["informed_mean"].is_null().all()
    happened = (lined["y"] > lined["line"]).cast(pl.Float64).to_numpy()
    losses = [table.log_loss(lined[name].to_numpy(), happened) for name in ("given_over", "informed_over")]
    assert losses[1] < losses[0] - 0.05
    assert lined["informed_crps"].mean() < lined["given_crps"].mean()
    assert made.filter(pl.col("line").is_null())["tempered_over"].is_null().all()
    assert lined["tempered_over"].is_between(0, 1).all()


def test_populations_are_those_published(told: Any, built: Any) -> None:
    rows = framed(built, "receptions")
    past = populations.rows(SPORT, told.games, told.lines)
    starters = told.roles.filter(pl.col("started").fill_null(value=False)).select("player_id", "game_id")
    kept = rows.filter(populations.baseline(SPORT.markets["receptions"], rows, past, starters))
    counted = kept.join(past, on=["player_id", "game_id"])
    assert 100 < kept.height == counted.height < rows.height
    assert (counted["prior"] >= populations.PRIOR).all()
    assert (counted["last_targets"] >= 3).all()
    throwers = framed(built, "passing_yards")
    named = throwers.filter(populations.baseline(SPORT.markets["passing_yards"], throwers, past, starters))
    assert named.join(starters, on=["player_id", "game_id"], how="anti").is_empty()


def test_averages_look_back_only() -> None:
    rows = pl.DataFrame(
        {"player_id": [1] * 4, "game_id": list("abcd"), "as_of": [1, 2, 3, 4], "season": [1, 1, 2, 2]}
    ).with_columns(y=pl.Series([2.0, 4.0, 9.0, 1.0]))
    made = populations.averages(rows.select("player_id", "game_id"), rows)
    assert made["season_mean"].to_list() == [None, 2.0, 3.0, 9.0]
    assert made["last_four"].to_list() == [None, 2.0, 3.0, 5.0]


def test_the_table_compares_identical_rows(told: Any, built: Any) -> None:
    rows = framed(built)
    made = walk.walk(rows, SPORT.markets["receptions"], FAMILY, walk.refits(told.games, SEASONS, "monthly"))
    made = made.join(told.games.select("game_id", "season"), on="game_id").filter("is_given")
    made = made.with_columns(oracle=pl.col("y") + 0.1, partial=pl.when(pl.col("y") > 1).then(pl.col("y")))
    told_rows = table.table(
        made, "given_", {"market": "receptions", "population": "baseline", "mode": "independent"}, ("oracle", "partial")
    )
    whole = {row["model"]: row for row in told_rows if row["season"] == row["position"] == table.ALL}
    assert {row["n"] for row in whole.values()} == {made.drop_nulls("partial").height}
    assert whole["oracle"]["mae"] == pytest.approx(0.1)
    assert whole["oracle"]["gain"] < 0
    assert whole["oracle"]["gain_p"] < 0.01
    assert {row["position"] for row in told_rows} == {"ALL", "RB", "WR", "TE"}
    ours = table.ours(made, "given_")
    assert abs(ours["cov80"] - 0.8) < 0.06
    assert sum(ours["pit_histogram"]) == pytest.approx(1, abs=0.01)
    html = page(told_rows, "A <title>")
    assert "A &lt;title&gt;" in html
    assert html.count("<svg") >= 1
    assert "receptions" in html


def test_trust_goes_to_who_is_right() -> None:
    rng = np.random.default_rng(1)
    truth = rng.uniform(0.2, 0.8, 8_000)
    happened = (rng.random(8_000) < truth).astype(float)
    noise = np.full(8_000, 0.5)
    assert informed.learn_trust(truth, noise, happened) > informed.TRUST + 0.05
    assert informed.learn_trust(noise, truth, happened) < 0.6
    assert informed.learn_trust(np.array([]), np.array([]), np.array([])) == informed.TRUST


def test_a_boastful_model_is_tempered_and_a_modest_one_is_not() -> None:
    rng = np.random.default_rng(2)
    truth = rng.uniform(0.35, 0.65, 80_000)
    happened = (rng.random(80_000) < truth).astype(float)
    boastful = informed.tempered(truth, 3.0)
    assert informed.learn_slope(boastful, happened) == pytest.approx(1 / 3, abs=0.08)
    assert informed.learn_slope(truth, happened) == pytest.approx(1, abs=0.15)
    assert informed.learn_slope(np.array([]), np.array([])) == informed.SLOPE
    assert np.allclose(informed.tempered(truth, 1.0), truth)


def test_a_line_far_from_the_prediction_is_reached_all_the_same() -> None:
    levels = np.array([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0])
    values = np.array(
        [[1.0, 2.0, 4.0, 8.0, 15.0, 60.0, 220.0, 300.0], [150.0, 180.0, 210.0, 235.0, 260.0, 290.0, 320.0, 400.0]]
    )
    told = Distribution.of("empirical", levels=levels, values=values, zero=[0.3, 0.0], step=1.0)
    line, chance = np.array([200.5, 240.5]), np.array([0.5, 0.4])
    moved = informed.anchor(told, line, chance)
    assert np.allclose(moved.prob_over(line), chance, atol=0.05)
    assert moved.quantile([0.5])[0, 0] == pytest.approx(200.5, abs=12)
    assert np.allclose(moved[[1]].params["values"], values[1] * (moved.params["values"][1, 0] / values[1, 0]))


def test_a_line_outside_of_all_that_was_predicted_is_reached_all_the_same() -> None:
    levels = np.array([0.0, 0.5, 1.0])
    values = np.array([[8.0, 14.0, 25.0], [0.001, 0.002, 0.003]])
    told = Distribution.of("empirical", levels=levels, values=values, zero=[0.0, 0.9], step=1.0)
    line, chance = np.array([0.5, 12.5]), np.array([0.55, 0.4])
    moved = informed.anchor(told, line, chance)
    assert np.allclose(moved.prob_over(line), chance, atol=0.01)
    assert moved.prob_zero() == pytest.approx([0.45, 0.6])


def test_a_list_of_starters_that_names_somebody_who_threw_nothing_is_not_believed(
    told: Any, built: tuple[Any, Any]
) -> None:
    features, _ = built
    passer = pl.col("position") == "QB"
    pairs = told.lines.filter(passer, pl.col("game_id").str.starts_with("nfl:2023")).join(
        told.roles.filter(passer, pl.col("status") == "ACT").select("player_id", "game_id", "started"),
        on=["player_id", "game_id"],
    )
    both = pairs.filter(pl.col("player_id").n_unique().over("game_id", "team_id") == 2)
    game, team = both.filter("started").select("game_id", "team_id").row(0)
    here = (pl.col("game_id") == game) & (pl.col("team_id") == team) & passer
    reversed_ = told.roles.with_columns(pl.when(here).then(~pl.col("started")).otherwise("started").alias("started"))
    listed = reversed_.filter(here & pl.col("started"))["player_id"].item()
    for passes, is_believed in ((0.0, False), (1.0, True)):
        mine = here & (pl.col("player_id") == listed)
        lines = told.lines.with_columns(
            passing_attempts=pl.when(mine).then(passes).when(here).then(30.0).otherwise("passing_attempts")
        )
        outcomes = training.outcomes_of(load("nfl"), features, lines, told.snaps, reversed_)
        began = outcomes.filter(pl.col("game_id") == game, passer, pl.col("started"))
        mates = features.filter(pl.col("game_id") == game, pl.col("team_id") == team)["player_id"].to_list()
        found = began.filter(pl.col("player_id").is_in(mates))["player_id"].to_list()
        assert len(found) == 1
        assert (found[0] == listed) is is_believed
