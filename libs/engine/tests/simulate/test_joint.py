"""The whole simulation: identities, streams, means, correlations, and what odd input gets."""

import hashlib
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sdp_engine import frames
from sdp_engine.simulate import Line, Slate, arrange, joint, simulate
from sdp_engine.simulate.plan import STRIP
from sdp_sports.spec import load

NFL = load("nfl")
DK = NFL.contests["draftkings_classic"]


@pytest.fixture(scope="module")
def draws(two_games):
    return simulate(two_games.slate, two_games.predicted, 1, 10_000)


def fingerprint(draws, game=0, worlds=None):
    """Digest of one game's draws: scores and every line of its players."""
    rows = draws.players.with_row_index("row").filter(pl.col("game_id") == draws.games["game_id"][game])
    told = hashlib.sha256(np.ascontiguousarray(draws.scores[game, :, :worlds]).tobytes())
    for row, player, position in rows.select("row", "player_id", "position").iter_rows():
        told.update(f"{player}{position}".encode())
        for name, values in draws.line(row).items():
            told.update(name.encode() + np.ascontiguousarray(values[:worlds]).tobytes())
    return told.hexdigest()


def row_of(draws, player):
    return draws.players["player_id"].to_list().index(player)


def test_identities_hold_in_every_world(draws, check_identities):
    check_identities(draws)


def test_the_same_seed_gives_the_same_draws_and_another_does_not(two_games, draws):
    again = simulate(two_games.slate, two_games.predicted, 1, 10_000)
    other = simulate(two_games.slate, two_games.predicted, 2, 10_000)
    assert [fingerprint(again, g) for g in (0, 1)] == [fingerprint(draws, g) for g in (0, 1)]
    assert fingerprint(other) != fingerprint(draws)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("worlds", [1, 999, joint.CHUNK, joint.CHUNK + 1])
def test_fewer_worlds_are_the_first_of_more_on_any_number_of_threads(two_games, draws, worlds, threads):
    fewer = simulate(two_games.slate, two_games.predicted, 1, worlds, threads=threads)
    assert fewer.worlds == worlds
    for game in (0, 1):
        assert fingerprint(fewer, game) == fingerprint(draws, game, worlds)


@pytest.mark.parametrize("chunk", [1, 97, STRIP - 1, STRIP, 3 * STRIP + 1])
def test_pieces_of_any_size_give_the_same_worlds(two_games, chunk):
    plan = arrange.arrange(joint.expected_games(two_games.slate, two_games.predicted), joint.past_of(two_games.slate))
    whole = joint.draw(plan, 9, 800, first=5)
    for one, other in zip(whole, joint.draw(plan, 9, 800, first=5, threads=2, chunk=chunk), strict=True):
        assert np.array_equal(one, other)


def test_editing_one_game_leaves_the_others_unchanged(two_games, draws):
    edited = two_games.predicted.with_columns(
        mean=pl.when(pl.col("game_id") == "nfl:2023_01_G1").then(pl.col("mean") * 1.2).otherwise(pl.col("mean"))
    )
    after = simulate(two_games.slate, edited, 1, 10_000)
    assert fingerprint(after, 0) == fingerprint(draws, 0)
    assert fingerprint(after, 1) != fingerprint(draws, 1)


def test_news_of_one_game_gives_what_drawing_all_of_them_would(two_games):
    slate, predicted, game = two_games.slate, two_games.predicted, "nfl:2023_01_G1"
    before = simulate(slate, predicted, 3, 700)
    moved = pl.when(pl.col("game_id") == game).then(pl.col("mean") * 1.3).otherwise(pl.col("mean"))
    news = predicted.with_columns(mean=moved)
    told = []
    after = joint.renew(slate, news, 3, before, [game], on_game=lambda *done: told.append(done))
    assert told == [(1, 1)]
    whole = simulate(slate, news, 3, 700)
    assert after.players.equals(whole.players)
    assert after.expected.equals(whole.expected)
    assert all(np.array_equal(sheet, whole.sheets[name]) for name, sheet in after.sheets.items())
    out = slate.population["player_id"][0]
    status = pl.when(pl.col("player_id") == out).then(pl.lit("Out")).otherwise(pl.col("injury_status"))
    without = replace(slate, population=slate.population.with_columns(injury_status=status))
    with pytest.raises(ValueError, match="not drawn before with the same players"):
        joint.renew(without, predicted, 3, before, [game])


