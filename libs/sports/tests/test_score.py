"""Golden stat lines, scored by hand from the sites' published rules."""

import numpy as np
import pytest
from sdp_sports.score import points
from sdp_sports.spec import load

DK = load("nfl").contests["draftkings_classic"]
FD = load("nfl").contests["fanduel_classic"]

# stat line, position, DraftKings points, FanDuel points
GOLDEN = [
    pytest.param({}, "WR", 0.0, 0.0, id="nothing"),
    pytest.param(
        # 12.04 + 12 - 2 + 3 (300 yards) + 2.5 + 6 - 1 (fumble; FanDuel -2) + 2
        {
            "passing_yards": 301,
            "passing_tds": 3,
            "interceptions": 2,
            "rushing_yards": 25,
            "rushing_tds": 1,
            "fumbles_lost": 1,
            "two_point_conversions": 1,
        },
        "QB",
        34.54,
        30.54,
        id="quarterback over 300",
    ),
    pytest.param({"passing_yards": 300}, "QB", 15.0, 12.0, id="exactly 300 passing"),
    pytest.param({"passing_yards": 299}, "QB", 11.96, 11.96, id="299 passing"),
    pytest.param({"rushing_yards": 100}, "RB", 13.0, 10.0, id="exactly 100 rushing"),
    pytest.param({"rushing_yards": 99}, "RB", 9.9, 9.9, id="99 rushing"),
    pytest.param({"receiving_yards": 100, "receptions": 1}, "WR", 14.0, 10.5, id="exactly 100 receiving"),
    pytest.param(
        # both yardage bonuses in one game; 40 yards short of neither
        {"rushing_yards": 112, "receiving_yards": 104, "receptions": 8, "rushing_tds": 1, "receiving_tds": 2},
        "RB",
        11.2 + 10.4 + 8 + 18 + 6,
        11.2 + 10.4 + 4 + 18,
        id="both yardage bonuses",
    ),
    pytest.param({"rushing_yards": -7, "rushing_attempts": 3}, "RB", -0.7, -0.7, id="yards lost"),
    pytest.param({"return_tds": 1, "fumble_recovery_tds": 1}, "WR", 12.0, 12.0, id="return and recovery touchdowns"),
    pytest.param(
        # 4 + 4 + 2 + 12 + 2 + 2 + 2, and 10 for the shutout
        {
            "def_sacks": 4,
            "def_interceptions": 2,
            "def_fumble_recoveries": 1,
            "def_tds": 2,
            "def_safeties": 1,
            "def_blocked_kicks": 1,
            "def_two_point_returns": 1,
            "points_allowed": 0,
        },
        "DST",
        38.0,
        38.0,
        id="defence, shutout",
    ),
    pytest.param(
        {"targets": 9, "passing_attempts": 40, "fg_made_0_39": 3, "xp_made": 4}, "WR", 0.0, 0.0, id="unscored"
    ),
]


@pytest.mark.parametrize(("stats", "position", "draftkings", "fanduel"), GOLDEN)
def test_golden_stat_lines(stats, position, draftkings, fanduel):
    assert points(DK, stats, position) == pytest.approx(draftkings)
    assert points(FD, stats, position) == pytest.approx(fanduel)


@pytest.mark.parametrize("contest", [DK, FD], ids=["draftkings", "fanduel"])
@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (0, 10),
        (1, 7),
        (6, 7),
        (7, 4),
        (13, 4),
        (14, 1),
        (20, 1),
        (21, 0),
        (27, 0),
        (28, -1),
        (34, -1),
        (35, -4),
        (70, -4),
    ],
)
def test_points_allowed_by_band(contest, allowed, expected):
    assert points(contest, {"points_allowed": allowed}, "DST") == expected


def test_points_allowed_count_for_defences_alone():
    assert points(DK, {"points_allowed": 0, "receptions": 2}, "WR") == 2
    assert points(DK, {"points_allowed": 0}) == 0


@pytest.mark.parametrize("contest", [DK, FD], ids=["draftkings", "fanduel"])
@pytest.mark.parametrize("position", ["QB", "DST"])
@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.float32])
def test_arrays_score_as_their_elements(contest, position, dtype):
    rng = np.random.default_rng(3)
    stats = {stat: rng.integers(0, 120, 500).astype(dtype) for stat in load("nfl").stats}
    stats["passing_yards"] = rng.integers(250, 350, 500).astype(dtype)
    together = points(contest, stats, position)
    one_by_one = [points(contest, {k: v[i].item() for k, v in stats.items()}, position) for i in range(500)]
    assert together.shape == (500,)
    np.testing.assert_allclose(together, one_by_one, rtol=1e-5)


def test_small_integers_do_not_overflow():
    # 20,000 x 6 does not fit int16: whole-number weights must not be taken in the draws' own type
    scored = points(DK, {"rushing_tds": np.array([20_000], np.int16)}, "RB")
    assert scored[0] == 120_000


def test_two_dimensional_draws_keep_their_shape():
    assert points(DK, {"receptions": np.ones((3, 4), np.int16)}, "WR").shape == (3, 4)
