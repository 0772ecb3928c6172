"""Modelled salaries."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sdp_engine.contest import salaries
from sdp_sports.spec import load

FIRST = datetime(2022, 9, 11, 17, tzinfo=UTC)


def past(points: dict[int, list[float]], position: str = "WR") -> pl.DataFrame:
    rows = [
        {"player_id": player, "position": position, "points": value, "starts_at": FIRST + timedelta(days=7 * game)}
        for player, values in points.items()
        for game, value in enumerate(values)
    ]
    return pl.DataFrame(rows)


def chosen(*players: int, position: str = "WR") -> pl.DataFrame:
    return pl.DataFrame({"player_id": list(players), "position": [position] * len(players)})


def test_the_formula_on_one_player() -> None:
    made = salaries.price("draftkings", past({1: [10.0, 20.0]}), chosen(1)).row(0, named=True)
    decay = 0.5 ** (1 / salaries.HALF_LIFE)
    prior = 15.0 * salaries.NEWCOMER
    form = (20 + decay * 10 + salaries.STRENGTH * prior) / (1 + decay + salaries.STRENGTH)
    assert made["form"] == pytest.approx(form)
    assert made["average_points"] == 15.0
    curve = salaries.CURVES["draftkings"]["WR"]
    assert (
        made["salary_usd"]
        == round((curve.floor_usd + curve.usd_per_point * (form - curve.replacement_points)) / 100) * 100
    )


def test_prices_rise_with_points_and_stay_in_the_site_s_range() -> None:
    history = past({1: [0.0] * 6, 2: [8.0] * 6, 3: [16.0] * 6, 4: [60.0] * 6})
    made = salaries.price("draftkings", history, chosen(4, 3, 2, 1))
    usd = made["salary_usd"].to_list()
    assert made["player_id"].to_list() == [4, 3, 2, 1]
    assert usd == sorted(usd, reverse=True)
    assert usd[0] == 9_500
    assert 3_000 <= usd[-1] < 3_500
    assert all(price % 100 == 0 for price in usd)


def test_recent_points_count_more() -> None:
    made = salaries.price("draftkings", past({1: [4.0, 4.0, 20.0, 20.0], 2: [20.0, 20.0, 4.0, 4.0]}), chosen(1, 2))
    assert made["salary_usd"][0] > made["salary_usd"][1]


def test_a_newcomer_costs_as_his_position_s_lesser_half() -> None:
    made = salaries.price("draftkings", past({1: [12.0] * 5}), chosen(9)).row(0, named=True)
    assert made["form"] == pytest.approx(6.0)
    assert made["average_points"] is None
    assert salaries.price("draftkings", past({1: [12.0]}).clear(), chosen(9))["salary_usd"].item() == 3_000


def test_every_classic_contest_of_a_priced_site_has_its_curves() -> None:
    priced = [c for c in load("nfl").contests.values() if c.mode == "classic" and c.site in salaries.CURVES]
    assert {c.site for c in priced} == set(salaries.CURVES)
    for contest in priced:
        assert contest.positions <= set(salaries.CURVES[contest.site])


def test_what_has_no_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="no price curve for nowhere"):
        salaries.price("nowhere", past({1: [1.0]}), chosen(1))
    with pytest.raises(ValueError, match="no price curve for K"):
        salaries.price("draftkings", past({1: [1.0]}), chosen(1, position="K"))
