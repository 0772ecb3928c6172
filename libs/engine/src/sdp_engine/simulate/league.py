"""What the league looks like: the few constants the simulation rests on, each with its meaning and source.

Measured on the play-by-play of the regular seasons 2019-2024 (1,600 games, 34,900 drives, 3,200 team games).
A drive is a run of plays of one side in one half; kneel-downs count as a drive that ended without a score.
"""

import numpy as np
from numpy.typing import NDArray

TD, FG, MISS, INT, FUM, PUNT, OTHER = range(7)
"""How a drive ends; OTHER is downs, the end of a half, or kneeling."""

LEADS = np.array([-16, -8, -3, 0, 1, 4, 9])
"""Lower edges of the lead classes 1-7 (class 0: behind by 17 or more; 4: tied; 7: ahead by 9 or more)."""

_OPEN = [0.246, 0.160, 0.026, 0.063, 0.044, 0.423, 0.038]
_HALF_END = (
    [0.018, 0.078, 0.036, 0.025, 0.017, 0.018, 0.807],
    [0.086, 0.213, 0.070, 0.070, 0.051, 0.184, 0.326],
    [0.156, 0.234, 0.051, 0.092, 0.048, 0.323, 0.095],
)
_SECOND = (
    (
        [0.245, 0.074, 0.011, 0.122, 0.056, 0.361, 0.133],
        [0.274, 0.125, 0.020, 0.092, 0.051, 0.356, 0.082],
        [0.247, 0.164, 0.027, 0.078, 0.048, 0.381, 0.055],
        [0.219, 0.198, 0.033, 0.057, 0.060, 0.398, 0.036],
        [0.231, 0.168, 0.033, 0.082, 0.046, 0.410, 0.030],
        [0.276, 0.151, 0.027, 0.069, 0.049, 0.396, 0.032],
        [0.258, 0.169, 0.028, 0.067, 0.042, 0.409, 0.026],
        [0.257, 0.176, 0.028, 0.050, 0.032, 0.434, 0.023],
    ),
    (
        [0.306, 0.029, 0.008, 0.126, 0.067, 0.209, 0.255],
        [0.315, 0.091, 0.015, 0.163, 0.057, 0.148, 0.212],
        [0.266, 0.037, 0.003, 0.147, 0.052, 0.327, 0.168],
        [0.230, 0.255, 0.045, 0.090, 0.060, 0.265, 0.055],
        [0.181, 0.249, 0.064, 0.053, 0.045, 0.377, 0.030],
        [0.182, 0.187, 0.021, 0.053, 0.080, 0.422, 0.053],
        [0.152, 0.197, 0.036, 0.030, 0.030, 0.507, 0.048],
        [0.184, 0.184, 0.033, 0.017, 0.040, 0.469, 0.072],
    ),
    (
        [0.247, 0.021, 0.001, 0.139, 0.059, 0.118, 0.415],
        [0.278, 0.121, 0.022, 0.195, 0.080, 0.016, 0.288],
        [0.388, 0.004, 0.004, 0.147, 0.076, 0.072, 0.309],
        [0.198, 0.264, 0.071, 0.154, 0.055, 0.093, 0.165],
        [0.102, 0.380, 0.037, 0.046, 0.028, 0.380, 0.028],
        [0.101, 0.101, 0.023, 0.039, 0.023, 0.473, 0.240],
        [0.068, 0.140, 0.034, 0.017, 0.017, 0.481, 0.243],
        [0.098, 0.078, 0.017, 0.020, 0.007, 0.364, 0.416],
    ),
    (
        [0.036, 0.007, 0.001, 0.058, 0.029, 0.022, 0.848],
        [0.114, 0.091, 0.023, 0.153, 0.034, 0.001, 0.585],
        [0.175, 0.001, 0.001, 0.271, 0.131, 0.001, 0.424],
        [0.050, 0.252, 0.129, 0.134, 0.149, 0.005, 0.282],
        [0.041, 0.276, 0.094, 0.041, 0.012, 0.335, 0.200],
        [0.013, 0.033, 0.013, 0.001, 0.001, 0.118, 0.822],
        [0.011, 0.017, 0.003, 0.001, 0.011, 0.142, 0.815],
        [0.012, 0.006, 0.001, 0.001, 0.006, 0.028, 0.947],
    ),
)


def _outcomes() -> NDArray[np.float64]:
    rows = [[row] * 8 for row in (*_HALF_END, _OPEN)]
    table = np.array([*rows, *_SECOND], dtype=np.float64)
    return np.asarray(table / table.sum(axis=2, keepdims=True))