def test_a_games_place_in_the_slate_does_not_matter(two_games, draws):
    slate = Slate(two_games.slate.games.reverse(), two_games.slate.population)
    turned = simulate(slate, two_games.predicted, 1, 10_000)
    assert fingerprint(turned, 1) == fingerprint(draws, 0)


def test_means_honour_the_predictions(draws):
    error = draws.calibration_error()
    assert set(error) == {"receptions", "receiving_yards", "rushing_attempts", "rushing_yards", "passing_yards"}
    assert max(error.values()) < 0.025, error
    frame = draws.calibration.filter(pl.col("stat").is_in(["receptions", "receiving_yards"]), pl.col("expected") > 1)
    worst = (frame["simulated"] / frame["expected"] - 1).abs().max()
    assert worst < 0.10


def test_coherent_predictions_are_left_almost_as_they_are(two_games, draws):
    asked = {(p, m): v for p, m, v in two_games.predicted.select("player_id", "market", "mean").iter_rows()}
    for player, market in ((5, "receiving_yards"), (3, "receptions"), (3, "rushing_yards"), (1, "passing_yards")):
        got = draws.stat(row_of(draws, player), market).mean()
        assert got == pytest.approx(asked[player, market], rel=0.08)


@pytest.mark.parametrize("asked", [1.4, 3.6])
def test_a_defence_sacks_as_often_as_it_is_predicted_to(make, asked):
    made = make().game()
    game, home, away = made.games[0][0], "nfl:H0", "nfl:A0"
    row = next(row for row in made.population if row[4] == "DST" and row[2] == home)
    made.predictions.append((row[0], game, home, "DST", "sacks", asked, 1.5, 0.1, [asked] * 15))
    draws = simulate(made.slate, made.predicted, 3, 4000)
    told = {
        team: draws.stat(place, "def_sacks").mean()
        for place, (team, position) in enumerate(draws.players.select("team_id", "position").iter_rows())
        if position == "DST"
    }
    assert told[home] == pytest.approx(asked, rel=0.05)
    assert 1.8 < told[away] < 3.0


@pytest.mark.parametrize(("game", "spread", "total"), [(0, 3.0, 47.5), (1, -6.5, 41.0)])
def test_scores_have_the_lines_means_and_plausible_key_numbers(draws, game, spread, total):
    home, away = draws.scores[game].astype(int)
    assert (home + away).mean() == pytest.approx(total, abs=0.6)
    assert (home - away).mean() == pytest.approx(spread, abs=0.6)
    margin = np.abs(home - away)
    assert (margin == 3).mean() > 2 * (margin == 5).mean()
    assert (margin == 7).mean() > 1.3 * (margin == 9).mean()
    assert (margin == 0).mean() < 0.015
    assert not np.isin(draws.scores, [1]).any()


def test_correlations_have_the_signs_and_sizes_of_the_league(draws):
    scored = draws.fantasy_points(DK)
    by = {(row["team_id"], row["position"]): [] for row in draws.players.iter_rows(named=True)}
    for i, row in enumerate(draws.players.iter_rows(named=True)):
        by[row["team_id"], row["position"]].append(scored[i])

    def corr(a, b):
        pairs = [("nfl:H0", "nfl:A0"), ("nfl:A0", "nfl:H0"), ("nfl:H1", "nfl:A1"), ("nfl:A1", "nfl:H1")]
        found = []
        for own, faced in pairs:
            sides = [by[faced if where == "opp" else own, position][k] for where, position, k in (a, b)]
            found.append(np.corrcoef(sides[0], sides[1])[0, 1])
        return float(np.mean(found))

    qb, wr, dst = ("own", "QB", 0), ("own", "WR", 0), ("opp", "DST", 0)
    assert 0.28 < corr(qb, wr) < 0.50
    assert -0.60 < corr(qb, dst) < -0.30
    assert 0.08 < corr(qb, ("opp", "QB", 0)) < 0.32
    assert -0.16 < corr(("own", "RB", 0), ("own", "RB", 1)) < 0.10
    assert corr(("own", "DST", 0), dst) < -0.12


