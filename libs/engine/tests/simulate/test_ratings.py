"""Lines from past scores."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from sdp_engine import frames
from sdp_engine.simulate import ratings

START = datetime(2023, 9, 10, 17, tzinfo=UTC)
TRUE = {"a": (6.0, -2.0), "b": (0.0, 0.0), "c": (-4.0, 3.0), "d": (-2.0, -1.0)}


def season(rounds=12, noise=0.0):
    rng = np.random.default_rng(4)
    rows = []
    for day in range(rounds):
        for home in TRUE:
            for away in TRUE:
                if home == away:
                    continue
                at = START + timedelta(days=day)
                points = [
                    round(22 + side + TRUE[own][0] + TRUE[other][1] + noise * rng.standard_normal())
                    for own, other, side in ((home, away, 1), (away, home, -1))
                ]
                game = f"{day}{home}{away}"
                known = at + timedelta(hours=12)
                rows.append((game, 2023, "REG", 1, at, home, away, None, *points, known, None, None, None, None))
    return pl.DataFrame(rows, schema=dict(frames.GAMES), orient="row")


def test_ratings_recover_how_the_scores_were_made():
    fitted = ratings.fit(season(), START + timedelta(days=40))
    line = fitted.line("a", "c")
    assert line.source == "ratings"
    assert line.points[0] == pytest.approx(22 + 1 + 6 + 3, abs=1.0)
    assert line.points[1] == pytest.approx(22 - 1 - 4 - 2, abs=1.0)
    assert fitted.home == pytest.approx(2.0, abs=0.3)


def test_nothing_after_the_moment_is_used():
    games = season()
    moment = START + timedelta(days=5)
    late = pl.col("known_at") > moment
    spoiled = games.with_columns(home_score=pl.when(late).then(99).otherwise(pl.col("home_score")).cast(pl.Int64))
    assert ratings.fit(spoiled, moment) == ratings.fit(games.filter(~late), moment)


def test_without_scores_the_league_stands_in():
    line = ratings.fit(frames.empty(frames.GAMES), START).line("a", "b")
    assert line.spread == pytest.approx(1.5)
    assert line.total == pytest.approx(45.0)


def test_an_unknown_team_is_average():
    fitted = ratings.fit(season(), START + timedelta(days=40))
    assert fitted.line("x", "y").spread == pytest.approx(fitted.home)


PLAYED = START + timedelta(days=40)


def threw(games, who, worth=None, expected=None):
    """The home and the away side's quarterback of every game, by team."""
    rows = [
        (game, team, (expected or who)[team], who[team], None if worth is None else worth[who[team]])
        for game, *teams in games.select("game_id", "home_team_id", "away_team_id").iter_rows()
        for team in teams
    ]
    return pl.DataFrame(rows, schema=dict(ratings.PASSERS), orient="row")


WHO = {team: number for number, team in enumerate(TRUE)}


def test_a_side_without_its_quarterback_is_expected_to_score_less():
    games = season(noise=3.0)
    fitted = ratings.fit(games, PLAYED, threw(games, WHO, {0: 9.0, 1: 4.0, 2: 4.0, 3: 4.0}))
    usual, other = fitted.line("a", "b"), fitted.line("a", "b", (99, None))
    assert usual == fitted.line("a", "b", (WHO["a"], WHO["b"])), "nobody named is who started last"
    assert other.points[0] == pytest.approx(usual.points[0] - (fitted.passers[0] - ratings.NEWCOMER))
    assert fitted.passers[0] > max(fitted.passers[who] for who in (1, 2, 3)) > ratings.NEWCOMER
    assert other.points[1] == usual.points[1]


def test_the_lines_of_past_games_are_believed_more_than_their_scores():
    games = season().with_columns(spread=pl.lit(0.0), total=pl.lit(44.0))
    lined, plain = (ratings.fit(each, PLAYED).line("a", "c").spread for each in (games, season()))
    assert abs(lined) < 0.5 * abs(plain)


def test_a_line_speaks_of_whom_it_expected_and_a_score_of_who_played():
    games = season()
    stand_in = {**WHO, "a": 50}
    lined = games.with_columns(spread=pl.lit(0.0), total=pl.lit(44.0))
    named = ratings.fit(lined, PLAYED, threw(games, stand_in, expected=WHO))
    alone = ratings.fit(games, PLAYED, threw(games, stand_in, expected=WHO))
    assert named.passers[0] != pytest.approx(ratings.NEWCOMER, abs=1e-3), "the line was his"
    assert alone.passers[0] == ratings.NEWCOMER, "of him nothing was seen"
    assert alone.passers[50] != pytest.approx(ratings.NEWCOMER, abs=0.1)


def test_a_quarterback_of_the_future_changes_nothing():
    games = season()
    moment = START + timedelta(days=5)
    told = threw(games, WHO, {0: 9.0, 1: 4.0, 2: 4.0, 3: 4.0})
    late = games.filter(pl.col("known_at") > moment)["game_id"].to_list()
    spoiled = told.with_columns(
        pl.when(pl.col("game_id").is_in(late)).then(pl.lit(70, pl.Int64)).otherwise(pl.col(name)).alias(name)
        for name in ("expected", "starter")
    )
    assert ratings.fit(games, moment, spoiled) == ratings.fit(games, moment, told)


def test_a_summer_takes_from_what_was_believed_of_sides():
    games = season()
    last = games.tail(1).with_columns(
        pl.col("starts_at", "known_at") + timedelta(days=250),
        season=pl.lit(2024, pl.Int64),
        home_score=pl.lit(22, pl.Int64),
        away_score=pl.lit(22, pl.Int64),
    )
    both = pl.concat([games, last])
    before, after = (ratings.fit(each, PLAYED + timedelta(days=300)) for each in (games, both))
    assert 0 < after.attack["a"] < before.attack["a"]