OUTCOMES = _outcomes()
"""Share of drives by how they end, (phase, lead class, end).

Phases: first half with at most 30, 60, 120 seconds left or more; second half with more than 600, more than 300, more
than 120 seconds left, or the last two minutes. Here lies why margins of 3 and 7 are common: who trails by 1-3 late
kicks, who trails by 4-8 does not.
"""

LEAD_TILT = np.array([0.15, 0.09, 0.06, 0.02, 0.0, -0.02, -0.06, -0.16])
"""Log odds of a touchdown by lead class to add in the second half. Who trails is on average the weaker side (by the
closing lines 1.7 points at class 0, 1.8 above at class 7), so the raw shares blame the lead for the side's weakness."""
DAY_SD = 0.17
"""Sd of a day's log odds of touchdowns common to both sides: touchdowns of the two correlate .18 beyond the line."""

TAKEAWAY_TILT = np.array([[0.917, 0.892], [2.07, 2.39]])
"""Weights of a touchdown and a field goal against the other ends: ordinary drives, and those that begin with a
takeaway (35 % touchdowns and 24 % field goals there, 24 % and 14 % elsewhere)."""
TAKEAWAY_PASS = -0.25
"""Log odds that such a drive's touchdown is a pass, added."""

SECONDS = np.array([243.0, 264.0, 238.0, 131.0, 129.0, 134.0, 190.0])
"""Mean length of a drive by its end, where time is no matter; the coefficient of variation is .55."""
PASS_SHARE = np.array(
    [
        [0.80] * 8,
        [0.83] * 8,
        [0.84] * 8,
        [0.62] * 8,
        [0.66, 0.60, 0.62, 0.60, 0.60, 0.56, 0.57, 0.55],
        [0.70, 0.80, 0.74, 0.62, 0.63, 0.47, 0.53, 0.34],
        [0.84, 0.76, 0.68, 0.66, 0.50, 0.38, 0.40, 0.35],
        [0.65, 0.90, 0.85, 0.76, 0.58, 0.38, 0.30, 0.38],
    ]
)
"""Share of a drive's offensive touchdowns that are passes, (phase, lead class)."""
DROPBACKS = np.array(
    [
        [0.77] * 8,
        [0.77] * 8,
        [0.77] * 8,
        [0.604, 0.569, 0.558, 0.562, 0.549, 0.549, 0.551, 0.541],
        [0.660, 0.610, 0.570, 0.550, 0.545, 0.530, 0.525, 0.500],
        [0.767, 0.719, 0.610, 0.570, 0.566, 0.500, 0.500, 0.400],
        [0.758, 0.880, 0.780, 0.720, 0.600, 0.340, 0.300, 0.190],
        [0.758, 0.920, 0.880, 0.830, 0.700, 0.300, 0.230, 0.160],
    ]
)
"""Share of plays that are called passes, (phase, lead class)."""

PICK_SIX = 0.088
"""Interceptions returned for a touchdown."""
FUMBLE_SIX = 0.075
"""Lost fumbles returned for a touchdown."""
PUNT_RETURN_TD = 0.005
"""Punts returned or blocked for a touchdown."""
KICK_RETURN_TD = 0.0025
"""Kick-offs returned for a touchdown."""
SAFETY = 0.0061
"""Drives ended by a punt, downs or the clock that were a safety instead (.0024 of all drives)."""
XP_GOOD = 0.945
TWO_GOOD = 0.48
TWO_TRY = 0.045
"""Touchdowns after which two points are tried where the score does not ask for it."""
TWO_LEADS = np.array([-10, -5, -2, 1, 5, 12])
"""Leads after a touchdown, before the try, at which teams go for two in the last 15 minutes."""
FG_BANDS = np.array([0.56, 0.27, 0.17])
"""Made field goals from under 40, 40-49, and 50 yards or more."""
BLOCKED = 0.08
"""Missed kicks that were blocked."""