def test_the_best_predicted_quarterback_plays_and_his_backup_where_he_leaves(draws):
    starter, backup = row_of(draws, 1), row_of(draws, 2)
    assert draws.stat(starter, "passing_attempts").mean() > 25
    relieved = draws.stat(backup, "passing_attempts") + draws.stat(backup, "rushing_attempts") > 0
    assert 0.08 < relieved.mean() < 0.14, "13 % of team games of 2016-2020"
    dropbacks = [draws.stat(q, "passing_attempts") + draws.stat(q, "sacks_taken") for q in (starter, backup)]
    assert dropbacks[1].sum() / (dropbacks[0] + dropbacks[1]).sum() == pytest.approx(0.030, abs=0.006)
    margin = draws.scores[0, 0] - draws.scores[0, 1]
    parts = [relieved[(margin >= low) & (margin <= high)].mean() for low, high in ((-60, -22), (-7, 7), (28, 60))]
    assert 0.2 < parts[0] < 0.45
    assert parts[1] < 0.1
    assert parts[2] > 0.35, "starters are spared in games that are won"
    assert draws.stat(backup, "passing_yards").max() > 100
    assert draws.stat(backup, "rushing_attempts").max() > 0


@pytest.mark.parametrize(("season", "part"), [(2015, 0.08), (2021, 0.145), (2024, 0.208), (2035, 0.25)])
def test_kicks_from_far_are_ever_more(make, season, part):
    made = make().game()
    slate = replace(made.slate, games=made.slate.games.with_columns(season=pl.lit(season, pl.Int64)))
    drawn = simulate(slate, made.predicted, 1, 4000)
    near, middle, far = (drawn.sheets["kicker"][i].sum() for i in range(3))
    assert far / (near + middle + far) == pytest.approx(part, abs=0.01)
    assert middle / (near + middle) == pytest.approx(0.328, abs=0.015)


def test_who_scores_throws_to_receivers_and_backs_catch_where_he_does_not(draws):
    points = draws.scores[0].astype(float)
    targets = {player: draws.stat(row_of(draws, player), "targets").astype(float) for player in (3, 4, 5, 6, 7, 8)}
    side = draws.players.with_row_index("row").filter(team_id="nfl:H0", game_id=draws.games["game_id"][0])["row"]
    whole = sum(draws.stat(at, "targets").astype(float) for at in side)

    def per_point(*players):
        share = sum(targets[player] for player in players) / np.maximum(whole, 1)
        return np.linalg.lstsq(np.c_[points.T, np.ones(points.shape[1])], share, rcond=None)[0][:2]

    assert per_point(5, 6)[0] == pytest.approx(0.0010, abs=0.0003)
    assert per_point(3, 4)[0] == pytest.approx(-0.0010, abs=0.0003)
    assert per_point(5)[1] == pytest.approx(-0.00065, abs=0.0003)
    assert per_point(7, 8)[1] == pytest.approx(0.00065, abs=0.0003)


def test_an_interception_was_no_catch_and_a_fumble_ended_a_drive_that_gained(draws):
    rows = draws.players.with_row_index("row")

    def of(team, stat):
        return sum(draws.stat(row, stat).astype(float) for row in rows.filter(team_id=f"nfl:{team}0")["row"])

    scored = [of(team, stat) for team in "HA" for stat in ("passing_tds", "rushing_tds")]
    taken = [of(team, stat) for team in "AH" for stat in ("def_interceptions", "def_fumble_recoveries")]
    seen = np.column_stack([*taken, *scored, *draws.scores[0], np.ones(draws.worlds)])
    rate = of("H", "passing_completions") / of("H", "passing_attempts")
    effect = np.linalg.lstsq(seen, rate, rcond=None)[0]
    assert effect[:2] == pytest.approx([-0.0096, 0.0135], abs=0.003)


