"""Any sport from distributions and declared correlations."""

import numpy as np
import polars as pl
import pytest
from sdp_engine.simulate import generic, readoff
from sdp_engine.simulate.generic import OUTLOOK
from sdp_sports.correlations import Correlations, load_correlations, parse
from sdp_sports.spec import QUANTILES, codes, load

QUANTILED = [float(q) for q in np.quantile(np.random.default_rng(3).gamma(3.0, 8.0, 20_000), QUANTILES)]


def outlook(rows):
    return pl.DataFrame(rows, schema=dict(OUTLOOK), orient="row")


def game(name="g1", start=1, size=5, position="C"):
    made = []
    for k, (team, other) in enumerate((("a", "b"), ("b", "a"))):
        for i in range(size):
            player = start + 10 * k + i
            made.append((player, name, team, other, "G" if i == size - 1 else position, 12.0 + i, 6.0, None))
    return made


def test_means_sds_and_quantiles_are_those_given():
    rows = [*game(), (99, "g2", "c", "d", "C", 24.0, None, QUANTILED), (98, "g2", "d", "c", "C", 20.0, None, None)]
    draws = generic.simulate(outlook(rows), load_correlations("nhl"), 1, 20_000)
    found = {player: row for row, player in enumerate(draws.players["player_id"])}
    points = readoff.points(draws, load("nhl").contests[next(iter(load("nhl").contests))]) / 100
    for player, *_, mean, sd, _ in rows[:10]:
        assert points[found[player]].mean() == pytest.approx(mean, rel=0.02)
        assert points[found[player]].std() == pytest.approx(sd, rel=0.04)
    assert np.quantile(points[found[99]], QUANTILES) == pytest.approx(QUANTILED, rel=0.05, abs=0.3)
    assert points[found[98]].std() == pytest.approx(load_correlations("nhl").spread(20.0), rel=0.05)


def test_correlations_are_those_declared():
    draws = generic.simulate(outlook(game()), load_correlations("nhl"), 1, 40_000)
    found = np.corrcoef(draws.sheets["points"][0])
    declared = load_correlations("nhl")
    players = draws.players.select("team_id", "position").rows()
    for i, (team, position) in enumerate(players):
        for j, (other, second) in enumerate(players[:i]):
            asked = declared.value("team" if team == other else "opponent", position, second)
            assert found[i, j] == pytest.approx(asked, abs=0.04), (position, second)


def test_worlds_are_a_prefix_and_games_do_not_touch_each_other():
    both = outlook([*game("g1", 1), *game("g2", 101)])
    whole = generic.simulate(both, load_correlations("nba"), 7, 3000).sheets["points"][0]
    fewer = generic.simulate(both, load_correlations("nba"), 7, 1000).sheets["points"][0]
    later = generic.simulate(both, load_correlations("nba"), 7, 500, first=1000).sheets["points"][0]
    assert (whole[:, :1000] == fewer).all()
    assert (whole[:, 1000:1500] == later).all()
    edited = both.with_columns(mean=pl.when(pl.col("game_id") == "g2").then(30.0).otherwise(pl.col("mean")))
    after = generic.simulate(edited, load_correlations("nba"), 7, 1000).sheets["points"][0]
    assert (after[:10] == fewer[:10]).all()
    assert (after[10:] != fewer[10:]).any()


def test_impossible_correlations_are_mended_to_the_nearest_possible():
    clash = Correlations(
        source="made",
        pairs=(
            {"relation": "team", "positions": ("*", "*"), "value": 0.9},
            {"relation": "opponent", "positions": ("*", "*"), "value": -0.95},
        ),
    )
    draws = generic.simulate(outlook(game()), clash, 1, 5000)
    found = np.corrcoef(draws.sheets["points"][0])
    assert found[0, 1] > 0.6
    assert found[0, 9] < -0.6


@pytest.mark.parametrize("sport", codes())
def test_every_sport_can_be_simulated_from_a_mean(sport):
    position = load(sport).positions[0]
    rows = [(1, "g", "a", "b", position, 10.0, None, None), (2, "g", "b", "a", position, 0.0, 0.0, None)]
    draws = generic.simulate(outlook(rows), load_correlations(sport), 1, 500)
    assert draws.points(next(iter(load(sport).contests.values())), 0).mean() > 5
    assert not draws.points(next(iter(load(sport).contests.values())), 1).any()


@pytest.mark.parametrize("sport", codes())
def test_every_sport_declares_how_its_own_positions_go_together(sport):
    declared = load_correlations(sport)
    assert not declared.source.startswith("none")
    named = {position for pair in declared.pairs for both in pair.positions for position in both.split("/")}
    assert named <= {"*", *load(sport).positions, *load(sport).position_aliases}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(1, "g", "a", "b", "C", float("nan"), None, None)], "not a number"),
        ([(1, "g", "a", "b", "C", 1.0, None, None)] * 2, "appears twice"),
        ([(1, "g", "a", "b", "C", 1.0, None, [*map(float, range(14)), 1e9])], "more than 100,000 points"),
    ],
)
def test_what_cannot_be_drawn_is_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        generic.simulate(outlook(rows), load_correlations("nba"), 1, 10)
    assert generic.simulate(outlook([]), load_correlations("nba"), 1, 10).sheets["points"].shape == (1, 0, 10)
    with pytest.raises(ValueError, match="worlds: 0"):
        generic.simulate(outlook(game()), load_correlations("nba"), 1, 0)


def test_a_declaration_says_what_is_wrong_with_it():
    with pytest.raises(ValueError, match="not TOML"):
        parse("source = ")
    twice = '[[pairs]]\nrelation = "team"\npositions = ["A", "B"]\nvalue = 0.1\n'
    with pytest.raises(ValueError, match="declared twice"):
        parse('source = "x"\n' + twice + twice.replace('"A", "B"', '"B", "A"'))