FACED = (0, 1, 2, 5)
"""The opponent's drive ends that the second array of each regression below stands for: pass TD, rush TD, FG, punt."""
PLAYS_BASE = 41.0
PLAYS = np.array([2.1, 2.1, 2.9, 2.7, 1.5, 1.5, -0.25, 2.2])
PLAYS_FACED = np.array([0.8, 0.4, -0.1, 1.55])
"""Scrimmage plays a team game: PLAYS_BASE + PLAYS by own drive ends (pass TD, rush TD, FG, ... OTHER); R2 .33."""
PLAYS_SD = 6.85
PLAYS_PAIR = -0.5
"""Residual sd of plays, and its correlation with the opponent's."""
RATE = np.array([0.0151, -0.0202, 0.0071, 0.0075, 0.0097, 0.0, 0.0087, 0.0063])
RATE_FACED = np.array([0.0053, 0.0032, 0.0042, 0.0])
RATE_SCRIPT = 0.98
"""Called-pass rate: regression on the same drive ends and on the mean of DROPBACKS over the plays; R2 .46."""
RATE_SD = 0.078
CATCH = np.array([0.0152, 0.0042, -0.0089, -0.0110, -0.0194, 0.0033, -0.0201, -0.0119])
CATCH_FACED = np.array([-0.0053, -0.0086, -0.0050, 0.0])
CATCH_SCRIPT = -0.106
"""Completion rate on drive ends and script. Its residual sd (.079) is below pure sampling (.085): no extra noise."""
YPCATCH = np.array([0.758, 0.584, 0.085, 0.048, -0.098, 0.0, -0.315, -0.185])
YPCATCH_FACED = np.array([0.103, 0.122, 0.156, 0.167])
YPCATCH_SCRIPT = -5.7
YPCATCH_RATE = -8.9
"""Yards a completion on drive ends, script and the completion rate; residual sd 2.08 against 2.18 by sampling."""
YPCARRY = np.array([0.057, 0.371, 0.019, 0.066, -0.018, 0.0, -0.118, -0.014])
YPCARRY_FACED = np.array([0.028, 0.031, 0.053, 0.050])
"""Yards a carry on drive ends; residual sd 1.21 against 1.25 by sampling."""
SACK = np.array([-0.0062, -0.0027, -0.0016, -0.0007, -0.0006, 0.0068, 0.0076, 0.0031])
SACK_FACED = np.array([-0.0005, 0.0, 0.0010, -0.0027])
SACK_SCRIPT = 0.035
SACK_RATE = 0.072
"""Sacks a dropback: league mean and regression on drive ends and script."""
SHRINK = 0.9
"""Part of the regressions that is kept, for they count some of the players' own sampling again."""

CATCH_RATE = {"RB": 0.775, "WR": 0.635, "TE": 0.705, "QB": 0.70}
YARDS_A_CATCH = {"RB": 7.4, "WR": 12.5, "TE": 10.4, "QB": 7.0}
YARDS_A_CARRY = {"RB": 4.3, "WR": 5.6, "TE": 3.5, "QB": 4.6}
TD_A_CATCH = {"RB": 0.038, "WR": 0.075, "TE": 0.072, "QB": 0.05}
TD_A_CARRY = {"RB": 0.031, "WR": 0.03, "TE": 0.05, "QB": 0.045}
"""Positional means, used where a player's own prediction does not say."""
CATCH_GAMMA = {"RB": (2.0, 1.35), "WR": (0.6, 1.6), "TE": (0.6, 1.6), "QB": (2.0, 1.35)}
"""Yards of one catch: a gamma of this shape (second) less this shift (first); r catches add r times the shape."""
CARRY_GAMMA = (2.0, 1.07)
"""Yards of one carry, likewise."""
THROWN_AWAY = 0.045
"""Attempts without a target."""
TARGET_CONCENTRATION = 58.0
CARRY_CONCENTRATION = 11.0
"""Dirichlet concentration of shares: game-to-game spread of targets and carries around the expected shares."""
QB_CARRY_SHAPE = 5.0
"""Gamma shape of the quarterback's rate of carries."""
TEAM_LUCK = 0.6
"""Part of the single catches' luck that stays in a side's total: given the score, real totals vary less than
independent catches would (sd of passing yards about the line 70, not 80)."""
CARRY_NOISE = 0.12
"""Log sd of a runner's own efficiency in a game."""
QB_FUMBLES = 0.42
"""Lost fumbles that are the quarterback's."""
TEAM_PASSING = (243.0, 6.0)
TEAM_RUSHING = (118.0, 2.2)
"""Yards a team game at LEAGUE_POINTS expected points, and a point more."""
LEAGUE_POINTS = 22.8
LEAGUE_PASS_TDS = 0.62
"""Passes among offensive touchdowns."""

STRENGTH = np.array(
    [
        [-0.0596, 0.2279, 0.1386, 0.0521],
        [2.1264, -0.2153, -0.1262, -0.0313],
        [0.4752, 0.2872, -0.0667, -0.0851],
        [0.5246, 0.2949, 0.0726, 0.0],
        [0.4340, 0.1582, 0.0, 0.0],
        [0.1814, 0.0, 0.0, 0.0],
    ]
)
"""The strength that makes a side score its expected points: polynomial in ln(own / 22.8) (rows) and
ln(opponent's / 22.8) (columns). Fitted to 24,000 played worlds at each of 78 pairs of strengths; the mean error
over 11-36 points is .05 points. To be fitted again when OUTCOMES, SECONDS or the rules of the flow change."""
POINTS_RANGE = (7.0, 42.0)
"""Expected points are held within this range, where the polynomial was fitted."""