def test_who_leaves_early_is_replaced(draws):
    targets = draws.stat(row_of(draws, 5), "targets")
    assert (targets <= 1).mean() > 0.01
    assert targets.mean() == pytest.approx(5.6 / 0.635, rel=0.12)


def test_a_player_who_is_out_gets_nothing_and_the_others_his_share(two_games):
    slate = two_games.slate
    status = pl.when(pl.col("player_id") == 5).then(pl.lit("Out")).otherwise(pl.col("injury_status"))
    hurt = replace(slate, population=slate.population.with_columns(injury_status=status))
    draws = simulate(hurt, two_games.predicted, 1, 2000)
    assert draws.stat(row_of(draws, 5), "targets").sum() == 0
    assert not draws.fantasy_points(DK)[row_of(draws, 5)].any()
    whole = draws.stat(row_of(draws, 1), "passing_yards").mean()
    assert whole == pytest.approx(246, rel=0.06)


def test_worlds_drawn_apart_are_those_drawn_together(two_games, draws):
    parts = [simulate(two_games.slate, two_games.predicted, 1, 700, first=first) for first in (0, 700)]
    together = np.concatenate([part.scores for part in parts], axis=2)
    assert (together == draws.scores[:, :, :1400]).all()
    row = row_of(draws, 5)
    apart = np.concatenate([part.stat(row, "receiving_yards") for part in parts])
    assert (apart == draws.stat(row, "receiving_yards")[:1400]).all()


EVERYBODY = ("QB", "RB", "WR", "TE", "K", "DST")


@pytest.mark.parametrize("without", [("K",), ("TE",), ("QB",), ("DST",), ("RB",), ("RB", "WR", "TE"), EVERYBODY])
def test_sides_with_positions_missing(make, check_identities, without):
    made = make().game(without=without)
    draws = simulate(made.slate, made.predicted, 3, 600)
    check_identities(draws)
    assert 18 < draws.scores.mean() < 27


@pytest.mark.parametrize(("spread", "total"), [(24.0, 60.0), (-30.0, 34.0), (0.0, 20.0), (3.0, 90.0), (60.0, 40.0)])
def test_extreme_lines(make, check_identities, spread, total):
    made = make().game(spread, total)
    draws = simulate(made.slate, made.predicted, 3, 600)
    check_identities(draws)
    home, away = draws.scores[0].astype(int)
    assert np.sign((home - away).mean()) == np.sign(spread) or abs(spread) < 1


def test_nobody_predicted_still_plays_a_game(make, check_identities):
    made = make().game(predicted=False)
    draws = simulate(made.slate, frames.empty(frames.PREDICTIONS), 3, 600)
    check_identities(draws)
    assert 180 < draws.stat(row_of(draws, 1), "passing_yards").mean() < 300


MARKETS = ["receptions", "receiving_yards", "rushing_yards", "anytime_touchdown", "passing_yards"]


@pytest.mark.parametrize("market", MARKETS)
def test_one_market_missing_is_filled_in(two_games, market, check_identities):
    draws = simulate(two_games.slate, two_games.predicted.filter(pl.col("market") != market), 1, 1500)
    check_identities(draws)
    if market == "rushing_yards":  # nobody says who runs: it falls to the quarterback and the unlisted
        return
    first = row_of(draws, 5)
    assert draws.stat(first, "receptions").mean() == pytest.approx(5.6, rel=0.25)
    assert draws.stat(first, "receiving_yards").mean() == pytest.approx(73, rel=0.25)


def test_predictions_that_are_not_numbers_count_as_missing(two_games, check_identities):
    broken = two_games.predicted.with_columns(
        mean=pl.when(pl.col("player_id") == 6).then(float("nan")).otherwise(pl.col("mean")),
        sd=pl.when(pl.col("player_id") == 5).then(float("inf")).otherwise(pl.col("sd")),
    )
    check_identities(simulate(two_games.slate, broken, 1, 500))


