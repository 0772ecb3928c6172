"""The figures of simulated slates: right where worlds and truth come from one simulation, wrong where they do not."""

import numpy as np
import polars as pl
import pytest
from sdp_engine import frames
from sdp_engine.evaluate.figures import figures
from sdp_engine.evaluate.roles import DEFENCE, PAIRS, Real
from sdp_engine.evaluate.simulated import Tally
from sdp_engine.simulate import Slate, readoff, simulate
from sdp_sports.spec import QUANTILES, load

DK = load("nfl").contests["draftkings_classic"]
ROSTER = {"QB": 1, "RB": 2, "WR": 3, "TE": 1, "K": 1, "DST": 1}


def slate(games=30):
    rows, population, predicted = [], [], []
    for g in range(games):
        game, teams = f"g{g}", (f"H{g}", f"A{g}")
        rows.append((game, 2022, "REG", 1, None, *teams, None, None, None, None, 2.5, 45.0, None, None))
        for k, team in enumerate(teams):
            players = [(position, depth) for position, count in ROSTER.items() for depth in range(count)]
            for i, (position, depth) in enumerate(players):
                player = 100 * g + 50 * k + i
                population.append((player, game, team, teams[1 - k], position, None))
                means = {"QB": {"passing_yards": 240.0}, "RB": {"rushing_yards": 60.0 / (depth + 1)}}.get(
                    position, {"receptions": 5.0 - depth, "receiving_yards": 60.0 - 15 * depth}
                )
                if position in ("K", "DST"):
                    continue
                told = means | {"draftkings_points": 12.0 - 2 * depth}
                predicted += [
                    (player, game, team, position, m, v, v, 0.0, [v * q * 2 for q in QUANTILES])
                    for m, v in told.items()
                ]
    return (
        Slate(
            pl.DataFrame(rows, schema=dict(frames.GAMES), orient="row"),
            pl.DataFrame(population, schema=dict(frames.POPULATION), orient="row"),
        ),
        pl.DataFrame(predicted, schema=dict(frames.PREDICTIONS), orient="row"),
    )


def truth(draws, shift=0):
    """Take one world for what really happened."""
    scored = readoff.points(draws, DK)[:, 0] / 100
    keys = draws.players.select("player_id", "game_id").rows()
    finals = {
        g: tuple(int(s) + shift * (1 - k) for k, s in enumerate(draws.scores[i, :, 0]))
        for i, g in enumerate(draws.games["game_id"])
    }
    lines = {key: {stat: float(v[0]) for stat, v in draws.line(row).items()} for row, key in enumerate(keys)}
    return Real(finals, dict(zip(keys, scored.tolist(), strict=True)), defences(draws), lines)


def defences(draws):
    rows = draws.players.with_row_index("row").filter(pl.col("position") == "DST")
    return {
        (team, game): tuple(float(draws.stat(row, stat)[0]) for stat in DEFENCE)
        for row, team, game in rows.select("row", "team_id", "game_id").iter_rows()
    }


@pytest.fixture(scope="module")
def made():
    games, predicted = slate()
    return simulate(games, predicted, 3, 800), simulate(games, predicted, 4, 1), predicted


def tallied(made, shift=0):
    draws, other, predicted = made
    tally = Tally()
    tally.add(2022, draws, DK, (predicted, "draftkings_points"), truth(other, shift), 1)
    return tally


def test_a_simulation_is_calibrated_against_itself(made):
    told = figures(tallied(made), {})
    assert told["games"] == 30
    for name in ("home", "away", "margin", "total"):
        assert told[f"pit_ece_{name}"] < 3 * told["pit_ece_null_mean"]
    assert abs(told["margin_3_z"]) < 3.5
    assert abs(told["points_bias"]) < 1.0
    assert abs(told["margin_bias"]) < 0.5


def test_a_wrong_simulation_is_found_out(made):
    told = figures(tallied(made, shift=12), {})
    assert told["pit_ece_home"] > 4 * told["pit_ece_null_mean"]
    assert told["pit_ece_margin"] > told["pit_ece_away"]


