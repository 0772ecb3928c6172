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