def test_a_line_half_missing_is_filled_from_the_fallback(make):
    made = make().game(None, None).game(-3.0, None).game(2.0, 50.0)
    slate = replace(made.slate, fallback={"nfl:2023_01_G0": Line(7.0, 51.0, "ratings")})
    draws = simulate(slate, made.predicted, 1, 200)
    assert draws.games["line_source"].to_list() == ["ratings", "ratings", "market"]
    assert draws.games["spread"].to_list() == [7.0, -3.0, 2.0]
    assert draws.games["total"].to_list() == [51.0, 45.0, 50.0]


def test_progress_is_told_and_may_stop_it(two_games):
    told = []
    simulate(two_games.slate, two_games.predicted, 1, 100, on_game=lambda done, games: told.append((done, games)))
    assert told == [(1, 2), (2, 2)]

    def stop(done, games):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        simulate(two_games.slate, two_games.predicted, 1, 100, on_game=stop)


@pytest.mark.parametrize(
    ("given", "message"),
    [({"worlds": 0}, "worlds: 0"), ({"worlds": joint.MAX_WORLDS + 1}, "worlds: "), ({"seed": -1}, "seed: -1")],
)
def test_numbers_out_of_range_are_refused(two_games, given, message):
    with pytest.raises(ValueError, match=message):
        simulate(two_games.slate, two_games.predicted, given.get("seed", 1), given.get("worlds", 10))


def test_malformed_frames_are_refused(two_games):
    slate = two_games.slate
    with pytest.raises(ValueError, match="predictions: mean: missing"):
        simulate(slate, two_games.predicted.drop("mean"), 1, 10)
    with pytest.raises(ValueError, match="a game appears twice"):
        Slate(pl.concat([slate.games, slate.games]), slate.population)
    with pytest.raises(ValueError, match="a player appears twice"):
        Slate(slate.games, pl.concat([slate.population, slate.population]))
    with pytest.raises(ValueError, match="does not play in their game"):
        Slate(slate.games, slate.population.with_columns(team_id=pl.lit("nfl:KC")))


def test_no_game_at_all_gives_no_draws():
    slate = Slate(frames.empty(frames.GAMES), frames.empty(frames.POPULATION))
    draws = simulate(slate, frames.empty(frames.PREDICTIONS), 1, 10)
    assert draws.players.is_empty()
    assert draws.scores.shape == (0, 2, 10)


LINE = st.tuples(st.floats(-20, 20), st.floats(25, 65))
MEAN = st.one_of(st.none(), st.floats(0, 400))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), line=LINE, seed=st.integers(0, 2**63))
def test_identities_hold_for_any_teams_and_predictions(check_identities, data, line, seed):
    game = "nfl:2023_01_A_B"
    sides = (("nfl:A", "nfl:B"), ("nfl:B", "nfl:A"))
    population, predictions = [], []
    for k, (team, other) in enumerate(sides):
        positions = data.draw(st.lists(st.sampled_from(["QB", "RB", "WR", "TE", "K", "DST", "LB"]), max_size=9))
        for i, position in enumerate(positions):
            player = 100 * k + i
            status = data.draw(st.sampled_from([None, "Out", "Questionable"]))
            population.append((player, game, team, other, position, status))
            drawn = {market: data.draw(MEAN) for market in (*MARKETS, "passing_tds")}
            predictions += [
                (player, game, team, position, market, mean, mean / 2, 0.0, [mean] * 15)
                for market, mean in drawn.items()
                if mean is not None
            ]
    row = (game, 2023, "REG", 1, None, sides[0][0], sides[1][0], None, None, None, None, *line, None, None)
    slate = Slate(
        pl.DataFrame([row], schema=dict(frames.GAMES), orient="row"),
        pl.DataFrame(population, schema=dict(frames.POPULATION), orient="row"),
    )
    predicted = pl.DataFrame(predictions, schema=dict(frames.PREDICTIONS), orient="row")
    check_identities(simulate(slate, predicted, seed, 60))