def test_references_are_compared_pair_by_pair(made):
    tally = tallied(made)
    own = figures(tally, {})["correlations"]
    assert len(own) == len(PAIRS)
    assert own["QB:WR1"] > 0.15
    assert own["QB:oppDST"] < -0.2
    rows = [("residual", *name.split(":"), value + 0.01) for name, value in own.items()]
    reference = {"corr_dk": pl.DataFrame(rows, schema=["kind", "a", "b", "pearson"], orient="row")}
    told = figures(tally, reference)
    assert told["pairs_compared"] == len(PAIRS)
    assert told["correlation_error_mean"] == pytest.approx(0.01, abs=1e-3)
    assert np.isfinite(told["correlation_error_max"])


def test_spreads_are_compared_on_the_regulars_alone(made):
    draws, other, predicted = made
    runners = {
        row: (player, game)
        for row, (player, game, position) in enumerate(
            draws.players.select("player_id", "game_id", "position").iter_rows()
        )
        if position == "RB" and player is not None
    }
    few = set(list(runners.values())[:6])
    tally = Tally()
    tally.add(2022, draws, DK, (predicted, "draftkings_points"), truth(other, 0), 1, few)
    assert sum(tally.spreads[role][0] for role in ("RB1", "RB2") if role in tally.spreads) == 6
    assert tally.spreads["QB"][0] == tally.roles["QB"][0]  # quarterbacks always count
    assert "WR1" not in tally.spreads
    wanted = np.sqrt(np.mean([np.var(draws.points(DK, row)) for row, key in runners.items() if key in few]))
    sides = sum(tally.spreads[role] for role in ("RB1", "RB2") if role in tally.spreads)
    assert np.sqrt(sides[2] / sides[0]) == pytest.approx(wanted)
    reference = {"corr_role_sd": pl.DataFrame({"role": ["QB", "WR1"], "res_sd": [8.0, 9.0]})}
    told = figures(tally, reference)
    assert set(told["role_sd_ratio"]) == {"QB"}


def test_two_tallies_in_one_are_the_tally_of_both(made):
    once = tallied(made)
    twice = figures(once.with_(once), {})
    told = figures(once, {})
    assert (twice["games"], twice["players"]) == (2 * told["games"], 2 * told["players"])
    assert twice["correlations"] == told["correlations"]
    assert twice["crps_raw"] == told["crps_raw"]
    assert twice["margin_3_z"] == pytest.approx(np.sqrt(2) * told["margin_3_z"], abs=0.02)


def test_one_pair_that_cannot_be_right_is_named_and_left_out(made):
    tally = tallied(made)
    phis = {pair: joint_phi(z) for pair, z in tally.overs.items()}
    rows = [(a, b, relation(a, b), phi, 0.001) for (a, b), phi in phis.items() if np.isfinite(phi)]
    rows[3] = (*rows[3][:3], rows[3][3] - 0.7, 0.001)
    reference = pl.DataFrame(rows, schema=["lab_a", "lab_b", "rel", "phi", "se"], orient="row")
    told = figures(tally, {"sgp_joint_overs": reference})
    assert told["overs_worst"] == f"{rows[3][0]} & {rows[3][1]}: off by +0.700"
    assert told["overs_phi_excess"] == pytest.approx(0.7 / np.sqrt(len(rows)), abs=0.002)
    assert told["overs_phi_excess_of_others"] < 0.002


def joint_phi(z):
    a, b, both = z[1:] / z[0]
    scale = np.sqrt(a * (1 - a) * b * (1 - b))
    return (both - a * b) / scale if scale > 0 else np.nan


def relation(a, b):
    return "same player" if a.split(" ")[0] == b.split(" ")[0] else "same team"


def test_two_players_of_one_role_are_not_compared_with_one_players_own_overs(made):
    own = joint_phi(tallied(made).overs["WR2 receiving_yards", "WR2 receptions"])
    rows = [("WR2 receiving_yards", "WR2 receptions", name, phi, 0.01) for name, phi in PAIRED.items()]
    told = figures(tallied(made), {"sgp_joint_overs": pl.DataFrame(rows, schema=OVERS, orient="row")})
    assert told["overs_compared"] == 1
    assert told["overs_phi_rms"] == pytest.approx(abs(own - PAIRED["same player"]), abs=1e-4)


PAIRED = {"same player": 0.57, "same team": -0.04}
OVERS = ["lab_a", "lab_b", "rel", "phi", "se"]


def test_carries_are_told_as_the_reference_calls_them(made):
    overs = tallied(made).overs
    assert ("RB1 carries", "RB1 rushing_yards") in overs
    assert joint_phi(overs["RB1 carries", "RB1 rushing_yards"]) > 0.2


def test_a_defences_points_are_told_by_component(made):
    draws, other, _ = made
    tally = tallied(made)
    told = figures(tally, {})
    parts = told["dst_components"]
    assert set(parts) == set(DEFENCE)
    rows = draws.players.with_row_index("row").filter(pl.col("position") == "DST")["row"]
    sacks = np.mean([draws.stat(row, "def_sacks").mean() for row in rows])
    assert parts["def_sacks"]["simulated"] == pytest.approx(sacks, abs=1e-3)
    whole = np.mean([draws.points(DK, row).mean() for row in rows])
    assert told["dst_mean_simulated"] == pytest.approx(whole, abs=0.01)
    happened = np.mean([other.points(DK, row)[0] for row in rows])
    assert told["dst_mean_real"] == pytest.approx(happened, abs=0.01)
    assert abs(told["dst_mean_bias"]) < 4 * told["dst_mean_se"]


def test_what_a_season_does_not_tell_of_defences_counts_on_neither_side(made):
    tally = tallied(made)
    for row in tally.defences:
        row["real_def_safeties"] = 0.0
    told = figures(tally, {})
    assert "def_tds" not in told["dst_components"]
    assert "def_sacks" in told["dst_components"]
    known = sum(part["simulated"] for part in told["dst_components"].values())
    assert told["dst_mean_simulated"] == pytest.approx(known, abs=0.01)


def test_a_defence_of_a_season_that_tells_half_of_its_points_is_not_judged_by_them(made):
    tally = tallied(made)
    tally.points += [tally.points[0] | {"role": "DST", "real": float(points)} for points in range(40)]
    assert "DST" in figures(tally, {})["residual_sd_real"]
    for row in tally.defences:
        row["real_def_safeties"] = 0.0
    told = figures(tally, {})
    assert "DST" not in told["residual_sd_real"]
    assert "RB1" in told["residual_sd_real"]


def test_what_happened_is_summed_up_beside_what_was_drawn(made):
    tally = tallied(made)
    sides = tally.roles["QB"][0]
    assert set(tally.seen_pairs) == {pair for pair in PAIRS if "DSTfull" not in "".join(pair)}
    assert tally.seen_pairs["QB", "WR1"][0] == sides
    assert tally.seen_overs["QB passing_yards", "WR1 receiving_yards"][0] == sides
    n, product, square, other, first, second = tally.seen_pairs["QB", "oppDST"]
    real = (product - first * second / n) / np.sqrt((square - first**2 / n) * (other - second**2 / n))
    assert real < 0.1


def test_correlations_are_told_beyond_the_noise_of_so_few_rows():
    drawn = {("QB", "WR1"): np.array([400.0, 0.4 * 400, 400.0, 400.0])}
    drawn["QB", "WR1"][1:] /= 400

    def seen(value, n=400.0):
        return Tally(pairs=drawn, seen_pairs={("QB", "WR1"): np.array([n, value * n, n, n, 0.0, 0.0])})

    assert figures(seen(0.4), {})["seen_correlation_excess"] == 0
    far = figures(seen(0.1), {})
    assert far["seen_correlation_excess"] == pytest.approx(np.sqrt(0.3**2 - (0.99 / 20) ** 2), abs=1e-3)
    assert far["seen_correlation_noise"] == pytest.approx(0.99 / 20, abs=1e-3)
    assert "seen_correlation_excess" not in figures(seen(0.1, n=50.0), {})
